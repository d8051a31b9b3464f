package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func look() pull.ReleaseLook {
	return pull.ReleaseLook{Version: "3.14", Branch: "3.14", Default: "main", Tags: []string{"v3.14.2", "v3.14.1", "v3.14.0"}, Blocker: "release-blocker",
		Deferred: "deferred-blocker", Requested: "needs backport to 3.14", Fixes: []string{"type-bug", "type-security"}}
}

// releaseWorld is a world with the branch 3.14, and a way to open pull requests there.
type releaseWorld struct{ *world }

func newReleaseWorld(t *testing.T, change ...func(*ghtest.Config, *gh.Config)) releaseWorld {
	w := releaseWorld{newWorld(t, change...)}
	_, err := w.Repo.Push("3.14", ghtest.Commit{Message: "3.14", Files: map[string]ghtest.File{"Misc/entry.rst": ghtest.Text("Fix it.\n")}})
	trial.OK(t, err)
	trial.OK(t, w.Repo.Collaborator("guido", "write"))
	return w
}

func (w releaseWorld) open(base string, labels ...string) int {
	w.T.Helper()
	w.Srv.Advance(time.Minute)
	branch := fmt.Sprintf("%s-%d", base, len(w.Repo.PRs()))
	w.Backport(branch)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch, Base: base, Labels: labels})
	trial.OK(w.T, err)
	return n
}

func (w releaseWorld) merge(base string, labels ...string) int {
	w.T.Helper()
	n := w.open(base, labels...)
	_, err := w.Repo.MergeBy(n, "guido", "squash")
	trial.OK(w.T, err)
	return n
}

func (w releaseWorld) release(of pull.ReleaseLook) pull.Release {
	w.T.Helper()
	r, err := w.app.Release(w.T.Context(), ReleaseQuery{Key: ghtrial.CPython, ReleaseLook: of})
	trial.OK(w.T, err)
	return r
}

func TestRelease(t *testing.T) {
	w := newReleaseWorld(t)
	issue := func(title string, labels ...string) int {
		w.Srv.Advance(time.Minute)
		n, err := w.Repo.OpenIssue(ghtest.Issue{Title: title, Author: "bob", Labels: labels})
		trial.OK(t, err)
		return n
	}
	first := issue("First", "release-blocker", "3.14")
	later := issue("Later", "deferred-blocker")
	done := issue("Done", "release-blocker")
	trial.OK(t, w.Repo.Close(done, "bob"))
	trial.OK(t, w.Repo.Milestone(later, "bob", "3.14.0"))
	trial.OK(t, w.Repo.Milestone(later, "bob", "3.15.0"))
	blocking := w.open("3.14", "release-blocker")
	old := w.merge("main", "needs backport to 3.14")
	w.merge("main", "type-bug")
	trial.OK(t, w.Repo.Tag("v3.14.1", "3.14"))
	since := w.Srv.Now().Add(30 * time.Second)
	bug, both := w.merge("main", "type-bug"), w.merge("main", "type-security", "needs backport to 3.14")
	_, err := w.Repo.Push("elsewhere", ghtest.Commit{Message: "Elsewhere", Files: map[string]ghtest.File{"x": ghtest.Text("x")}})
	trial.OK(t, err)
	trial.OK(t, w.Repo.Tag("v0.1", "elsewhere"))
	into := w.merge("3.14")
	tip := w.Repo.Ref("3.14")
	trial.OK(t, w.Repo.SetStatus(tip, "buildbot", ghtest.Status{Context: "buildbot", State: "failure"}))
	_, err = w.Repo.Review(blocking, "guido", "APPROVED", "")
	trial.OK(t, err)
	of := look()
	of.Since, of.Entries = since, "Misc"
	of.Told = func(entries []pull.File) []string { return []string{entries[0].Path, "fix.txt"} }
	r := w.release(of)

	var blockers []string
	for _, b := range r.Blockers {
		blockers = append(blockers, fmt.Sprint(b.Number, b.Pull, b.Deferred, b.Labels, b.Milestone, b.Base))
	}
	want := []string{
		fmt.Sprint(first, false, false, []string{"release-blocker", "3.14"}, ""),
		fmt.Sprint(later, false, true, []string{"deferred-blocker"}, "3.15.0"),
		fmt.Sprint(blocking, true, false, []string{"release-blocker"}, "", "3.14"),
	}
	if diff := cmp.Diff(want, blockers); diff != "" || r.MoreBlockers {
		t.Errorf("blockers (-want +got):\n%s", diff)
	}
	if r.Tip != tip || r.Tag != "v3.14.1" || r.Tagged == "" || r.Tagged == tip || r.Commits[0].SHA != tip || r.Commits[0].Checks != pull.Red ||
		r.Commits[0].Pull != into || len(r.Commits) < 2 || r.Commits[1].Checks != pull.NoChecks {
		t.Errorf("tip %s, tag %s, %+v", r.Tip, r.Tagged, r.Commits)
	}
	if len(r.Open) != 1 || r.Open[0].Number != blocking || r.Open[0].Created.IsZero() || r.Open[0].Approved.Before(r.Open[0].Created) ||
		r.Open[0].Reviews["guido"] != pull.Approved {
		t.Errorf("open: %+v", r.Open)
	}
	if have := numbers(r.Merged); !slices.Equal(have, []int{both, bug, old}) || r.Incomplete {
		t.Errorf("merged: %v", have)
	}
	if have := numbers(r.Into); !slices.Contains(have, into) || !slices.Contains(have, blocking) {
		t.Errorf("into: %v", have)
	}
	l := r.Later
	if !l.Reached || len(l.Commits) != 1 || l.Commits[0].SHA != tip || l.Commits[0].Pull != into || len(l.Commits[0].Files) != 1 {
		t.Errorf("since the tag: %+v", l)
	}
	if _, there := r.Later.Before["Misc/entry.rst"]; !there || len(r.Later.Before) != 1 {
		t.Errorf("before the tag: %v", r.Later.Before)
	}
	if !r.EntriesRead || len(r.Entries) != 1 || r.Entries[0].Path != "Misc/entry.rst" || string(r.Entries[0].Content.Data) != "Fix it.\n" {
		t.Errorf("entries: %+v", r.Entries)
	}
	trial.OK(t, w.Repo.Tag("v3.14.2", "3.14"))
	if r := w.release(of); r.Tag != "v3.14.2" || r.Tagged == "" || !r.Later.Reached || len(r.Later.Commits) != 0 {
		t.Errorf("after the next release, since %s: %+v", r.Tag, r.Later)
	}
	of.Tags = []string{"v0.1"} // not of this branch
	if r := w.release(of); r.Tagged == "" || r.Later.Reached {
		t.Errorf("since a tag elsewhere: %+v", r.Later)
	}
	of.Branch, of.Tags = "3.99", []string{"v3.99.0"}
	if r := w.release(of); r.Tip != "" || r.Tagged != "" || r.Open != nil || len(r.Blockers) != 3 {
		t.Errorf("without a branch: %+v", r)
	}
}

// A version whose branch isn't cut yet lives on the default branch, and takes no backports. Once the
// branch is there, that counts.
func TestReleaseBeforeTheBranch(t *testing.T) {
	w := newReleaseWorld(t)
	w.open("main")
	of := look()
	of.Branch, of.Uncut, of.Requested = "3.99", true, "needs backport to 3.99"
	if r := w.release(of); r.Branch != "main" || r.Tip != w.Repo.Ref("main") || len(r.Commits) == 0 || r.Open != nil {
		t.Errorf("before: on %s, at %s, %d open", r.Branch, r.Tip, len(r.Open))
	}
	_, err := w.Repo.Push("3.99", ghtest.Commit{Message: "Cut", Files: map[string]ghtest.File{"x": ghtest.Text("x")}})
	trial.OK(t, err)
	w.open("3.99")
	if r := w.release(of); r.Branch != "3.99" || r.Tip != w.Repo.Ref("3.99") || len(r.Open) != 1 {
		t.Errorf("after: on %s, at %s, %d open", r.Branch, r.Tip, len(r.Open))
	}
}

// What was said on the pull requests that wait is read with the release: the newest comments,
// of twenty in a request, and all where there are more.
func TestReleaseSaid(t *testing.T) {
	w := newReleaseWorld(t)
	var waiting []int
	for range 21 {
		waiting = append(waiting, w.open("3.14"))
	}
	for i := range newestSaid + 1 {
		_, err := w.Repo.Comment(waiting[20], "hugovk", fmt.Sprint("Word ", i))
		trial.OK(t, err)
	}
	_, err := w.Repo.Comment(waiting[0], "mallory", "Spam")
	trial.OK(t, err)
	moved := w.open("main")
	w.Srv.Advance(time.Minute)
	trial.OK(t, w.Repo.EditBase(moved, "3.14"))
	of := look()
	w.release(of)
	before := w.Sent()
	of.Since = of.Since.Add(time.Second) // another look reads the lists again
	of.Said = func(f pull.Release) []int {
		return append([]int{4711}, numbersOf(f)...)
	}
	of.Heard = func(all []pull.Comment) []pull.Comment {
		return slices.DeleteFunc(all, func(c pull.Comment) bool { return c.By != "hugovk" })
	}
	w.Srv.ResetRequests()
	r := w.release(of)
	said := r.Said[waiting[20]].Comments
	if len(said) != newestSaid+1 || said[0].Body != "Word 0" || said[0].By != "hugovk" || r.Me == "" || len(r.Said[4711].Comments) > 0 {
		t.Errorf("%d comments, by %q: %+v", len(said), r.Me, said[0])
	}
	if len(r.Said[waiting[0]].Comments) > 0 {
		t.Error("comments that can't count are kept")
	}
	for _, p := range r.Open {
		if since := p.Moved.Sub(p.Created); p.Number == moved && since < time.Minute || p.Number != moved && !p.Moved.IsZero() {
			t.Errorf("#%d changed its base at %v", p.Number, p.Moved)
		}
	}
	if sent := w.Sent(); sent != before-1+3 && sent != before+3 { // the first one also asked who the App is
		t.Errorf("%d requests, without comments %d", sent, before)
	}
}

// Reviews are those of the head: a push ends them, and so does another request ("Re-requesting a
// review", GitHub's documentation), before the merge as after it.
func TestReleaseReviews(t *testing.T) {
	w := newReleaseWorld(t)
	var asked []int
	for range 4 {
		asked = append(asked, w.open("3.14"))
		_, err := w.Repo.Review(asked[len(asked)-1], "guido", "APPROVED", "")
		trial.OK(t, err)
	}
	pushed, again, merged := asked[1], asked[2], asked[3]
	_, err := w.Repo.Push("3.14-1", ghtest.Commit{Message: "More", Files: map[string]ghtest.File{"more.txt": ghtest.Text("x")}})
	trial.OK(t, err)
	trial.OK(t, w.Repo.RequestReview(again, "alice", "guido"))
	_, err = w.Repo.MergeBy(merged, "guido", "squash")
	trial.OK(t, err)
	of := look()
	of.Said = func(pull.Release) []int { return asked }
	of.Heard = func([]pull.Comment) []pull.Comment { return nil }
	r := w.release(of)
	open := map[int]map[string]pull.Review{}
	for _, p := range r.Open {
		open[p.Number] = p.Fresh
	}
	for _, number := range asked {
		want := map[string]pull.Review{"guido": pull.Approved}
		if number == pushed || number == again {
			want = map[string]pull.Review{}
		}
		if diff := cmp.Diff(want, r.Said[number].Reviews); diff != "" {
			t.Errorf("#%d (-want +got):\n%s", number, diff)
		}
		if diff := cmp.Diff(want, open[number]); diff != "" && number != merged {
			t.Errorf("#%d in the list (-want +got):\n%s", number, diff)
		}
	}
}

func numbersOf(f pull.Release) (all []int) {
	for _, p := range f.Open {
		all = append(all, p.Number)
	}
	return all
}

// The lists are remembered for some minutes, blockers and the branch never. A look at other
// things reads the lists again.
func TestReleaseIsRemembered(t *testing.T) {
	now := time.Now()
	w := newReleaseWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	w.merge("main", "type-bug")
	w.release(look())
	sent := func(of pull.ReleaseLook) int {
		t.Helper()
		w.Srv.ResetRequests()
		w.release(of)
		return w.Sent()
	}
	other := look()
	other.Fixes = nil
	n, err := w.Repo.OpenIssue(ghtest.Issue{Title: "New", Author: "bob", Labels: []string{"release-blocker"}})
	trial.OK(t, err)
	if asked := sent(look()); asked != 1 {
		t.Errorf("%d requests again", asked)
	}
	if r := w.release(look()); len(r.Blockers) != 1 || r.Blockers[0].Number != n || len(r.Merged) != 1 {
		t.Errorf("remembered %+v", r)
	}
	if asked := sent(other); asked != 4 { // open ones, touched ones, requested ones
		t.Errorf("%d requests for other lists", asked)
	}
	now = now.Add(releaseAge + time.Second)
	if asked := sent(other); asked != 4 {
		t.Errorf("%d requests later", asked)
	}
}

// What was read before an error isn't read again.
func TestReleaseGoesOn(t *testing.T) {
	w := newReleaseWorld(t)
	trial.OK(t, w.Srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "type-security", Status: 502, Times: 3}))
	_, err := w.app.Release(t.Context(), ReleaseQuery{Key: ghtrial.CPython, ReleaseLook: look()})
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "loading the release of 3.14: listing the pull requests of python/cpython")
	w.Srv.ClearFaults()
	w.Srv.ResetRequests()
	if w.release(look()); w.Sent() != 4 { // blockers and all, fixes by two labels, requested ones
		t.Errorf("%d requests", w.Sent())
	}
	_, err = w.app.Release(t.Context(), ReleaseQuery{Key: pull.Key{Owner: "python", Repo: "nothing"}, ReleaseLook: look()})
	ghtrial.Check(t, "no repository", err, ghtrial.Gone, "loading the release of 3.14")
}

// A load of an issue brings the releases that the rules look at there.
func TestLoadOfARelease(t *testing.T) {
	w := newReleaseWorld(t)
	n, err := w.Repo.OpenIssue(ghtest.Issue{Title: "Release of 3.14", Author: "bob"})
	trial.OK(t, err)
	key := pull.Key{Owner: "python", Repo: "cpython", Number: n}
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Releases: []pull.ReleaseLook{look()}})})
	if r.Releases["3.14"].Tip == "" || len(r.Releases) != 1 {
		t.Errorf("%+v", r.Releases)
	}
	trial.OK(t, w.Srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "blockerPulls", Status: 502, Times: 3}))
	_, err = w.app.Load(t.Context(), Query{Key: key, Looks: looksAt(pull.Looks{Releases: []pull.ReleaseLook{look()}})})
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "loading the release of 3.14")
}
