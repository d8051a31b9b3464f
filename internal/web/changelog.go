package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/pull"
)

// ReleaseNews is what the changelog of the next release will say. It's what package release
// reports.
type ReleaseNews struct {
	Release  string         `json:"release,omitempty"` // as blurb names it; "" if none is planned
	Entries  int            `json:"entries"`
	Sections []NewsSection  `json:"sections,omitempty"`
	Faults   []NewsFault    `json:"faults,omitempty"`
	Stops    bool           `json:"stops,omitempty"`  // blurb would write no changelog
	Listed   []ReleaseEntry `json:"listed,omitempty"` // the first entries, in the order of the changelog
}

// NewsSection is how many entries a section has.
type NewsSection struct {
	Section string `json:"section"`
	Entries int    `json:"entries"`
}

// NewsFault is an entry that would break the release or be lost.
type NewsFault struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// ReleaseEntry is the beginning of a NEWS entry.
type ReleaseEntry struct {
	Section string `json:"section"`
	Path    string `json:"path"`
	Text    string `json:"text"`
}

// ReleaseABI is what has become of the full ABI since the last release.
type ReleaseABI struct {
	Since    string     `json:"since"`
	Next     string     `json:"next,omitempty"` // the next release, and its day
	NextAt   string     `json:"next_at,omitempty"`
	Frozen   bool       `json:"frozen,omitempty"`
	Breaks   []ABIBreak `json:"breaks,omitempty"` // the first ones of Total
	Total    int        `json:"total"`
	StableBy []int      `json:"stable_abi_pulls,omitempty"` // changed the manifest of the stable ABI
	Requires string     `json:"python_requires,omitempty"`
	// Text is the announcement; "" if no release is planned, or if it's too long.
	Text string `json:"announcement,omitempty"`
}

// ABIBreak is a change that breaks the full ABI.
type ABIBreak struct {
	PR     int      `json:"number,omitempty"`
	Commit string   `json:"commit"`
	Title  string   `json:"title"`
	By     []string `json:"by"` // what shows it
	Text   string   `json:"text"`
	// Approved is the login of the release manager who let it break the frozen ABI.
	Approved string `json:"approved_by,omitempty"`
}

// ofVersion is a page about the next release of a version.
type ofVersion struct {
	Repository string       `json:"repository"`
	Version    string       `json:"version,omitempty"`
	Release    *Release     `json:"release,omitempty"` // with when GitHub was asked
	News       *ReleaseNews `json:"news,omitempty"`
	ABI        *ReleaseABI  `json:"abi,omitempty"`
	NoABI      string       `json:"no_abi,omitempty"` // why there's none, if the bot has looked

	Versions []string `json:"-"` // that live, newest first
}

// version finds what's stored about the version in the address, or else about the newest one
// of which something is.
func (p *Pages) version(a *asked) (o ofVersion, err error) {
	key, err := p.known(a)
	if err != nil {
		return o, err
	}
	o = ofVersion{Repository: key.String(), Version: a.FormValue("version")}
	all, err := p.Releases(a.Context(), key)
	if err != nil {
		return o, err
	}
	for i := range all {
		o.Versions = append(o.Versions, all[i].Version)
	}
	if o.Version != "" && !slices.Contains(o.Versions, o.Version) {
		return o, wrong("version", o.Version, o.Versions)
	}
	return o, o.choose(p, a, key, all)
}

func (o *ofVersion) choose(p *Pages, a *asked, key pull.Key, all []Release) error {
	named := o.Version
	for i := range all {
		r := &all[i]
		if named != "" && r.Version != named {
			continue
		}
		if err := p.judged(a, key, r); err != nil {
			return err
		}
		if o.Release == nil || o.News == nil && o.ABI == nil && (r.News != nil || r.ABI != nil) {
			o.News, o.ABI, o.NoABI, o.Version = r.News, r.ABI, r.NoABI, r.Version
			r.Readiness = Readiness{Next: r.Next, NextAt: r.NextAt}
			o.Release = r
		}
	}
	return nil
}

func (p *Pages) news(a *asked) (page, error) {
	o, err := p.version(a)
	if err != nil {
		return page{}, err
	}
	o.ABI, o.NoABI = nil, ""
	table := [][]string{{"version", "section", "path", "text", "fault"}}
	sentence := o.nothing("NEWS entries")
	if n := o.News; n != nil {
		for _, f := range n.Faults {
			table = append(table, []string{o.Version, "", f.Path, "", f.Why})
		}
		for _, e := range n.Listed {
			table = append(table, []string{o.Version, e.Section, e.Path, e.Text, ""})
		}
		sentence = n.sentence(o.Version)
	}
	return page{name: "news", Title: strings.TrimSpace("NEWS " + o.Version), Sentence: sentence, Repository: o.Repository, Place: "release", Data: o,
		table: table}, nil
}

// nothing says that nothing is stored.
func (o ofVersion) nothing(of string) string {
	switch {
	case o.Version == "":
		return "The release data lists no supported version."
	case o.NoABI != "":
		return o.NoABI
	case !o.Release.Seen.IsZero():
		return fmt.Sprintf("The bot couldn't read the %s of %s.", of, o.Version)
	}
	return fmt.Sprintf("The bot hasn't looked at the %s of %s yet.", of, o.Version)
}

func (n ReleaseNews) sentence(version string) string {
	release := n.Release
	if release == "" {
		release = "The next release of " + version
	}
	text := fmt.Sprintf("%s would have %s.", release, english.Plural(n.Entries, "NEWS entry", "NEWS entries"))
	if len(n.Faults) > 0 {
		text += fmt.Sprintf(" %s would break it or be lost.", english.Plural(len(n.Faults), "entry", "entries"))
	}
	return text
}

// More is how many entries aren't listed.
func (n ReleaseNews) More() int { return n.Entries - len(n.Listed) }

func (p *Pages) abi(a *asked) (page, error) {
	o, err := p.version(a)
	if err != nil {
		return page{}, err
	}
	o.News = nil
	table := [][]string{{"version", "since", "number", "commit", "shown_by", "title", "text"}}
	sentence := o.nothing("ABI")
	if l := o.ABI; l != nil {
		for _, b := range l.Breaks {
			number := ""
			if b.PR > 0 {
				number = fmt.Sprint(b.PR)
			}
			table = append(table, []string{o.Version, l.Since, number, b.Commit, strings.Join(b.By, ", "), b.Title, b.Text})
		}
		sentence = l.sentence()
	}
	return page{name: "abi", Title: strings.TrimSpace("ABI " + o.Version), Sentence: sentence, Repository: o.Repository, Place: "release", Data: o,
		table: table}, nil
}

func (l ReleaseABI) sentence() string {
	text := fmt.Sprintf("No change since %s is known to break the full ABI.", l.Since)
	if l.Total > 0 {
		text = fmt.Sprintf("%s the full ABI since %s.", english.Plural(l.Total, "change has broken", "changes have broken"), l.Since)
	}
	if l.Frozen && l.Total > 0 {
		text += " It's frozen, so each needs the release manager's word."
	}
	if l.Next != "" {
		text += fmt.Sprintf(" The next release is %s, expected on %s.", l.Next, l.NextAt)
	}
	return text
}

// More is how many breaks aren't listed.
func (l ReleaseABI) More() int { return l.Total - len(l.Breaks) }
