package gh

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxPages of a hundred pull requests are what one list looks at.
const maxPages = 30

// MergedRequest says which merged pull requests are wanted.
type MergedRequest struct {
	Key          pull.Key
	Installation int64    // 0: look it up
	Base         string   // branch they were merged into; "": any
	Labels       []string // any of them; none: whatever the labels
	Since        time.Time
}

// MergedPulls lists the pull requests that were merged at Since or later, those
// merged last first. Of more than 3,000 that were touched since, for each
// label, the others are left out.
func (a *App) MergedPulls(ctx context.Context, m MergedRequest) ([]pull.Summary, error) {
	labels := m.Labels
	if len(labels) == 0 {
		labels = []string{""}
	}
	byNumber := map[int]pull.Summary{}
	for _, label := range labels { // each by itself: whether GitHub takes several as "any" or "all" is not documented
		some, _, err := a.walk(ctx, Walk{
			Key: m.Key, Installation: m.Installation, Base: m.Base, Label: label, States: []string{"MERGED"}, Since: m.Since, Max: maxPages,
		})
		if err != nil {
			return nil, fmt.Errorf("listing the merged pull requests of %s: %w", m.Key.Repository(), err)
		}
		for _, s := range some {
			if !s.ClosedAt.Before(m.Since) {
				byNumber[s.Number] = s
			}
		}
	}
	var all []pull.Summary
	for _, s := range byNumber {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b pull.Summary) int {
		if c := b.ClosedAt.Compare(a.ClosedAt); c != 0 {
			return c
		}
		return b.Number - a.Number
	})
	return all, nil
}

// listing is a list of a repository that may have several pages: the query has
// $first and $after, and calls the list "all".
type listing[T any] struct {
	key          pull.Key
	installation int64
	kind         string // "labels"
	query        string
	variables    map[string]any
}

// eachOf calls each for every entry, until it is false.
func eachOf[T any](ctx context.Context, a *App, w listing[T], each func(T) bool) error {
	r, err := a.repository(ctx, w.key, w.installation)
	if err != nil {
		return err
	}
	return a.asking(question{w.key.Repository(), w.kind}, func(s *size) error {
		variables := map[string]any{}
		maps.Copy(variables, w.variables)
		for {
			var page struct {
				Repository *struct{ All list[T] }
			}
			err := s.smaller(ctx, func(ctx context.Context) error {
				variables["first"] = s.page()
				return r.query(ctx, w.query, variables, &page)
			})
			if err != nil {
				a.forget(w.key, err)
				return err
			}
			if page.Repository == nil {
				return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer names no repository"}}
			}
			for _, n := range page.Repository.All.Nodes {
				if !each(n) {
					return nil
				}
			}
			next := page.Repository.All.PageInfo
			if !next.HasNextPage || next.EndCursor == "" || next.EndCursor == variables["after"] {
				return nil
			}
			variables["after"] = next.EndCursor
		}
	})
}
