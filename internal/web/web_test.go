package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
)

// TestMarkupIsText: nothing that anyone wrote becomes a part of a page.
func TestMarkupIsText(t *testing.T) {
	s := newSite(t)
	s.see("python/cpython", hostile(5))
	s.write("python/cpython#5", pull.LogEntry{Rule: markup, Action: markup, Why: markup, Cause: markup, Before: markup, After: markup})
	s.health = Health{Alerts: []string{markup}, Notes: []string{markup}}
	s.settings = Settings{Values: []Setting{{markup, markup, markup}}, Rules: []LabelRule{{markup, markup}}, Faults: []string{markup}}
	s.predict("python/cpython#5", shadow.Record{Thing: markup, Rule: markup, Want: markup, Found: markup, Why: markup,
		Outcome: shadow.Missing})
	for _, path := range []string{"/", "/python/cpython", "/python/cpython/shadow", "/python/cpython?find=" + "%3Cscript%3E",
		"/python/cpython/pull/5", "/python/nothing",
		"/python/cpython/settings?title=" + url.QueryEscape(markup) + "&files=" + url.QueryEscape(markup) + "&find=" + url.QueryEscape(markup)} {
		text := s.get(path).Body.String()
		if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, `"javascript:`) {
			t.Errorf("%s has markup:\n%s", path, text)
		}
	}
}

func TestPullPage(t *testing.T) {
	s := newSite(t)
	merged := pull.View{Brief: pull.Brief{Number: 5, Title: "gh-1: Fix it", Author: "alice", State: pull.Merged, Base: "main",
		MergedBy: "dana",
		Closed:   at.Add(-48 * time.Hour), Seen: at.Add(-3 * time.Minute), Labels: []pull.Mark{{Name: "type-bug", By: "bob",
			Since: at.Add(-49 * time.Hour)}},
		Related: []pull.Related{{Number: 6, Branch: "3.14", State: "merged"}, {Branch: "3.13", State: "conflict", Why: "in json.py"}}},
		Statuses: []pull.Mark{{Name: "bedevere/news", Value: "success: Found", Rule: "news"}}}
	s.see("python/cpython", merged)
	s.write("python/cpython#5", pull.LogEntry{Rule: "news", Action: `status bedevere/news success "Found" on abababa`, Cause: "delivery 7",
		Before: "none"})
	s.shows("/python/cpython/pull/5", 200, "Merged by dana on 28 November 2026. Backports to 3.14: merged; 3.13: conflict.",
		"3 minutes ago", "in json.py",
		`href="/python/cpython/pull/6"`, `caused by <span title="delivery 7">delivery 7</span>`,
		`href="https://github.example/python/cpython/pull/5"`, "2 days ago")
	s.shows("/PYTHON/CPython/pull/5", 200, "Merged by dana", `href="/python/cpython"`)
	var got struct{ View pull.View }
	s.ok(json.Unmarshal(s.get("/python/cpython/pull/5.json").Body.Bytes(), &got))
	if got.View.MergedBy != "dana" || len(got.View.Related) != 2 {
		t.Errorf("%+v", got)
	}
	rows, err := csv.NewReader(s.get("/python/cpython/pull/5.csv").Body).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][4] != "delivery 7" {
		t.Errorf("%q: %v", rows, err)
	}
	accepting := s.get("/python/cpython/pull/5", func(r *http.Request) { r.Header.Set("Accept", "application/json") })
	if kind := accepting.Header().Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Error(kind)
	}
	for path, text := range map[string]string{
		"/python/cpython/pull/6":      "seen python/cpython#6 yet",
		"/python/cpython/pull/0":      "This page doesn&#39;t exist",
		"/python/cpython/pull/x":      "This page doesn&#39;t exist",
		"/python/cpython/pull/5/more": "This page doesn&#39;t exist",
		"/other/cpython/pull/5":       "knows nothing of this repository",
		"/python/..%2Fx/pull/5":       "knows nothing of this repository",
		"/nothing":                    "This page doesn&#39;t exist",
	} {
		s.shows(path, 404, text)
	}
}

func TestSentences(t *testing.T) {
	s := newSite(t)
	for want, v := range map[string]pull.View{
		"Open.":                       {Brief: pull.Brief{State: pull.Open}},
		"Open, and still a draft.":    {Brief: pull.Brief{State: pull.Open, Draft: true}},
		"Closed on 30 November 2026.": {Brief: pull.Brief{State: pull.Closed, Closed: at}},
		"Merged on 30 November 2026. It's a backport of #3.": {Brief: pull.Brief{State: pull.Merged, Closed: at,
			Related: []pull.Related{{Number: 3, State: "original"}}}},
		"Open. Not passing: news and title. The bot still has 1 change to make.": {Brief: pull.Brief{State: pull.Open},
			Statuses: []pull.Mark{{Name: "news", Rule: "news", Value: "failure: x"}, {Name: "title", Rule: "title", Value: "failure"},
				{Name: "ci", Value: "failure"}}, Plan: []pull.Wanted{{What: "close"}}},
		"Open. Backports to 3.14, 3.13 and 3.12: waiting. Some rules do nothing now: no team.": {Brief: pull.Brief{State: pull.Open,
			Related: []pull.Related{{Branch: "3.14", State: "waiting"}, {Branch: "3.13", State: "waiting"}, {Branch: "3.12", State: "waiting"}}},
			Fault: "no team"},
	} {
		if got := s.pages.sentence(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// GitHub's clock may be ahead, so what has happened is never in the future.
func TestTimes(t *testing.T) {
	s := newSite(t)
	for offset, want := range map[time.Duration][2]string{
		5 * time.Minute: {"just now", "in 5 minutes"}, 30 * time.Second: {"just now", "now"}, -time.Minute: {"1 minute ago", "now"},
		-90 * time.Minute: {"1 hour ago", "now"}, 49 * time.Hour: {"just now", "in 2 days"}, -49 * time.Hour: {"2 days ago", "now"},
	} {
		if got := [2]string{s.pages.ago(at.Add(offset)), s.pages.until(at.Add(offset))}; got != want {
			t.Errorf("%s: got %q, want %q", offset, got, want)
		}
	}
}

func TestOverview(t *testing.T) {
	s := newSite(t)
	s.shows("/", 200, "seen a pull request yet")
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, State: pull.Open, Seen: at}})
	s.see("other/private", pull.View{Brief: pull.Brief{Number: 1, State: pull.Open, Seen: at}})
	s.write("python/cpython#5", pull.LogEntry{Rule: "news", Action: "close"})
	text := s.shows("/", 200, "All is well, and nothing is waiting.", "hasn't checked for missed webhooks yet", "None was missed", `href="/python/cpython"`, "v1.2.3",
		"<svg",
		"1 hour ago", "3 to go", "83 %")
	if strings.Contains(text, "private") {
		t.Error("it names a repository on which the bot doesn't act")
	}
	var o overview
	s.ok(json.Unmarshal(s.get("/overview.json").Body.Bytes(), &o))
	if len(o.Hours) != 7*24 || o.Hours[7*24-1].Writes != 1 || len(o.Repositories) != 1 || o.Repositories[0].Open != 1 {
		t.Errorf("%+v", o)
	}
	s.missed = Missed{Until: at.Add(-6 * time.Minute), Redelivered: 3}
	s.health.Behind = 2
	s.shows("/", 200, "6 minutes ago</time> have arrived. Of the missed ones, 3 were requested again and 0 left to a sweep.", "● working, 2 s behind")
	s.health.Alerts = []string{"GitHub doesn't answer"}
	s.shows("/", 200, "Something needs your attention: GitHub doesn&#39;t answer.", "✗ 1 problem")
}

func TestRepository(t *testing.T) {
	s := newSite(t)
	s.shows("/python/cpython", 404, "knows nothing of this repository")
	for n := range 250 {
		s.see("python/cpython", pull.View{Brief: pull.Brief{Number: n + 1, Title: fmt.Sprintf("=fix %d", n), Author: "alice", State: pull.Open,
			Seen:   at,
			Labels: []pull.Mark{{Name: "docs"}}}})
	}
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 251, Title: "Done", State: pull.Merged, Seen: at}})
	text := s.shows("/python/cpython", 200, "250 pull requests open", "50 pull requests more")
	if n := strings.Count(text, "<tr>"); n != 201 {
		t.Errorf("%d rows", n)
	}
	s.shows("/python/cpython?find=FIX+249", 200, "#250")
	s.shows("/python/cpython?find=nowhere", 200, "has “nowhere” in its title")
	rows, err := csv.NewReader(s.get("/python/cpython.csv?find=docs").Body).ReadAll()
	if err != nil || len(rows) != 251 || rows[1][1] != "'=fix 249" {
		t.Errorf("%d rows, %q: %v", len(rows), rows[1], err)
	}
}

func TestSettingsPage(t *testing.T) {
	s := newSite(t)
	s.shows("/python/cpython/settings", 404, "knows nothing of this repository")
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, State: pull.Open, Seen: at}})
	s.settings = Settings{Values: []Setting{{"news.mode", "require", "preset"}, {"abi.mode", "off", ".github/concorde.yml"}},
		Rules: []LabelRule{{"labeler.yml:3", "docs, suggested, when a changed file matches Doc/**"}}}
	text := s.shows("/python/cpython/settings", 200, "1 setting of 2 differs from the preset. There is 1 label rule.", "news.mode",
		"labeler.yml:3")
	if strings.Contains(text, "Because of") {
		t.Error("it tried something, although nobody asked")
	}
	s.shows("/python/cpython/settings?title=Fix&files=a.rst%0D%0Ab.py", 200, "a.rst&#43;b.pyFix", "a.rst\r\nb.py</textarea>")
	text = s.shows("/python/cpython/settings?find=NEWS", 200, "news.mode")
	if strings.Contains(text, "abi.mode") {
		t.Error("the filter lets everything pass")
	}
	s.shows("/python/cpython/settings?find=nowhere", 200, "has “nowhere”")
	s.shows("/python/cpython/settings?files="+strings.Repeat("a+", 301), 413, "at most 300 files")
	s.shows("/python/cpython/settings?title="+strings.Repeat("a", 4001), 413, "4000 characters")
	s.settings.Faults = []string{"labeler.yml:1:1: wrong"}
	s.shows("/python/cpython/settings", 200, "A file has faults", "labeler.yml:1:1: wrong")
	rows, err := csv.NewReader(s.get("/python/cpython/settings.csv?find=abi").Body).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][2] != ".github/concorde.yml" {
		t.Errorf("%q: %v", rows, err)
	}
}

func TestShadowPage(t *testing.T) {
	s := newSite(t)
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, State: pull.Open, Seen: at}})
	s.shows("/python/cpython/shadow", 200, "No rule is in shadow, or none has predicted anything yet.")
	s.predict("python/cpython#5", shadow.Record{Thing: "status a", Rule: "news", Want: "success"})
	s.shows("/python/cpython/shadow", 200, "1 prediction, whose time isn&#39;t over yet.")
	s.predict("python/cpython#5", shadow.Record{Thing: "label b", Rule: "labels", Want: "on", Found: "on", Outcome: shadow.Same})
	s.predict("python/cpython#5", shadow.Record{Thing: "label c", Rule: "labels", Want: "on", Found: "off", Why: "c.yml:3",
		Outcome: shadow.Missing})
	s.predict("other/x#5", shadow.Record{Thing: "label d", Rule: "labels", Want: "on", Outcome: shadow.Missing})
	text := s.shows("/python/cpython/shadow", 200, "1 of 2 predictions came true (50 %).", "label c", "c.yml:3",
		`href="/python/cpython/pull/5"`)
	if strings.Contains(text, "label d") {
		t.Error("it shows another repository")
	}
	s.shows("/python/cpython/shadow?rule=news", 200, "1 prediction, whose")
	s.shows("/python/cpython/shadow?days=7", 200, "50 %")
	s.shows("/python/cpython/shadow?days=x", 400, "a whole number")
	rows, err := csv.NewReader(s.get("/python/cpython/shadow.csv").Body).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "missing" {
		t.Errorf("%q: %v", rows, err)
	}
}

func TestDocsPage(t *testing.T) {
	s := newSite(t)
	s.shows("/docs", 200, `id="rule-news"`, "Checks entries.", "bedevere/news", "@BOT why")
	s.shows("/docs.json", 200, `"name": "why"`)
}

// TestOtherHosts: a name elsewhere that leads here shows nothing.
func TestOtherHosts(t *testing.T) {
	s := newSite(t)
	for host, status := range map[string]int{
		"localhost": 200, "localhost:1": 200, "127.0.0.1:8081": 200, "[::1]:8081": 200, "[::1]": 200, "LOCALHOST": 200,
		"evil.example": 403, "localhost.evil.example:80": 403, "": 403, "127.0.0.1.evil.example": 403, "10.0.0.1": 403,
	} {
		if w := s.get("/", func(r *http.Request) { r.Host = host }); w.Code != status {
			t.Errorf("%q: %d, want %d", host, w.Code, status)
		}
	}
	h := s.get("/").Header()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if w := s.get("/style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := s.get("/", func(r *http.Request) { r.Method = "POST" }); w.Code != 404 && w.Code != 405 {
		t.Errorf("a POST is answered %d", w.Code)
	}
}

// TestDatabaseIsAway: the page says so, and the log says why.
func TestDatabaseIsAway(t *testing.T) {
	s := newSite(t)
	reader, is := s.pages.Store.(*queue.Reader)
	if !is {
		t.Fatal("no reader")
	}
	s.ok(reader.Close())
	for _, path := range []string{"/", "/python/cpython", "/python/cpython/pull/5"} {
		s.shows(path, 503, "The database doesn&#39;t answer")
	}
	if !strings.Contains(s.log.String(), "closed") {
		t.Errorf("log: %s", s.log.String())
	}
}
