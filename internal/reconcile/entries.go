package reconcile

import (
	"context"
	"maps"
	"slices"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Entries are files that a nightly sweep checks on the branches themselves.
type Entries struct {
	Branches  []string
	Directory string
	// Faulty returns the paths of those with a fault, of all files of a branch's directory.
	Faulty func([]pull.File) []string
}

// broughtFaults returns the merged pull requests that brought faulty files to their
// branches: their rule tells them, and by then knows nothing of the sweep. It costs at most
// three requests for each branch. A branch that can't be read now waits for the next night.
func (r *Reconciler) broughtFaults(ctx context.Context, p place) []int {
	if r.Entries == nil {
		return nil
	}
	check := r.Entries(p.rules, p.Repository, r.Now())
	var numbers []int
	for _, branch := range check.Branches {
		files, err := r.Loads.Tree(ctx, snapshot.TreeQuery{
			Key: p.key, Installation: p.installation, Ref: "refs/heads/" + branch, Directory: check.Directory,
		})
		var brought map[string]int
		if err == nil {
			brought, err = r.Loads.Last(ctx, snapshot.LastQuery{
				Key: p.key, Installation: p.installation, Branch: branch, Paths: check.Faulty(files),
			})
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Str("branch", branch).Msg("a sweep can't check a branch's NEWS entries")
			continue
		}
		numbers = append(numbers, slices.Collect(maps.Values(brought))...)
	}
	return numbers
}
