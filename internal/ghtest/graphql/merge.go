package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
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

// rollup is the node of a commit's statuses and check runs together, null without any.
func (v view) rollup(r *world.Repo, sha string) any {
	r = r.Root()
	state := r.Rollup(sha)
	if state == "" {
		return nil
	}
	contexts := v.statusContexts(r, sha)
	for _, k := range world.LatestChecks(r.ChecksAt(sha, "")) {
		contexts = append(contexts, v.checkRun(k))
	}
	return node{
		"__typename": "StatusCheckRollup", "__interfaces": []string{"Node"}, "id": "SCR_" + sha, "state": state,
		"contexts": nodesOf("contexts", "StatusCheckRollupContext", contexts, func(n node) node { return n }),
	}
}

// history adds the fields of a commit that lead to others.
func (v view) history(n node, r *world.Repo, sha string) {
	n["history"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		shas, err := r.Store.History(sha, gitstore.HistoryOptions{Path: stringArg(args, "path"), Since: stringArg(args, "since"), Until: stringArg(args, "until")})
		if err != nil {
			return nil, err
		}
		return connection("history", "CommitHistory", len(shas), func(i int) (node, error) {
			found, err := v.objectNode(r, shas[i])
			c, _ := found.(node)
			return c, err
		})(args)
	})
	n["associatedPullRequests"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		return nodesOf("associatedPullRequests", "PullRequest", r.PullsOf(sha), func(i *world.Issue) node { return v.pull(r.Root(), i) })(args)
	})
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
