package ghtest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// closer is a keyword with an issue; see "Linking a pull request to an issue" in GitHub's documentation.
var closer = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+([\w-]+/[\w.-]+)?#(\d+)\b`)

// closes are the issues that close with a pull request, by number and repository: those that its text names after a keyword, if it goes
// into the default branch, and those that people linked.
func (r *Repo) closes(i *issue) []*issue {
	all := slices.Clone(i.pull.linked)
	if i.pull.baseRef == r.defaultBranch {
		for _, found := range closer.FindAllStringSubmatch(unread.ReplaceAllString(i.body, " "), -1) {
			in := r
			if found[1] != "" {
				in = r.srv.repos[strings.ToLower(found[1])]
			}
			if number, err := strconv.Atoi(found[2]); in != nil && err == nil && in.issues[number] != nil && in.issues[number].pull == nil {
				all = append(all, in.issues[number])
			}
		}
	}
	slices.SortFunc(all, func(a, b *issue) int { return int(a.id - b.id) })
	return slices.DeleteFunc(slices.Compact(all), func(x *issue) bool { return x.deleted })
}

// closeIssues closes what a merged pull request closes.
func (r *Repo) closeIssues(i *issue, by *user) {
	for _, x := range r.closes(i) {
		if x.state == "open" {
			x.repo.close(x, by)
		}
	}
}

// Link links a pull request to an issue that it closes, or no longer, by a person in the sidebar. It fires no event.
func (r *Repo) Link(number, to int, on bool) error {
	return r.act(number, "linking", func(i *issue) error {
		x := r.issues[to]
		if i.pull == nil || x == nil || x.pull != nil {
			return fmt.Errorf("#%d is no pull request, or #%d no issue", number, to)
		}
		i.pull.linked = slices.DeleteFunc(slices.Clone(i.pull.linked), func(l *issue) bool { return l == x })
		if on {
			i.pull.linked = append(i.pull.linked, x)
		}
		return nil
	})
}

// closing are the issues of a pull request that the reader may see.
func (v view) closing(r *Repo, i *issue) resolver {
	return func(args map[string]any) (any, error) {
		seen := slices.DeleteFunc(r.closes(i), func(x *issue) bool { return !v.c.actor.sees(x.repo) })
		return nodesOf("closingIssuesReferences", "Issue", seen, func(x *issue) node { return v.issue(x.repo, x) })(args)
	}
}
