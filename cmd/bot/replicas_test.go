package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// TestThreeReplicasInAStorm has three processes share a PostgreSQL database. A tenth of
// the deliveries is lost on the way, a tenth comes twice, all in odd order; requests to
// GitHub fail in every documented way; and again and again a process is killed. Sweeps
// find nothing, so that what was lost must be found in GitHub's list of deliveries. The
// end must be that of an undisturbed run, with no comment twice.
func TestThreeReplicasInAStorm(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	size := suite.Sizes[storm]{
		Normal: storm{pulls: 15, deliveries: 100, kills: 5},
		Long:   storm{pulls: 15, deliveries: 100, kills: 5},
		Full:   storm{pulls: 30, deliveries: 500, kills: 10},
	}.Size()
	calm := weather(t, storm{pulls: size.pulls, deliveries: size.deliveries}, t.TempDir()+"/calm.db")
	f := newFleet(t, database)
	numbers := openMany(t, f.cpython, size.pulls)
	random := rand.New(rand.NewPCG(1, 2)) // the same changes as on the fair day
	f.github.SetWeather(badWeather(3))
	batch := max(1, (size.deliveries-size.pulls)/size.kills)
	for i := size.pulls; i < size.deliveries; {
		f.github.Pause()
		for range min(batch, size.deliveries-i) {
			stir(t, f.cpython, random, numbers)
			i++
		}
		f.shuffle()
		f.github.Resume()
		f.restart(f.random.IntN(len(f.bots)))
		flush(t, f.github)
	}
	f.losing.Store(false)
	f.restart(0)
	t.Cleanup(f.explain)
	within(t, 5*time.Minute, "everything to be recovered", f.complete)
	within(t, 5*time.Minute, "the queue to be worked", f.bots[0].idle)
	got := map[int]ending{}
	within(t, 5*time.Minute, "the end of a fair day", func() bool {
		got = endings(t, f.cpython, numbers)
		return cmp.Equal(calm, got) && f.bots[0].idle()
	})
	lost, failed := f.lost.Load(), failures(f.github)
	if lost == 0 || f.doubled == 0 || failed == 0 {
		t.Errorf("%d deliveries were lost, %d doubled, and %d requests failed: then this test shows nothing", lost, f.doubled, failed)
	}
	t.Logf("%d deliveries, %d lost, %d doubled, %d processes killed, %d requests failed", size.deliveries, lost, f.doubled, f.killed, failed)
	for _, bot := range f.bots {
		bot.kill()
	}
	allStored(t, database, f.github)
}

// fleet is some replicas, mostly three, and the way from GitHub to them.
type fleet struct {
	testing.TB
	github      *ghtest.Server
	cpython     *ghtest.Repo
	environment map[string]string
	bots        []*process
	addresses   []atomic.Pointer[string]
	random      *rand.Rand
	losing      atomic.Bool
	carried     sync.Map // by GUID
	lost        atomic.Int64
	doubled     int
	killed      int
	starter     []string // of the next replica
	config      string   // file with the settings; "": the preset
}

func newFleet(t *testing.T, database string, starter ...string) *fleet {
	t.Helper()
	behind := func() time.Time { return time.Now().Add(-2 * time.Minute) } // what is lost now was lost some time ago
	github, cpython := newGitHub(t, ghtest.Config{RateLimit: 1 << 30, Now: behind})
	sweepsFindNothing(t, github)
	f := &fleet{TB: t, github: github, cpython: cpython, starter: starter}
	f.launch(t, database, 3)
	f.losing.Store(true)
	return f
}

// launch starts the replicas, and has GitHub's deliveries carried to them.
func (f *fleet) launch(t *testing.T, database string, replicas int) {
	t.Helper()
	f.bots, f.addresses = make([]*process, replicas), make([]atomic.Pointer[string], replicas)
	f.random = rand.New(rand.NewPCG(3, 4))
	f.environment = identity(f.github)
	f.environment["BOT_CONFIG"] = f.config
	f.environment["DATABASE_URL"], f.environment["BOT_SETTLE"] = database, "20ms"
	f.environment["CONCORDE_OLD_BOT"] = os.Getenv("CONCORDE_OLD_BOT")
	for i := range f.bots {
		f.start(i)
	}
	eventually(t, "the first look for missed deliveries", func() bool { return noted(t, database, "missed deliveries") })
	way := httptest.NewServer(http.HandlerFunc(f.carry))
	t.Cleanup(way.Close)
	f.github.SetHook(ghtest.Hook{URL: way.URL})
}

func (f *fleet) start(i int) {
	f.bots[i] = serveBy(f, f.starter, f.environment)
	f.addresses[i].Store(&f.bots[i].URL)
}

func (f *fleet) restart(i int) {
	f.bots[i].kill()
	f.killed++
	f.start(i)
}

// carry is the way of one delivery to the replicas, on which a tenth is lost the first
// time. Like a load balancer it tries another replica if one is down.
func (f *fleet) carry(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	_, again := f.carried.LoadOrStore(r.Header.Get("X-GitHub-Delivery"), true)
	if err != nil || f.losing.Load() && !again && rand.IntN(10) == 0 {
		f.lost.Add(1)
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	for _, i := range rand.Perm(len(f.addresses)) {
		to, err := http.NewRequestWithContext(r.Context(), http.MethodPost, *f.addresses[i].Load()+"/webhook", bytes.NewReader(body))
		if err != nil {
			f.Error(err)
			break
		}
		to.Header = r.Header.Clone()
		if answer, err := http.DefaultClient.Do(to); err == nil {
			answer.Body.Close()
			w.WriteHeader(answer.StatusCode)
			return
		}
	}
	w.WriteHeader(http.StatusBadGateway)
}

// shuffle doubles a tenth of the waiting deliveries and puts all in another order.
func (f *fleet) shuffle() {
	f.github.Rearrange(func(pending []ghtest.Delivery) []ghtest.Delivery {
		for _, d := range slices.Clone(pending) {
			if f.random.IntN(10) == 0 {
				f.doubled++
				pending = append(pending, d)
			}
		}
		return pending
	})
	f.github.Shuffle(f.random.Uint64())
}

// explain shows, after a failure, what became of deliveries that are missing.
func (f *fleet) explain() {
	if !f.Failed() {
		return
	}
	stored := storedDeliveries(f, f.environment["DATABASE_URL"])
	for _, d := range f.github.Deliveries() {
		if !stored[d.GUID] {
			f.Logf("missing: %s %s, attempt %d, redelivery %t, answered %d %s", d.GUID, d.Event, d.ID, d.Redelivery, d.Status, d.Err)
		}
	}
	for i, bot := range f.bots {
		for line := range strings.SplitSeq(bot.log.String(), "\n") {
			if strings.Contains(line, "missed") || strings.Contains(line, "missing") {
				f.Logf("%d: %s", i, line)
			}
		}
	}
}

// complete reports whether every event is stored by now, whatever GitHub heard of it.
func (f *fleet) complete() bool {
	stored := storedDeliveries(f, f.environment["DATABASE_URL"])
	for _, d := range f.github.Deliveries() {
		if !stored[d.GUID] {
			return false
		}
	}
	return true
}
