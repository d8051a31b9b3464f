package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

const latency = 300 * time.Millisecond // of a request; those of a run come one after the other

// open makes pull requests of which nobody saw anything yet.
func (d *day) open(count int) (numbers []int) {
	d.Helper()
	for i := range count {
		head := fmt.Sprintf("eric:work-%d", i)
		file := fmt.Sprintf("Lib/work%d.py", i)
		if i%20 == 0 {
			file = "Lib/shared.py" // conflicts with what comes into main
		}
		_, err := d.cpython.Push(head, ghtest.Commit{Message: "Work", Files: map[string]ghtest.File{file: ghtest.Text(head)}})
		d.must(err)
		number, err := d.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("gh-140000: Work %d", i), Author: "eric", Head: head, Association: "MEMBER"})
		d.must(err)
		numbers = append(numbers, number)
	}
	d.flush()
	d.agenda.forget() // the bot was not there yet
	return numbers
}

// TestBranchDayStaysInsideTheLimits plays four hours in which all comes together:
// a first sweep, all of whose pull requests need something; a branch day, with
// conflicts in each twentieth of them; and one account that gives 300 commands in
// four minutes. GitHub must refuse nothing, and what happens to other pull requests
// meanwhile, twice a minute, must be worked within five seconds.
func TestBranchDayStaysInsideTheLimits(t *testing.T) {
	t.Parallel()
	some := [3]int{120, 60, 1}
	size := suite.Sizes[[3]int]{Normal: some, Long: some, Full: [3]int{3000, 300, 4}}.Size()
	open, comments, hours := size[0], size[1], size[2]
	settings := config.Preset()
	settings.Sweep.MaxWrites, settings.Conflicts.Mode = 100_000, config.On // as an operator who wants all of it
	d := newDay(t, settings)
	numbers := d.open(open)
	talked, bystanders := numbers[1], numbers[2:12]
	began := d.clock()
	d.must(d.reconciler.Sweep(t.Context()))
	for second := range hours * 3600 {
		at := began.Add(time.Duration(second) * time.Second)
		d.run(at)
		switch {
		case second%3600 == 3599:
			d.must(d.reconciler.Sweep(t.Context()))
		case second == 900:
			d.branchDay()
		case second%30 == 29:
			d.bystand(bystanders[second/30%len(bystanders)], second)
		}
		if talking := second - 1200; talking >= 0 && talking < 240 {
			for n := talking * comments / 240; n < (talking+1)*comments/240; n++ {
				_, err := d.cpython.Comment(talked, "mallory", fmt.Sprintf("@%s why %d", strings.TrimSuffix(d.github.BotLogin(), "[bot]"), n))
				d.must(err)
			}
			d.flush()
		}
	}
	d.run(began.Add(time.Duration(hours)*time.Hour + 10*time.Second))
	d.judge(hours * 118)
	d.Logf("%d open; %d runs for %d comments; %d pages of conflicts; %d keys wait", open, d.runs[fmt.Sprintf("python/cpython#%d", talked)],
		comments, d.pages, len(d.agenda.waiting()))
	d.played(open, talked)
}

// played checks that all came about that the limits were kept in.
func (d *day) played(open, talked int) {
	d.Helper()
	state, err := d.agenda.Get(d.Context(), "sweep/python/cpython")
	d.must(err)
	var sweep struct {
		Recent  time.Time
		Running any
	}
	d.must(json.Unmarshal(state, &sweep))
	if sweep.Recent.IsZero() || d.pages < open/100 {
		d.Errorf("the first sweep did not end, or there were %d pages of conflicts: %s", d.pages, state)
	}
	pr, err := d.cpython.PR(talked)
	d.must(err)
	answers := 0
	for _, c := range pr.Comments {
		if c.Author == d.github.BotLogin() {
			answers++
		}
	}
	if answers < 10 {
		d.Errorf("%d answers to commands", answers)
	}
}

func (d *day) branchDay() {
	_, err := d.cpython.Push("main", ghtest.Commit{Message: "The branch is cut",
		Files: map[string]ghtest.File{"Lib/shared.py": ghtest.Text("cut")}})
	d.must(err)
	_, err = d.cpython.Push("3.16", ghtest.Commit{Message: "3.16", From: "main",
		Files: map[string]ghtest.File{"README.rst": ghtest.Text("3.16")}})
	d.must(err)
	d.flush()
}

// bystand does something to another pull request: the title gets another issue.
func (d *day) bystand(number, second int) {
	d.must(d.cpython.EditTitle(number, fmt.Sprintf("gh-14000%d: Work %d", second%3, second)))
	d.changed[fmt.Sprintf("python/cpython#%d", number)] = d.clock()
	d.flush()
}
