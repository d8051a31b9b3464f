package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/regression"
	"github.com/concorde-bot/concorde/internal/web"
)

// reads checks that a page's type has all that a report has, and nothing else.
func reads(t *testing.T, report, page any) {
	t.Helper()
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(page); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(page); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%s, %v, want %s", again, err, text)
	}
}

// The page of regressions reads all that is reported of a branch.
func TestPageReadsRegressions(t *testing.T) {
	c := regression.Commit{SHA: "a", Subject: "b", Pull: 1}
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	report := regression.Report{Branch: "main", Commits: []regression.Commit{c}, Older: true, Unread: 3, More: 2,
		Nightly: &regression.NightlyOutcome{Branch: "main", Workflow: "w", State: "failed", SHA: "a", At: at, URL: "u", Since: at, LastGood: "g"},
		Checks: []regression.Check{{Name: "n", State: "failing", Runs: "+", Rounds: []regression.Regression{{Good: &c, Bad: c, Fixed: &c,
			Flaky: true, Since: at, URL: "u", Pulls: []int{1}, Silence: "s", Offered: true, Reverts: []regression.Revert{{Number: 1, Of: 2}}}}}}}
	reads(t, report, &web.CheckedBranch{})
}

// served is the JSON of a running bot's page.
func (s *stage) served(path string, into any) {
	s.Helper()
	at := regexp.MustCompile(`"url":"(http://[^"]+)"`).FindStringSubmatch(s.bot.log.String())
	if at == nil {
		s.Fatalf("no pages are served: %s", s.bot.log)
	}
	answer, err := http.Get(at[1] + path)
	s.check(err)
	defer answer.Body.Close()
	s.check(json.NewDecoder(answer.Body).Decode(into))
}

// TestRegressionsPage: a round that began and ended before the bot's first look gets no comment, and the page has it as history. What
// fails then is there within moments, with the open revert; the page asks GitHub nothing.
func TestRegressionsPage(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, watched)
	s.environment["BOT_PAGES"] = "127.0.0.1:0"
	s.bot.stop(t)
	land := func(title, state string) *merged {
		n := s.change(title, map[string]ghtest.File{"Lib/" + title[3:]: ghtest.Text(title)}, "skip news")
		sha, err := s.cpython.Merge(n, "dana")
		s.check(err)
		s.reports(sha, state)
		return &merged{n, sha}
	}
	land("gh-140001: One", "success")
	over := land("gh-140001: Two", "failure")
	land("gh-140001: Three", "success")
	s.start()
	var page struct{ Branches []web.CheckedBranch }
	look := func() web.CheckedCheck {
		page.Branches = nil
		s.served("/python/cpython/regressions.json?branch=main", &page)
		if len(page.Branches) != 1 || len(page.Branches[0].Checks) != 1 {
			return web.CheckedCheck{}
		}
		return page.Branches[0].Checks[0]
	}
	s.eventually("the history", func() bool {
		c := look()
		return c.State == "passing" && len(c.Rounds) == 1 && slices.Equal(c.Rounds[0].Pulls, []int{over.number})
	}, func() string { return fmt.Sprintf("%+v", page) })
	if note := s.regressionNote(over.number); note != "" {
		t.Errorf("what is over is told: %s", note)
	}
	bad := s.lands("gh-140001: Four")
	s.reports(bad.sha, "failure")
	s.hears(bad.number, "[failed](https://ci.example/failure)")
	s.says(bad.number, "dana", me+" revert")
	s.eventually("the revert", func() bool { return len(s.reverts(bad.number)) == 1 }, func() string { return fmt.Sprintf("%+v", s.pr(bad.number)) })
	s.reports(bad.sha, "failure") // any report has the bot look again
	revert := s.reverts(bad.number)[0].Number
	s.eventually("the page to have it", func() bool {
		c := look()
		return c.State == "failing" && len(c.Rounds[0].Reverts) == 1 && c.Rounds[0].Reverts[0] == web.CheckedRevert{Number: revert, Of: bad.number}
	}, func() string { return fmt.Sprintf("%+v", page) })
	s.rests()
	s.github.ResetRequests()
	look()
	if asked := s.github.Requests(); len(asked) > 0 {
		t.Errorf("the page asked GitHub %+v", asked)
	}
}

// TestReleasePagesInABrowser looks at the pages for release managers with something on them.
func TestReleasePagesInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, "releases")
	s := backportStage(t, watched+"\nrelease: {issues: [{version: \"3.15\", issue: 1}]}")
	s.environment["BOT_PAGES"] = "127.0.0.1:0"
	issue, err := s.cpython.OpenIssue(ghtest.Issue{Title: "Release 3.15", Author: "dana"})
	s.check(err)
	schedule, _ := lifecycle.Builtin().Schedule("3.15")
	last, released := schedule.Last(time.Now())
	if issue != 1 || !released {
		t.Fatalf("issue %d, %v", issue, last)
	}
	s.check(s.cpython.Tag(last.Tag(), "3.15"))
	_, err = s.cpython.Push("3.15", ghtest.Commit{Message: "gh-140001: (ABI break) Change it", Files: map[string]ghtest.File{
		"Misc/NEWS.d/next/Library/2026-08-01.gh-issue-130000.a.rst": ghtest.Text("Fix it.\n"),
		"Misc/NEWS.d/next/Nowhere/2026-08-01.gh-issue-130000.a.rst": ghtest.Text("Lose it.\n")}})
	s.check(err)
	s.start()
	for i, states := range [][]string{{"success"}, {"failure"}, {"success"}, {"failure", "success"}, nil, {"failure"}, {"success"}, nil, {"pending"}, {"failure"}} {
		m := s.lands(fmt.Sprint("gh-140001: Change ", i))
		for _, state := range states {
			s.reports(m.sha, state)
		}
	}
	s.rests()
	address := regexp.MustCompile(`"url":"(http://[^"]+)"`).FindStringSubmatch(s.bot.log.String())[1] + "/python/cpython/"
	for _, p := range []struct{ name, path, has string }{ // the last look may still be to come
		{"regressions", "regressions?branch=main", "1 check fails"},
		{"news", "news?version=3.15", "would break it or be lost"},
		{"abi", "abi?version=3.15", "has broken the full ABI"},
		{"releases", "releases", "NEWS of 3.15"},
	} {
		b.open(address+p.path, fmt.Sprintf("document.querySelector('main')?.innerText.includes(%q)", p.has))
		b.fits(p.name)
	}
	for _, fault := range b.faults {
		t.Error(fault)
	}
}
