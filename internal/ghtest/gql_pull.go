package ghtest

import (
	"slices"
	"strings"
)

// issue is what issues and pull requests have in common.
func (v view) issueBase(r *Repo, i *issue) node {
	names := i.labels
	n := node{
		"__interfaces": []string{"Assignable", "Closable", "Comment", "Labelable", "Lockable", "Node", "Reactable", "UniformResourceLocatable", "Updatable", "UpdatableComment"},
		"number":       i.number, "title": i.title, "body": i.body, "createdAt": timestamp(i.created), "updatedAt": timestamp(i.updated), "closedAt": timestamp(i.closed),
		"closed": i.state != "open", "state": strings.ToUpper(i.state), "locked": i.lock != nil, "activeLockReason": nil, "author": v.actor(i.author), "authorAssociation": i.association,
		"repository":   lazy(func() (any, error) { return v.repo(r), nil }),
		"labels":       nodesOf("labels", "Label", names, func(name string) node { return v.label(r.label(name)) }),
		"assignees":    nodesOf("assignees", "User", i.assignees, func(u *user) node { n, _ := v.actor(u).(node); return n }),
		"comments":     v.comments(r, i),
		"lastEditedAt": timestamp(i.edited), "editor": v.actor(i.editor), "includesCreatedEdit": i.editor != nil,
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(i.reactions, func() node { return v.subject(r, i) }), nil
		}),
	}
	if i.lock != nil {
		n["activeLockReason"] = graphqlReason(i.lock.reason)
	}
	return n
}

// subject is an issue or a pull request.
func (v view) subject(r *Repo, i *issue) node {
	if i.pull != nil {
		return v.pull(r, i)
	}
	return v.issue(r, i)
}

func (v view) issue(r *Repo, i *issue) node {
	i = v.then(i)
	n := v.issueBase(r, i)
	n["__typename"], n["id"], n["databaseId"] = "Issue", i.nodeID(), i.id
	n["timelineItems"] = v.timelineItems("IssueTimelineItems", r, i)
	n["stateReason"] = resolver(func(args map[string]any) (any, error) {
		if i.reason == "duplicate" && args["enableDuplicate"] != true {
			return "NOT_PLANNED", nil
		}
		return body(strings.ToUpper(i.reason)), nil
	})
	n["url"] = v.s.URL + "/" + r.fullName() + "/issues/" + itoa(int64(i.number))
	return n
}

func (v view) pull(r *Repo, i *issue) node {
	i = v.then(i)
	p, n := i.pull, v.issueBase(r, i)
	n["__typename"], n["id"], n["databaseId"] = "PullRequest", i.nodeID(), i.id
	n["timelineItems"] = v.timelineItems("PullRequestTimelineItems", r, i)
	n["url"] = v.s.URL + "/" + r.fullName() + "/pull/" + itoa(int64(i.number))
	n["state"] = i.pullState()
	v.reviewing(n, r, i)
	v.merging(n, r, i)
	n["isDraft"], n["merged"], n["mergedAt"], n["mergedBy"] = p.draft, p.merged(), timestamp(p.mergedAt), v.actor(p.mergedBy)
	n["mergeable"] = lazy(func() (any, error) { return r.told(v.c, i, r.mergeable), nil })
	n["mergeCommit"] = lazy(func() (any, error) {
		if p.mergeSHA == "" {
			return nil, nil
		}
		return v.objectNode(r, p.mergeSHA)
	})
	n["baseRefName"], n["baseRefOid"], n["headRefName"], n["headRefOid"] = p.baseRef, p.baseSHA, p.headRef, p.headSHA
	n["isCrossRepository"], n["baseRepository"] = p.headRepo != r, v.repoShort(r)
	n["headRepository"], n["headRepositoryOwner"] = nil, v.actor(p.headOwner)
	if !p.headRepo.deleted {
		n["headRepository"] = v.repoShort(p.headRepo)
	}
	count := func(of func(*diff) int) resolver {
		return lazy(func() (any, error) {
			d, err := r.pullDiff(p)
			if err != nil {
				return nil, err
			}
			return of(d), nil
		})
	}
	n["changedFiles"] = count(func(d *diff) int { return len(d.files) })
	n["additions"] = count(func(d *diff) int { return d.additions })
	n["deletions"] = count(func(d *diff) int { return d.deletions })
	n["files"], n["commits"], n["closingIssuesReferences"] = v.pullFiles(r, p), v.pullCommits(r, i), v.closing(r, i)
	return n
}

func (v view) pullFiles(r *Repo, p *pull) resolver {
	return func(args map[string]any) (any, error) {
		d, err := r.pullDiff(p)
		if err != nil {
			return nil, err
		}
		return nodesOf("files", "PullRequestChangedFile", d.files[:min(len(d.files), 3000)], func(f changedFile) node {
			change := strings.ToUpper(f.status)
			if f.status == "removed" {
				change = "DELETED"
			}
			return node{
				"__typename": "PullRequestChangedFile", "path": f.path, "changeType": change,
				"additions": f.additions, "deletions": f.deletions, "viewerViewedState": "UNVIEWED",
			}
		})(args)
	}
}

func (v view) pullCommits(r *Repo, of *issue) resolver {
	return func(args map[string]any) (any, error) {
		d, err := r.pullDiff(of.pull)
		if err != nil {
			return nil, err
		}
		return connection("commits", "PullRequestCommit", len(d.commits), func(i int) (node, error) {
			return v.pullCommit(r, of, d.commits[i]), nil
		})(args)
	}
}

// comments are in the order in which they were written, or lately edited first.
func (v view) comments(r *Repo, i *issue) resolver {
	return func(args map[string]any) (any, error) {
		list := i.comments
		build := func(c *comment) node { return v.comment(r, i, c) }
		if order, ok := args["orderBy"].(map[string]any); ok { // by UPDATED_AT: there is no other field
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b *comment) int { return a.updated.Compare(b.updated) })
			if order["direction"] == "DESC" {
				slices.Reverse(list)
			}
			return nodesOf("comments", "IssueComment", list, build)(args)
		}
		return keyedNodesOf("comments", "IssueComment", list, func(c *comment) moment { return moment{id: c.id} }, build)(args)
	}
}

func (v view) comment(r *Repo, i *issue, c *comment) node {
	url := v.s.commentHTML(r, i, c)
	n := node{
		"__typename": "IssueComment", "__interfaces": []string{"Comment", "Node", "Reactable", "Updatable", "UpdatableComment"},
		"id": nodeID("IC", c.id), "databaseId": c.id, "fullDatabaseId": itoa(c.id), "url": url, "body": c.body, "author": v.actor(c.author), "isMinimized": false,
		"authorAssociation": c.association, "viewerDidAuthor": c.author == v.c.writer(), "createdAt": timestamp(c.created), "updatedAt": timestamp(c.updated),
		"lastEditedAt": timestamp(c.edited), "editor": v.actor(c.editor), "includesCreatedEdit": c.editor != nil, "pullRequest": nil,
		"issue": lazy(func() (any, error) {
			n := v.issue(r, i)
			if i.pull != nil { // its history is none of an issue
				delete(n, "timelineItems")
			}
			return n, nil
		}),
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(c.reactions, func() node { return v.comment(r, i, c) }), nil
		}),
	}
	if i.pull != nil {
		n["pullRequest"] = lazy(func() (any, error) { return v.pull(r, i), nil })
	}
	return n
}

func (v view) commitNode(n node, r *Repo, sha string) (any, error) {
	c, err := r.store.commit(sha)
	if err != nil {
		return nil, err
	}
	headline, rest, _ := strings.Cut(c.message, "\n")
	n["__typename"], n["message"], n["messageHeadline"], n["messageBody"] = "Commit", c.message, headline, strings.TrimLeft(rest, "\n")
	n["committedDate"], n["authoredDate"], n["url"] = timestamp(c.committed), timestamp(c.date), v.s.URL+"/"+r.fullName()+"/commit/"+sha
	n["author"] = node{"__typename": "GitActor", "name": c.author, "email": c.authorEmail, "date": timestamp(c.date), "user": v.byEmail(c.authorEmail)}
	n["committer"] = node{"__typename": "GitActor", "name": c.committer, "email": c.committerEmail, "date": timestamp(c.committed), "user": v.byEmail(c.committerEmail)}
	n["tree"] = lazy(func() (any, error) { return v.objectNode(r, c.tree) })
	n["parents"] = connection("parents", "Commit", len(c.parents), func(i int) (node, error) {
		parent, err := v.objectNode(r, c.parents[i])
		found, _ := parent.(node)
		return found, err
	})
	n["file"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		path := strings.Trim(stringArg(args, "path"), "/")
		e, err := r.store.lookup(c.tree, path)
		if err != nil || path == "" {
			return nil, missing("Could not resolve file for path '%s'.", path) // where object(expression:) is null without a word
		}
		return v.entryNode(r, e, path), nil
	})
	n["status"] = v.needs("statuses:read", func(map[string]any) (any, error) { return v.statusNode(r, sha), nil })
	n["checkSuites"] = v.needs("checks:read", func(args map[string]any) (any, error) { return v.checkSuites(r, sha, args) })
	n["statusCheckRollup"] = v.needs("statuses|checks:read", func(map[string]any) (any, error) { return v.rollup(r, sha), nil })
	v.history(n, r, sha)
	return n, nil
}

// byEmail is the account of a commit's author or committer.
func (v view) byEmail(email string) any {
	login, ok := strings.CutSuffix(email, "@users.noreply.github.com")
	if u := v.s.users[strings.ToLower(login)]; ok && u != nil && u.kind == "User" {
		return v.actor(u)
	}
	return nil
}

// statusNode is null for a commit without statuses, as on GitHub.
func (v view) statusNode(r *Repo, sha string) any {
	r = r.root()
	contexts := v.statusContexts(r, sha)
	if len(contexts) == 0 {
		return nil
	}
	byName := resolver(func(args map[string]any) (any, error) {
		for _, n := range contexts {
			if n["context"] == stringArg(args, "name") {
				return n, nil
			}
		}
		return nil, nil
	})
	return node{"__typename": "Status", "id": "ST_" + sha, "state": strings.ToUpper(combined(r.latestStatuses(sha))), "contexts": contexts, "context": byName}
}

// statusContexts are the newest statuses of a commit, by name.
func (v view) statusContexts(r *Repo, sha string) []node {
	latest := slices.DeleteFunc(slices.Clone(r.statuses[sha]), func(x *status) bool { return x.created.After(v.asOf()) })
	latest = latestStatuses(latest)
	slices.SortFunc(latest, func(a, b *status) int { return strings.Compare(a.context, b.context) })
	contexts := make([]node, 0, len(latest))
	for _, st := range latest {
		contexts = append(contexts, node{
			"__typename": "StatusContext", "id": nodeID("SC", st.id), "context": st.context, "state": strings.ToUpper(st.state), "description": body(st.description),
			"targetUrl": body(st.targetURL), "creator": v.actor(st.creator), "createdAt": timestamp(st.created),
		})
	}
	return contexts
}

func (v view) checkRun(k *check) node {
	var conclusion any
	if k.conclusion != "" {
		conclusion = strings.ToUpper(k.conclusion)
	}
	return node{
		"__typename": "CheckRun", "id": nodeID("CR", k.id), "databaseId": k.id, "name": k.name, "status": strings.ToUpper(k.status), "conclusion": conclusion,
		"externalId": body(k.externalID), "checkSuite": lazy(func() (any, error) { return v.checkSuite(k.sha, []*check{k}), nil }), "title": nilable(k.title), "summary": nilable(k.summary), "text": nilable(k.text), "detailsUrl": body(k.detailsURL),
		"startedAt": timestamp(k.started), "completedAt": timestamp(k.completed),
		"annotations": nodesOf("annotations", "CheckAnnotation", k.annotations, func(a annotation) node {
			return node{"__typename": "CheckAnnotation", "path": a.Path, "message": a.Message, "title": nilable(a.Title), "annotationLevel": strings.ToUpper(a.AnnotationLevel)}
		}),
	}
}

func nilable(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}
