package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// headsPerQuery and maxHeads are how many branches one request names, and all together.
const headsPerQuery, maxHeads = 50, 200

// OpenQuery names branches from which the App may have opened pull requests.
type OpenQuery struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Heads        []string
}

// OpenFrom finds the App's open pull requests from branches, in this repository or its
// fork: their numbers, by branch. It costs a request for each fifty branches, at most four.
func (l *Loader) OpenFrom(ctx context.Context, q OpenQuery) (map[string]int, error) {
	found := map[string]int{}
	if len(q.Heads) == 0 {
		return found, nil
	}
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	for some := range slices.Chunk(q.Heads[:min(len(q.Heads), maxHeads)], headsPerQuery) {
		if err == nil {
			err = openFrom(ctx, c, some, found)
		}
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return nil, fmt.Errorf("looking for open reverts in %s: %w", q.Key.Repository(), err)
	}
	return found, nil
}

func openFrom(ctx context.Context, c *gh.Client, heads []string, into map[string]int) error {
	q := gh.Query{Viewer: true, Variables: map[string]any{}}
	for i, head := range heads {
		name := fmt.Sprint("from", i)
		q.Declared = append(q.Declared, "$"+name+":String!")
		q.Variables[name] = head
		q.Repository = append(q.Repository,
			fmt.Sprintf("from%d:pullRequests(headRefName:$from%d,states:OPEN,first:10){nodes{number author{__typename login}}}", i, i))
	}
	var found struct {
		Viewer     struct{ Login string }
		Repository gh.Fields
	}
	if err := c.Ask(ctx, q.String(), q.Variables, &found); err != nil {
		return err
	}
	for i, head := range heads {
		var requests gh.Connection[struct {
			Number int
			Author *actorData
		}]
		if err := found.Repository.ReadNth("from", i, &requests); err != nil {
			return err
		}
		for _, r := range requests.Nodes { // anyone may name a branch like this
			if r.Author.is(strings.TrimSuffix(found.Viewer.Login, "[bot]")) {
				into[head] = r.Number
			}
		}
	}
	return nil
}
