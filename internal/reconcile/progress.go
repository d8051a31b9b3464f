package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Stage is what background work does to pull requests.
type Stage string

// A sweep first checks pull requests. Those that need something are updated, as are
// those that a rule or a check for conflicts comes back to, thousands on the day of a
// new branch.
const (
	StageCheck  Stage = "check"
	StageUpdate Stage = "update"
)

// few is the size below which background work isn't worth a word.
const few = 20

// Progress is how far background work on a repository's pull requests has come.
type Progress struct {
	Repository  pull.Key
	Stage       Stage
	Done, Total int
	Ends        time.Time // expected from how long it has taken so far
	left        time.Duration
}

func (p Progress) String() string {
	verb := map[Stage]string{StageCheck: "checking", StageUpdate: "updating"}[p.Stage]
	return fmt.Sprintf("%s %s: %d of %d done, %s left", verb, p.Repository, p.Done, p.Total, roughly(p.left))
}

// roughly formats a duration as coarsely as it's known.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return "about a minute"
	case d < 90*time.Minute:
		return fmt.Sprintf("about %d minutes", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("about %d hours", int(d.Round(time.Hour).Hours()))
}

// Backlog is what a database knows of work that isn't done, by any process.
type Backlog interface {
	Batches(ctx context.Context, causes ...string) ([]queue.Batch, error)
	NotesOfPending(ctx context.Context, prefix string) (map[string][]byte, error)
}

// InProgress returns background work on at least 20 pull requests. It asks only the
// database.
func InProgress(ctx context.Context, from Backlog, pace config.Sweep, now time.Time) ([]Progress, error) {
	var all []Progress
	sweeps, err := from.NotesOfPending(ctx, sweepNote+"/")
	if err != nil {
		return nil, err
	}
	for name, note := range sweeps {
		key, err := pull.ParseKey(name)
		var state sweepState
		if err != nil || json.Unmarshal(note, &state) != nil || state.Running == nil {
			continue // a sweep that can't be read starts over
		}
		round := state.Running
		all = append(all, expect(Progress{
			Repository: key, Stage: StageCheck, Done: max(round.Total-len(round.Left), 0), Total: max(round.Total, len(round.Left)),
		}, pace, now, round.Started))
	}
	batches, err := from.Batches(ctx, sweepCause, againCause, mergeableNote)
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		repository, pulls := strings.CutSuffix(b.Prefix, "#")
		key, err := pull.ParseKey(repository)
		if err == nil && pulls {
			all = append(all, expect(Progress{Repository: key, Stage: StageUpdate, Done: b.Done, Total: b.Done + b.Left}, pace, now, b.Since))
		}
	}
	all = slices.DeleteFunc(all, func(p Progress) bool { return p.Total < few })
	slices.SortFunc(all, func(a, b Progress) int {
		return strings.Compare(a.Repository.String()+string(a.Stage), b.Repository.String()+string(b.Stage))
	})
	return all, nil
}

// measurable is how long work must have gone on for its speed to be known: it goes in
// bursts.
const measurable = 10 * time.Minute

// expect estimates when work ends: at its speed so far, or at first at that of the
// settings, if this is lower.
func expect(p Progress, pace config.Sweep, now, since time.Time) Progress {
	left := p.Total - p.Done
	p.left = time.Duration(left) * time.Minute / time.Duration(max(1, pace.PullRequestsPerMinute))
	if took := now.Sub(since); p.Done > 0 && took > 0 {
		measured := time.Duration(float64(took) / float64(p.Done) * float64(left))
		if took > measurable || measured > p.left {
			p.left = measured
		}
	}
	p.Ends = now.Add(p.left)
	return p
}
