package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// ignoreTimes leaves out when issues were read.
var ignoreTimes = cmpopts.IgnoreFields(pull.Issue{}, "At")

func newIssue(t *testing.T, w *world) pull.Key {
	t.Helper()
	number, err := w.Repo.OpenIssue(ghtest.Issue{Title: "t", Body: "b", Author: "eric"})
	trial.OK(t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: number}
}

// The second look at what is around brings the body along: one that is the same
// need not be read once more, one that changed is.
func TestBodyWithSecondQuery(t *testing.T) {
	for _, changes := range []bool{false, true} {
		w, key := newPull(t)
		issue := newIssue(t, w)
		if changes {
			edit := func() { trial.OK(t, w.Repo.EditBody(key.Number, "Other words")) }
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mergeCommit", Then: edit})
		}
		r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Issues: []int{issue.Number}})})
		if r.Issues[issue.Number].At.IsZero() || r.BodyAt.IsZero() != (r.Body != w.PR(key).Body) {
			t.Errorf("changes %v: the body %q was read at %v, the issue at %v", changes, r.Body, r.BodyAt, r.Issues[issue.Number].At)
		}
		block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}
		w.Srv.ResetRequests()
		w.apply(key, pull.EditBlock{Block: block, Seen: r.Body, At: r.BodyAt})
		words := map[bool]string{false: "Body", true: "Other words"}[changes]
		if requests := map[bool]int{false: 1, true: 2}[changes]; w.PR(key).Body != block.In(words) || w.Sent() != requests {
			t.Errorf("changes %v: %d requests, body %q", changes, w.Sent(), w.PR(key).Body)
		}
	}
}
