package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func (v view) crossReferenced(n node, r *world.Repo, i *world.Issue, e world.TimelineEvent) {
	url := v.w.IssueHTML(e.Source.Repo, e.Source)
	n["__interfaces"] = []string{"Node", "UniformResourceLocatable"}
	n["isCrossRepository"], n["referencedAt"], n["url"] = e.Source.Repo != r, world.Timestamp(e.At), url
	n["resourcePath"], n["willCloseTarget"] = strings.TrimPrefix(url, v.w.URL), e.Source.Pull != nil && slices.ContainsFunc(e.Source.Repo.Closes(e.Source), func(x *world.Issue) bool { return x.ID == i.ID })
	n["source"] = lazy(func() (any, error) { return v.subject(e.Source.Repo, e.Source), nil })
	n["target"] = lazy(func() (any, error) { return v.subject(r, i), nil })
}
