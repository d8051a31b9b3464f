package regression

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// watched are settings that watch refleak and have a nightly build of main.
func watched() config.Rules {
	s := config.Preset().Rules
	s.Regressions.Checks, s.NightlyBuilds = []string{"refleak"}, builds
	return s
}

// TestReportGolden: what people read of a branch, for each kind of history. A round that was over before anyone looked is there, too.
func TestReportGolden(t *testing.T) {
	var all strings.Builder
	for _, words := range []string{
		"", "- -", "g g g", "p - p", "g - p b b", "b b", "g b g", "g b g - b g", "g gb b", "g gb g", "g b - p", "- b g b",
	} {
		s, b := watched(), history(words)
		now := noon.Add(time.Duration(len(b.Commits)) * time.Hour)
		r := NewReport(s, "main", b, now)
		suspects := r.Suspects(s.Regressions)
		open := map[string]int{}
		for head, of := range suspects {
			if of == 103 {
				open[head] = 900
			}
		}
		r.Add(suspects, open)
		fmt.Fprintf(&all, "== %s ==\n", words)
		if err := r.Write(&all); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Checks {
			fmt.Fprintf(&all, "[%s]\n", c.Runs)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
		if failing := strings.Contains(r.Headline(), "fails"); failing != r.Fails() && !strings.Contains(r.Headline(), "no check fails") {
			t.Errorf("%q: %s, and Fails is %v", words, r.Headline(), r.Fails())
		}
	}
	suite.File(t, "testdata/reports.txt", []byte(all.String()))
}

// TestReportSaysWhyNobodyIsTold: too many, none, and after a day an offer.
func TestReportSaysWhyNobodyIsTold(t *testing.T) {
	s, b := watched(), history("g - - b")
	last := func(now time.Time) Regression { return NewReport(s, "main", b, now).Checks[0].Rounds[0] }
	if r := last(noon.Add(4 * time.Hour)); r.Silence != "" || r.Offered || len(r.Pulls) != 3 {
		t.Errorf("%+v", r)
	}
	if r := last(noon.Add(28 * time.Hour)); !r.Offered {
		t.Errorf("no offer after a day: %+v", r)
	}
	s.Modes.Regressions = config.InShadow
	if r := last(noon.Add(28 * time.Hour)); r.Silence != silentOff || r.Offered {
		t.Errorf("in shadow: %+v", r)
	}
	s.Modes.Regressions = config.On
	s.Regressions.MaxPullRequests = 2
	if r := last(noon.Add(28 * time.Hour)); r.Silence != "More than 2 pull requests may be the cause, so none is told." || r.Offered {
		t.Errorf("%+v", r)
	}
	b.Undecided = []string{"refleak"}
	if r := last(noon.Add(28 * time.Hour)); r.Silence != silentUndecided || r.Offered || len(Open(s, b, noon)) > 0 {
		t.Errorf("%+v", r)
	}
	b.Undecided = nil
	for i := range b.Commits {
		b.Commits[i].Pull = 0
	}
	if r := last(noon); r.Silence != silentPushed {
		t.Errorf("%+v", r)
	}
}

// TestReportSaysWhatIsUnread: a commit may have more reports than are read.
func TestReportSaysWhatIsUnread(t *testing.T) {
	b := history("g b")
	b.Unread = 2
	var text strings.Builder
	r := NewReport(watched(), "main", b, noon)
	if err := r.Write(&text); err != nil || !strings.Contains(text.String(), "Some reports on 2 commits aren't read") {
		t.Errorf("%v:\n%s", err, &text)
	}
}

// TestReportIsBounded: whatever a hundred commits bring.
func TestReportIsBounded(t *testing.T) {
	var b pull.BranchChecks
	for i := range pull.MaxChecked {
		c := pull.CommitChecks{SHA: fmt.Sprintf("%040x", i), Subject: strings.Repeat("x", 10_000) + "\x1b", Pull: i + 1}
		for n := range 100 {
			c.Runs = append(c.Runs, pull.CheckRun{Check: fmt.Sprint("check ", n, strings.Repeat("y", 300)), At: noon,
				URL: "https://ci.example/" + strings.Repeat("z", 400), Outcome: []pull.RunOutcome{pull.RunGood, pull.RunBad}[i%2]})
		}
		b.Commits = append(b.Commits, c)
	}
	r := NewReport(watched(), "main", b, noon)
	text, err := json.Marshal(r)
	if err != nil || len(text) > 1<<20 || len(r.Checks) != maxChecks || r.More != 40 || len(r.Checks[0].Rounds) != maxHistory {
		t.Errorf("%d bytes, %d checks and %d more, %d rounds: %v", len(text), len(r.Checks), r.More, len(r.Checks[0].Rounds), err)
	}
	if strings.ContainsRune(string(text), '\x1b') {
		t.Error("control characters are left")
	}
	t.Logf("%d bytes", len(text))
}

func TestBranches(t *testing.T) {
	s := watched()
	all := []string{"3.9", "3.10", "feature", "main", "3.2", "backport-1-3.9"}
	if got := fmt.Sprint(Branches(s, "main", all)); got != "[main 3.10 3.9 3.2]" {
		t.Error(got)
	}
	if got := Branches(config.Preset().Rules, "main", all); len(got) != 0 {
		t.Errorf("nothing is watched, and yet %v", got)
	}
	for i := range 20 {
		all = append(all, fmt.Sprint("4.", i))
	}
	if got := Branches(s, "main", all); len(got) != maxBranches || got[1] != "4.19" {
		t.Error(got)
	}
}
