package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// functions are what templates can call.
func (p *Pages) functions() template.FuncMap {
	return template.FuncMap{
		"ago": p.ago, "until": p.until, "exact": exact, "plural": plural, "symbol": symbol, "short": short, "page": pageOf, "day": day,
		"wordy": wordy, "issue": p.issue, "github": p.github, "commit": inCommit, "pulls": inPulls,
	}
}

// ago is how long ago something was: "3 minutes ago". GitHub's clock may be ahead.
func (p *Pages) ago(at time.Time) string {
	if d := p.Now().Sub(at); d >= time.Minute {
		return span(d) + " ago"
	}
	return "just now"
}

// until is when something will be: "in 2 days".
func (p *Pages) until(at time.Time) string {
	if d := at.Sub(p.Now()); d >= time.Minute {
		return "in " + span(d)
	}
	return "now"
}

// span is a length of time in one unit: days from a day on.
func span(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Minute:
		return plural(int(d.Seconds()), "second")
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute")
	case d < 24*time.Hour:
		return plural(int(d.Hours()), "hour")
	}
	return plural(int(d.Hours()/24), "day")
}

// plural is a number with its noun, for templates too.
func plural(n int, word string) string { return english.Plural(n, word, "") }

// exact is a time in UTC to the second.
func exact(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// day is a date: "28 November 2026".
func day(at time.Time) string { return at.UTC().Format("2 January 2006") }

// github is the address of a page on GitHub.
func (p *Pages) github(parts ...any) string {
	address := strings.TrimSuffix(p.ServerURL, "/")
	for _, part := range parts {
		for _, piece := range strings.Split(fmt.Sprint(part), "/") {
			address += "/" + url.PathEscape(piece)
		}
	}
	return address
}

// symbol is a sign for a state, beside its word.
func symbol(state string) string {
	switch state {
	case "success", "merged", "already there", "ok":
		return "✓"
	case "failure", "conflict", "error":
		return "✗"
	case "not allowed", "closed":
		return "–"
	}
	return "•"
}

// pageOf is the address of a pull request's page.
func pageOf(key string) string { return "/" + strings.Replace(key, "#", "/pull/", 1) }
