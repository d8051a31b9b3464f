package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// List says which pull requests or issues to list.
type List struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	// Base, Labels and States only apply to pull requests.
	Base   string       // the branch they go to; "": any
	Labels []string     // any of them; none: whatever the labels
	States []pull.State // any of them; none: any
	Since  time.Time    // touched then or later
	Pages  int          // most pages of a hundred to request, for each label; 0: all
}

// maxPages is the limit of a list that sets none.
const maxPages = 1000

// Pulls lists pull requests, for each label the most recently touched first. complete is
// false if there may be more than Pages. Pull requests that are touched during the listing
// may be missing; their own events enqueue them.
func (l *Loader) Pulls(ctx context.Context, of List) (found []pull.Summary, complete bool, err error) {
	slug, err := l.app.Slug(ctx)
	if err != nil {
		return nil, false, of.failed(err)
	}
	entry := entryFields{"...Summary" + summaryLabels + "updatedAt", summaryFragment}
	complete, err = eachPull(ctx, l, of, entry, func(d summaryData) { found = append(found, d.summary(slug)) })
	if err != nil {
		return nil, false, err
	}
	return found, complete, nil
}

// Merged lists the pull requests merged at Since or later, the most recently merged first.
func (l *Loader) Merged(ctx context.Context, of List) (found []pull.Summary, complete bool, err error) {
	of.States = []pull.State{pull.Merged}
	all, complete, err := l.Pulls(ctx, of)
	found = slices.DeleteFunc(all, func(s pull.Summary) bool { return s.ClosedAt.Before(of.Since) })
	slices.SortFunc(found, func(a, b pull.Summary) int {
		return cmp.Or(b.ClosedAt.Compare(a.ClosedAt), cmp.Compare(b.Number, a.Number))
	})
	return found, complete, err
}

// Numbers lists the numbers of pull requests, as Pulls does.
func (l *Loader) Numbers(ctx context.Context, of List) (found []int, err error) {
	_, err = eachPull(ctx, l, of, entryFields{"number updatedAt", ""}, func(d summaryData) { found = append(found, d.Number) })
	if err != nil {
		return nil, err
	}
	return found, nil
}

// maxAwaiting limits the pages of Awaiting.
const maxAwaiting = 30

// Awaiting lists the merged pull requests into any branch with any of the labels that were
// touched within pull.AwaitingFor.
func (l *Loader) Awaiting(ctx context.Context, of List, now time.Time) ([]int, error) {
	of.Base, of.States, of.Since, of.Pages = "", []pull.State{pull.Merged}, now.Add(-pull.AwaitingFor), maxAwaiting
	return l.Numbers(ctx, of)
}

// Mergeable lists the open pull requests with their mergeability.
func (l *Loader) Mergeable(ctx context.Context, of List) (found []pull.Mergeability, err error) {
	of.States = []pull.State{pull.Open}
	_, err = eachPull(ctx, l, of, entryFields{"number updatedAt mergeable labels(first:100){nodes{name}}", ""}, func(d summaryData) {
		found = append(found, pull.Mergeability{Number: d.Number, Conflicts: d.Mergeable == "CONFLICTING", Unknown: d.Mergeable == "UNKNOWN",
			Labels: d.labels()})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Issues lists issues' numbers, the most recently touched first.
func (l *Loader) Issues(ctx context.Context, of List) ([]int, error) {
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name,followRenames:false){" +
		"all:issues(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{number updatedAt} " + pageFields + "}}}"
	var numbers []int
	err := eachOf(ctx, l, listing[summaryData]{of.Key, of.Installation, "issues", query, nil}, func(d summaryData) bool {
		if d.UpdatedAt.Before(of.Since) {
			return false
		}
		numbers = append(numbers, d.Number)
		return len(numbers) < of.most()
	})
	if err != nil {
		return nil, fmt.Errorf("listing the issues of %s: %w", of.Key.Repository(), err)
	}
	return numbers, nil
}

func (of List) most() int { return 100 * cmp.Or(of.Pages, maxPages) }

func (of List) failed(err error) error {
	return fmt.Errorf("listing the pull requests of %s: %w", of.Key.Repository(), err)
}

// entryFields select an entry, with the fragments that they use.
type entryFields struct{ selection, fragments string }

// eachPull calls each once for every pull request: one that is touched meanwhile moves to
// the front, and so the last one of a page moves to the next.
func eachPull(ctx context.Context, l *Loader, of List, f entryFields, each func(summaryData)) (complete bool, err error) {
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String,$base:String,$labels:[String!],$states:[PullRequestState!]){" +
		"repository(owner:$owner,name:$name,followRenames:false){" +
		"all:pullRequests(baseRefName:$base,labels:$labels,states:$states,first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC})" +
		"{nodes{" + f.selection + "} " + pageFields + "}}}" + f.fragments
	seen := map[int]bool{}
	complete = true
	for _, variables := range of.variables() {
		left := of.most()
		err := eachOf(ctx, l, listing[summaryData]{of.Key, of.Installation, "pull requests", query, variables}, func(d summaryData) bool {
			if d.UpdatedAt.Before(of.Since) {
				return false
			}
			if !seen[d.Number] {
				seen[d.Number] = true
				each(d)
			}
			left--
			return left > 0
		})
		if err != nil {
			return false, of.failed(err)
		}
		complete = complete && left > 0
	}
	return complete, nil
}

// variables returns those of each query, one for each label, since GitHub's reference
// doesn't say whether several mean "any" or "all".
func (of List) variables() []map[string]any {
	var all []map[string]any
	labels := of.Labels
	if len(labels) == 0 {
		labels = []string{""}
	}
	for _, label := range labels {
		variables := map[string]any{}
		if of.Base != "" {
			variables["base"] = of.Base
		}
		if label != "" {
			variables["labels"] = []string{label}
		}
		var states []string
		for _, s := range of.States {
			states = append(states, strings.ToUpper(string(s)))
		}
		if states != nil {
			variables["states"] = states
		}
		all = append(all, variables)
	}
	return all
}
