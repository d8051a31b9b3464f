package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestProgress: a first sweep over many pull requests shows how far it has come and when
// it may end: in the metrics, the log and bot doctor, also after a restart, without a
// request to GitHub. So do the updates that it leads to.
func TestProgress(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	const more = 24 // and one
	c.opensMany(more)
	slow := "sweep: {pull-requests-per-minute: 1}"
	c.run(slow)
	c.shows("check", "10", "32")
	asked := len(c.github.Requests())
	c.shows("check", "10", "32")
	if now := len(c.github.Requests()); now != asked {
		t.Errorf("%d requests for it", now-asked)
	}
	c.doctors("Checking python/cpython: 10 of 32 done, about 22 minutes left.")
	c.stop()
	c.run(slow)
	c.logs(`"message":"background work"`, `"stage":"check"`, `"done":10`, `"total":32`, `"expected_end":`)
	c.shows("check", "10", "32")
	for _, done := range []string{"20", "30", ""} {
		c.pass(11 * time.Minute)
		c.bot.reconciler.Relist() // has the queue look at the clock
		if done != "" {
			c.shows("check", done, "32")
		}
	}
	c.logs("sweep done")
	c.shows("update", "10", "25")
	c.doctors("Updating python/cpython: 10 of 25 done, about 15 minutes left.")
	c.pass(6 * time.Minute)
	c.stop()
	c.run(slow)
	c.logs(`"message":"background work"`, `"stage":"update"`, `"total":25`)
	eventually(t, "the end", func() bool {
		c.pass(time.Minute)
		c.edit(c.cpython, c.number) // has the queue look at the clock
		_, text := c.page("/metrics")
		return !strings.Contains(text, "concorde_background")
	})
	c.doctors("No background work on many pull requests is in progress.")
}

// TestProgressOfReplicas: each replica shows the same, whoever does the work, and goes on
// with it when that one is killed.
func TestProgressOfReplicas(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	s := newStage(t)
	openMany(t, s.cpython, 25)
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	settings := filepath.Join(t.TempDir(), "settings.yml")
	s.check(os.WriteFile(settings, []byte("preset: cpython\nsweep: {pull-requests-per-minute: 1}\n"), 0o600))
	s.environment["DATABASE_URL"], s.environment["BOT_CONFIG"] = database, settings
	first, second := serve(t, s.environment), serve(t, s.environment)
	want := `concorde_background_done{repository="python/cpython",stage="check"} 10` + "\n"
	for _, p := range []*process{first, second} {
		eventually(t, "both to show the same", func() bool { return strings.Contains(p.get("/metrics"), want) })
	}
	first.kill()
	if page := second.get("/metrics"); !strings.Contains(page, want) {
		t.Errorf("after the kill: %s", page)
	}
}

// opensMany opens pull requests that all need something.
func (c *clinic) opensMany(n int) {
	c.Helper()
	for range n {
		_, err := c.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Change", Author: "eric", Head: "eric:change"})
		c.check(err)
	}
	c.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
}

// shows waits until /metrics shows background work.
func (c *clinic) shows(stage, done, total string) {
	c.Helper()
	labels := `{repository="python/cpython",stage="` + stage + `"} `
	var text string
	if !becomes(patience, func() bool {
		_, text = c.page("/metrics")
		return strings.Contains(text, "concorde_background_done"+labels+done+"\n") &&
			strings.Contains(text, "concorde_background_total"+labels+total+"\n")
	}) {
		_, text, _ = strings.Cut(text, "concorde_background")
		c.Fatalf("/metrics doesn't show %s of %s, but %.1000s\n%s", done, total, text, &c.log)
	}
	_, end, _ := strings.Cut(text, "concorde_background_ends_timestamp_seconds"+labels)
	end, _, _ = strings.Cut(end, "\n")
	seconds, err := strconv.ParseFloat(end, 64)
	c.check(err)
	if at := time.Unix(int64(seconds), 0); at.Before(c.now().Add(-time.Second)) || at.After(c.now().Add(48*time.Hour)) {
		c.Errorf("it ends at %v, and now is %v", at, c.now())
	}
}

// doctors runs bot doctor on the bot's database.
func (c *clinic) doctors(want string) {
	c.Helper()
	settings := filepath.Join(c.TempDir(), "settings.yml")
	c.check(os.WriteFile(settings, []byte("preset: cpython\nsweep: {pull-requests-per-minute: 1}\n"), 0o600))
	environment := identity(c.github)
	var table, faults bytes.Buffer
	run([]string{"doctor", "--database", c.database, "--config", settings, "--limit", "1m",
		"--lifecycle-cycle-url", "", "--lifecycle-releases-url", "",
		"--api-url", c.github.APIURL(), "--server-url", c.github.URL}, streams{c.Context(), &table, &faults, variables(environment), c.now})
	if !strings.Contains(table.String(), want) {
		c.Errorf("bot doctor doesn't say %q:\n%s%s", want, &table, &faults)
	}
}
