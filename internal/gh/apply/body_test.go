package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

var linked = pull.List{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- l -->", End: "<!-- /l -->"}, Heading: "### Linked PRs",
	Line: "* gh-%d"}

func newIssue(t *testing.T, w *world) pull.Key {
	t.Helper()
	number, err := w.Repo.OpenIssue(ghtest.Issue{Title: "t", Body: "b", Author: "eric"})
	trial.OK(t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: number}
}

func lists(of pull.Key, number int, on bool, seen string, at time.Time) pull.EditEntry {
	return pull.EditEntry{Entry: pull.Entry{Issue: of.Number, List: linked, On: on}, Number: number, Seen: seen, At: at}
}

// Several pull requests come into the list of one issue at the same moment, each
// having seen it empty: all are there in the end, and none reads it again.
func TestListOfSeveralPulls(t *testing.T) {
	w, key, seen := newStillPull(t)
	issue := newIssue(t, w)
	w.load(snapshot.Query{Key: issue})
	w.load(snapshot.Query{Key: key})
	w.Srv.ResetRequests()
	var group sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		group.Go(func() { faults[i] = w.app.Apply(t.Context(), 0, key, lists(issue, 100+i, true, "b", seen)) })
	}
	group.Wait()
	for _, err := range faults {
		trial.OK(t, err)
	}
	body := w.PR(issue).Body
	for i := range faults {
		if strings.Count(body, fmt.Sprintf("* gh-%d\n", 100+i)) != 1 {
			t.Errorf("#%d is not there once in %q", 100+i, body)
		}
	}
	if w.Sent() != len(faults) {
		t.Errorf("%d requests for %d writes", w.Sent(), len(faults))
	}
	w.apply(key, lists(issue, 100, false, body, seen))
	if body := w.PR(issue).Body; linked.Has(body, 100) || !linked.Has(body, 101) {
		t.Errorf("without #100: %q", body)
	}
}

// What was seen long ago is read again, and so is what another write may have
// changed whose answer was lost. A read that still shows what was before the last
// write counts as what was written: GitHub's copies lag behind each other.
func TestBodyIsReadAgain(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	issue := newIssue(t, w)
	step := func(what string, want []int, requests int, e pull.EditEntry) {
		t.Helper()
		w.Srv.ResetRequests()
		w.apply(key, e)
		body := w.PR(issue).Body
		for number := 1; number < 9; number++ {
			if linked.Has(body, number) != slices.Contains(want, number) {
				t.Errorf("%s: %q, want %v", what, body, want)
			}
		}
		if w.Sent() != requests {
			t.Errorf("%s: %d requests, want %d", what, w.Sent(), requests)
		}
		now = now.Add(time.Millisecond)
	}
	w.load(snapshot.Query{Key: key})
	step("an issue that was never loaded", []int{1}, 2, lists(issue, 1, true, "b", now))
	step("a read that is behind", []int{1, 2}, 1, lists(issue, 2, true, "b", now))
	trial.OK(t, w.Repo.EditBody(issue.Number, w.PR(issue).Body+"\n\nPeople."))
	now = now.Add(freshBody + time.Second)
	step("seen long ago", []int{1, 2, 3}, 2, lists(issue, 3, true, "b", now.Add(-time.Minute)))
	if !strings.Contains(w.PR(issue).Body, "People.") {
		t.Errorf("what people wrote is gone: %q", w.PR(issue).Body)
	}
	w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "updateIssue", DropAfter: true})
	before := now.Add(-time.Microsecond)
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, lists(issue, 4, true, w.PR(issue).Body, now)))
	step("a lost answer", []int{1, 2, 3, 4, 5}, 2, lists(issue, 5, true, "b", before))
}

// The bot's part of a body is not written over what somebody else made of it
// meanwhile: the run comes again and decides by that.
func TestBlockChangedMeanwhile(t *testing.T) {
	w, key := newPull(t)
	r := w.load(snapshot.Query{Key: key})
	block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}
	edit := pull.EditBlock{Block: block, Seen: r.Body}
	w.apply(key, edit)
	edit.Text = "y"
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, edit))
	edit.Seen = w.PR(key).Body
	w.apply(key, edit)
	if got := block.Of(w.PR(key).Body); got != "y" {
		t.Errorf("the block says %q", got)
	}
}

// Two blocks of one body in one request: each mutation carries the whole body, and
// the second has what the first wrote, be they new or edited.
func TestTwoBlocksInOneRequest(t *testing.T) {
	one := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}
	other := pull.Block{Markdown: markdown.Body{}, Start: "<!-- b -->", End: "<!-- /b -->", Text: "y"}
	w, key, _ := newStillPull(t)
	r := w.load(snapshot.Query{Key: key})
	edits := []pull.Action{pull.EditBlock{Block: one, Seen: r.Body, At: r.BodyAt}, pull.AddNote{Note: pull.Note{Key: "n", Body: "n"}},
		pull.EditBlock{Block: other, Seen: r.Body, At: r.BodyAt}}
	if batches := Batches(edits); len(batches) != 1 {
		t.Fatalf("%d requests: then this test shows nothing", len(batches))
	}
	w.Srv.ResetRequests()
	trial.OK(t, errors.Join(w.app.ApplyAll(t.Context(), 0, key, edits)...))
	if body := w.PR(key).Body; body != other.In(one.In(r.Body)) || w.Sent() != 1 {
		t.Errorf("after %d requests the body is %q", w.Sent(), body)
	}
	one.Text, other.Text = "xx", "yy"
	seen := w.PR(key).Body
	edits = []pull.Action{pull.EditBlock{Block: one, Seen: seen, At: r.BodyAt}, pull.EditBlock{Block: other, Seen: seen, At: r.BodyAt}}
	trial.OK(t, errors.Join(w.app.ApplyAll(t.Context(), 0, key, edits)...))
	if body := w.PR(key).Body; one.Of(body) != "xx" || other.Of(body) != "yy" || !strings.HasPrefix(body, r.Body) {
		t.Errorf("in the end the body is %q", body)
	}
}

// What an issue no longer lists is taken out before the block goes that tells of
// it, so that nothing is forgotten where the first fails.
func TestEvidenceGoesLast(t *testing.T) {
	var sizes []int
	issue := pull.Key{Owner: "python", Repo: "cpython", Number: 5}
	for _, b := range Batches([]pull.Action{lists(issue, 1, true, "", time.Time{}), lists(issue, 1, false, "", time.Time{}), pull.EditBlock{},
		pull.AddLabel{}}) {
		sizes = append(sizes, len(b))
	}
	if !slices.Equal(sizes, []int{2, 2}) {
		t.Errorf("batches of %v", sizes)
	}
}
