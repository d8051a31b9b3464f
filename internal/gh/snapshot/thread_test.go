package snapshot

import (
	"context"
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

// spokenIn are a thread's comments, by what they say.
func spokenIn(t pull.Thread) (bodies []string) {
	for _, c := range t.Comments {
		bodies = append(bodies, c.Body)
	}
	return bodies
}

// threaded is a pull request, and an issue whose comments are looked at. Each has its own
// clock's minute.
type threaded struct {
	*world
	clock *trial.Clock
	key   pull.Key
	issue int
}

func newThreaded(t *testing.T) *threaded {
	t.Helper()
	clock := trial.NewClock()
	w := newWorld(t, func(s *ghtest.Config, c *gh.Config) { s.Now, c.Now = clock.Now, clock.Now })
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "Release 3.15", Author: "hugovk"})
	trial.OK(t, err)
	return &threaded{w, clock, w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}), issue}
}

func (w *threaded) say(text string) int64 {
	w.T.Helper()
	w.clock.Advance(time.Minute)
	id, err := w.Repo.Comment(w.issue, "hugovk", text)
	trial.OK(w.T, err)
	return id
}

// want loads the pull request, and compares the thread and the number of requests.
func (w *threaded) want(key pull.Key, requests int, bodies ...string) pull.Thread {
	w.T.Helper()
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Threads: []int{w.issue}})})
	thread, looked := r.Threads[w.issue]
	if got := spokenIn(thread); !looked || !slices.Equal(got, bodies) {
		w.T.Errorf("the thread is %q, want %q", got, bodies)
	}
	if n := w.Sent(); n != requests {
		w.T.Errorf("%d requests, want %d", n, requests)
	}
	return thread
}

// TestThread: the comments on another issue are read once for all pull requests, until
// someone writes, edits or deletes one.
func TestThread(t *testing.T) {
	w := newThreaded(t)
	other := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	w.want(w.key, 3) // the pull request; what's new to look at; the comments
	id := w.say("one")
	w.want(w.key, 2, "one") // the pull request with what it looked at the last time; the comments
	w.want(other, 2, "one") // the pull request; what's new to look at
	w.want(other, 1, "one")
	w.say("two")
	w.want(w.key, 2, "one", "two")
	w.want(other, 1, "one", "two")
	w.clock.Advance(time.Minute)
	trial.OK(t, w.Repo.EditComment(w.issue, "mallory", id, "edited"))
	if thread := w.want(w.key, 2, "edited", "two"); thread.Comments[0].Editor != "mallory" {
		t.Errorf("edited by %q", thread.Comments[0].Editor)
	}
	w.clock.Advance(time.Minute)
	trial.OK(t, w.Repo.DeleteComment(w.issue, "hugovk", id))
	w.want(other, 2, "two")
	issue := w.key
	issue.Number = w.issue
	w.apply(issue, pull.AddNote{Note: pull.Note{Key: "freeze", Body: "b"}})
	r := w.load(Query{Key: issue, Needs: pull.Comments})
	w.apply(issue, pull.React{Comment: r.Comments[0].ID, Node: r.Comments[0].Node, With: pull.ThumbsUp})
	w.clock.Advance(threadFor + time.Second) // GitHub doesn't count a reaction as an edit
	thread := w.want(w.key, 2, spokenIn(pull.Thread{Comments: r.Comments})...)
	if _, noted := thread.Notes["freeze"]; !noted || !thread.Comments[0].Done {
		t.Errorf("%+v", thread)
	}
}

// TestNotesBehindManyComments: the bot's own comments on another pull request are found behind any
// number of others, which are read once.
func TestNotesBehindManyComments(t *testing.T) {
	w := newThreaded(t)
	original := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	w.issue = original.Number
	w.apply(original, pull.AddNote{Note: pull.Note{Key: "board", Body: "b"}})
	noted := func(requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		r := w.load(Query{Key: w.key, Looks: looksAt(pull.Looks{Requests: []int{w.issue}})})
		if r.Others[w.issue].Notes["board"].ID == 0 || len(r.Threads) > 0 {
			t.Errorf("notes %v, threads %v", r.Others[w.issue].Notes, r.Threads)
		}
		if n := w.Sent(); n != requests {
			t.Errorf("%d requests, want %d", n, requests)
		}
	}
	noted(2) // the pull request; what's new to look at
	for range 99 {
		w.say("me too")
	}
	noted(1)
	w.say("me too")
	noted(3) // with two pages of comments
	noted(1)
	w.say("me too")
	noted(2)
	for range pull.MaxThread - 102 {
		_, err := w.Repo.Comment(w.issue, "mallory", "me too")
		trial.OK(t, err)
	}
	noted(25)
}

// TestEditsHideNoNote: the bot's own comment among the newest is found, even if someone edits
// as many older ones as are read.
func TestEditsHideNoNote(t *testing.T) {
	w := newThreaded(t)
	original := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	w.issue = original.Number
	var ids []int64
	for range pull.MaxThread {
		id, err := w.Repo.Comment(w.issue, "mallory", "me too")
		trial.OK(t, err)
		ids = append(ids, id)
	}
	w.apply(original, pull.AddNote{Note: pull.Note{Key: "board", Body: "b"}})
	w.clock.Advance(time.Minute)
	for _, id := range ids {
		trial.OK(t, w.Repo.EditComment(w.issue, "mallory", id, "edited"))
	}
	r := w.load(Query{Key: w.key, Looks: looksAt(pull.Looks{Requests: []int{w.issue}})})
	if r.Others[w.issue].Notes["board"].ID == 0 {
		t.Errorf("notes %v", r.Others[w.issue].Notes)
	}
}

// TestThreadOfNothing: an issue that doesn't exist is an empty thread, and no error.
func TestThreadOfNothing(t *testing.T) {
	w := newThreaded(t)
	for _, number := range []int{4711, 0, -1} {
		r := w.load(Query{Key: w.key, Looks: looksAt(pull.Looks{Threads: []int{number}})})
		if thread, looked := r.Threads[number]; !looked || len(thread.Comments) > 0 {
			t.Errorf("#%d: %+v", number, r.Threads)
		}
	}
	trial.OK(t, w.Repo.DeleteIssue(w.issue, "guido"))
	w.want(w.key, 3)
}

// TestLongThread: of more comments than are read, those that were edited last count.
func TestLongThread(t *testing.T) {
	w := newThreaded(t)
	for n := range pull.MaxThread + 5 {
		_, err := w.Repo.Comment(w.issue, "hugovk", fmt.Sprint(n))
		trial.OK(t, err)
		w.clock.Advance(time.Second)
	}
	r := w.load(Query{Key: w.key, Looks: looksAt(pull.Looks{Threads: []int{w.issue}})})
	got := spokenIn(r.Threads[w.issue])
	if len(got) != pull.MaxThread || !r.Threads[w.issue].More || got[0] != "5" || got[len(got)-1] != fmt.Sprint(pull.MaxThread+4) {
		t.Errorf("%d comments, from %q to %q", len(got), got[0], got[len(got)-1])
	}
}

// TestLongThreadGoesOn: a new comment, an edited and a deleted one are read without reading
// all others again. After a load that ended early, the next one goes on there.
func TestLongThreadGoesOn(t *testing.T) {
	w := newThreaded(t)
	var ids []int64
	say := func() {
		w.clock.Advance(time.Second)
		id, err := w.Repo.Comment(w.issue, "hugovk", fmt.Sprint(len(ids)))
		trial.OK(t, err)
		ids = append(ids, id)
	}
	for range 350 {
		say()
	}
	q := Query{Key: w.key, Looks: looksAt(pull.Looks{Threads: []int{w.issue}})}
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "maybeThread:", After: 2, Before: cancel, Hang: true})
		_, err := w.app.Load(ctx, q)
		cancel()
		if err == nil {
			break
		}
		say()
	}
	w.Srv.ClearFaults()
	look := func(what string, requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		got := w.load(q).Threads[w.issue]
		if w.Sent() != requests {
			t.Errorf("%s: %d requests, want %d", what, w.Sent(), requests)
		}
		fresh, err := newHub(w.Cfg)
		trial.OK(t, err)
		want, err := fresh.Load(t.Context(), q)
		trial.OK(t, err)
		if diff := cmp.Diff(want.Threads[w.issue], got); diff != "" {
			t.Errorf("%s (-read anew +known):\n%s", what, diff)
		}
	}
	look("goes on", 1)
	say()
	look("a new one", 2)
	w.clock.Advance(time.Second)
	trial.OK(t, w.Repo.EditComment(w.issue, "hugovk", ids[7], "edited"))
	look("an edited one", 2)
	trial.OK(t, w.Repo.DeleteComment(w.issue, "hugovk", ids[9]))
	look("a deleted one", 6)
	for range pull.MaxThread - 350 {
		say()
	}
	look("as many as are read", 26) // no page is remembered for so long
	w.clock.Advance(time.Second)
	trial.OK(t, w.Repo.EditComment(w.issue, "hugovk", ids[0], "edited"))
	look("the oldest one, which wasn't known", 27) // it may as well be a new one, where another was deleted
	trial.OK(t, w.Repo.DeleteComment(w.issue, "hugovk", ids[len(ids)-1]))
	look("a deleted one of too many", 27)
	say()
	look("a new one of too many", 2)
}

// TestThreadIsBehind: an issue's own load saw a comment that a lagging copy of GitHub's
// doesn't show with a pull request, which that load enqueued.
func TestThreadIsBehind(t *testing.T) {
	w := newThreaded(t)
	issue := w.key
	issue.Number = w.issue
	look := func() *pull.Request {
		return w.load(Query{Key: w.key, Looks: looksAt(pull.Looks{Threads: []int{w.issue}})})
	}
	look()
	id := w.say("freeze")
	w.load(Query{Key: issue, Needs: pull.Comments})
	trial.OK(t, w.Repo.DeleteComment(w.issue, "hugovk", id)) // stands for a copy that doesn't have it
	if r := look(); r.Behind.IsZero() {
		t.Error("the older thread isn't noticed")
	}
	w.clock.Advance(gh.Lag + time.Second)
	if r := look(); !r.Behind.IsZero() {
		t.Error("it's still waited for")
	}
}

// TestAwaiting lists the merged pull requests with a label, whatever their base.
func TestAwaiting(t *testing.T) {
	w, key := newPull(t)
	merged := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	unmerged := w.Open(map[string]ghtest.File{"c.txt": ghtest.Text("C\n")})
	for _, k := range []pull.Key{merged, unmerged} {
		trial.OK(t, w.Repo.Label(k.Number, "guido", "needs backport to 3.14"))
	}
	_, err := w.Repo.Merge(merged.Number, "guido")
	trial.OK(t, err)
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Awaiting: []string{"needs backport to 3.13", "needs backport to 3.14"}})})
	if n := w.Sent(); n != 3 { // the pull request, and a list for each label
		t.Errorf("%d requests", n)
	}
	want := map[string][]int{"needs backport to 3.13": nil, "needs backport to 3.14": {merged.Number}}
	if diff := cmp.Diff(want, r.Awaiting); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOpen lists the open pull requests into a branch, with what was reported on them.
func TestOpen(t *testing.T) {
	w, key := newPull(t)
	other := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	closed := w.Open(map[string]ghtest.File{"c.txt": ghtest.Text("C\n")})
	trial.OK(t, w.Repo.Close(closed.Number, "guido"))
	status := pull.Status{Context: "concorde/release-freeze", State: pull.StatusFailure, Description: "Frozen", URL: "https://example.com/1"}
	state, err := w.Repo.PR(key.Number)
	trial.OK(t, err)
	w.apply(key, pull.SetStatus{SHA: state.HeadSHA, Status: status})
	w.Srv.ResetRequests()
	r := w.load(Query{Key: other, Looks: looksAt(pull.Looks{Open: []string{"main", "3.14"}})})
	if n := w.Sent(); n != 3 { // the pull request, and a list for each branch
		t.Errorf("%d requests", n)
	}
	if list := r.Open["main"]; len(list) != 2 || list[0].Number != key.Number || list[0].Statuses[status.Context] != status || list[0].Author == "" {
		t.Errorf("%+v", list)
	}
	if list, looked := r.Open["3.14"]; !looked || len(list) != 0 {
		t.Errorf("%+v", r.Open)
	}
}
