package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.Now = func() time.Time { return now } })
	_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	trial.OK(t, err)
	var want []int
	for i := range 205 {
		branch := fmt.Sprint("alice:fix", i)
		_, err := w.Repo.Push(branch, ghtest.Commit{Message: "m", Author: "alice", From: "main",
			Files: map[string]ghtest.File{"a": ghtest.Text(fmt.Sprint(i))}})
		trial.OK(t, err)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: branch})
		trial.OK(t, err)
		want = append(want, n)
		w.Srv.Advance(time.Minute)
	}
	trial.OK(t, w.Repo.Close(want[100], "alice"))
	want = slices.Delete(want, 100, 101)
	slices.Reverse(want)
	for _, test := range []struct {
		since time.Time
		want  []int
		calls int
	}{
		{time.Time{}, want, 3},
		{now.Add(200 * time.Minute), want[:5], 1},
		{now.Add(104 * time.Minute), want[:101], 2},
		{now.Add(24 * time.Hour), nil, 1},
	} {
		w.Srv.ResetRequests()
		got, err := w.app.Numbers(t.Context(), List{Key: pull.Key{Owner: "python", Repo: "cpython"}, States: []pull.State{pull.Open},
			Since: test.since})
		trial.OK(t, err)
		if diff := cmp.Diff(test.want, got); diff != "" || w.Sent() != test.calls {
			t.Errorf("since %v: %d requests (-want +got):\n%s", test.since, w.Sent(), diff)
		}
	}
	_, err = w.app.Numbers(t.Context(), List{Key: pull.Key{Owner: "python", Repo: "nothing"}})
	trial.As[*gh.Gone](t, err)
}
