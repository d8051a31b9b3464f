package release

import (
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// breaks are the changes since the last release that break the full ABI, by their titles
// and messages; nil if nobody knows which came since.
func (c *Config) breaks(f pull.Release) *[]Break {
	if !f.LaterRead {
		return nil
	}
	var changes []abi.Change
	for _, commit := range slices.Backward(f.Later) {
		changes = append(changes, abi.Change{Commit: commit.SHA, Message: commit.Message})
	}
	all := []Break{}
	for _, b := range abi.Read(abi.Settings{ABI: c.ABI, News: c.News}, changes).Breaks {
		all = append(all, Break{PR: b.PR, Commit: b.Commit, Title: oneLine(b.Title)})
	}
	return &all
}

// news judges the entries as blurb does.
func (r *Readiness) news(set config.News, f pull.Release) {
	if !f.EntriesRead {
		return
	}
	all, unread := []Fault{}, 0
	for _, fault := range changelog.Judge(set, f.Entries).Faults {
		if fault.Harm == changelog.Unread {
			unread++
			continue
		}
		all = append(all, Fault{Path: fault.Path, Why: fault.Message})
	}
	if r.Faults = &all; unread > 0 {
		r.doubt(fmt.Sprintf(unreadNews, count(unread, "NEWS entry", "NEWS entries")))
	}
}
