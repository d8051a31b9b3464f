package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// watching is a source that reads everything.
func watching(doubts ...pull.CheckDoubt) pull.CheckSource {
	return pull.CheckSource{
		Watches: func(check string) bool { return strings.HasPrefix(check, "slow") },
		Comment: func(by, body string) (pull.CommentReport, bool) {
			result, commit, _ := strings.Cut(body, " ")
			return pull.CommentReport{Check: "buildbot", Outcome: pull.RunBad, Commit: commit}, by == "buildbot" && result == "failed"
		},
		Nightly: func(branch string) (string, string) { return "nightly.yml", "nightly build" },
		Doubts:  func(pull.BranchChecks) []pull.CheckDoubt { return doubts },
	}
}

// runs are the runs of each commit, oldest first, in short.
func runs(b pull.BranchChecks) (lines []string) {
	for _, c := range b.Commits {
		var all []string
		for _, r := range c.Runs {
			all = append(all, r.Check+" "+string(r.Outcome))
		}
		slices.Sort(all)
		lines = append(lines, fmt.Sprintf("%s #%d: %s", c.Subject, c.Pull, strings.Join(all, ", ")))
	}
	return lines
}

// The checks of a branch: statuses and check runs by their names, comments on commits, and nightly builds. GitHub's list has the newest
// result of each alone; what decides is read with all of them.
func TestChecked(t *testing.T) {
	w := newWorld(t)
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "Build at night\n\nWhy.", Files: map[string]ghtest.File{
		".github/workflows/nightly.yml": ghtest.Text("on: workflow_dispatch\n")}})
	trial.OK(t, err)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	merged, err := w.Repo.Merge(key.Number, "guido")
	trial.OK(t, err)
	for _, state := range []string{"failure", "success"} {
		trial.OK(t, w.Repo.SetStatus(merged, "ci", ghtest.Status{Context: "slow/refleak", State: state, TargetURL: "https://ci.example/" + state}))
		trial.OK(t, w.Repo.SetStatus(merged, "ci", ghtest.Status{Context: "fast", State: state}))
		trial.OK(t, w.Repo.CheckRun(merged, "ci", "slow run", state))
		trial.OK(t, w.Repo.CheckRun(merged, "ci", "slow but "+state, "cancelled"))
	}
	trial.OK(t, w.Repo.CommentOnCommit(merged, "buildbot", "failed"))
	trial.OK(t, w.Repo.CommentOnCommit(merged, "mallory", "failed"))
	trial.OK(t, w.Repo.Dispatch("nightly.yml", "main", "guido"))
	trial.OK(t, w.Repo.EndWorkflow("nightly.yml", "main", "failure"))
	load := func(doubts ...pull.CheckDoubt) []string {
		t.Helper()
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching(doubts...)})
		trial.OK(t, err)
		lines := runs(b)
		return lines[len(lines)-2:]
	}
	want := []string{"Build at night #0: ", fmt.Sprintf("gh-1: Fix it (#%d) #%d: buildbot bad, nightly build bad, slow run good, slow/refleak good", key.Number,
		key.Number)}
	if diff := cmp.Diff(want, load()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	trial.OK(t, w.Repo.EndWorkflow("nightly.yml", "main", "success")) // it ran again
	doubts := []pull.CheckDoubt{{SHA: merged, Check: "slow/refleak"}, {SHA: merged, Check: "slow run"}, {SHA: merged, Check: "nothing"}}
	want[1] = strings.TrimSuffix(want[1], "nightly build bad, slow run good, slow/refleak good") + "nightly build bad, nightly build good, " +
		"slow run bad, slow run good, slow run good, slow/refleak bad, slow/refleak good, slow/refleak good"
	if diff := cmp.Diff(want, load(doubts...)); diff != "" {
		t.Errorf("with all results (-want +got)\n%s", diff)
	}
	w.Srv.ResetRequests()
	load(doubts...)
	if w.Sent() != 3 {
		t.Errorf("%d requests, want 3, for commits, comments on pull requests and builds: what came before a newest result never changes", w.Sent())
	}
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "nothing", Source: watching()})
	if err != nil || len(b.Commits) != 0 {
		t.Errorf("a branch that doesn't exist: %+v, %v", b, err)
	}
}

// TestDoubtsAmongManyStatuses: GitHub lists all statuses of a commit, newest first. A check's earlier
// result is found behind those of others,
// and the list is read once for all checks.
func TestDoubtsAmongManyStatuses(t *testing.T) {
	w := newWorld(t)
	sha, err := w.Repo.Push("main", ghtest.Commit{Message: "c"})
	trial.OK(t, err)
	doubts := []pull.CheckDoubt{{SHA: sha, Check: "slow/a"}, {SHA: sha, Check: "slow/b"}}
	for _, state := range []string{"success", "failure"} {
		for _, d := range doubts {
			trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: d.Check, State: state}))
		}
		for i := range 120 {
			trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: fmt.Sprint("other ", i%40), State: "success"}))
		}
	}
	w.Srv.ResetRequests()
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching(doubts...)})
	trial.OK(t, err)
	want := "c #0: slow/a bad, slow/a bad, slow/a good, slow/b bad, slow/b bad, slow/b good"
	if got := runs(b); got[len(got)-1] != want {
		t.Errorf("%q, want %q", got, want)
	}
	if w.Sent() != 5 {
		t.Errorf("%d requests, want 5, for commits, builds and three pages of statuses", w.Sent())
	}

	// A list that was read decides all checks, also of those that come after so many requests.
	for _, name := range []string{"slow/a", "slow/z"} {
		trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: name, State: "failure"}))
	}
	var many []pull.CheckDoubt
	for i := range 30 {
		many = append(many, pull.CheckDoubt{SHA: sha, Check: fmt.Sprintf("slow %02d", i)})
		trial.OK(t, w.Repo.CheckRun(sha, "ci", many[i].Check, "failure"))
	}
	many = append(append([]pull.CheckDoubt{{SHA: sha, Check: "slow/z"}}, many...), doubts[0])
	b, err = w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching(many...)})
	if err != nil || b.Decided("slow 29") || !b.Decided("slow/a") {
		t.Errorf("undecided are %q: %v", b.Undecided, err)
	}
}

// TestManyDoubts: of more earlier results than one load reads, it says so, and the next one goes on.
func TestManyDoubts(t *testing.T) {
	w := newWorld(t)
	sha, err := w.Repo.Push("main", ghtest.Commit{Message: "c"})
	trial.OK(t, err)
	var doubts []pull.CheckDoubt
	for i := range 25 {
		doubts = append(doubts, pull.CheckDoubt{SHA: sha, Check: fmt.Sprintf("slow %02d", i)})
		trial.OK(t, w.Repo.CheckRun(sha, "ci", doubts[i].Check, "failure"))
	}
	for _, want := range [][]string{{"slow 20", "slow 21", "slow 22", "slow 23", "slow 24"}, nil} {
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching(doubts...)})
		if err != nil || !slices.Equal(b.Undecided, want) || b.Decided("slow 24") != (want == nil) {
			t.Errorf("undecided are %q, want %q: %v", b.Undecided, want, err)
		}
	}
}

// TestManyReports: CPython's commits have more reports than a page of GitHub's. All are read, the newest commits' first, up to a bound.
func TestManyReports(t *testing.T) {
	w := newWorld(t)
	report := func(commit, reports int) {
		sha, err := w.Repo.Push("main", ghtest.Commit{Message: fmt.Sprint("c", commit)})
		trial.OK(t, err)
		for i := range reports {
			trial.OK(t, w.Repo.SetStatus(sha, "buildbot", ghtest.Status{Context: fmt.Sprintf("slow/%03d", i), State: "success"}))
		}
	}
	checked := func() pull.BranchChecks {
		t.Helper()
		w.Srv.ResetRequests()
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
		trial.OK(t, err)
		return b
	}
	report(0, 250)
	report(1, 100)
	report(2, 150)
	b := checked()
	for i, want := range []int{250, 100, 150} {
		if got := len(b.Commits[len(b.Commits)-3+i].Runs); got != want {
			t.Errorf("c%d: %d reports, want %d", i, got, want)
		}
	}
	if b.Unread != 0 || w.Sent() != 4 {
		t.Errorf("%d unread, %d requests, want 4: for commits, twice for more reports, and for builds", b.Unread, w.Sent())
	}
	report(3, 1250)
	if b = checked(); b.Unread != 1 || len(b.Commits[len(b.Commits)-1].Runs) != 1100 || w.Sent() != 12 {
		t.Errorf("%d unread, %d requests, %d reports", b.Unread, w.Sent(), len(b.Commits[len(b.Commits)-1].Runs))
	}
}

// A rule's look at a branch's checks costs nothing while they're fresh.
func TestCheckedByRules(t *testing.T) {
	w := newWorld(t)
	q := Query{Key: w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}), Looks: looksAt(pull.Looks{Checked: []string{"main"}}),
		Source: pull.CheckSource{Watches: func(string) bool { return true }}}
	if r := w.load(q); len(r.Checked["main"].Commits) == 0 {
		t.Errorf("nothing is loaded: %+v", r.Checked)
	}
	w.Srv.ResetRequests()
	if r := w.load(q); len(r.Checked["main"].Commits) == 0 || w.Sent() != 1 {
		t.Errorf("%d requests, and %+v", w.Sent(), r.Checked)
	}
}

// The newest hundred commits count, along first parents, however many there are. A heavy answer is asked for in smaller parts.
func TestCheckedIsBounded(t *testing.T) {
	w := newWorld(t)
	var commits []ghtest.Commit
	for i := range 150 {
		commits = append(commits, ghtest.Commit{Message: fmt.Sprint("c", i)})
	}
	_, err := w.Repo.Push("main", commits...)
	trial.OK(t, err)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	_, err = w.Repo.MergeBy(key.Number, "guido", "merge")
	trial.OK(t, err)
	for _, heavy := range []bool{false, true} {
		if heavy {
			trial.OK(t, w.Srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "history(", Nodes: 5000, Times: -1, Status: 502, Body: "<html>"}))
		}
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
		trial.OK(t, err)
		n := len(b.Commits)
		if n < 99 || n > pull.MaxChecked || !b.More || b.Commits[n-2].Subject != "c149" || b.Commits[n-1].Pull != key.Number {
			t.Errorf("heavy %v: %d commits, more %v: …%+v", heavy, n, b.More, b.Commits[max(n-3, 0):])
		}
	}
}

// Buildbots of CPython comment on the pull request after the merge, and on a backport's original. What they say counts for the commit that
// they name, or else for the one that the pull request brought; what strangers say, or what's about another commit, doesn't.
func TestCheckedOnPullRequests(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	_, err := w.Repo.Comment(key.Number, "buildbot", "failed") // of a build before the merge
	trial.OK(t, err)
	w.Srv.Advance(time.Hour)
	merged, err := w.Repo.Merge(key.Number, "guido")
	trial.OK(t, err)
	comment := func(by, body string) {
		t.Helper()
		_, err := w.Repo.Comment(key.Number, by, body)
		trial.OK(t, err)
	}
	load := func(branch string) []string {
		t.Helper()
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: branch, Source: watching()})
		trial.OK(t, err)
		lines := runs(b)
		return lines[len(lines)-1:]
	}
	is := func(branch, want string) {
		t.Helper()
		if got := load(branch); got[0] != want {
			t.Errorf("%s: %q, want %q", branch, got, want)
		}
	}
	head := fmt.Sprintf("gh-1: Fix it (#%d) #%d: ", key.Number, key.Number)
	is("main", head)
	comment("mallory", "failed "+merged)
	comment("buildbot", "failed "+strings.Repeat("0", 40))
	comment("buildbot", "never mind")
	is("main", head)
	comment("buildbot", "failed "+merged[:7])
	is("main", head+"buildbot bad")
	comment("buildbot", "failed")
	is("main", head+"buildbot bad, buildbot bad")

	// The first number in a backport's subject is the original's, where CPython's buildbots comment.
	_, err = w.Repo.Push("3.14", ghtest.Commit{Message: fmt.Sprintf("[3.14] gh-1: Fix it (GH-%d) (GH-999999)", key.Number)})
	trial.OK(t, err)
	comment("buildbot", "failed "+w.Repo.Ref("3.14"))
	is("3.14", fmt.Sprintf("[3.14] gh-1: Fix it (GH-%d) (GH-999999) #0: buildbot bad", key.Number))
	is("main", head+"buildbot bad, buildbot bad")

	// All of it costs one request besides the list and the nightly builds.
	w.Srv.ResetRequests()
	load("main")
	if w.Sent() != 3 {
		t.Errorf("%d requests, want 3", w.Sent())
	}
}

// Long comments of strangers on merged pull requests cost requests, and nothing else.
func TestLongCommentsOnMerged(t *testing.T) {
	w := newWorld(t)
	var last string
	for i := range 40 {
		key := w.Open(map[string]ghtest.File{fmt.Sprint("a", i): ghtest.Text("A\n")})
		sha, err := w.Repo.Merge(key.Number, "guido")
		trial.OK(t, err)
		for range 8 {
			_, err = w.Repo.Comment(key.Number, "mallory", strings.Repeat("x", 60_000))
			trial.OK(t, err)
		}
		_, err = w.Repo.Comment(key.Number, "buildbot", "failed "+sha)
		trial.OK(t, err)
		last = sha
	}
	w.Srv.ResetRequests()
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
	trial.OK(t, err)
	if n := len(b.Commits); b.Commits[n-1].SHA != last || len(b.Commits[n-1].Runs) != 1 || len(b.Commits[n-40].Runs) != 1 || w.Sent() > 12 {
		t.Errorf("%d requests, and %+v", w.Sent(), b.Commits[n-1])
	}
	t.Logf("%d requests", w.Sent())
}

// A date that a commit's author made up, a number that's an issue's, and a comment that GitHub doesn't show: the others count.
func TestCheckedOnOddPullRequests(t *testing.T) {
	w := newWorld(t)
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "An issue", Author: "alice"})
	trial.OK(t, err)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	merged, err := w.Repo.Merge(key.Number, "guido")
	trial.OK(t, err)
	for _, subject := range []string{fmt.Sprintf("Fix (GH-%d)", issue), "Fix (GH-999999999)", fmt.Sprintf("Fix (#%d)", key.Number)} {
		_, err = w.Repo.Push("main", ghtest.Commit{Message: subject})
		trial.OK(t, err)
	}
	for range 2 {
		_, err = w.Repo.Comment(key.Number, "buildbot", "failed "+merged)
		trial.OK(t, err)
	}
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
	trial.OK(t, err)
	if n := len(b.Commits); len(b.Commits[n-4].Runs) != 2 {
		t.Errorf("%+v", b.Commits[n-4:])
	}
	for year, want := range map[int]int{1: 2000, 1999: 2000, 2026: 2026, 9999: 2000} {
		if at := (discussion{since: time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)}).from(); at.Year() != want {
			t.Errorf("year %d: %v", year, at)
		}
	}
}
