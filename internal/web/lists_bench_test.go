package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// merge adds 5,000 merged pull requests, half of them backports of the others; each
// original has a backport that isn't done, and a branch that lacks it.
func (s *site) merge() {
	s.Helper()
	s.branches = []Branch{{Name: "3.15", Phase: "bugfix", Seen: true}, {Name: "3.14", Phase: "bugfix", Seen: true},
		{Name: "3.13", Phase: "security", Seen: true, Gaps: map[int]Gap{}}, {Name: "3.12", Phase: "security", Seen: true},
		{Name: "3.11", Phase: "security", Seen: true}}
	for n := range 2500 {
		number, closed := 10_000+2*n, at.Add(-time.Duration(n)*time.Hour)
		original := pull.View{Brief: pull.Brief{
			Number: number, Title: fmt.Sprintf("gh-%d: Fix what json.dumps() does with the %dth option", 200_000+n, n),
			Author: fmt.Sprint("somebody", n%400), MergedBy: fmt.Sprint("core", n%60), State: pull.Merged, Base: "main", Main: true,
			Created: closed.Add(-time.Hour), Closed: closed, Seen: at,
			Labels: []pull.Mark{{Name: "type-bug", By: "bob", Since: closed},
				{Name: "stdlib", Rule: "labels", Why: "cpython.yml:264", Since: closed}},
			Related: []pull.Related{{Number: number + 1, Branch: "3.15", State: "merged", Why: "expected in 3.15.1, 2026-12-01"},
				{Branch: "3.14", State: "conflict", Why: "resolve the conflicts on its branch, and mark it as ready"}},
		}}
		s.branches[2].Gaps[number] = Gap{Why: "type-bug, and no backport; needs the release manager"}
		backport := original
		backport.Number, backport.Main, backport.Base, backport.Own = number+1, false, "3.15", true
		backport.Title = fmt.Sprintf("[3.15] %s (GH-%d)", original.Title, number)
		backport.Related = []pull.Related{{Number: number, State: "original"}}
		s.see("python/cpython", original)
		s.see("python/cpython", backport)
	}
}

// complete checks that JSON and CSV have all rows, where a page lists some.
func (s *site) complete() {
	s.Helper()
	for path, rows := range map[string][3]int{ // on the page, in JSON, and in CSV
		"/python/cpython/backports": {maxChanges, 2500, 7500}, "/python/cpython/stages": {maxListed, 2500, 2500},
	} {
		s.shows(path, 200, english.Plural(rows[1]-rows[0], "pull request", "")+" more")
		if n := strings.Count(s.get(path+".json").Body.String(), `"title": `); n != rows[1] {
			s.Errorf("%s.json has %d rows, want %d", path, n, rows[1])
		}
		if n := strings.Count(s.get(path+".csv").Body.String(), "\n"); n != rows[2]+1 {
			s.Errorf("%s.csv has %d lines, want %d", path, n, rows[2]+1)
		}
	}
}

// counted counts the readings of the database.
type counted struct {
	Store
	n int
}

func (c *counted) Views(ctx context.Context, group, class string, f func(queue.View) error) error {
	c.n++
	return c.Store.Views(ctx, group, class, f)
}

func (c *counted) View(ctx context.Context, group string, number int) (queue.View, error) {
	c.n++
	return c.Store.View(ctx, group, number)
}

func (c *counted) Groups(ctx context.Context) (map[string]map[string]int, error) {
	c.n++
	return c.Store.Groups(ctx)
}

func (c *counted) Log(ctx context.Context, key string, since time.Time, f func(queue.Entry) error) error {
	c.n++
	return c.Store.Log(ctx, key, since, f)
}

// TestListsReadAsOftenForManyAsForOne: the number of rows doesn't matter.
func TestListsReadAsOftenForManyAsForOne(t *testing.T) {
	s := stagesSite(t)
	c := &counted{Store: s.pages.Store}
	s.pages.Store = c
	for path, want := range map[string]int{"backports": 4, "stages": 2, "stages.atom": 2, "life-cycle": 1} {
		for _, more := range []int{0, 50} {
			for n := range more {
				s.see("python/cpython", staged(100+n, "awaiting merge", time.Hour))
				s.see("python/cpython", backported(200+n, time.Hour, pull.Related{Number: 100 + n, Branch: "3.14", State: "open"}))
			}
			c.n = 0
			if s.shows("/python/cpython/"+path, 200); c.n != want {
				t.Errorf("%s reads the database %d times, want %d", path, c.n, want)
			}
		}
	}
}
