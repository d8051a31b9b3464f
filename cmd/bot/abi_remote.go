package main

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxABIPages limits the commits since a release, in pages of a hundred.
const maxABIPages = 50

// remote asks GitHub. Entries that an older release than the last has moved into its own
// file aren't read.
func (c *abiCmd) remote(ctx context.Context, at tree) (f abiFacts, err error) {
	if err = f.calendar(at.nextOf, c.Since); err != nil {
		return f, misuse(err)
	}
	if f.last == nil {
		return f, nil
	}
	r := at.remote
	set := abi.Settings{ABI: r.rules.ABI, News: r.rules.News}
	landed, err := r.loads.Landed(ctx, snapshot.LandedQuery{
		Key: r.key, Branch: at.branch, Tag: f.last.Tag(), Paths: append(dumps(r.rules.ABI, at.version), abi.StableManifest), Pages: maxABIPages,
	})
	if err != nil {
		return f, err
	}
	if !landed.Tagged {
		return f, fmt.Errorf("finding the tag %s: %s doesn't have it: name another with --since", f.last.Tag(), r.key)
	}
	if !landed.Complete {
		return f, fmt.Errorf("listing the commits since %s: there are more than %d: name a later release with --since, or read a clone",
			f.last.Tag(), 100*maxABIPages)
	}
	entries, err := r.entries(ctx, set, at.branch)
	f.ledger = abi.Read(set, changesOf(landed, entries))
	f.stable = abi.CompareStable(landed.Before[abi.StableManifest], landed.After[abi.StableManifest])
	return f, err
}

// calendar finds the last release in the release data, or takes the named one.
func (f *abiFacts) calendar(of nextOf, since string) (err error) {
	schedule, _ := of.calendar.Schedule(of.version)
	last, any := schedule.Last(of.day) // one expected today hasn't happened
	for _, r := range schedule.Releases {
		if !any || r.Date.After(last.Date) {
			break
		}
		if released, err := abi.ParseRelease(strings.TrimPrefix(r.Tag(), "v")); err == nil {
			f.released = append(f.released, released)
		}
	}
	if since != "" {
		f.last, err = sinceTag(since, of.version)
	} else if n := len(f.released); n > 0 {
		f.last = &f.released[n-1]
	}
	return err
}

// entries are the marked entries of a branch, by the pull request that brought them.
func (r remote) entries(ctx context.Context, set abi.Settings, branch string) (map[int][]pull.File, error) {
	files, err := r.loads.Tree(ctx, snapshot.TreeQuery{Key: r.key, Ref: "refs/heads/" + branch, Directory: set.News.Directory})
	if err != nil {
		return nil, err
	}
	markers := newscheck.NewMarkers(set.ABI, set.News)
	files = slices.DeleteFunc(files, func(f pull.File) bool {
		if f.Content == nil || !newscheck.IsEntry(set.News, f.Path) {
			return true
		}
		_, marked := markers.Entry(f.Content.Data)
		return !marked
	})
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	brought, err := r.loads.Last(ctx, snapshot.LastQuery{Key: r.key, Branch: branch, Paths: paths})
	found := map[int][]pull.File{}
	for _, f := range files {
		f.Change = pull.Added
		found[brought[f.Path]] = append(found[brought[f.Path]], f)
	}
	return found, err
}

// changesOf puts together what came to a branch. Entries of no listed pull request make a
// change of their own.
func changesOf(landed snapshot.Landed, entries map[int][]pull.File) []abi.Change {
	var changes []abi.Change
	seen := map[string]bool{}
	for path := range landed.Before {
		seen[path] = true
	}
	for _, c := range landed.Commits {
		change := abi.Change{Commit: c.SHA, Message: c.Message, PR: c.Pull}
		if c.Pull != 0 {
			change.Files = entries[c.Pull]
			delete(entries, c.Pull)
		}
		for _, path := range c.Files {
			f := pull.File{Path: path, Change: pull.Added}
			if seen[path] {
				f.Change = pull.Modified
			}
			seen[path] = true
			change.Files = append(change.Files, f)
		}
		changes = append(changes, change)
	}
	for _, number := range slices.Sorted(maps.Keys(entries)) {
		changes = append(changes, abi.Change{PR: number, Files: entries[number]})
	}
	return changes
}

// dumps are the files that describe a version's ABI, for patterns such as Doc/data/*.abi.
func dumps(set config.ABI, version string) (paths []string) {
	for _, pattern := range set.Evidence {
		paths = append(paths, path.Clean(strings.Replace(pattern, "*", "python"+version, 1)))
	}
	return paths
}
