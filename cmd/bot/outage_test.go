package main

import (
	order "cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// TestWeekOfOutage lets people work for a week while the bot is down: half of the pull
// requests are new, others are renamed, reviewed, pushed to, or merged and to be
// backported. GitHub has forgotten most of the webhooks when it starts. After that one
// start everything must be as if it had never been away, within GitHub's limits.
func TestWeekOfOutage(t *testing.T) {
	t.Parallel()
	count := suite.Sizes[int]{Normal: 40, Long: 40, Full: 300}.Size()
	present, absent := newDay(t, config.Preset()), newDay(t, config.Preset())
	for _, d := range []*day{present, absent} {
		d.must(d.cpython.Collaborator("dana", "write"))
		numbers := d.openWorked(count / 2)
		seen := d == present
		for i := range count - len(numbers) {
			d.opens(count + i)
			d.later(seen)
		}
		for i, number := range numbers {
			d.happens(i, number)
			d.later(seen)
		}
	}
	requests, start := absent.sent(), absent.clock()
	for range 12 { // hours; a sweep leaves what is more than its limit to the next one
		absent.must(absent.reconciler.Sweep(t.Context()))
		absent.run(absent.clock().Add(time.Hour))
	}
	absent.rest()
	if diff := cmp.Diff(unnumbered(present), unnumbered(absent)); diff != "" {
		t.Errorf("the end differs from that of a bot that was there (-there +away):\n%s", diff)
	}
	if len(absent.refused) > 0 {
		t.Errorf("GitHub refused %d requests, the first: %s", len(absent.refused), absent.refused[0])
	}
	cost, last := 0, start
	for _, s := range absent.spent[requests:] {
		cost += s.cost
		if s.content > 0 {
			last = s.at
		}
	}
	t.Logf("%d pull requests changed: %d requests (%[5]d without the outage), %[3]d points; the last write came %[4]s after the start",
		count, absent.sent()-requests, cost, last.Sub(start).Round(time.Second), present.sent())
}

// unnumbered are all pull requests as people see them, by title. Numbers are given in the
// order in which pull requests are opened, and backports are opened in either order.
func unnumbered(d *day) (all []ghtest.PRState) {
	for _, p := range visible(d.cpython.PRs()) {
		p.Number, p.Title = 0, references.ReplaceAllString(p.Title, "#N")
		p.Body = references.ReplaceAllString(p.Body, "#N")
		for i, c := range p.Comments {
			p.Comments[i].Body = references.ReplaceAllString(c.Body, "#N")
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b ghtest.PRState) int {
		return order.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.Base, b.Base))
	})
	return all
}

var references = regexp.MustCompile(`#[0-9]+|GH-[0-9]+|http://127[^ )]*/pull/[0-9]+|http://127.0.0.1:[0-9]+`)

// openWorked opens pull requests that the bot has seen.
func (d *day) openWorked(count int) (numbers []int) {
	d.Helper()
	for i := range count {
		numbers = append(numbers, d.opens(i))
		d.later(true)
	}
	return numbers
}

func (d *day) opens(i int) int {
	d.Helper()
	head := fmt.Sprintf("eric:work-%d", i)
	files := map[string]ghtest.File{fmt.Sprintf("Lib/work%d.py", i): ghtest.Text(head)}
	_, err := d.cpython.Push(head, ghtest.Commit{Message: "Work", Files: files})
	d.must(err)
	number, err := d.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("gh-%d: Work", 140000+i), Author: "eric", Head: head, Association: "MEMBER"})
	d.must(err)
	return number
}

// happens is what somebody does to the i-th pull request.
func (d *day) happens(i, number int) {
	d.Helper()
	var err error
	switch i % 5 {
	case 0:
		err = d.cpython.EditTitle(number, "Work without an issue")
	case 1:
		_, err = d.cpython.Review(number, "dana", "APPROVED", "")
	case 2:
		err = d.cpython.Label(number, "dana", "skip news")
	case 3:
		_, err = d.cpython.Push(fmt.Sprintf("eric:work-%d", i), ghtest.Commit{Message: "More", Files: map[string]ghtest.File{
			"Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst": ghtest.Text("Work well.\n"),
		}})
	case 4:
		d.must(d.cpython.Label(number, "dana", "skip news", "needs backport to 3.14"))
		_, err = d.cpython.Merge(number, "dana")
	}
	d.must(err)
}

// later is half an hour later; nobody hears of what happened, unless somebody is there.
func (d *day) later(there bool) {
	d.Helper()
	d.flush()
	if there {
		d.run(d.clock().Add(30 * time.Minute))
		return
	}
	d.agenda.mu.Lock()
	clear(d.agenda.keys)
	d.agenda.mu.Unlock()
	d.until(d.clock().Add(30 * time.Minute))
}
