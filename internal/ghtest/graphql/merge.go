package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// merging adds the fields of a pull request that are about its merge.
func (v view) merging(n node, r *world.Repo, i *world.Issue) {
	p := i.Pull
	n["mergeStateStatus"] = lazy(func() (any, error) { return r.Told(v.c, i, r.MergeState), nil })
	n["maintainerCanModify"] = p.Maintainers
	v.queueing(n, r, i)
	n["viewerCanEnableAutoMerge"] = lazy(func() (any, error) {
		return p.Auto == nil && v.c.Actor.May("contents:write") && r.CannotAutoMerge(i) == "", nil
	})
	n["viewerCanDisableAutoMerge"] = p.Auto != nil && v.c.Actor.May("contents:write")
	n["autoMergeRequest"] = nil
	if a := p.Auto; a != nil {
		n["autoMergeRequest"] = node{
			"__typename": "AutoMergeRequest", "enabledBy": v.actor(a.By), "enabledAt": world.Timestamp(a.At), "mergeMethod": strings.ToUpper(a.Method),
			"commitHeadline": world.Nullable(a.Title), "commitBody": world.Nullable(a.Body),
		}
	}
	n["headRef"], n["baseRef"] = nil, lazy(func() (any, error) { return v.refNode(r, "refs/heads/"+p.BaseRef), nil })
	if p.Head() != "" {
		n["headRef"] = lazy(func() (any, error) { return v.refNode(p.HeadRepo, "refs/heads/"+p.HeadRef), nil })
	}
}

func enableAutoMerge(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error {
	a := world.AutoMerge{By: c.Actor.Writer(), Method: strings.ToLower(stringArg(input, "mergeMethod")), Title: stringArg(input, "commitHeadline"), Body: stringArg(input, "commitBody")}
	if a.Method == "" {
		a.Method = "merge"
	}
	if head := stringArg(input, "expectedHeadOid"); head != "" && head != i.Pull.HeadSHA {
		return unable("UNPROCESSABLE", "Expected head oid does not match")
	}
	if err := r.EnableAutoMerge(i, a); err != nil {
		return err
	}
	if c.Actor.ByApp() {
		r.Record(world.Write{Kind: "auto-merge", Number: i.Number, SHA: i.Pull.HeadSHA, Key: a.Method, Text: a.Title})
	}
	return nil
}

func disableAutoMerge(c *api.Call, r *world.Repo, i *world.Issue, _ map[string]any) error {
	if err := r.DisableAutoMerge(i, c.Actor.Writer(), "Disabled by "+c.Actor.Writer().Login); err != nil {
		return err
	}
	if c.Actor.ByApp() {
		r.Record(world.Write{Kind: "auto-merge-off", Number: i.Number})
	}
	return nil
}

func setDraft(c *api.Call, r *world.Repo, i *world.Issue, draft bool) error {
	if i.State != "open" {
		return unable("UNPROCESSABLE", "Pull request is closed")
	}
	if c.Actor.ByApp() && i.Pull.Draft != draft {
		r.Record(world.Write{Kind: map[bool]string{true: "draft", false: "ready"}[draft], Number: i.Number})
	}
	return r.SetDraft(i, c.Actor.Writer(), draft)
}
