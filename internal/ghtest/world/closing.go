package world

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// closer is a keyword with an issue; see "Linking a pull request to an issue" in GitHub's documentation.
var closer = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+([\w-]+/[\w.-]+)?#(\d+)\b`)

// Closes are the issues that close with a pull request, by number and repository: those that its text names after a keyword, if it goes
// into the default branch, and those that people linked.
func (r *Repo) Closes(i *Issue) []*Issue {
	all := slices.Clone(i.Pull.linked)
	if i.Pull.BaseRef == r.DefaultBranch {
		for _, found := range closer.FindAllStringSubmatch(unread.ReplaceAllString(i.Body, " "), -1) {
			in := r
			if found[1] != "" {
				in = r.World.Repo(found[1])
			}
			if number, err := strconv.Atoi(found[2]); in != nil && err == nil && in.Issues[number] != nil && in.Issues[number].Pull == nil {
				all = append(all, in.Issues[number])
			}
		}
	}
	slices.SortFunc(all, func(a, b *Issue) int { return int(a.ID - b.ID) })
	return slices.DeleteFunc(slices.Compact(all), func(x *Issue) bool { return x.Deleted })
}

// closeIssues closes what a merged pull request closes.
func (r *Repo) closeIssues(i *Issue, by *User) {
	for _, x := range r.Closes(i) {
		if x.State == "open" {
			x.Repo.Close(x, by)
		}
	}
}

// Link links a pull request to an issue that it closes, or no longer. It emits no event.
func (r *Repo) Link(i *Issue, to int, on bool) error {
	x := r.Issues[to]
	if i.Pull == nil || x == nil || x.Pull != nil {
		return fmt.Errorf("#%d is no pull request, or #%d no issue", i.Number, to)
	}
	i.Pull.linked = slices.DeleteFunc(slices.Clone(i.Pull.linked), func(l *Issue) bool { return l == x })
	if on {
		i.Pull.linked = append(i.Pull.linked, x)
	}
	return nil
}
