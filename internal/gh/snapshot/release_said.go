package snapshot

import (
	"context"
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// The newest comments on the pull requests that wait for a release manager, who may have
// answered there. Of others, it isn't known, and they go on waiting. Only comments that may count
// are kept: for some minutes, of all waiting ones.
const (
	maxAsking    = 100 // pull requests
	saidPerQuery = 20
	newestSaid   = 50 // comments
)

func (l *Loader) said(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	if q.Said == nil || q.Heard == nil {
		return nil
	}
	slug, err := l.app.Slug(ctx)
	if err != nil {
		return err
	}
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err != nil {
		return err
	}
	out.Me, out.Said = slug, map[int][]pull.Comment{}
	return c.Asking("comments for a release", func(s *gh.Size) error {
		for numbers := range slices.Chunk(first(q.Said(out.Open), maxAsking), saidPerQuery) {
			var answer struct{ Repository gh.Fields }
			err := s.Smaller(ctx, func(ctx context.Context) error {
				query, variables := saidQuery(numbers, s.Part(newestSaid))
				return c.Ask(ctx, query, variables, &answer)
			})
			if err != nil {
				return err
			}
			for i, number := range numbers {
				var of *historyData
				if err := answer.Repository.ReadNth(gh.Optional, i, &of); err != nil {
					return err
				}
				if of != nil {
					spare(of.Comments.Nodes, slug, maxSaid)
					if heard := q.Heard(saidIn(of.Comments.Nodes, slug)); len(heard) > 0 {
						out.Said[number] = heard
					}
				}
			}
		}
		return nil
	})
}

func saidQuery(numbers []int, newest int) (query string, variables map[string]any) {
	q := gh.Query{Declared: []string{"$newest:Int!"}, Variables: map[string]any{"newest": newest}}
	for i, number := range numbers {
		name := fmt.Sprint("n", i)
		q.Declared, q.Variables[name] = append(q.Declared, "$"+name+":Int!"), number
		q.Repository = append(q.Repository,
			fmt.Sprintf("%s%d:pullRequest(number:$%s){comments(last:$newest){nodes{"+commentFields+"}}}", gh.Optional, i, name))
	}
	return q.String(), q.Variables
}
