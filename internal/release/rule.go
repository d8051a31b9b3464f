package release

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// touchedFor is how long after its last change an issue or pull request with a blocker's
// label enqueues the tracking issues: longer than it takes sweeps to find a change whose
// webhook was lost.
const touchedFor = 2 * time.Hour

// digestFor is how long after its hour a digest may be written: longer than between two
// sweeps. Later, the next one comes soon enough.
const digestFor = 3 * time.Hour

// Rule keeps the readiness and the digest of each version with a tracking issue there. If
// the settings name none, it has no Want.
func Rule(c Config) pull.Rule {
	rule := pull.Rule{Name: "readiness", About: about, Issues: true, Needs: pull.Notes | pull.Events}
	if len(c.Settings.Issues) == 0 {
		return rule
	}
	if c.Frozen != nil {
		rule.Needs |= pull.Comments
	}
	rule.Looks = func(r *pull.Request) pull.Looks {
		if version := c.tracked(r); version != "" {
			look := c.Look(version, r)
			return pull.Looks{Releases: []pull.ReleaseLook{look}, Checked: c.checkedBranches(look)}
		}
		return pull.Looks{}
	}
	rule.Want = c.want
	return rule
}

// tracked is the version of an open tracking issue. Someone who closes it wants no more
// comments there.
func (c *Config) tracked(r *pull.Request) string {
	if !r.Issue || r.State != pull.Open {
		return ""
	}
	return c.Settings.Version(r.Key.Number)
}

func (c *Config) want(r *pull.Request) (want pull.Want) {
	if c.blocks(r) {
		for _, t := range c.Settings.Issues {
			want.Enqueue = append(want.Enqueue, pull.Key{Owner: r.Key.Owner, Repo: r.Key.Repo, Number: t.Issue})
		}
	}
	version := c.tracked(r)
	facts, loaded := r.Releases[version]
	if version == "" || !loaded {
		return want
	}
	facts.Checked = r.Checked[facts.Branch]
	ready := pull.Once(r, judged{version}, func() Readiness { return c.Judge(version, facts, r) })
	want.Notes = []pull.Note{ready.comment()}
	last, next := slot(r.Now, c.Settings.DigestAt)
	want.Again = next
	if note, due := ready.digest(last, r.Notes[digestKey]); due && r.Now.Sub(last) < digestFor {
		want.Notes = append(want.Notes, note)
	}
	want.Report = ready.report()
	return want
}

// judged is the key of a verdict, which reads comments and NEWS entries: once is enough for a
// snapshot.
type judged struct{ version string }

// blocks reports whether a blocker may have changed: it has a blocker's label, or lost it
// lately. Tracking issues don't count, or two that block would enqueue each other for ever.
func (c *Config) blocks(r *pull.Request) bool {
	if r.Now.Sub(r.UpdatedAt) > touchedFor || c.Settings.Version(r.Key.Number) != "" {
		return false
	}
	return slices.ContainsFunc([]string{c.Settings.BlockerLabel, c.Settings.DeferredLabel}, func(label string) bool {
		return r.HasLabel(label) || r.Happened(pull.Unlabeled, label)
	})
}

// slot is when the last digest was due, and when the next one is.
func slot(now time.Time, hour int) (last, next time.Time) {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, time.UTC)
	if due.After(now) {
		return due.AddDate(0, 0, -1), due
	}
	return due, due.AddDate(0, 0, 1)
}
