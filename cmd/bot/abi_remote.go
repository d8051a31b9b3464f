package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxABICommits limits the commits since a release.
const maxABICommits = 5000

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
	entries, err := r.loads.Tree(ctx, snapshot.TreeQuery{Key: r.key, Ref: "refs/heads/" + at.branch, Directory: r.rules.News.Directory})
	if err != nil {
		return f, err
	}
	branch := abi.NewBranch(abi.Settings{ABI: r.rules.ABI, News: r.rules.News}, at.version, entries)
	landed, err := r.loads.Landed(ctx, snapshot.LandedQuery{
		Key: r.key, Branch: at.branch, Tag: f.last.Tag(), Paths: branch.Told(), Compared: []string{abi.StableManifest}, Commits: maxABICommits,
	})
	if err != nil {
		return f, err
	}
	if err := landedError(landed, f.last.Tag(), at); err != nil {
		return f, err
	}
	known := false
	if f.ledger, known = branch.Ledger(landed); !known {
		return f, fmt.Errorf("reading the NEWS entries of %s: more than %d say that they break the ABI: read a clone", at.branch, abi.MaxMarked)
	}
	f.stable = abi.CompareStable(landed.Before[abi.StableManifest], landed.After[abi.StableManifest])
	return f, nil
}

// landedError says why nobody knows all that came since a tag.
func landedError(landed pull.Landed, tag string, at tree) error {
	switch {
	case !landed.Tagged:
		return fmt.Errorf("finding the tag %s: %s doesn't have it: name another with --since", tag, at.remote.key)
	case landed.Hidden:
		return fmt.Errorf("listing the commits since %s: GitHub leaves some of them out: try again later, or read a clone", tag)
	case !landed.Complete:
		return fmt.Errorf("listing the commits since %s: there are more than %d, or as many changes of one file: "+
			"name a later release with --since, or read a clone", tag, maxABICommits)
	case !landed.Reached:
		return fmt.Errorf("listing the commits since %s: it isn't part of %s: name another with --since, or read a clone", tag, at.branch)
	}
	return nil
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
