package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestManyTriggersOfOneBackport has the webhooks of one merge come many times,
// in any order, and again in the middle of the work: there is one pull request
// for each target, and one status comment.
func TestManyTriggersOfOneBackport(t *testing.T) {
	t.Run("one process", func(t *testing.T) {
		t.Parallel()
		triggers(t, filepath.Join(t.TempDir(), "concorde.db"), 1)
	})
	t.Run("two processes", func(t *testing.T) {
		t.Parallel()
		triggers(t, postgres(t), 2)
	})
}

func triggers(t *testing.T, database string, processes int) {
	s := backportStage(t)
	s.environment["DATABASE_URL"] = database
	s.environment["BOT_PICKS"] = filepath.Join(t.TempDir(), "picks")
	number := s.twoTargets()
	bots := []*process{s.bot}
	for range processes - 1 {
		bots = append(bots, serve(t, s.environment))
	}
	s.github.SetHook(ghtest.Hook{URL: inTurn(t, bots) + "/webhook"})
	s.github.Pause()
	s.check(s.cpython.Unlabel(number, "dana", "needs backport to 3.13"))
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.check(s.cpython.Label(number, "dana", "needs backport to 3.13"))
	dice := rand.New(rand.NewPCG(7, 7))
	copies := 0
	again := func(all []ghtest.Delivery) []ghtest.Delivery {
		for _, d := range slices.Clone(all) {
			for range 4 {
				copies++
				d.GUID = fmt.Sprintf("00000000-0000-4000-a000-%012d", copies)
				all = append(all, d)
			}
		}
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all
	}
	var waiting []ghtest.Delivery
	s.github.Rearrange(func(pending []ghtest.Delivery) []ghtest.Delivery {
		waiting = slices.Clone(pending)
		return again(pending)
	})
	more := func() {
		s.github.Rearrange(func(pending []ghtest.Delivery) []ghtest.Delivery {
			return append(pending, again(slices.Clone(waiting))...)
		})
	}
	for _, f := range []ghtest.Fault{{Path: "/git-receive-pack$", Then: more}, {Path: "/cpython/pulls$", Then: more},
		{Path: "^/graphql$", Contains: "addComment", Then: more}} {
		f.Method = http.MethodPost
		s.check(s.github.Fault(f))
	}
	s.github.Resume()
	s.ends(number)
	if len(waiting) < 3 || copies != 16*len(waiting) {
		t.Errorf("of %d webhooks %d copies were sent, want 16 of each: then this shows nothing", len(waiting), copies)
	}
}

// inTurn is a server that hands requests to one process after the other.
func inTurn(t testing.TB, bots []*process) string {
	t.Helper()
	var turn atomic.Int64
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to, err := url.Parse(bots[int(turn.Add(1))%len(bots)].URL)
		if err != nil {
			t.Error(err)
			return
		}
		r.SetURL(to)
	}})
	t.Cleanup(server.Close)
	return server.URL
}
