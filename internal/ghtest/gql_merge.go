package ghtest

import "strings"

// merging adds the fields of a pull request that are about its merge.
func (v view) merging(n node, r *Repo, i *issue) {
	p := i.pull
	n["mergeStateStatus"] = lazy(func() (any, error) { return r.told(v.c, i, r.mergeState), nil })
	n["maintainerCanModify"] = p.maintainers
	v.queueing(n, r, i)
	n["viewerCanEnableAutoMerge"] = lazy(func() (any, error) {
		return p.auto == nil && v.c.actor.may("contents:write") && r.cannotAutoMerge(i) == "", nil
	})
	n["viewerCanDisableAutoMerge"] = p.auto != nil && v.c.actor.may("contents:write")
	n["autoMergeRequest"] = nil
	if a := p.auto; a != nil {
		n["autoMergeRequest"] = node{
			"__typename": "AutoMergeRequest", "enabledBy": v.actor(a.by), "enabledAt": timestamp(a.at), "mergeMethod": strings.ToUpper(a.method),
			"commitHeadline": body(a.title), "commitBody": body(a.body),
		}
	}
	n["headRef"], n["baseRef"] = nil, lazy(func() (any, error) { return v.refNode(r, "refs/heads/"+p.baseRef), nil })
	if p.head() != "" {
		n["headRef"] = lazy(func() (any, error) { return v.refNode(p.headRepo, "refs/heads/"+p.headRef), nil })
	}
}

// rollup is the node of a commit's statuses and check runs together, null without any.
func (v view) rollup(r *Repo, sha string) any {
	r = r.root()
	state := r.rollup(sha)
	if state == "" {
		return nil
	}
	contexts := v.statusContexts(r, sha)
	for _, k := range latestChecks(r.checksAt(sha, "")) {
		contexts = append(contexts, v.checkRun(k))
	}
	return node{
		"__typename": "StatusCheckRollup", "__interfaces": []string{"Node"}, "id": "SCR_" + sha, "state": state,
		"contexts": nodesOf("contexts", "StatusCheckRollupContext", contexts, func(n node) node { return n }),
	}
}

// history adds the fields of a commit that lead to others.
func (v view) history(n node, r *Repo, sha string) {
	n["history"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		shas, err := r.store.history(sha, historyOptions{path: stringArg(args, "path"), since: stringArg(args, "since"), until: stringArg(args, "until")})
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
		return nodesOf("associatedPullRequests", "PullRequest", r.pullsOf(sha), func(i *issue) node { return v.pull(r.root(), i) })(args)
	})
}

func enableAutoMerge(c *call, r *Repo, i *issue, input map[string]any) error {
	a := autoMerge{by: c.writer(), method: strings.ToLower(stringArg(input, "mergeMethod")), title: stringArg(input, "commitHeadline"), body: stringArg(input, "commitBody")}
	if a.method == "" {
		a.method = "merge"
	}
	if head := stringArg(input, "expectedHeadOid"); head != "" && head != i.pull.headSHA {
		return &graphqlError{"UNPROCESSABLE", "Expected head oid does not match"}
	}
	if err := r.enableAutoMerge(i, a); err != nil {
		return err
	}
	if c.byApp() {
		r.wrote(Write{Kind: "auto-merge", Number: i.number, SHA: i.pull.headSHA, Key: a.method, Text: a.title})
	}
	return nil
}

func disableAutoMerge(c *call, r *Repo, i *issue, _ map[string]any) error {
	if err := r.disableAutoMerge(i, c.writer(), "Disabled by "+c.writer().login); err != nil {
		return err
	}
	if c.byApp() {
		r.wrote(Write{Kind: "auto-merge-off", Number: i.number})
	}
	return nil
}

func setDraft(c *call, r *Repo, i *issue, draft bool) error {
	if i.state != "open" {
		return &graphqlError{"UNPROCESSABLE", "Pull request is closed"}
	}
	if c.byApp() && i.pull.draft != draft {
		r.wrote(Write{Kind: map[bool]string{true: "draft", false: "ready"}[draft], Number: i.number})
	}
	return r.setDraft(i, c.writer(), draft)
}
