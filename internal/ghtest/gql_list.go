package ghtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// lists adds what a repository has many of.
func (v view) lists(n node, r *Repo) {
	n["refs"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		prefix, query := stringArg(args, "refPrefix"), stringArg(args, "query")
		var names []string
		for _, ref := range slices.Sorted(maps.Keys(r.refs)) {
			if name, ok := strings.CutPrefix(ref, prefix); ok && strings.HasSuffix(prefix, "/") && strings.Contains(strings.ToLower(name), strings.ToLower(query)) {
				names = append(names, ref)
			}
		}
		return nodesOf("refs", "Ref", names, func(ref string) node { return v.refAt(r, ref, prefix) })(args)
	})
	n["labels"] = resolver(func(args map[string]any) (any, error) {
		query := strings.ToLower(stringArg(args, "query"))
		var found []*label
		for _, key := range slices.Sorted(maps.Keys(r.labels)) {
			if l := r.labels[key]; strings.Contains(key, query) || strings.Contains(strings.ToLower(l.description), query) {
				found = append(found, l)
			}
		}
		sorted(found, args, map[string]func(a, b *label) int{"CREATED_AT": func(a, b *label) int { return cmp.Compare(a.id, b.id) }})
		return nodesOf("labels", "Label", found, v.label)(args)
	})
	n["issues"] = v.needs("issues:read", func(args map[string]any) (any, error) { return v.issues(r, args) })
	n["pullRequests"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		found := r.pullsWith(func(p *pull) bool {
			return p.headRepo.root() == r && matches(args, "headRefName", p.headRef) && matches(args, "baseRefName", p.baseRef)
		})
		found = slices.DeleteFunc(found, func(i *issue) bool { return !among(args["states"], i.pullState()) || !i.hasLabelOf(args["labels"]) })
		sorted(found, args, map[string]func(a, b *issue) int{"UPDATED_AT": func(a, b *issue) int { return a.updated.Compare(b.updated) }})
		return nodesOf("pullRequests", "PullRequest", found, func(i *issue) node { return v.pull(r, i) })(args)
	})
}

// issues lists those that are no pull requests.
func (v view) issues(r *Repo, args map[string]any) (any, error) {
	filter, _ := args["filterBy"].(map[string]any)
	for name := range filter {
		if !slices.Contains([]string{"since", "states", "labels", "createdBy"}, name) { // GitHub has more; here it would be lost
			return nil, &graphqlError{"UNPROCESSABLE", "issues cannot be filtered by " + name + " here"}
		}
	}
	since, err := time.Parse(time.RFC3339, stringArg(filter, "since"))
	if err != nil && filter["since"] != nil {
		return nil, &graphqlError{"UNPROCESSABLE", "since is no date and time"}
	}
	found := slices.DeleteFunc(r.sortedIssues(), func(i *issue) bool {
		state := strings.ToUpper(i.state)
		return i.pull != nil || i.updated.Before(since) || !among(args["states"], state) || !among(filter["states"], state) ||
			!i.hasLabelOf(args["labels"]) || !i.hasLabelOf(filter["labels"]) || (filter["createdBy"] != nil && !strings.EqualFold(stringArg(filter, "createdBy"), i.author.login))
	})
	sorted(found, args, map[string]func(a, b *issue) int{
		"UPDATED_AT": func(a, b *issue) int { return a.updated.Compare(b.updated) },
		"COMMENTS":   func(a, b *issue) int { return cmp.Compare(len(a.comments), len(b.comments)) },
	})
	return nodesOf("issues", "Issue", found, func(i *issue) node { return v.issue(r, i) })(args)
}

// matches compares an argument, where it was given.
func matches(args map[string]any, name, value string) bool {
	wanted, ok := args[name].(string)
	return !ok || wanted == value
}

// hasLabelOf reports whether it has one of the labels; all have where none were asked for.
func (i *issue) hasLabelOf(names any) bool {
	wanted, ok := listArg(names)
	return !ok || slices.ContainsFunc(i.labels, func(l string) bool {
		return slices.ContainsFunc(wanted, func(w any) bool { name, _ := w.(string); return strings.EqualFold(name, l) })
	})
}

// pullState is OPEN, CLOSED or MERGED.
func (i *issue) pullState() string {
	if i.pull.merged() {
		return "MERGED"
	}
	return strings.ToUpper(i.state)
}

// sorted orders a list as orderBy asks; a field without an order of its own leaves the list as it is.
func sorted[T any](list []T, args map[string]any, by map[string]func(a, b T) int) {
	order, _ := args["orderBy"].(map[string]any)
	if compare := by[stringArg(order, "field")]; compare != nil {
		slices.SortStableFunc(list, compare)
	}
	if stringArg(order, "direction") == "DESC" {
		slices.Reverse(list)
	}
}
