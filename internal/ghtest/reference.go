package ghtest

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
func (r *Repo) refer(i *issue, by *user, text string) {
	for _, found := range mention.FindAllStringSubmatch(unread.ReplaceAllString(text, " "), -1) {
		in := r
		switch name, address := found[1], found[2]; {
		case name != "":
			in = r.srv.repos[strings.ToLower(name)]
		case address != "":
			in = r.srv.addressed(address)
		}
		if in == nil {
			continue
		}
		number, err := strconv.Atoi(found[3])
		target := in.issues[number]
		if err != nil || target == nil || target == i || slices.ContainsFunc(target.events, func(e event) bool { return e.source == i }) {
			continue
		}
		in.happened(target, event{kind: "CrossReferenced", actor: by, source: i})
	}
}

// addressed is the repository of an address on this server, or nil.
func (s *Server) addressed(address string) *Repo {
	path, ok := strings.CutPrefix(address, s.URL+"/")
	parts := strings.Split(path, "/")
	if !ok || len(parts) < 2 {
		return nil
	}
	return s.repos[strings.ToLower(parts[0]+"/"+parts[1])]
}

func (v view) crossReferenced(n node, r *Repo, i *issue, e event) {
	url := v.s.issueHTML(e.source.repo, e.source)
	n["__interfaces"] = []string{"Node", "UniformResourceLocatable"}
	n["isCrossRepository"], n["referencedAt"], n["url"] = e.source.repo != r, timestamp(e.at), url
	n["resourcePath"], n["willCloseTarget"] = strings.TrimPrefix(url, v.s.URL), e.source.pull != nil && slices.ContainsFunc(e.source.repo.closes(e.source), func(x *issue) bool { return x.id == i.id })
	n["source"] = lazy(func() (any, error) { return v.subject(e.source.repo, e.source), nil })
	n["target"] = lazy(func() (any, error) { return v.subject(r, i), nil })
}
