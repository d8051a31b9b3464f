package apply

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Every kind of write, with each kind of error in its answer: it is told what the
// App lacks, or that what was written to is gone, or it is tried again, and the
// other writes of the request are not touched by it.
func TestEveryErrorOfWrites(t *testing.T) {
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.RateLimit = 1_000_000 })
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "type-bug"}))
	want := map[string]string{
		"FORBIDDEN": ghtrial.Grant, "NOT_FOUND": ghtrial.IsGone, "RESOURCE_LIMITS_EXCEEDED": ghtrial.Again, "SOMETHING_NEW": ghtrial.Again,
	}
	number := 0
	fresh := func() (pull.Key, []pull.Action) {
		number++
		head := fmt.Sprint("b", number)
		_, err := w.Repo.Push(head, ghtest.Commit{Message: "m", Files: map[string]ghtest.File{head: ghtest.Text("x")}})
		trial.OK(t, err)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Draft: true, Labels: []string{"type-bug"}})
		trial.OK(t, err)
		_, err = w.Repo.Comment(n, "alice", "hello")
		trial.OK(t, err)
		key := pull.Key{Owner: "python", Repo: "cpython", Number: n}
		r := w.load(snapshot.Query{Key: key, Needs: pull.Comments})
		return key, []pull.Action{
			pull.AddLabel{Name: "docs"}, pull.RemoveLabel{Name: "type-bug"}, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}},
			pull.React{Node: r.Comments[0].Node, With: pull.Confused},
			pull.EditBlock{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}}, pull.Ready{},
			pull.Close{},
		}
	}
	_, actions := fresh()
	for i, a := range actions {
		for _, path := range []string{gh.Alias(i), gh.Alias(i) + ".clientMutationId"} {
			for _, s := range ghtrial.Standing {
				w.Srv.ClearFaults()
				key, actions := fresh()
				trial.OK(t, w.Srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(path), Type: s.Kind, Message: s.Message}))
				for j, err := range w.app.ApplyAll(t.Context(), 0, key, actions) {
					retried := s.Kind == "NOT_FOUND" && pull.LabelOf(a) != "" && j == i && err == nil // by the id that the label has now
					if expected := want[s.Kind]; j == i && ghtrial.OutcomeOf(err) != expected && !retried {
						t.Errorf("%s: %s at %s: %v, want %s", a, s.Kind, path, err, expected)
					} else if j != i && err != nil {
						t.Errorf("%s: %s at %s: %v", actions[j], s.Kind, path, err)
					}
				}
			}
		}
	}
}

// The same for what is asked before a write, and for writes that stand alone.
func TestEveryErrorAroundWrites(t *testing.T) {
	w, key := newPull(t)
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	head := w.PR(key).HeadSHA
	for _, c := range []struct {
		path    string
		actions []pull.Action
	}{
		{"repository.label0", []pull.Action{pull.AddLabel{Name: "docs"}, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}}},
		{"repository.issueOrPullRequest", []pull.Action{pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}}},
		{"repository.issueOrPullRequest.id", []pull.Action{pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}}},
		{"repository.issueOrPullRequest.body", []pull.Action{pull.EditBlock{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->",
			End: "<!-- /a -->", Text: "x"}}}},
		{"change0", []pull.Action{pull.MergePull{SHA: head, Title: "t", Auto: true}}},
		{"change0", []pull.Action{pull.CancelMerge{}}},
	} {
		for _, s := range ghtrial.Standing {
			fresh, err := newHub(w.Cfg)
			trial.OK(t, err)
			w.app = fresh
			w.Srv.ClearFaults()
			trial.OK(t, w.Srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(c.path), Type: s.Kind, Message: s.Message}))
			expected := ghtrial.Outcome(c.path, s.Kind, s.Message)
			for i, err := range w.app.ApplyAll(t.Context(), 0, key, c.actions) {
				if o := ghtrial.OutcomeOf(err); o != expected {
					t.Errorf("%s: %s at %s: %v, want %s", c.actions[i], s.Kind, c.path, err, expected)
				}
			}
		}
	}
}
