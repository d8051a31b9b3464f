package pick

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	maxPaths   = 5  // conflicting files whose history is read
	maxMissing = 20 // prerequisites to keep
)

// prerequisites are commits that a conflicting pick may need.
type prerequisites struct {
	sha    string
	picked pull.Picked
}

// missing returns the newest commits to the conflicting files that the default branch
// has and the target lacks. They're only hints, so after an error there are none.
func (p *Picker) missing(ctx context.Context, installation int64, key pull.Key, of prerequisites) []pull.Prerequisite {
	var paths []string
	for _, c := range of.picked.Conflicts[:min(len(of.picked.Conflicts), maxPaths)] {
		paths = append(paths, c.Path)
	}
	source, target := of.sha+"^", "refs/heads/"+of.picked.Branch
	all, err := p.Loads.History(ctx, snapshot.HistoryRequest{Key: key, Installation: installation, Revisions: []string{source, target},
		Paths: paths})
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("looking for prerequisites of a conflict")
		return nil
	}
	var missing []pull.Prerequisite
	for _, path := range paths {
		for _, c := range lacking(all[source][path], all[target][path]) {
			if !slices.ContainsFunc(missing, func(m pull.Prerequisite) bool { return m.SHA == c.SHA }) && len(missing) < maxMissing {
				missing = append(missing, pull.Prerequisite{SHA: c.SHA, Subject: c.Subject, Number: c.Number})
			}
		}
	}
	return missing
}

// lacking returns the commits of one branch that another doesn't have, neither
// themselves nor as backports. GitHub's lists are limited: commits older than the other
// branch's last listed one are left out.
func lacking(from, other []snapshot.PathCommit) []snapshot.PathCommit {
	has := map[string]bool{}
	var oldest time.Time
	for _, c := range other {
		has[c.SHA], has[backport.BareSubject(c.Subject)] = true, true
		for _, sha := range backport.PickedFrom(c.Message) {
			has[sha] = true
		}
		if oldest.IsZero() || c.At.Before(oldest) {
			oldest = c.At
		}
	}
	var out []snapshot.PathCommit
	for _, c := range from {
		if !has[c.SHA] && !has[backport.BareSubject(c.Subject)] && !c.At.Before(oldest) {
			out = append(out, c)
		}
	}
	return out
}
