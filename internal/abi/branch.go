package abi

import (
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Branch is where a version lives, as GitHub shows it: with the entries as they are now, and
// not as each change left them.
type Branch struct {
	set     Settings
	markers newscheck.Markers
	version string
	marked  []pull.File // entries that say that they break the ABI
}

// MaxMarked is how many marked entries of a branch are told apart. Each makes the questions
// heavier.
const MaxMarked = 45

// NewBranch takes all files of the NEWS entries' directory.
func NewBranch(set Settings, version string, entries []pull.File) Branch {
	b := Branch{set: set, markers: newscheck.NewMarkers(set.ABI, set.News), version: version}
	for _, f := range entries {
		if f.Content == nil || !newscheck.IsEntry(set.News, f.Path) {
			continue
		}
		if _, marked := b.markers.Entry(f.Content.Data); marked {
			b.marked = append(b.marked, f)
		}
	}
	return b
}

// Told are the files that tell what a change did to the ABI: the version's dump, the manifest
// of the stable ABI, and marked entries, MaxMarked at most.
func (b Branch) Told() (paths []string) {
	for _, pattern := range b.set.ABI.Evidence { // such as Doc/data/*.abi
		paths = append(paths, path.Clean(strings.Replace(pattern, "*", "python"+b.version, 1)))
	}
	paths = append(paths, StableManifest)
	for _, f := range b.marked[:min(len(b.marked), MaxMarked)] {
		paths = append(paths, f.Path)
	}
	return paths
}

// Ledger is the ledger of what came to the branch since a tag, with the files of Told. It's
// not known if more than MaxMarked entries are marked: nobody told who brought the others.
func (b Branch) Ledger(since pull.Landed) (l Ledger, known bool) {
	if len(b.marked) > MaxMarked {
		return Ledger{}, false
	}
	return Read(b.set, b.changes(since)), true
}

// changes puts together what came. An entry belongs to the change that brought it; one that
// no listed change brought is a change of its own.
func (b Branch) changes(since pull.Landed) (all []Change) {
	there := map[string]bool{}
	for path := range since.Before {
		there[path] = true
	}
	for _, c := range since.Commits {
		change := Change{Commit: c.SHA, Message: c.Message, PR: c.Pull}
		for _, path := range c.Files {
			if slices.ContainsFunc(b.marked, func(f pull.File) bool { return f.Path == path }) {
				continue
			}
			f := pull.File{Path: path, Change: pull.Modified}
			if !there[path] {
				f.Change = pull.Added
			}
			there[path] = true
			change.Files = append(change.Files, f)
		}
		all = append(all, change)
	}
	for _, f := range b.marked {
		f.Change = pull.Added
		if i := b.brought(f.Path, since.Commits, there[f.Path]); i >= 0 {
			all[i].Files = append(all[i].Files, f)
		} else if !there[f.Path] {
			all = append(all, Change{Message: f.Path, Files: []pull.File{f}})
		}
	}
	return all
}

// brought is the change that brought an entry, and not one that only reworded it; -1 if none
// did. There is whether the tag has it.
func (b Branch) brought(path string, commits []pull.LandedCommit, there bool) int {
	found := -1
	for i, c := range commits {
		if !slices.Contains(c.Files, path) {
			continue
		}
		switch r := readRevert(b.markers, c.Message); {
		case !there: // a revert may bring one, too: it says what changes again
			there, found = true, i
		case !r.takes(): // it's reworded
		case found >= 0 && r.of(commits[found].SHA, subject(commits[found].Message)):
			there = false
		case found < 0 && !slices.ContainsFunc(commits[:i], func(c pull.LandedCommit) bool { return r.of(c.SHA, subject(c.Message)) }):
			there = false // what the last release had
		}
	}
	return found
}
