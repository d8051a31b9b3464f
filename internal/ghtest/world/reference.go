package world

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// mention is #1, GH-1, owner/name#1, or the address of an issue or pull request; see "Autolinked references and URLs" in GitHub's documentation.
	mention = regexp.MustCompile(`(?i)(?:^|[^\w#&/.-])(?:([\w-]+/[\w.-]+)?#|gh-|(https?://\S+?/[\w-]+/[\w.-]+/(?:issues|pull)/))(\d+)\b`)
	// unread is what nothing is linked in: code, and comments of HTML.
	unread = regexp.MustCompile("(?s)<!--.*?-->|(?m:^ {0,3})```.*?(?:\n {0,3}```|\\z)|(?m:^ {0,3})~~~.*?(?:\n {0,3}~~~|\\z)|`[^`\n]*`")
)

// refer tells what a text mentions where it was mentioned: once by each issue or pull request. It fires no event.
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

// addressed is the repository of an address on this server, or nil.
func (w *World) addressed(address string) *Repo {
	path, ok := strings.CutPrefix(address, w.URL+"/")
	parts := strings.Split(path, "/")
	if !ok || len(parts) < 2 {
		return nil
	}
	return w.Repo(parts[0] + "/" + parts[1])
}
