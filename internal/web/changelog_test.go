package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// versionsSite has a version of which all is stored, one that nobody has looked at, and one without a tracking issue.
func versionsSite(t *testing.T) *site {
	s := newSite(t)
	s.see("python/cpython", backported(5, day1))
	s.releases = []Release{{Version: "3.16"}, {Version: "3.15", Issue: 7}, {Version: "3.14", Issue: 8}}
	s.see("python/cpython", reported(7, Readiness{Verdict: "ready", Headline: "3.15.0 beta 2 is ready.",
		News: &ReleaseNews{Release: "3.15.0b2", Entries: 3, Sections: []NewsSection{{"Library", 3}}, Faults: []NewsFault{{"Misc/x.rst", "lost <b>"}},
			Stops: true, Listed: []ReleaseEntry{{"Library", "Library/a.rst", "Fix <it>."}, {"Library", "Library/b.rst", "=1+1"}}},
		ABI: &ReleaseABI{Since: "3.15.0b1", Next: "3.15.0b2", NextAt: "2026-12-08", Frozen: true, Total: 4, StableBy: []int{12},
			Breaks:   []ABIBreak{{PR: 11, Commit: "c", Title: "T", By: []string{"title", "NEWS entry"}, Text: "A <struct>", Approved: "hugovk"}, {Commit: strings.Repeat("d", 40)}, {}},
			Requires: `Python-Requires: >= "3.15.0b2"`, Text: "This is <b>\n"}}))
	return s
}

func TestNews(t *testing.T) {
	s := versionsSite(t)
	const path = "/python/cpython/news"
	s.shows(path, 200, "<h1>NEWS 3.15</h1>", "3.15.0b2 would have 3 NEWS entries. 1 entry would break it or be lost.", "lost &lt;b&gt;",
		"Fix &lt;it&gt;.", "✗ blurb would stop", "1 more isn't shown.", "bot news 3.15.0b2 --preview --repository python/cpython",
		`<option selected>3.15</option>`, "2 hours ago", `href="/python/cpython/abi?version=3.15"`)
	s.shows(path+"?version=3.16", 200, "hasn&#39;t looked at the NEWS entries of 3.16 yet", "The settings name no tracking issue for 3.16")
	s.shows(path+"?version=3.14", 200, "in the nightly sweep, or when something happens there", "https://github.example/python/cpython/issues/8")
	s.shows(path+"?version=2.7", 400, "Choose one of these: 3.16, 3.15, 3.14.")
	var got ofVersion
	s.ok(json.Unmarshal(s.get(path+".json?version=3.15").Body.Bytes(), &got))
	if got.News == nil || got.News.Entries != 3 || got.ABI != nil || got.Release.Issue != 7 || got.Release.Seen.IsZero() {
		t.Errorf("%+v", got)
	}
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][4] != "lost <b>" || rows[3][3] != "'=1+1" {
		t.Errorf("%q: %v", rows, err)
	}
}

func TestABI(t *testing.T) {
	s := versionsSite(t)
	const path = "/python/cpython/abi"
	s.shows(path, 200, "<h1>ABI 3.15</h1>", "4 changes have broken the full ABI since 3.15.0b1. It&#39;s frozen, so each needs the release manager&#39;s "+
		"word. The next release is 3.15.0b2, expected on 2026-12-08.", "A &lt;struct&gt;", "title, NEWS entry", "a NEWS entry</th>", "hugovk approved it",
		"https://github.example/python/cpython/commit/"+strings.Repeat("d", 40), "1 more isn't shown.", "This is &lt;b&gt;",
		"The manifest of the stable ABI was changed by", `href="/python/cpython/news?version=3.15"`)
	s.shows(path+"?version=3.16", 200, "The settings name no tracking issue for 3.16")
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][2] != "11" || rows[3][2] != "" {
		t.Errorf("%q: %v", rows, err)
	}
	// The page of releases leads to both, without their contents.
	s.shows("/python/cpython/releases", 200, `href="/python/cpython/news?version=3.15"`, `href="/python/cpython/abi?version=3.15"`)
	if text := s.get("/python/cpython/releases.json").Body.String(); strings.Contains(text, "Fix") || strings.Contains(text, "announcement") {
		t.Errorf("the page of releases has it all: %s", text)
	}
}

// TestWithoutABI: the bot has looked, and the page says why there's nothing to show. An announcement may be too long to be stored.
func TestWithoutABI(t *testing.T) {
	s := versionsSite(t)
	s.releases[0].Issue = 9
	s.see("python/cpython", reported(8, Readiness{Verdict: "not known", NoABI: "The tag <v> doesn't exist.", News: &ReleaseNews{}}))
	s.see("python/cpython", reported(9, Readiness{Verdict: "not known", ABI: &ReleaseABI{Since: "3.16.0a1", Next: "3.16.0a2"}}))
	s.shows("/python/cpython/abi?version=3.14", 200, `<p class="sentence">The tag &lt;v&gt; doesn&#39;t exist.</p>`, "2 hours ago")
	s.shows("/python/cpython/abi?version=3.16", 200, "No ABI breaks found since 3.16.0a1", "The announcement is too long for this page")
	s.shows("/python/cpython/news?version=3.14", 200, "would have 0 NEWS entries", "No NEWS entries yet.")
	s.shows("/python/cpython/news?version=3.16", 200, "The bot couldn&#39;t read the NEWS entries of 3.16.", "2 hours ago")
	for _, page := range []string{"/abi?version=3.14", "/news?version=3.16"} {
		if text := s.get("/python/cpython" + page).Body.String(); strings.Contains(text, "hasn&#39;t looked") || strings.Contains(text, "The bot looks at") {
			t.Errorf("%s says that the bot hasn't looked: %s", page, text)
		}
	}
}

// TestVersionsBefore: no version lives, as far as anybody knows.
func TestVersionsBefore(t *testing.T) {
	s := newSite(t)
	for _, page := range []string{"news", "abi"} {
		s.shows("/python/cpython/"+page, 404, "knows nothing of this repository")
	}
	s.see("python/cpython", backported(5, day1))
	for _, page := range []string{"news", "abi"} {
		s.shows("/python/cpython/"+page, 200, "The release data lists no supported version.", "The bot reads the release data every day.")
	}
}

// manyEntries is as much as a run stores of a version.
func manyEntries(number int) pull.View {
	n, l := &ReleaseNews{Release: "3.15.0b2", Entries: 500}, &ReleaseABI{Since: "3.15.0b1", Total: 90, Text: strings.Repeat("line\n", 1600)}
	for i := range 120 {
		n.Listed = append(n.Listed, ReleaseEntry{"Core and Builtins", fmt.Sprint(i, strings.Repeat("p", 120)), strings.Repeat("t", 121)})
	}
	for range 30 {
		n.Faults = append(n.Faults, NewsFault{strings.Repeat("p", 120), strings.Repeat("w", 121)})
		l.Breaks = append(l.Breaks, ABIBreak{PR: 1, Commit: strings.Repeat("c", 40), Title: strings.Repeat("t", 121), Text: strings.Repeat("t", 121)})
	}
	v := reported(number, Readiness{Verdict: "ready", News: n, ABI: l})
	v.State = pull.Closed // so that it's in no list
	return v
}
