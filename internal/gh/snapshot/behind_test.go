package snapshot

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A pull request that was just seen closed is open in the answer about another one,
// which a lagging copy gives: that is noticed, for as long as GitHub's copies lag, be
// it looked at for the first time or prefetched.
func TestOthersAreBehind(t *testing.T) {
	clock := trial.NewClock()
	w := newWorld(t, func(s *ghtest.Config, c *gh.Config) { s.Now, c.Now = clock.Now, clock.Now })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	other, _ := w.openBackport("backport")
	looks := looksAt(pull.Looks{Requests: []int{other.Number}})
	look := func(want bool, state pull.State) {
		t.Helper()
		if r := w.load(Query{Key: key, Looks: looks}); !r.Behind.IsZero() != want || r.Others[other.Number].State != state {
			t.Errorf("behind: %v, %+v", r.Behind, r.Others[other.Number])
		}
	}
	w.load(Query{Key: other})
	look(false, pull.Open)
	trial.OK(t, w.Repo.Close(other.Number, "guido")) // within the same second
	if r := w.load(Query{Key: other}); r.State != pull.Closed {
		t.Fatalf("it is %s", r.State)
	}
	look(false, pull.Closed)
	trial.OK(t, w.Repo.Reopen(other.Number, "guido")) // stands for a copy that doesn't know of the close
	for _, forget := range []bool{false, true} {
		if forget {
			w.app.looked.Purge()
		}
		look(true, pull.Open)
	}
	clock.Advance(gh.Lag + time.Second)
	look(false, pull.Open)
}

// Successive answers come from different copies: once one has shown a change, an answer
// without it is known to be old, in whatever order they come.
func TestAnOlderAnswerAfterANewerOne(t *testing.T) {
	clock := trial.NewClock()
	w := newWorld(t, func(s *ghtest.Config, c *gh.Config) { s.Now, c.Now = clock.Now, clock.Now })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.Srv.SetWeather(ghtest.Weather{Stale: 2 * time.Second})
	for _, title := range []string{"Old", "New"} {
		clock.Advance(time.Minute)
		trial.OK(t, w.Repo.EditTitle(key.Number, title))
	}
	clock.Advance(time.Second)
	seen, older := false, 0
	for range 50 {
		r := w.load(Query{Key: key})
		switch current := r.Title == "New"; {
		case current && !r.Behind.IsZero():
			t.Fatal("the newest state is called old")
		case !current && seen && r.Behind.IsZero():
			t.Fatal("an old state isn't called so")
		case !current && seen:
			older++
		default:
			seen = seen || current
		}
	}
	if older == 0 {
		t.Fatal("no old answer came after a new one")
	}
}
