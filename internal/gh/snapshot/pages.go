package snapshot

import (
	"context"
	"maps"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// listing is one of a repository's lists, which may have several pages. The query has
// $first and $after, and calls the list "all".
type listing[T any] struct {
	key          pull.Key
	installation int64
	kind         string // "labels"
	query        string
	variables    map[string]any
}

// eachOf calls each for every entry, until it returns false.
func eachOf[T any](ctx context.Context, l *Loader, w listing[T], each func(T) bool) error {
	c, err := l.app.Client(ctx, w.key.Repository(), w.installation)
	if err != nil {
		return err
	}
	return c.Asking(w.kind, func(s *gh.Size) error {
		variables := map[string]any{}
		maps.Copy(variables, w.variables)
		for {
			var page struct {
				Repository *struct{ All gh.Connection[T] }
			}
			err := s.Smaller(ctx, func(ctx context.Context) error {
				variables["first"] = s.Page()
				return c.Ask(ctx, w.query, variables, &page)
			})
			if err != nil {
				l.app.Forget(w.key, err)
				return err
			}
			if page.Repository == nil {
				return gh.BadAnswer("the answer names no repository")
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
