package gh

import (
	"context"
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Fit is an open pull request, and whether it can be merged into its base.
type Fit struct {
	Number    int
	Conflicts bool
	Unknown   bool // GitHub is at it: ask again
	Labels    []string
}

type fitData struct {
	Number    int
	Mergeable string
	Labels    list[struct{ Name string }]
}

// HasLabel tells whether the pull request bears the label.
func (f Fit) HasLabel(name string) bool { return pull.Summary{Labels: f.Labels}.HasLabel(name) }

// Fits lists all open pull requests, at a request for each hundred.
func (a *App) Fits(ctx context.Context, key pull.Key, installation int64) ([]Fit, error) {
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name,followRenames:false){" +
		"all:pullRequests(states:OPEN,first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{number mergeable labels(first:100){nodes{name}}} " + pageFields + "}}}"
	var found []Fit
	err := eachOf(ctx, a, listing[fitData]{key.Repository(), installation, "open pull requests", query, nil}, func(p fitData) bool {
		fit := Fit{Number: p.Number, Conflicts: p.Mergeable == "CONFLICTING", Unknown: p.Mergeable == "UNKNOWN"}
		for _, l := range p.Labels.Nodes {
			fit.Labels = append(fit.Labels, l.Name)
		}
		found = append(found, fit)
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("listing the open pull requests of %s: %w", key.Repository(), err)
	}
	return found, nil
}

type touchedIssue struct {
	Number    int
	UpdatedAt time.Time
}

// Issues lists the numbers of issues that were touched at Since or later, those
// touched last first, at most max pages of a hundred.
func (a *App) Issues(ctx context.Context, l Listing, max int) ([]int, error) {
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name,followRenames:false){" +
		"all:issues(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{number updatedAt} " + pageFields + "}}}"
	var numbers []int
	err := eachOf(ctx, a, listing[touchedIssue]{l.Repository.Repository(), l.Installation, "issues", query, nil}, func(i touchedIssue) bool {
		if i.UpdatedAt.Before(l.Since) {
			return false
		}
		numbers = append(numbers, i.Number)
		return len(numbers) < 100*max
	})
	if err != nil {
		return nil, fmt.Errorf("listing the issues of %s: %w", l.Repository, err)
	}
	return numbers, nil
}
