package release

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// breaks are the changes since the last release that break the full ABI, as bot abi finds
// them; nil if nobody knows which came since.
func (c *Config) breaks(version string, f pull.Release) *[]Break {
	if !f.Later.Reached {
		return nil
	}
	all := []Break{}
	for _, b := range c.branch(version, f.Entries).Ledger(f.Later).Breaks {
		text := oneLine(strings.Join(b.Text, " "))
		all = append(all, Break{PR: b.PR, Commit: b.Commit, Title: oneLine(b.Title), By: b.By, Text: text})
	}
	return &all
}

func (c *Config) branch(version string, entries []pull.File) abi.Branch {
	return abi.Branch{Settings: abi.Settings{ABI: c.ABI, News: c.News}, Version: version, Entries: entries}
}

// news judges the entries as blurb does.
func (r *Readiness) news(set config.News, f pull.Release) {
	if !f.EntriesRead || set.Mode == config.Off {
		return
	}
	all, unread := []Fault{}, 0
	draft := changelog.Judge(set, f.Entries)
	r.changelog(set, draft)
	for _, fault := range draft.Faults {
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
