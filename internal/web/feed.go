package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// maxEntries bounds a feed: the newest.
const maxEntries = 50

// The elements of an Atom feed (RFC 4287).
type (
	feed struct {
		XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string     `xml:"id"`
		Title   string     `xml:"title"`
		Updated string     `xml:"updated"`
		Links   []feedLink `xml:"link"`
		Entries []entry    `xml:"entry"`
	}
	feedLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	entry struct {
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Link    feedLink `xml:"link"`
		Summary string   `xml:"summary"`
	}
)

// stagesFeed answers with the pull requests that a page of stages shows, those first that
// came last: what newly waits.
func (p *Pages) stagesFeed(w http.ResponseWriter, r *http.Request) {
	a := &asked{Request: r, format: "html"}
	var o ofStages
	err := p.admit(a)
	if err == nil {
		o, err = p.stagesOf(a)
	}
	if err != nil {
		p.fault(w, a, err)
		return
	}
	title := o.Repository + ": what waits"
	if o.Stage != "" {
		title += ", " + o.Stage
	}
	if o.Person != "" {
		title += " for " + o.Person
	}
	filters := url.Values{"stage": {o.Stage}, "person": {o.Person}}.Encode()
	all := feed{ID: p.tag(o.Repository, "stages?"+filters), Title: title, Links: []feedLink{
		{"self", "application/atom+xml", "/" + o.Repository + "/stages.atom?" + filters},
		{"alternate", "text/html", "/" + o.Repository + "/stages?" + filters},
	}}
	for _, w := range o.Pulls {
		all.Entries = append(all.Entries, p.entry(o.Repository, w))
	}
	p.serveFeed(w, a, all)
}

// entry is a pull request that waits. It has an id of its own for each time that it came
// to a stage.
func (p *Pages) entry(repository string, w waiter) entry {
	return entry{
		ID:    p.tag(repository, fmt.Sprintf("pull/%d/%s/%d", w.Number, url.PathEscape(w.Stage), w.Since.Unix())),
		Title: fmt.Sprintf("#%d %s", w.Number, w.Title), Updated: exact(w.Since), Author: or(w.Author, "unknown"),
		Link: feedLink{"alternate", "text/html", p.github(repository, "pull", w.Number)}, Summary: w.summary(),
	}
}

// serveFeed answers with the newest entries of a feed, those first that came last.
func (p *Pages) serveFeed(w http.ResponseWriter, a *asked, all feed) {
	slices.SortStableFunc(all.Entries, func(x, y entry) int { return strings.Compare(y.Updated, x.Updated) })
	all.Entries = all.Entries[:min(len(all.Entries), maxEntries)]
	all.Updated = exact(time.Unix(0, 0))
	if len(all.Entries) > 0 {
		all.Updated = all.Entries[0].Updated
	}
	out := bytes.NewBufferString(xml.Header)
	if err := xml.NewEncoder(out).Encode(all); err != nil {
		p.fault(w, a, fmt.Errorf("writing a feed: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Write(out.Bytes()) // a reader that has gone away needs no error
}

// summary says what a pull request waits for.
func (w waiter) summary() string {
	text := strings.ToUpper(w.Stage[:1]) + w.Stage[1:]
	switch {
	case len(w.People) > 0:
		return fmt.Sprintf("%s: it waits for %s.", text, english.WordSeries(w.People, "and"))
	case w.Turn != "":
		return fmt.Sprintf("%s: it waits for %s.", text, w.Turn)
	}
	return text + "."
}

// tag is an id for something of a repository, wherever the pages are (RFC 4151).
func (p *Pages) tag(repository, what string) string {
	host := "github.com"
	if u, err := url.Parse(p.ServerURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + ",2026:" + repository + "/" + what
}
