package web

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

const day1 = 24 * time.Hour

// backported is a merged pull request with backports.
func backported(number int, age time.Duration, related ...pull.Related) pull.View {
	return pull.View{Brief: pull.Brief{Number: number, Title: fmt.Sprintf("gh-%d: Fix it", number), Author: "alice", State: pull.Merged,
		Base: "main", Main: true, MergedBy: "dana", Closed: at.Add(-age), Seen: at, Related: related}}
}

// backportsSite has three merged pull requests: all done, to do, and one that a branch lacks.
func backportsSite(t *testing.T) *site {
	s := newSite(t)
	s.branches = []Branch{{Name: "3.15", Phase: "bugfix"},
		{Name: "3.14", Phase: "bugfix", Seen: true, Gaps: map[int]Gap{7: {Why: "type-bug, and no backport"}}},
		{Name: "3.13", Phase: "security", Seen: true, Gaps: map[int]Gap{7: {Why: "type-security", Backport: 9}}}}
	s.see("python/cpython", backported(5, 3*day1, pull.Related{Number: 6, Branch: "3.14", State: "merged"},
		pull.Related{Branch: "3.13", State: "not allowed"}))
	s.see("python/cpython", backported(6, 2*day1, pull.Related{Number: 5, State: "original"}))
	carol := backported(8, 40*day1, pull.Related{Branch: "3.14", State: "conflict", Why: "resolve it"},
		pull.Related{Branch: "3.9", State: "not allowed"})
	carol.Author, carol.Assignees = "carol", []string{"Erin"}
	s.see("python/cpython", carol)
	s.see("python/cpython", backported(7, 100*day1))
	return s
}

func TestBackports(t *testing.T) {
	s := backportsSite(t)
	const path = "/python/cpython/backports"
	for query, want := range map[string]struct {
		sentence string
		numbers  []int
	}{
		"":                         {"3 backports aren&#39;t done: open 1 · conflict 1 · missing 1.", []int{8, 7}},
		"?state=any":               {"3 backports aren&#39;t done", []int{5, 8, 7}},
		"?state=merged":            {"3 backports aren&#39;t done", []int{5}},
		"?state=conflict":          {"3 backports aren&#39;t done", []int{8}},
		"?branch=3.14":             {"2 backports to 3.14 aren&#39;t done: conflict 1 · missing 1.", []int{8, 7}},
		"?branch=3.13":             {"1 backport to 3.13 isn&#39;t done: open 1.", []int{7}},
		"?branch=3.15":             {"There are no backports to 3.15.", nil},
		"?age=up+to+a+week+ago":    {"All backports are done: merged 1 · not allowed 1.", nil},
		"?age=over+90+days+ago":    {"2 backports aren&#39;t done", []int{7}},
		"?person=%40CAROL":         {"1 backport isn&#39;t done: conflict 1.", []int{8}},
		"?person=erin":             {"1 backport isn&#39;t done: conflict 1.", []int{8}},
		"?person=dana&state=any":   {"3 backports aren&#39;t done", []int{5, 8, 7}},
		"?person=nobody":           {"There are no backports.", nil},
		"?person=dan&branch=3.14&": {"There are no backports to 3.14.", nil},
	} {
		s.shows(path+query, 200, want.sentence)
		var got ofBackports
		s.ok(json.Unmarshal(s.get(path+".json"+query).Body.Bytes(), &got))
		var numbers []int
		for _, m := range got.Changes {
			numbers = append(numbers, m.Number)
		}
		if fmt.Sprint(numbers) != fmt.Sprint(want.numbers) {
			t.Errorf("%s: %v, want %v", query, numbers, want.numbers)
		}
	}
	s.shows(path, 200, `✗ conflict`, `resolve it`, `<a href="/python/cpython/pull/9">#9</a>`, "• missing",
		"type-bug, and no backport", `data-head="3.14"`)
	if text := s.shows(path+"?state=any", 200); strings.Contains(text, `data-head="3.15"`) || strings.Contains(text, "3.9") {
		t.Errorf("it shows branches that aren't there, or live no more:\n%s", text)
	}
	rows, err := csv.NewReader(s.get(path + ".csv?state=any").Body).ReadAll()
	if err != nil || len(rows) != 6 || strings.Join(rows[1][5:8], " ") != "3.14 merged 6" {
		t.Errorf("%q: %v", rows, err)
	}
	for query, text := range map[string]string{
		"?state=lost": "filter by the state “lost”", "?age=old": "filter by the age “old”",
		"?branch=3.9": "Choose one of these: 3.15, 3.14, 3.13.",
	} {
		s.shows(path+query, 400, text)
	}
	s.shows("/python/nothing/backports", 404, "knows nothing of this repository")
}

func TestBackportsThatAreNotThere(t *testing.T) {
	s := newSite(t)
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 1, State: pull.Open, Seen: at}})
	s.shows("/python/cpython/backports", 200, "No branch takes backports here", "hasn't seen a pull request into a version's branch yet")
	s.shows("/python/cpython/backports?branch=3.14", 400, "There is none to choose yet.")
	s.branches = []Branch{{Name: "3.14", Phase: "bugfix", Seen: true}}
	s.shows("/python/cpython/backports", 200, "There are no backports.", "lists merged pull requests whose labels request a backport")
	s.see("python/cpython", backported(5, day1, pull.Related{Number: 6, Branch: "3.14", State: "merged"}))
	s.shows("/python/cpython/backports", 200, "All backports are done: merged 1.", "No merged pull request has such a backport")
}

// staged is an open pull request with a stage's label.
func staged(number int, label string, since time.Duration) pull.View {
	v := pull.View{Brief: pull.Brief{Number: number, Title: fmt.Sprintf("Change %d", number), Author: "alice", State: pull.Open, Base: "main",
		Created: at.Add(-500 * day1), Seen: at, Labels: []pull.Mark{{Name: "docs"}}}}
	if label != "" {
		v.Labels = append(v.Labels, pull.Mark{Name: label, Since: at.Add(-since)})
	}
	return v
}

// stagesSite has a pull request of each kind.
func stagesSite(t *testing.T) *site {
	s := newSite(t)
	review, drafted, own := staged(1, "Awaiting Review", day1/2), staged(4, "", 0), staged(6, "awaiting changes", 2*day1)
	review.Reviewers, review.Assignees = []string{"erin", "dana"}, []string{"dana"}
	drafted.Draft, own.Own, own.Author, own.Assignees = true, true, "concorde[bot]", []string{"dana"}
	for _, v := range []pull.View{review, staged(2, "awaiting changes", 40*day1), staged(3, "awaiting merge", 8*day1), drafted,
		staged(5, "", 0), own} {
		s.see("python/cpython", v)
	}
	return s
}

func TestStages(t *testing.T) {
	s := stagesSite(t)
	const path = "/python/cpython/stages"
	for query, want := range map[string]struct {
		sentence string
		numbers  []int
	}{
		"": {"6 pull requests are waiting: 3 for their authors, 1 for nobody, 1 for core developers and 1 for triagers. The longest has " +
			"waited for 500 days.", []int{4, 5, 2, 3, 6, 1}},
		"?stage=awaiting+review":            {"1 pull request is waiting: 1 for triagers. It has waited for 12 hours.", []int{1}},
		"?stage=draft":                      {"1 pull request is waiting: 1 for its author. It has waited for 500 days.", []int{4}},
		"?stage=no+stage":                   {"1 pull request is waiting: 1 for nobody. It has waited for 500 days.", []int{5}},
		"?person=Dana":                      {"2 pull requests are waiting for Dana. The longest has waited for 2 days.", []int{6, 1}},
		"?person=alice":                     {"2 pull requests are waiting for alice. The longest has waited for 500 days.", []int{4, 2}},
		"?person=dana&stage=awaiting+merge": {"No open pull requests are waiting for dana.", nil},
	} {
		s.shows(path+query, 200, want.sentence)
		var got ofStages
		s.ok(json.Unmarshal(s.get(path+".json"+query).Body.Bytes(), &got))
		var numbers []int
		for _, w := range got.Pulls {
			numbers = append(numbers, w.Number)
		}
		if fmt.Sprint(numbers) != fmt.Sprint(want.numbers) {
			t.Errorf("%s: %v, want %v", query, numbers, want.numbers)
		}
	}
	s.shows(path, 200, "<svg", "<desc>6 pull requests, by how long", `data-head="Waits for">dana, erin</td>`, "40 days ago")
	var got ofStages
	s.ok(json.Unmarshal(s.get(path+".json").Body.Bytes(), &got))
	if fmt.Sprint(got.Waits) != "[{under 1 day 1 1} {1 to 6 days 7 1} {7 to 29 days 30 1} {30 to 89 days 90 1} {90 to 364 days 365 0} "+
		"{365 days or more 0 2}]" {
		t.Error(got.Waits)
	}
	if len(got.Stages) != 5 || got.Stages[1].Open != 2 || !got.Stages[1].Longest.Equal(at.Add(-40*day1)) {
		t.Errorf("%+v", got.Stages)
	}
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 7 || rows[6][5] != "dana, erin" {
		t.Errorf("%q: %v", rows, err)
	}
	s.shows(path+"?stage=awaiting+nothing", 400, "Choose one of these: awaiting review, awaiting changes, awaiting merge, draft, no stage.")
	s.shows("/python/nothing/stages", 404, "knows nothing of this repository")
}

func TestStagesThatAreNotThere(t *testing.T) {
	s := newSite(t)
	s.see("python/cpython", backported(5, day1))
	s.shows("/python/cpython/stages", 200, "No open pull requests are waiting.", "listed here once the bot has seen them")
	s.shows("/python/cpython/stages?stage=draft", 200, "Nothing is waiting here.")
}

// TestFeed: what came to a stage last comes first, and keeps its id until it comes there
// again.
func TestFeed(t *testing.T) {
	s := stagesSite(t)
	s.see("python/cpython", hostile(7))
	const path = "/python/cpython/stages.atom"
	read := func(query string) (got feed) {
		w := s.get(path + query)
		if kind := w.Header().Get("Content-Type"); w.Code != 200 || kind != "application/atom+xml; charset=utf-8" {
			t.Fatalf("%s: %d %s", query, w.Code, kind)
		}
		s.ok(xml.Unmarshal(w.Body.Bytes(), &got))
		return got
	}
	all := read("")
	if len(all.Entries) != 7 || all.Updated != exact(at.Add(-day1/2)) {
		t.Fatalf("%+v", all)
	}
	newest := all.Entries[0]
	if newest.Title != "#1 Change 1" || newest.Updated != all.Updated || newest.Link.Href != "https://github.example/python/cpython/pull/1" ||
		newest.ID != "tag:github.example,2026:python/cpython/pull/1/awaiting%20review/"+fmt.Sprint(at.Add(-day1/2).Unix()) {
		t.Errorf("%+v", newest)
	}
	ids := map[string]bool{all.ID: true}
	for _, e := range all.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || ids[e.ID] || e.Author == "" || e.Title == "" {
			t.Errorf("%+v: %v", e, err)
		}
		ids[e.ID] = true
	}
	s.see("python/cpython", staged(1, "awaiting merge", 0))
	some := read("?stage=awaiting+merge")
	if len(some.Entries) != 2 || some.Entries[0].ID == newest.ID || some.ID == all.ID ||
		some.Entries[1].Summary != "Awaiting merge: it waits for core developers." {
		t.Errorf("%+v", some)
	}
	if none := read("?person=nobody"); len(none.Entries) != 0 || none.Updated == "" {
		t.Errorf("%+v", none)
	}
	s.shows(path+"?stage=lost", 400, "filter by the stage “lost”")
	s.shows("/python/nothing/stages.atom", 404, "knows nothing of this repository")
	for n := range 60 {
		s.see("python/cpython", staged(100+n, "awaiting review", time.Hour))
	}
	if bounded := read("?stage=" + url.QueryEscape("awaiting review")); len(bounded.Entries) != maxEntries {
		t.Errorf("%d entries", len(bounded.Entries))
	}
}

func TestLifeCycle(t *testing.T) {
	s := newSite(t)
	const path = "/python/cpython/life-cycle"
	s.shows(path, 404, "knows nothing of this repository")
	s.see("python/cpython", backported(5, day1))
	s.shows(path, 200, "The release data lists no supported version", "The bot reads the release data every day.")
	today := at.Truncate(day1)
	s.life = LifeCycle{DataUntil: today.Add(-9 * day1), SVG: []byte("<svg><title>Lives</title></svg>"), Branches: []LifeBranch{
		{Name: "main", Version: "3.16", Phase: "feature", Allow: []string{"everything"}, Next: "3.16.0 alpha 3", NextAt: today.Add(15 * day1)},
		{Name: "3.15", Version: "3.15", Phase: "bugfix", Allow: []string{"fix", "docs"}, Ask: []string{"refactor"},
			Next: "3.15.1", NextAt: today.Add(day1), NextPhase: "security", NextPhaseAt: today.Add(700 * day1), EndOfLife: "October 2031",
			Managers: []Manager{{"Hugo", "hugovk"}, {"Anna", ""}}},
		{Name: "3.14", Version: "3.14", Phase: "bugfix", Override: true},
	}}
	s.shows(path, 200, "The next release is 3.15.1 on 1 December 2026, tomorrow. 3.16 is in feature; 3.15 and 3.14 in bugfix.",
		"<svg><title>Lives</title></svg>", "Hugo (hugovk), Anna", "fix, docs", "by the settings", "October 2031", "none planned",
		`href="/python/cpython/backports?branch=3.15"`, "21 November 2026")
	var got ofLifeCycle
	s.ok(json.Unmarshal(s.get(path+".json").Body.Bytes(), &got))
	if len(got.Branches) != 3 || got.Branches[1].Managers[0].Login != "hugovk" || !got.Branches[1].NextAt.Equal(today.Add(day1)) {
		t.Errorf("%+v", got)
	}
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[2][4] != "2026-12-01" || rows[3][4] != "" {
		t.Errorf("%q: %v", rows, err)
	}
	for days, want := range map[int]string{0: "today", 2: "in 2 days"} {
		s.life.Branches[1].NextAt = today.Add(time.Duration(days) * day1)
		s.shows(path, 200, want)
	}
}

// TestMarkupIsTextInLists: as TestMarkupIsText, for what strangers wrote and what the
// release data names.
func TestMarkupIsTextInLists(t *testing.T) {
	s := newSite(t)
	v := hostile(5)
	v.State, v.MergedBy, v.Closed, v.Assignees = pull.Merged, markup, at, []string{markup}
	v.Related = []pull.Related{{Number: 6, Branch: "3.14", State: markup, Why: markup}, {Branch: "3.13", State: "conflict", Why: markup}}
	s.see("python/cpython", v)
	s.see("python/cpython", backported(7, day1))
	open := hostile(6)
	open.Labels, open.Reviewers = []pull.Mark{{Name: "awaiting merge", Since: at}}, []string{markup}
	s.see("python/cpython", open)
	s.branches = []Branch{{"3.14", markup, true, map[int]Gap{7: {Why: markup}}}, {"3.13", "bugfix", true, nil}, {markup, markup, true, nil}}
	s.life = LifeCycle{Branches: []LifeBranch{{Name: markup, Version: markup, Phase: markup, Next: markup, NextAt: at,
		NextPhase: markup, NextPhaseAt: at, EndOfLife: markup, Allow: []string{markup}, Ask: []string{markup},
		Managers: []Manager{{markup, markup}}}}}
	s.releases = []Release{{Version: markup, Phase: markup, Managers: []Manager{{markup, markup}}, Issue: 8, Readiness: Readiness{Next: markup, NextAt: at}}}
	s.see("python/cpython", reported(8, Readiness{Verdict: markup, Headline: markup, Reasons: []string{markup}, Unknown: []string{markup},
		Tables: []ReleaseTable{{Title: markup, Columns: []string{markup, markup}, Rows: [][]string{{markup, markup}}, Note: markup}}}))
	q := url.QueryEscape(markup)
	for _, path := range []string{"backports", "backports?state=any", "backports?branch=" + q, "backports?state=" + q, "backports?age=" + q,
		"backports?person=" + q, "stages", "stages?stage=" + q, "stages?person=" + q, "stages.atom", "stages.atom?stage=" + q,
		"stages.atom?person=" + q,
		"life-cycle", "releases"} {
		text := s.get("/python/cpython/" + path).Body.String()
		if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, `"javascript:`) ||
			!strings.Contains(text, "script") {
			t.Errorf("%s has markup:\n%s", path, text)
		}
	}
}
