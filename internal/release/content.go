package release

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// ledger is what came since the last release does to the ABI, as bot abi finds it; nil if
// nobody knows.
func (c *Config) ledger(version string, f pull.Release) *abi.Ledger {
	if !f.Later.Reached {
		return nil
	}
	if l, known := c.abiBranch(version, f.Entries).Ledger(f.Later); known {
		return &l
	}
	return nil
}

func (c *Config) abiBranch(version string, entries []pull.File) abi.Branch {
	return abi.NewBranch(abi.Settings{ABI: c.ABI, News: c.News}, version, entries)
}

// breaks are the changes that break the full ABI; nil if nobody knows them.
func breaks(ledger *abi.Ledger) *[]Break {
	if ledger == nil {
		return nil
	}
	all := []Break{}
	for _, b := range ledger.Breaks {
		text := oneLine(strings.Join(b.Text, " "))
		all = append(all, Break{PR: b.PR, Commit: b.Commit, Title: oneLine(b.Title), By: b.By, Text: text})
	}
	return &all
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
