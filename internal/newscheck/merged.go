package newscheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// mergedKey finds the comment again.
	mergedKey = "changelog"
	// lookAgain is how often a faulty entry is checked until it's fixed.
	lookAgain = 24 * time.Hour
	// maxStanding is how many entries of a pull request the rule looks up on the branch.
	maxStanding = 20
)

// Merged is the rule on NEWS entries after the merge: those that "blurb release" would
// stop at, or not find, as long as the branch has them as this pull request brought them.
// Without a calendar or with news in mode off it has no Want.
func Merged(set config.News, calendar func() *lifecycle.Calendar) pull.Rule {
	rule := pull.Rule{
		Name:  "changelog",
		About: aboutMerged,
		Needs: pull.Files | pull.Notes,
		Reads: readsEntry(set),
		Looks: func(r *pull.Request) pull.Looks { return pull.Looks{Blobs: standing(set, r)} },
	}
	if on(set.Mode) && calendar != nil {
		rule.Want = func(r *pull.Request) pull.Want { return wantMerged(set, calendar(), r) }
	}
	return rule
}

// standing are the entries to look up. They're the same before the merge: what was looked
// up with the files then costs no request of its own after it.
func standing(set config.News, r *pull.Request) []string {
	reads := readsEntry(set)
	var blobs []string
	for _, f := range r.Files {
		if f.Change != pull.Removed && reads(r, f.Path) && len(blobs) < maxStanding {
			blobs = append(blobs, r.Base+":"+f.Path)
		}
	}
	return blobs
}

func wantMerged(set config.News, calendar *lifecycle.Calendar, r *pull.Request) pull.Want {
	if r.State != pull.Merged || !maintained(calendar, r) {
		return pull.Want{}
	}
	faults := standingFaults(set, r)
	_, told := r.Notes[mergedKey]
	switch {
	case len(faults) > 0:
		return pull.Want{Notes: []pull.Note{{Key: mergedKey, Body: mergedNote(r, faults)}}, Again: r.Now.Add(lookAgain)}
	case told:
		return pull.Want{Notes: []pull.Note{{Key: mergedKey, Body: noteFixed}}}
	}
	return pull.Want{}
}

// maintained reports whether a branch will have another release.
func maintained(calendar *lifecycle.Calendar, r *pull.Request) bool {
	if r.Base == r.DefaultBranch {
		return true
	}
	b, known := calendar.Branch(r.Base, r.Now)
	return known && b.Phase != lifecycle.EndOfLife
}

// standingFaults are those of entries that are still as the pull request brought them.
func standingFaults(set config.News, r *pull.Request) []changelog.Fault {
	var entries []pull.File
	read := 0
	for _, f := range r.Files {
		if f.Change == pull.Removed || !readable(f.Content) || read+len(f.Content.Data) > maxEntries {
			continue
		}
		read += len(f.Content.Data)
		if id := r.Blobs[r.Base+":"+f.Path]; id != "" && id == pull.BlobID(f.Content.Data, len(id)) {
			entries = append(entries, f)
		}
	}
	return slices.DeleteFunc(changelog.Judge(set, entries).Faults, func(f changelog.Fault) bool { return f.Harm == changelog.Unread })
}

// maxTold bounds the comment.
const maxTold = 20

func mergedNote(r *pull.Request, faults []changelog.Fault) string {
	who := ""
	if !r.Bot && r.Author != "" {
		who = "@" + r.Author + ", "
	}
	effect := effectLost
	if slices.ContainsFunc(faults, func(f changelog.Fault) bool { return f.Harm == changelog.Breaks }) {
		effect = effectBreaks
	}
	var lines []string
	for _, f := range faults[:min(len(faults), maxTold)] {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Message))
	}
	thanks, branch := capital(who+"thank you for this change!"), markdown.Code(r.Base)
	return fmt.Sprintf(noteMerged, thanks, branch, effect, markdown.Fence(strings.Join(lines, "\n")))
}

// capital starts a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
