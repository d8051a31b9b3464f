package apply

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Every kind of write, with each kind of error in its answer: it is told what the
// App lacks, or that what was written to is gone, or it is tried again, and the
// other writes of the request are not touched by it.
func TestEveryErrorOfWrites(t *testing.T) {
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.RateLimit = 1_000_000 })
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	must(t, w.repo.SetLabel(ghtest.Label{Name: "type-bug"}))
	want := map[string]string{"FORBIDDEN": grant, "NOT_FOUND": isGone, "RESOURCE_LIMITS_EXCEEDED": again, "SOMETHING_NEW": again}
	number := 0
	fresh := func() (pull.Key, []pull.Action) {
		number++
		head := fmt.Sprint("b", number)
		_, err := w.repo.Push(head, ghtest.Commit{Message: "m", Files: map[string]ghtest.File{head: ghtest.Text("x")}})
		must(t, err)
		n, err := w.repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Draft: true, Labels: []string{"type-bug"}})
		must(t, err)
		_, err = w.repo.Comment(n, "alice", "hello")
		must(t, err)
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
			for _, s := range standing {
				w.srv.ClearFaults()
				key, actions := fresh()
				must(t, w.srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(path), Type: s.kind, Message: s.message}))
				for j, err := range w.app.ApplyAll(t.Context(), 0, key, actions) {
					retried := s.kind == "NOT_FOUND" && pull.LabelOf(a) != "" && j == i && err == nil // by the id that the label has now
					if expected := want[s.kind]; j == i && outcomeOf(err) != expected && !retried {
						t.Errorf("%s: %s at %s: %v, want %s", a, s.kind, path, err, expected)
					} else if j != i && err != nil {
						t.Errorf("%s: %s at %s: %v", actions[j], s.kind, path, err)
					}
				}
			}
		}
	}
}

// The same for what is asked before a write, and for writes that stand alone.
func TestEveryErrorAroundWrites(t *testing.T) {
	w, key := newPull(t)
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	head := w.pr(key).HeadSHA
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
		for _, s := range standing {
			fresh, err := newHub(w.cfg)
			must(t, err)
			w.app = fresh
			w.srv.ClearFaults()
			must(t, w.srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(c.path), Type: s.kind, Message: s.message}))
			expected := outcome(c.path, s.kind, s.message)
			for i, err := range w.app.ApplyAll(t.Context(), 0, key, c.actions) {
				if o := outcomeOf(err); o != expected {
					t.Errorf("%s: %s at %s: %v, want %s", c.actions[i], s.kind, c.path, err, expected)
				}
			}
		}
	}
}
