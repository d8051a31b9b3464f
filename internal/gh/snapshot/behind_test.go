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
		if r := w.load(Query{Key: key, Looks: looks}); r.Behind != want || r.Others[other.Number].State != state {
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
