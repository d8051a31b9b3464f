package graphql

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// closing are the issues of a pull request that the reader may see.
func (v view) closing(r *world.Repo, i *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		seen := slices.DeleteFunc(r.Closes(i), func(x *world.Issue) bool { return !v.c.Actor.Sees(x.Repo) })
		return nodesOf("closingIssuesReferences", "Issue", seen, func(x *world.Issue) node { return v.issue(x.Repo, x) })(args)
	}
}
