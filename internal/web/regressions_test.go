package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// checkedSite has a branch with a check that fails, one that's flaky and one that failed and passes, and a branch without any.
func checkedSite(t *testing.T) *site {
	s := newSite(t)
	s.see("python/cpython", backported(5, day1))
	commits := []CheckedCommit{{SHA: strings.Repeat("a", 40), Subject: "<b>One</b>", Pull: 5}, {SHA: strings.Repeat("b", 40), Subject: "Two"},
		{SHA: strings.Repeat("c", 40), Subject: "Three", Pull: 7}}
	last := func(r CheckedRound) []CheckedRound { return []CheckedRound{r} }
	s.checked = Checked{Seen: at.Add(-time.Minute), Branches: []CheckedBranch{
		{Branch: "main", Commits: commits, Checks: []CheckedCheck{
			{Name: "refleak <x>", State: "failing", Runs: "+~x", Rounds: last(CheckedRound{Good: &commits[0], Bad: commits[2], Since: at.Add(-day1),
				URL: "https://ci.example/1", Pulls: []int{7}, Offered: true, Reverts: []CheckedRevert{{Number: 9, Of: 7}}})},
			{Name: "=flaky", State: "flaky", Runs: "+*x", Rounds: last(CheckedRound{Good: &commits[0], Bad: commits[2], Flaky: true, Since: at,
				URL: "javascript:alert(1)", Pulls: []int{}, Silence: "It's flaky."})},
			{Name: "docs", State: "passing", Runs: ".x+", Rounds: last(CheckedRound{Bad: commits[1], Fixed: &commits[2], Since: at, Pulls: []int{}})},
		}, Nightly: &NightlyBuild{Branch: "main", Workflow: "nightly.yml", State: "failed", SHA: commits[1].SHA, At: at.Add(-2 * time.Hour),
			Since: at.Add(-50 * time.Hour), LastGood: commits[0].SHA}},
		{Branch: "3.14", Commits: commits[:1], Checks: []CheckedCheck{}},
	}}
	return s
}

func TestRegressions(t *testing.T) {
	s := checkedSite(t)
	const path = "/python/cpython/regressions"
	text := s.shows(path, 200, "1 check fails: 1 on main. 1 check is flaky: failures accuse nobody.", "refleak &lt;x&gt;", "✗ failing", "± flaky",
		`href="https://github.example/python/cpython/compare/`+strings.Repeat("a", 40)+"..."+strings.Repeat("c", 40)+`"`,
		`<a href="https://ci.example/1">failed</a>`, `<a href="https://github.example/python/cpython/issues/9">#9</a> of #7`,
		"<desc>Of the newest 3 commits, oldest first, passed: 1, failed: 1, both: 0, pending: 1, no run: 0.</desc>",
		`<title>Runs of refleak &lt;x&gt;</title>`, "It&#39;s flaky.", "<h3>Over</h3>",
		"None of the checks that the settings name has run on the newest commits of 3.14", "✗ failed", "and last passed on", "As of")
	if strings.Contains(text, "javascript:") || strings.Contains(text, "<x>") {
		t.Error("what strangers chose is on the page as it is")
	}
	var got ofRegressions
	s.ok(json.Unmarshal(s.get(path+".json?branch=main").Body.Bytes(), &got))
	if len(got.Branches) != 1 || got.Branch != "main" || got.Branches[0].Checks[0].Rounds[0].Reverts[0].Number != 9 {
		t.Errorf("%+v", got)
	}
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][2] != "failing" || rows[1][10] != "9" || rows[2][1] != "'=flaky" || rows[3][2] != "passing" ||
		rows[4][2] != "over" || rows[4][6] != strings.Repeat("c", 40) {
		t.Errorf("%q: %v", rows, err)
	}
	s.shows(path+"?branch=main", 200, "&lt;b&gt;One&lt;/b&gt;", "The runs by commit")
	s.shows(path+"?branch=3.14", 200, "No check that runs after a merge fails now.")
	s.shows(path+"?branch=nothing", 400, "Choose one of these: main, 3.14.")
}

// TestRegressionsBefore: nothing is watched, or nobody has looked.
func TestRegressionsBefore(t *testing.T) {
	s := newSite(t)
	const path = "/python/cpython/regressions"
	s.shows(path, 404, "knows nothing of this repository")
	s.see("python/cpython", backported(5, day1))
	s.shows(path, 200, "hasn&#39;t looked at the checks", "It looks when a check reports")
	s.checked.Seen = at
	s.shows(path, 200, "No check that runs after a merge fails now.", "None of the branches that the settings watch exists.")
	s.checked = Checked{Off: true}
	s.shows(path, 200, "The settings name no checks", "/python/cpython/settings?find=regressions#settings")
}

// manyChecked is as much as a repository can have: all that package regression reports of ten branches.
func manyChecked() Checked {
	all := Checked{Seen: at}
	for _, name := range []string{"main", "3.15", "3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8", "3.7"} {
		b := CheckedBranch{Branch: name}
		for n := range 100 {
			b.Commits = append(b.Commits, CheckedCommit{fmt.Sprintf("%040x", n), fmt.Sprintf("gh-%d: %s", n, strings.Repeat("s", 110)), n + 1})
		}
		for n := range 60 {
			c := CheckedCheck{Name: fmt.Sprint("buildbot ", n, strings.Repeat("n", 80)), State: "failing", Runs: strings.Repeat("+x", 50)}
			for range 10 {
				c.Rounds = append(c.Rounds, CheckedRound{Good: &b.Commits[0], Bad: b.Commits[1], Since: at, URL: "https://ci.example/" +
					strings.Repeat("u", 60), Pulls: []int{1, 2, 3}})
			}
			b.Checks = append(b.Checks, c)
		}
		all.Branches = append(all.Branches, b)
	}
	return all
}

// TestRunsByCommit counts the runs of all checks, also of those that the page doesn't list.
func TestRunsByCommit(t *testing.T) {
	s := checkedSite(t)
	s.checked = manyChecked()
	s.shows("/python/cpython/regressions?branch=main", 200, "40 checks more", `<td data-head="Passed">60</td>`)
}
