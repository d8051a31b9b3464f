package world

import (
	"regexp"
	"slices"
	"strconv"
)

var (
	// mention is #1, GH-1, owner/name#1, or the address of an issue or pull request; see "Autolinked references and URLs" in GitHub's documentation.
	mention = regexp.MustCompile(`(?i)(?:^|[^\w#&/.-])(?:([\w-]+/[\w.-]+)?#|gh-|(https?://\S+?/[\w-]+/[\w.-]+/(?:issues|pull)/))(\d+)\b`)
	// unread is what nothing is linked in: code, and comments of HTML.
	unread = regexp.MustCompile("(?s)<!--.*?-->|(?m:^ {0,3})```.*?(?:\n {0,3}```|\\z)|(?m:^ {0,3})~~~.*?(?:\n {0,3}~~~|\\z)|`[^`\n]*`")
)

// refer adds a cross-reference to each issue or pull request that a text mentions, once for each source. It emits no event.
func (r *Repo) refer(i *Issue, by *User, text string) {
	for _, found := range mention.FindAllStringSubmatch(unread.ReplaceAllString(text, " "), -1) {
		in := r
		switch name, address := found[1], found[2]; {
		case name != "":
			in = r.World.Repo(name)
		case address != "":
			in = r.World.addressed(address)
		}
		if in == nil {
			continue
		}
		number, err := strconv.Atoi(found[3])
		target := in.Issues[number]
		if err != nil || target == nil || target == i || slices.ContainsFunc(target.Events, func(e TimelineEvent) bool { return e.Source == i }) {
			continue
		}
		in.happened(target, TimelineEvent{Kind: "CrossReferenced", Actor: by, Source: i})
	}
}

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
