package pick

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	maxPaths   = 5  // conflicting files whose history is looked at
	maxMissing = 20 // prerequisites that are kept
)

// prerequisites are asked for of a picked commit and its conflict.
type prerequisites struct {
	sha    string
	picked pull.Picked
}

// missing are the newest commits of the default branch to the conflicting files
// that the target lacks. They are a help, so that errors only leave them out.
func (p *Picker) missing(ctx context.Context, installation int64, key pull.Key, of prerequisites) []pull.Prerequisite {
	var paths []string
	for _, c := range of.picked.Conflicts[:min(len(of.picked.Conflicts), maxPaths)] {
		paths = append(paths, c.Path)
	}
	source, target := of.sha+"^", "refs/heads/"+of.picked.Branch
	all, err := p.GitHub.History(ctx, gh.HistoryRequest{Key: key, Installation: installation, Revisions: []string{source, target}, Paths: paths})
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

// lacking are the commits of one branch that another does not have, neither
// themselves nor as a backport. Lists are as long as GitHub gives them: older
// commits than the other's last are not judged.
func lacking(from, other []gh.Commit) []gh.Commit {
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
	var out []gh.Commit
	for _, c := range from {
		if !has[c.SHA] && !has[backport.BareSubject(c.Subject)] && !c.At.Before(oldest) {
			out = append(out, c)
		}
	}
	return out
}
