package graphql

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// lists adds what a repository has many of.
func (v view) lists(n node, r *world.Repo) {
	n["refs"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		prefix, query := stringArg(args, "refPrefix"), stringArg(args, "query")
		var names []string
		for _, ref := range slices.Sorted(maps.Keys(r.Refs)) {
			if name, ok := strings.CutPrefix(ref, prefix); ok && strings.HasSuffix(prefix, "/") && strings.Contains(strings.ToLower(name), strings.ToLower(query)) {
				names = append(names, ref)
			}
		}
		return nodesOf("refs", "Ref", names, func(ref string) node { return v.refAt(r, ref, prefix) })(args)
	})
	n["labels"] = resolver(func(args map[string]any) (any, error) {
		query := strings.ToLower(stringArg(args, "query"))
		var found []*world.Label
		for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
			if l := r.Labels[key]; strings.Contains(key, query) || strings.Contains(strings.ToLower(l.Description), query) {
				found = append(found, l)
			}
		}
		sorted(found, args, map[string]func(a, b *world.Label) int{"CREATED_AT": func(a, b *world.Label) int { return cmp.Compare(a.ID, b.ID) }})
		return nodesOf("labels", "Label", found, v.label)(args)
	})
	n["issues"] = v.needs("issues:read", func(args map[string]any) (any, error) { return v.issues(r, args) })
	n["pullRequests"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		found := r.PullsWith(func(p *world.Pull) bool {
			return p.HeadRepo.Root() == r && matches(args, "headRefName", p.HeadRef) && matches(args, "baseRefName", p.BaseRef)
		})
		found = slices.DeleteFunc(found, func(i *world.Issue) bool {
			return !among(args["states"], i.PullState()) || !hasLabelOf(i, args["labels"])
		})
		sorted(found, args, map[string]func(a, b *world.Issue) int{"UPDATED_AT": func(a, b *world.Issue) int { return a.Updated.Compare(b.Updated) }})
		return nodesOf("pullRequests", "PullRequest", found, func(i *world.Issue) node { return v.pull(r, i) })(args)
	})
}

// issues lists those that are no pull requests.
func (v view) issues(r *world.Repo, args map[string]any) (any, error) {
	filter, _ := args["filterBy"].(map[string]any)
	for name := range filter {
		if !slices.Contains([]string{"since", "states", "labels", "createdBy"}, name) { // GitHub has more; here it would be lost
			return nil, unable("UNPROCESSABLE", "issues cannot be filtered by "+name+" here")
		}
	}
	since, err := time.Parse(time.RFC3339, stringArg(filter, "since"))
	if err != nil && filter["since"] != nil {
		return nil, unable("UNPROCESSABLE", "since is no date and time")
	}
	found := slices.DeleteFunc(r.SortedIssues(), func(i *world.Issue) bool {
		state := strings.ToUpper(i.State)
		return i.Pull != nil || i.Updated.Before(since) || !among(args["states"], state) || !among(filter["states"], state) ||
			!hasLabelOf(i, args["labels"]) || !hasLabelOf(i, filter["labels"]) || (filter["createdBy"] != nil && !strings.EqualFold(stringArg(filter, "createdBy"), i.Author.Login))
	})
	sorted(found, args, map[string]func(a, b *world.Issue) int{
		"UPDATED_AT": func(a, b *world.Issue) int { return a.Updated.Compare(b.Updated) },
		"COMMENTS":   func(a, b *world.Issue) int { return cmp.Compare(len(a.Comments), len(b.Comments)) },
	})
	return nodesOf("issues", "Issue", found, func(i *world.Issue) node { return v.issue(r, i) })(args)
}
