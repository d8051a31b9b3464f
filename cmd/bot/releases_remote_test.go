package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/release"
)

// merged merges a pull request into a branch, with the files that it adds.
func (s *gapsStage) merged(base, title string, files map[string]ghtest.File) int {
	s.Helper()
	head := fmt.Sprintf("eric:merged-%d", len(s.cpython.PRs())+1)
	_, err := s.cpython.Push(head, ghtest.Commit{Message: title, Author: "eric", From: base, Files: files})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: "eric", Head: head, Base: base})
	s.check(err)
	_, err = s.cpython.Merge(number, "dana")
	s.check(err)
	return number
}

func (s *gapsStage) command(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	args = append(args, "--repository", "python/cpython", "--api-url", s.github.APIURL(), "--server-url", s.github.URL)
	return runCommandBy(s, s.now, s.environment, args...)
}

// TestNewsOnGitHub: the same as from a clone, in three requests besides those for the
// App's token.
func TestNewsOnGitHub(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	_, err := s.cpython.Push("3.15")
	s.check(err)
	const library = "Misc/NEWS.d/next/Library/2026-08-01.gh-issue-130000.a.rst"
	s.merged("3.15", "[3.15] gh-130000: Fix it", map[string]ghtest.File{library: ghtest.Text("Fix it.\n"),
		"Misc/NEWS.d/next/Core/2026-08-01.gh-issue-130000.a.rst": ghtest.Text("Fix it.\n")})
	s.github.ResetRequests()
	code, stdout, stderr := s.command("news", "3.15.0b2", "--at", "2026-08-20", "--preview")
	want := "\n..\n\n.. date: 2026-08-01\n.. gh-issue: 130000\n.. nonce: a\n.. section: Library\n\nFix it.\n\n..\n"
	lost := strings.HasPrefix(stderr, "Misc/NEWS.d/next/Core/2026-08-01.gh-issue-130000.a.rst:1: would be lost: ") && strings.Count(stderr, "\n") == 1
	if code != exitFailed || !strings.Contains(stdout, want) || !lost {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
	graphql := 0
	for _, r := range s.github.Requests() {
		if strings.HasSuffix(r.Path, "/graphql") {
			graphql++
		}
	}
	if graphql != 3 {
		t.Errorf("%d queries", graphql)
	}
	_, err = s.cpython.Push("3.15", ghtest.Commit{Message: "Release", Author: "dana",
		Files: map[string]ghtest.File{"Misc/NEWS.d/3.15.0b2.rst": ghtest.Text("x\n")}})
	s.check(err)
	if code, _, stderr := s.command("news", "3.15.0b2"); code != exitFailed || !strings.Contains(stderr, "3.15.0b2 is released already") {
		t.Errorf("a released version: exit code %d, %s", code, stderr)
	}
	if code, stdout, stderr := s.command("news", "3.16.0b1", "--at", "2027-05-04"); code != exitOK || !strings.Contains(stdout, "main of python/cpython") {
		t.Errorf("on the day of beta 1: exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr := s.command("news", "3.99.0"); code != exitMisuse || !strings.Contains(stderr, "python/cpython doesn't have 3.99") {
		t.Errorf("a missing branch: exit code %d, %s", code, stderr)
	}
}

// TestABIOnGitHub: markers in titles and entries, the dump, reverts and the stable ABI, from
// GitHub's history since the release's tag.
func TestABIOnGitHub(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	const dump = "Doc/data/python3.15.abi"
	_, err := s.cpython.Push("main", ghtest.Commit{Message: "dump", Author: "dana", Files: map[string]ghtest.File{dump: ghtest.Text("1\n")}})
	s.check(err)
	_, err = s.cpython.Push("3.15")
	s.check(err)
	s.check(s.cpython.Tag("v3.15.0b1", "3.15"))
	titled := s.merged("3.15", "gh-130001: (ABI break) Change a struct", map[string]ghtest.File{"a": ghtest.Text("a")})
	entered := s.merged("3.15", "gh-130002: Add a field", map[string]ghtest.File{
		"Misc/NEWS.d/next/C_API/2026-08-01.gh-issue-130002.a.rst": ghtest.Text("(CPython ABI break) New field.\n")})
	dumped := s.merged("3.15", "gh-130003: Update the dump", map[string]ghtest.File{dump: ghtest.Text("2\n")})
	stable := s.merged("3.15", "gh-130004: Extend the stable ABI", map[string]ghtest.File{
		abi.StableManifest: ghtest.Text("[function.PyNew]\n    added = '3.15'\n")})
	s.merged("3.15", "gh-130005: (ABI break) Change another", map[string]ghtest.File{"b": ghtest.Text("b")})
	s.merged("3.15", `Revert "gh-130005: (ABI break) Change another"`, map[string]ghtest.File{"c": ghtest.Text("c")})

	code, stdout, stderr := s.command("abi", "3.15", "--since", "v3.15.0b1", "--at", "2026-05-20", "--json")
	var r abiReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	for i := range r.Breaks {
		r.Breaks[i].Commit, r.Breaks[i].Title = "", ""
	}
	want := []abi.Break{
		{PR: titled, By: []abi.Evidence{abi.ByTitle}, Text: []string{"Change a struct"}},
		{PR: entered, By: []abi.Evidence{abi.ByEntry}, Text: []string{"New field."}},
		{PR: dumped, By: []abi.Evidence{abi.ByDump}, Text: []string{"Update the dump"}},
	}
	if diff := cmp.Diff(want, r.Breaks); diff != "" || r.Compatible || r.Frozen {
		t.Errorf("breaks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(stableChanges{abi.Stable{Added: []string{"function PyNew"}, Removed: []string{}}, []int{stable}}, r.Stable); diff != "" {
		t.Errorf("the stable ABI (-want +got):\n%s", diff)
	}
	if r.Next == nil || r.Next.Name != "3.15.0b2" || r.Since != "3.15.0b1" {
		t.Errorf("next is %+v after %s", r.Next, r.Since)
	}
	if code, _, stderr := s.command("abi", "3.15", "--since", "v3.15.0b3"); code != exitFailed ||
		!strings.Contains(stderr, "finding the tag v3.15.0b3: python/cpython doesn't have it: name another with --since") {
		t.Errorf("a missing tag: exit code %d, %s", code, stderr)
	}
	_, err = s.cpython.Push("elsewhere", ghtest.Commit{From: "main", Message: "x", Files: map[string]ghtest.File{"x": ghtest.Text("x")}})
	s.check(err)
	s.check(s.cpython.Tag("v3.15.0b2", "elsewhere"))
	if code, _, stderr := s.command("abi", "3.15", "--since", "v3.15.0b2"); code != exitFailed ||
		!strings.Contains(stderr, "listing the commits since v3.15.0b2: it isn't part of 3.15: name another with --since, or read a clone") {
		t.Errorf("a tag elsewhere: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := s.command("abi", "3.99"); code != exitMisuse || !strings.Contains(stderr, "python/cpython doesn't have 3.99") {
		t.Errorf("a missing branch: exit code %d, %s", code, stderr)
	}
	s.check(s.cpython.Tag("v3.16.0a7", "main"))
	if code, stdout, stderr := s.command("abi", "3.16", "--at", "2027-05-04"); code != exitOK || !strings.Contains(stdout, "3.16.0b1") {
		t.Errorf("on the day of beta 1: exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, _ := s.command("abi", "3.16", "--at", "2026-09-01"); code != exitOK || !strings.Contains(stdout, "3.16 has no release yet") {
		t.Errorf("a version in development: exit code %d, %s", code, stdout)
	}
}

// TestReadinessFindsBreaksAsABIDoes: what bot abi finds on GitHub, bot readiness finds, too.
func TestReadinessFindsBreaksAsABIDoes(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	const dump, entry = "Doc/data/python3.14.abi", "Misc/NEWS.d/next/C_API/2026-08-01.gh-issue-130002.a.rst"
	_, err := s.cpython.Push("3.14", ghtest.Commit{Message: "dump", Author: "dana", Files: map[string]ghtest.File{dump: ghtest.Text("1\n")}})
	s.check(err)
	s.check(s.cpython.Tag("v3.14.0rc1", "3.14"))
	s.flags = append(s.flags, "--releases", s.releaseData("3.14", "Hugo van Kemenade", map[string]int{".0 candidate 1": -10, ".0 final": 20}))
	entered := s.merged("3.14", "gh-130002: Add a field", map[string]ghtest.File{entry: ghtest.Text("(CPython ABI break) New field.\n")})
	s.merged("3.14", "gh-130002: Reword it", map[string]ghtest.File{entry: ghtest.Text("(CPython ABI break) A new field.\n")})
	dumped := s.merged("3.14", "gh-130003: Update the dump", map[string]ghtest.File{dump: ghtest.Text("2\n")})
	titled := s.merged("3.14", "gh-130001: (ABI break) Change a struct", map[string]ghtest.File{"a": ghtest.Text("a")})

	r := s.judged(exitFailed, "3.14")
	if r.Breaks == nil {
		t.Fatalf("nobody knows: %+v", r)
	}
	data := s.flags[len(s.flags)-1]
	code, stdout, stderr := s.command("abi", "3.14", "--since", "v3.14.0rc1", "--json", "--releases", data)
	var by abiReport
	if err := json.Unmarshal([]byte(stdout), &by); err != nil || code != exitFailed || stderr != "" {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	var want []release.Break
	for _, b := range by.Breaks {
		want = append(want, release.Break{PR: b.PR, Commit: b.Commit, Title: b.Title, By: b.By, Text: strings.Join(b.Text, " ")})
	}
	if diff := cmp.Diff(want, *r.Breaks); diff != "" || len(want) != 3 || want[0].PR != entered || want[0].Text != "A new field." {
		t.Errorf("breaks (-abi +readiness):\n%s", diff)
	}
	reason := fmt.Sprintf("The ABI is frozen, but it has been broken since 3.14.0 candidate 1: #%d, #%d.", entered, titled)
	if !slices.Contains(r.Reasons, reason) {
		t.Errorf("no reason %q in %q", reason, r.Reasons)
	}
	note := fmt.Sprintf("#%d only changes the ABI dump, which may be harmless: have a look.", dumped)
	if !slices.Equal(r.Notes, []string{note}) {
		t.Errorf("notes: %q", r.Notes)
	}
	s.check(s.cpython.SetStatus(s.cpython.Ref("3.14"), "buildbot", ghtest.Status{Context: "buildbot", State: "success"}))
	s.check(s.cpython.Collaborator("hugovk", "admin"))
	_, err = s.cpython.Review(titled, "hugovk", "APPROVED", "")
	s.check(err)
	_, err = s.cpython.Comment(entered, "hugovk", "@concorde allow")
	s.check(err)
	r = s.judged(exitOK, "3.14")
	if note := fmt.Sprintf("#%d, #%d break the ABI; hugovk approved them.", entered, titled); !slices.Contains(r.Notes, note) {
		t.Errorf("no note %q in %q", note, r.Notes)
	}
	if _, text, _ := s.readiness("3.14"); !strings.Contains(text, fmt.Sprintf("#%d  NEWS entry  A new field.\n", entered)) {
		t.Errorf("the text doesn't name the entry:\n%s", text)
	}
}
