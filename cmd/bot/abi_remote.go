package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
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
	set := abi.Branch{Settings: abi.Settings{ABI: r.rules.ABI, News: r.rules.News}, Version: at.version}
	set.Entries, err = r.loads.Tree(ctx, snapshot.TreeQuery{Key: r.key, Ref: "refs/heads/" + at.branch, Directory: r.rules.News.Directory})
	if err != nil {
		return f, err
	}
	landed, err := r.loads.Landed(ctx, snapshot.LandedQuery{
		Key: r.key, Branch: at.branch, Tag: f.last.Tag(), Paths: set.Told(), Compared: []string{abi.StableManifest}, Pages: maxABIPages,
	})
	if err != nil {
		return f, err
	}
	if !landed.Tagged {
		return f, fmt.Errorf("finding the tag %s: %s doesn't have it: name another with --since", f.last.Tag(), r.key)
	}
	if landed.Hidden {
		return f, fmt.Errorf("listing the commits since %s: GitHub leaves some of them out: try again later, or read a clone", f.last.Tag())
	}
	if !landed.Complete {
		return f, fmt.Errorf("listing the commits since %s: there are more than %d: name a later release with --since, or read a clone",
			f.last.Tag(), 100*maxABIPages)
	}
	f.ledger = set.Ledger(landed)
	f.stable = abi.CompareStable(landed.Before[abi.StableManifest], landed.After[abi.StableManifest])
	return f, nil
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
