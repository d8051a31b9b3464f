package snapshot

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// The head came before the App wrote on it, whatever date it carries, and what
// others write shows nothing: the commit may have been elsewhere first. So it's
// with a commit that two pull requests have.
func TestWhenTheHeadWasSeen(t *testing.T) {
	noon := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.Now = func() time.Time { return noon } })
	dated := noon.AddDate(-9, 0, 0)
	head, err := w.Repo.Push("alice:fix", ghtest.Commit{Author: "alice", Date: dated,
		Files: map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}})
	trial.OK(t, err)
	open := func(head string) pull.Key {
		t.Helper()
		number, err := w.Repo.OpenPR(ghtest.PR{Title: "Fix", Head: head})
		trial.OK(t, err)
		return pull.Key{Owner: "python", Repo: "cpython", Number: number}
	}
	key := open("alice:fix")
	trial.OK(t, w.Repo.SetStatus(head, "somebody", ghtest.Status{Context: "ci", State: "success"}))
	expect := func(want time.Time) {
		t.Helper()
		for _, needs := range []pull.Facts{pull.Events, ghtrial.Everything} {
			r := w.load(Query{Key: key, Needs: needs})
			if !r.HeadSeen.Equal(want) || !r.HeadDated.Equal(dated) {
				t.Errorf("needs %b: seen at %v, want %v; dated %v", needs, r.HeadSeen, want, r.HeadDated)
			}
		}
	}
	expect(time.Time{})
	at := func(hours int, action pull.Action) {
		t.Helper()
		w.Srv.Advance(noon.Add(time.Duration(hours) * time.Hour).Sub(w.Srv.Now()))
		w.apply(key, action)
	}
	status := func(description string) pull.SetStatus {
		return pull.SetStatus{SHA: head, Status: pull.Status{Context: "bedevere/news", State: pull.StatusSuccess, Description: description}}
	}
	at(1, status("one"))
	expect(noon.Add(time.Hour))
	at(2, pull.SetCheck{SHA: head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Success, Title: "T"}})
	at(3, status("two")) // GitHub shows the newest alone
	expect(noon.Add(2 * time.Hour))
	_, err = w.Repo.Push("bob:copy", ghtest.Commit{Author: "bob", From: "alice:fix",
		Files: map[string]ghtest.File{"b.txt": ghtest.Text("B\n")}})
	trial.OK(t, err)
	open("bob:copy")
	expect(time.Time{})
}
