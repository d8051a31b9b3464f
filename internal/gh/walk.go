package gh

import (
	"context"
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Walk says which pull requests to list.
type Walk struct {
	Key          pull.Key
	Installation int64    // 0: look it up
	Base         string   // branch they go to; "": any
	Label        string   // that they bear; "": whatever their labels
	States       []string // of "OPEN", "CLOSED", "MERGED"; none: any
	Since        time.Time
	Max          int // pages of a hundred, one request each
}

type datedSummary struct {
	summaryData
	UpdatedAt time.Time
}

// Walk lists the pull requests that were touched at Since or later, those
// touched last first. complete is false when there may be more than Max pages. Of
// what is touched while it lists, some may be left out.
func (a *App) Walk(ctx context.Context, w Walk) (found []pull.Summary, complete bool, err error) {
	if found, complete, err = a.walk(ctx, w); err != nil {
		return nil, false, fmt.Errorf("listing the pull requests of %s: %w", w.Key.Repository(), err)
	}
	return found, complete, nil
}

func (a *App) walk(ctx context.Context, w Walk) (found []pull.Summary, complete bool, err error) {
	slug, err := a.slug(ctx)
	if err != nil {
		return nil, false, err
	}
	variables := map[string]any{}
	if w.Base != "" {
		variables["base"] = w.Base
	}
	if w.Label != "" {
		variables["labels"] = []string{w.Label}
	}
	if len(w.States) > 0 {
		variables["states"] = w.States
	}
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String,$base:String,$labels:[String!],$states:[PullRequestState!]){" +
		"repository(owner:$owner,name:$name,followRenames:false){" +
		"all:pullRequests(baseRefName:$base,labels:$labels,states:$states,first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC})" +
		"{nodes{...Summary" + summaryLabels + "updatedAt} " + pageFields + "}}}" + summaryFragment
	seen := map[int]bool{} // what is touched meanwhile moves to the front, and the last of a page to the next
	left := 100 * w.Max
	complete = true
	err = eachOf(ctx, a, listing[datedSummary]{w.Key, w.Installation, "pull requests", query, variables}, func(d datedSummary) bool {
		if d.UpdatedAt.Before(w.Since) {
			return false
		}
		if !seen[d.Number] {
			seen[d.Number] = true
			found = append(found, d.summary(slug))
		}
		left--
		complete = left > 0
		return complete
	})
	return found, complete, err
}
