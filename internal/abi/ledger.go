package abi

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Evidence is what shows that a change breaks the full ABI.
type Evidence string

const (
	ByTitle  Evidence = "title"
	ByCommit Evidence = "commit" // one of a squashed pull request
	ByEntry  Evidence = "NEWS entry"
	ByDump   Evidence = "ABI dump" // it changes the file that describes the ABI
)

// Change is what came to a branch at once: a pull request, or a commit pushed by hand.
type Change struct {
	Commit  string
	Message string
	PR      int // 0: unknown; the message may name it
	// Files that it changes, with the contents of NEWS entries as it left them.
	Files []pull.File
}

// Break is a change that breaks the full ABI.
type Break struct {
	PR     int        `json:"pr"` // 0 if the commit names none
	Commit string     `json:"commit"`
	Title  string     `json:"title"`
	By     []Evidence `json:"by"`
	// Text is what its NEWS entries say, or else the title's words.
	Text []string `json:"text"`
}

// Ledger is what the changes since a release do to the ABI.
type Ledger struct {
	Breaks []Break `json:"breaks"` // oldest first
	// StableBy are the pull requests that changed the stable ABI's manifest.
	StableBy []int `json:"stable_abi_pulls"`
}

// Settings are those of the rules on markers, and where the stable ABI is declared.
type Settings struct {
	ABI  config.ABI
	News config.News
}

// StableManifest declares the stable ABI, in CPython's repository.
const StableManifest = "Misc/stable_abi.toml"

// Read makes the ledger of changes, oldest first. What a later one reverts is left out, and
// an entry counts as it is at the end: markers may be added and removed later.
func Read(set Settings, changes []Change) Ledger {
	b := &book{set: set, markers: newscheck.NewMarkers(set.ABI, set.News), entries: map[string][]version{}}
	for i, c := range changes {
		if c.PR == 0 {
			changes[i].PR = pull.LandedAs(subject(c.Message))
		}
		b.add(i, changes[i])
	}
	b.close()
	return b.ledger
}

// book is a ledger in the making.
type book struct {
	set     Settings
	markers newscheck.Markers
	ledger  Ledger
	found   []record // by change
	entries map[string][]version
	paths   []string // of entries, in the order in which they came
}

// record is a Break, or a change without evidence for one.
type record struct {
	Break
	undone bool // a later change reverts it
}

// version is an entry as a change left it.
type version struct {
	change int
	text   string // what follows the marker
	marked bool
}

func (b *book) add(i int, c Change) {
	title, r := subject(c.Message), readRevert(b.markers, c.Message)
	found := record{Break: Break{PR: c.PR, Commit: c.Commit, Title: title}}
	if !r.takes() {
		title = r.title // what is reverted twice is there again
	}
	if !r.takes() || !b.takesBack(r) {
		found.By = b.evidence(title, c)
	}
	b.found = append(b.found, found)
	b.files(i, c)
}

// evidence is what a change itself shows.
func (b *book) evidence(title string, c Change) (by []Evidence) {
	if b.markers.Title(title) {
		by = append(by, ByTitle)
	} else if slices.ContainsFunc(bodyLines(c.Message), b.markers.Title) {
		by = append(by, ByCommit)
	}
	if slices.ContainsFunc(c.Files, b.dump) {
		by = append(by, ByDump)
	}
	return by
}

// takesBack finds the change that another one reverts. It's false if the ledger has none:
// what an earlier release had was reverted.
func (b *book) takesBack(r revert) bool {
	for i, f := range slices.Backward(b.found) {
		if !f.undone && r.of(f.Commit, f.Title) {
			b.found[i].undone = true
			return true
		}
	}
	return false
}

// dump reports whether a file's change shows that the ABI changed. A new file has nothing
// to differ from.
func (b *book) dump(f pull.File) bool {
	return f.Change == pull.Modified && slices.ContainsFunc(b.set.ABI.Evidence, func(pattern string) bool {
		ok, err := path.Match(pattern, f.Path)
		return ok && err == nil
	})
}

// files takes the entries of a change. A release only moves them into its own file.
func (b *book) files(i int, c Change) {
	released := slices.ContainsFunc(c.Files, func(f pull.File) bool {
		return f.Change == pull.Added && path.Dir(f.Path) == path.Dir(b.set.News.Directory) && strings.HasSuffix(f.Path, ".rst")
	})
	for _, f := range c.Files {
		switch {
		case f.Path == StableManifest && c.PR > 0:
			b.ledger.StableBy = append(b.ledger.StableBy, c.PR)
		case !newscheck.IsEntry(b.set.News, f.Path), f.Change == pull.Removed && released:
		case f.Change == pull.Removed:
			delete(b.entries, f.Path)
		case f.Content != nil:
			v := version{change: i}
			v.text, v.marked = b.markers.Entry(f.Content.Data)
			if b.entries[f.Path] == nil {
				b.paths = append(b.paths, f.Path)
			}
			b.entries[f.Path] = append(b.entries[f.Path], v)
		}
	}
}

// close adds the evidence of entries, each to the change that marked it.
func (b *book) close() {
	for _, file := range b.paths {
		versions := b.entries[file]
		delete(b.entries, file)
		if len(versions) == 0 || !versions[len(versions)-1].marked {
			continue
		}
		first := len(versions) - 1
		for first > 0 && versions[first-1].marked {
			first--
		}
		found := &b.found[versions[first].change]
		if !slices.Contains(found.By, ByEntry) {
			found.By = append(found.By, ByEntry)
		}
		found.Text = append(found.Text, versions[len(versions)-1].text)
	}
	for _, f := range b.found {
		if len(f.By) == 0 || f.undone {
			continue
		}
		if len(f.Text) == 0 {
			f.Text = []string{b.markers.Words(f.Title)}
		}
		b.ledger.Breaks = append(b.ledger.Breaks, f.Break)
	}
	slices.Sort(b.ledger.StableBy)
	b.ledger.StableBy = slices.Compact(b.ledger.StableBy)
}

// subject is a message's summary line.
func subject(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	return strings.TrimSpace(line)
}

// bodyLines are the other lines, without the bullets with which GitHub lists the commits of
// a squashed pull request.
func bodyLines(message string) []string {
	_, body, _ := strings.Cut(message, "\n")
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimSpace(line), "* ")
	}
	return lines
}

// String is a line for logs and tests.
func (b Break) String() string {
	var by []string
	for _, e := range b.By {
		by = append(by, string(e))
	}
	return strconv.Itoa(b.PR) + " " + strings.Join(by, ", ") + ": " + strings.Join(b.Text, "; ")
}
