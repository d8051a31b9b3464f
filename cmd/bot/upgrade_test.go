package main

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/suite"
)

// TestRollingUpgrade replaces three replicas of an older version, one after the other,
// while webhooks come in. The new ones upgrade the tables under those that still run. The
// end must be that of an undisturbed run, with no comment twice.
func TestRollingUpgrade(t *testing.T) {
	old := os.Getenv("CONCORDE_OLD_BOT")
	if old == "" {
		t.Skip("left out: CONCORDE_OLD_BOT names no older version of the program")
	}
	t.Parallel()
	database := postgres(t)
	size := suite.Sizes[storm]{Normal: storm{pulls: 15, deliveries: 100}, Full: storm{pulls: 30, deliveries: 500}}.Size()
	calm := weather(t, size, t.TempDir()+"/calm.db")
	f := newFleet(t, database, "sh", "-c", `shift; exec "$CONCORDE_OLD_BOT" "$@"`, "sh")
	f.losing.Store(false)
	version := func() int { return selected(t, database, "SELECT max(version) FROM queue_version") }
	before := version()
	numbers := openMany(t, f.cpython, size.pulls)
	random := rand.New(rand.NewPCG(1, 2)) // the same changes as on the fair day
	left := size.deliveries - size.pulls
	change := func(n int) {
		for range n {
			stir(t, f.cpython, random, numbers)
		}
		left -= n
	}
	f.starter = nil
	for i := range f.bots {
		change(left / 4)
		f.bots[i].stop(t)
		change(left / 4)
		f.start(i)
	}
	change(left)
	flush(t, f.github)
	t.Cleanup(f.explain)
	within(t, 5*time.Minute, "everything to be stored", f.complete)
	got := map[int]ending{}
	within(t, 5*time.Minute, "the end of a fair day", func() bool {
		got = endings(t, f.cpython, numbers)
		return cmp.Equal(calm, got) && f.bots[0].idle()
	})
	if after := version(); before == 0 || after <= before {
		t.Errorf("the tables were of version %d, and are now of %d: this upgrade shows nothing", before, after)
	}
	for _, bot := range f.bots {
		bot.kill()
	}
	allStored(t, database, f.github)
}
