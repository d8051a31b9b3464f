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
	Settings
	Version string
	Entries []pull.File // all files of the NEWS entries' directory
}

// maxTold bounds Branch.Told: each file makes the question heavier.
const maxTold = 25

// Told are the files that tell what a change did to the ABI: the version's dump, the manifest
// of the stable ABI, and marked entries.
func (b Branch) Told() (paths []string) {
	for _, pattern := range b.ABI.Evidence { // such as Doc/data/*.abi
		paths = append(paths, path.Clean(strings.Replace(pattern, "*", "python"+b.Version, 1)))
	}
	paths = append(paths, StableManifest)
	for _, f := range b.marked() {
		paths = append(paths, f.Path)
	}
	return paths[:min(len(paths), maxTold)]
}

// marked are the entries that say that they break the ABI.
func (b Branch) marked() (all []pull.File) {
	markers := newscheck.NewMarkers(b.ABI, b.News)
	for _, f := range b.Entries {
		if f.Content == nil || !newscheck.IsEntry(b.News, f.Path) {
			continue
		}
		if _, marked := markers.Entry(f.Content.Data); marked {
			all = append(all, f)
		}
	}
	return all
}

// Ledger is the ledger of what came to the branch since a tag.
func (b Branch) Ledger(since pull.Landed) Ledger { return Read(b.Settings, b.changes(since)) }

// changes puts together what came. An entry belongs to the change that brought it; one that
// no listed change brought is a change of its own.
func (b Branch) changes(since pull.Landed) (all []Change) {
	there := map[string]bool{}
	for path := range since.Before {
		there[path] = true
	}
	entries := b.marked()
	for _, c := range since.Commits {
		change := Change{Commit: c.SHA, Message: c.Message, PR: c.Pull}
		for _, path := range c.Files {
			if slices.ContainsFunc(entries, func(f pull.File) bool { return f.Path == path }) {
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
	for _, f := range entries {
		f.Change = pull.Added
		if i := b.brought(f.Path, since.Commits); i >= 0 {
			all[i].Files = append(all[i].Files, f)
		} else if !there[f.Path] {
			all = append(all, Change{Message: f.Path, Files: []pull.File{f}})
		}
	}
	return all
}

// brought is the change that brought an entry, and not one that reworded it; -1 if none did.
// A revert takes an entry away, or brings it back.
func (b Branch) brought(path string, commits []pull.LandedCommit) int {
	markers := newscheck.NewMarkers(b.ABI, b.News)
	found, ends := -1, true
	for i, c := range commits {
		if !slices.Contains(c.Files, path) {
			continue
		}
		_, reverts := markers.Reverted(subject(c.Message))
		if ends || reverts {
			found = i
		}
		ends = reverts
	}
	return found
}
