package release

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Shown is what pages show of it.
type Shown struct {
	Verdict  Verdict `json:"verdict"`
	Headline string  `json:"headline"`
	// Next is the release that the verdict is about; "" if none is planned.
	Next    string    `json:"next_release,omitempty"`
	NextAt  time.Time `json:"next_release_at,omitzero"`
	Reasons []string  `json:"reasons,omitempty"`
	Unknown []string  `json:"unknown,omitempty"`
	Notes   []string  `json:"notes,omitempty"`
	Tables  []Table   `json:"tables,omitempty"`
	News    *News     `json:"news,omitempty"`   // if the entries could be read
	ABI     *ABI      `json:"abi,omitempty"`    // if what came since the last release is known
	NoABI   string    `json:"no_abi,omitempty"` // why it isn't
}

// News is what the changelog of the next release will say.
type News struct {
	Release  string         `json:"release,omitempty"` // as blurb names it; "" if none is planned
	Entries  int            `json:"entries"`
	Sections []SectionCount `json:"sections,omitempty"`
	Faults   []Fault        `json:"faults,omitempty"`
	Stops    bool           `json:"stops,omitempty"` // blurb would write no changelog
	// Listed are the first entries, in the order of the changelog, at most maxEntries.
	Listed []ShownEntry `json:"listed,omitempty"`
}

// SectionCount is how many entries a section has.
type SectionCount struct {
	Section string `json:"section"`
	Entries int    `json:"entries"`
}

// ShownEntry is the beginning of a NEWS entry.
type ShownEntry struct {
	Section string `json:"section"`
	Path    string `json:"path"`
	Text    string `json:"text"`
}

// ABI is what has become of the full ABI since the last release.
type ABI struct {
	Since  string `json:"since"`          // the last release
	Next   string `json:"next,omitempty"` // the next one, and when; "" if none is planned
	NextAt string `json:"next_at,omitempty"`
	Frozen bool   `json:"frozen,omitempty"`
	// Breaks are the first ones, at most maxRows, of Total.
	Breaks   []Break `json:"breaks,omitempty"`
	Total    int     `json:"total"`
	StableBy []int   `json:"stable_abi_pulls,omitempty"` // changed the manifest of the stable ABI
	Requires string  `json:"python_requires,omitempty"`
	// Text is the announcement; "" if no release is planned, or if it's too long.
	Text string `json:"announcement,omitempty"`
}

// maxEntries limits News.Listed, and maxAnnouncement ABI.Text, in bytes of JSON, where some
// characters have six.
const maxEntries, maxAnnouncement = 120, 8 << 10

// changelog is what pages show of the NEWS entries.
func (r *Readiness) changelog(set config.News, d changelog.Draft) {
	n := &News{Entries: len(d.Entries), Stops: d.Unwritten}
	for _, e := range d.Entries {
		if last := len(n.Sections) - 1; last >= 0 && n.Sections[last].Section == e.Section {
			n.Sections[last].Entries++
		} else {
			n.Sections = append(n.Sections, SectionCount{e.Section, 1})
		}
		if len(n.Listed) < maxEntries {
			path := strings.TrimPrefix(e.Path, set.Directory+"/")
			n.Listed = append(n.Listed, ShownEntry{e.Section, oneLine(path), oneLine(strings.Join(strings.Fields(e.Text), " "))})
		}
	}
	for _, f := range d.Faults[:min(len(d.Faults), maxRows)] {
		n.Faults = append(n.Faults, Fault{oneLine(f.Path), oneLine(f.Message)})
	}
	r.shownNews = n
}

// showABI takes what pages show of the ABI, with a text for the announcement.
func (c *Config) showABI(r *Readiness, found *abi.Ledger, now time.Time) {
	scheme, known := lifecycle.SchemeNamed("pep602")
	if r.noABI = r.unread(); found == nil || r.Last == nil || !known {
		return
	}
	last, err := abi.ParseRelease(strings.TrimPrefix(r.Last.Tag, "v"))
	schedule, is := abi.Source{Scheme: scheme, Data: c.Backport.Calendar()}.Calendar(r.Version, nil, now)
	if err != nil || !is {
		return
	}
	a := abi.Announcement{Scheme: scheme, Last: &last, Breaks: found.Breaks,
		Coming: abi.Coming(scheme, schedule, &last, len(found.Breaks) > 0)}
	shown := &ABI{Since: last.String(), Frozen: r.frozen, Breaks: (*r.Breaks)[:min(len(*r.Breaks), maxRows)], Total: len(*r.Breaks),
		StableBy: found.StableBy[:min(len(found.StableBy), maxRows)], Requires: a.Requires()}
	if len(a.Coming) > 0 {
		shown.Next, shown.NextAt = a.Coming[0].String(), day(a.Coming[0].Date)
	}
	text := a.String()
	if inJSON, err := json.Marshal(text); err == nil && len(inJSON) <= maxAnnouncement {
		shown.Text = text
	}
	r.shownABI, r.noABI = shown, ""
}

// unread says why nobody knows what came since the last release.
func (r *Readiness) unread() string {
	switch {
	case r.Last == nil:
		return fmt.Sprintf(noReleaseYet, r.Version)
	case r.Last.SHA == "":
		return fmt.Sprintf(noTag, r.Last.Tag)
	}
	return fmt.Sprintf(unreadChanges, r.Last.Tag)
}

// Shown returns what pages show, with up to so many rows of each table.
func (r Readiness) Shown(rows int) Shown {
	tables := r.Tables()
	for i, t := range tables {
		if len(t.Rows) > rows {
			tables[i].Rows, tables[i].Note = t.Rows[:rows], "The others aren't shown here."
		}
		tables[i].Note = uncoded(tables[i].Note)
	}
	shown := Shown{Verdict: r.Verdict, Headline: r.Headline(), Reasons: r.Reasons, Notes: r.Notes, Tables: tables, NoABI: r.noABI}
	if r.Next != nil {
		shown.Next = r.Next.Name
		shown.NextAt, _ = time.Parse(time.DateOnly, r.Next.Date) // as planned wrote it
	}
	for _, what := range r.Unknown {
		shown.Unknown = append(shown.Unknown, uncoded(what))
	}
	return shown
}

// uncoded is a sentence without Markdown's code.
func uncoded(text string) string { return strings.ReplaceAll(text, "`", "") }

const (
	// maxReport limits the report for pages, in bytes, and maxTables the part that shows
	// readiness itself.
	maxReport, maxTables = 64 << 10, 24 << 10
)

// report is what pages show, as JSON.
func (r Readiness) report() []byte {
	shown := r.Shown(maxRows)
	text, err := json.Marshal(shown)
	for rows := maxRows / 2; err == nil && len(text) > maxTables; rows /= 2 {
		shown = r.Shown(rows)
		if text, err = json.Marshal(shown); rows == 0 {
			break
		}
	}
	for n := maxEntries; n > 0; n /= 2 {
		shown.News, shown.ABI = r.shownNews.first(n), r.shownABI.first(n)
		if whole, err := json.Marshal(shown); err == nil && len(whole) <= maxReport {
			return whole
		}
	}
	return text
}

// first has up to so many entries and faults.
func (n *News) first(most int) *News {
	if n == nil {
		return nil
	}
	some := *n
	some.Listed, some.Faults = n.Listed[:min(len(n.Listed), most)], n.Faults[:min(len(n.Faults), most)]
	return &some
}

// first has up to so many breaks.
func (a *ABI) first(most int) *ABI {
	if a == nil {
		return nil
	}
	some := *a
	some.Breaks = a.Breaks[:min(len(a.Breaks), most)]
	return &some
}
