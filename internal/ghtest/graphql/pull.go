package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// issue is what issues and pull requests have in common.
func (v view) issueBase(r *world.Repo, i *world.Issue) node {
	names := i.Labels
	n := node{
		"__interfaces": []string{"Assignable", "Closable", "Comment", "Labelable", "Lockable", "Node", "Reactable", "UniformResourceLocatable", "Updatable", "UpdatableComment"},
		"number":       i.Number, "title": i.Title, "body": i.Body, "createdAt": world.Timestamp(i.Created), "updatedAt": world.Timestamp(i.Updated), "closedAt": world.Timestamp(i.Closed),
		"closed": i.State != "open", "state": strings.ToUpper(i.State), "locked": i.Lock != nil, "activeLockReason": nil, "author": v.actor(i.Author), "authorAssociation": i.Association,
		"repository":   lazy(func() (any, error) { return v.repo(r), nil }),
		"labels":       nodesOf("labels", "Label", names, func(name string) node { return v.label(r.Label(name)) }),
		"assignees":    nodesOf("assignees", "User", i.Assignees, func(u *world.User) node { n, _ := v.actor(u).(node); return n }),
		"comments":     v.comments(r, i),
		"lastEditedAt": world.Timestamp(i.Edited), "editor": v.actor(i.Editor), "includesCreatedEdit": i.Editor != nil,
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(i.Reactions, func() node { return v.subject(r, i) }), nil
		}),
	}
	if i.Lock != nil {
		n["activeLockReason"] = graphqlReason(i.Lock.Reason)
	}
	return n
}

// subject is an issue or a pull request.
func (v view) subject(r *world.Repo, i *world.Issue) node {
	if i.Pull != nil {
		return v.pull(r, i)
	}
	return v.issue(r, i)
}

func (v view) issue(r *world.Repo, i *world.Issue) node {
	i = v.then(i)
	n := v.issueBase(r, i)
	n["__typename"], n["id"], n["databaseId"] = "Issue", i.NodeID(), i.ID
	n["timelineItems"] = v.timelineItems("IssueTimelineItems", r, i)
	n["stateReason"] = resolver(func(args map[string]any) (any, error) {
		if i.Reason == "duplicate" && args["enableDuplicate"] != true {
			return "NOT_PLANNED", nil
		}
		return world.Nullable(strings.ToUpper(i.Reason)), nil
	})
	n["url"] = v.w.URL + "/" + r.FullName() + "/issues/" + world.Decimal(int64(i.Number))
	return n
}

func (v view) pull(r *world.Repo, i *world.Issue) node {
	i = v.then(i)
	p, n := i.Pull, v.issueBase(r, i)
	n["__typename"], n["id"], n["databaseId"] = "PullRequest", i.NodeID(), i.ID
	n["timelineItems"] = v.timelineItems("PullRequestTimelineItems", r, i)
	n["url"] = v.w.URL + "/" + r.FullName() + "/pull/" + world.Decimal(int64(i.Number))
	n["state"] = i.PullState()
	v.reviewing(n, r, i)
	v.merging(n, r, i)
	n["isDraft"], n["merged"], n["mergedAt"], n["mergedBy"] = p.Draft, p.Merged(), world.Timestamp(p.MergedAt), v.actor(p.MergedBy)
	n["mergeable"] = lazy(func() (any, error) { return r.Told(v.c, i, r.Mergeable), nil })
	n["mergeCommit"] = lazy(func() (any, error) {
		if p.MergeSHA == "" {
			return nil, nil
		}
		return v.objectNode(r, p.MergeSHA)
	})
	n["baseRefName"], n["baseRefOid"], n["headRefName"], n["headRefOid"] = p.BaseRef, p.BaseSHA, p.HeadRef, p.HeadSHA
	n["isCrossRepository"], n["baseRepository"] = p.HeadRepo != r, v.repoShort(r)
	n["headRepository"], n["headRepositoryOwner"] = nil, v.actor(p.HeadOwner)
	if !p.HeadRepo.Deleted {
		n["headRepository"] = v.repoShort(p.HeadRepo)
	}
	count := func(of func(*gitstore.Diff) int) resolver {
		return lazy(func() (any, error) {
			d, err := r.PullDiff(p)
			if err != nil {
				return nil, err
			}
			return of(d), nil
		})
	}
	n["changedFiles"] = count(func(d *gitstore.Diff) int { return len(d.Files) })
	n["additions"] = count(func(d *gitstore.Diff) int { return d.Additions })
	n["deletions"] = count(func(d *gitstore.Diff) int { return d.Deletions })
	n["files"], n["commits"], n["closingIssuesReferences"] = v.pullFiles(r, p), v.pullCommits(r, i), v.closing(r, i)
	return n
}

func (v view) pullFiles(r *world.Repo, p *world.Pull) resolver {
	return func(args map[string]any) (any, error) {
		d, err := r.PullDiff(p)
		if err != nil {
			return nil, err
		}
		return nodesOf("files", "PullRequestChangedFile", d.Files[:min(len(d.Files), 3000)], func(f gitstore.ChangedFile) node {
			change := strings.ToUpper(f.Status)
			if f.Status == "removed" {
				change = "DELETED"
			}
			return node{
				"__typename": "PullRequestChangedFile", "path": f.Path, "changeType": change,
				"additions": f.Additions, "deletions": f.Deletions, "viewerViewedState": "UNVIEWED",
			}
		})(args)
	}
}

func (v view) pullCommits(r *world.Repo, of *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		d, err := r.PullDiff(of.Pull)
		if err != nil {
			return nil, err
		}
		return connection("commits", "PullRequestCommit", len(d.Commits), func(i int) (node, error) {
			return v.pullCommit(r, of, d.Commits[i]), nil
		})(args)
	}
}

// comments are in the order in which they were written, or lately edited first.
func (v view) comments(r *world.Repo, i *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		list := i.Comments
		build := func(c *world.Comment) node { return v.comment(r, i, c) }
		if order, ok := args["orderBy"].(map[string]any); ok { // by UPDATED_AT: there is no other field
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b *world.Comment) int { return a.Updated.Compare(b.Updated) })
			if order["direction"] == "DESC" {
				slices.Reverse(list)
			}
			return nodesOf("comments", "IssueComment", list, build)(args)
		}
		return keyedNodesOf("comments", "IssueComment", list, func(c *world.Comment) moment { return moment{id: c.ID} }, build)(args)
	}
}

func (v view) comment(r *world.Repo, i *world.Issue, c *world.Comment) node {
	url := v.w.CommentHTML(r, i, c)
	n := node{
		"__typename": "IssueComment", "__interfaces": []string{"Comment", "Node", "Reactable", "Updatable", "UpdatableComment"},
		"id": world.NodeID("IC", c.ID), "databaseId": c.ID, "fullDatabaseId": world.Decimal(c.ID), "url": url, "body": c.Body, "author": v.actor(c.Author), "isMinimized": false,
		"authorAssociation": c.Association, "viewerDidAuthor": c.Author == v.c.Actor.Writer(), "createdAt": world.Timestamp(c.Created), "updatedAt": world.Timestamp(c.Updated),
		"lastEditedAt": world.Timestamp(c.Edited), "editor": v.actor(c.Editor), "includesCreatedEdit": c.Editor != nil, "pullRequest": nil,
		"issue": lazy(func() (any, error) {
			n := v.issue(r, i)
			if i.Pull != nil { // its history is none of an issue
				delete(n, "timelineItems")
			}
			return n, nil
		}),
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(c.Reactions, func() node { return v.comment(r, i, c) }), nil
		}),
	}
	if i.Pull != nil {
		n["pullRequest"] = lazy(func() (any, error) { return v.pull(r, i), nil })
	}
	return n
}

func (v view) commitNode(n node, r *world.Repo, sha string) (any, error) {
	c, err := r.Store.Commit(sha)
	if err != nil {
		return nil, err
	}
	headline, rest, _ := strings.Cut(c.Message, "\n")
	n["__typename"], n["message"], n["messageHeadline"], n["messageBody"] = "Commit", c.Message, headline, strings.TrimLeft(rest, "\n")
	n["committedDate"], n["authoredDate"], n["url"] = world.Timestamp(c.Committed), world.Timestamp(c.Date), v.w.URL+"/"+r.FullName()+"/commit/"+sha
	n["author"] = node{"__typename": "GitActor", "name": c.Author, "email": c.AuthorEmail, "date": world.Timestamp(c.Date), "user": v.byEmail(c.AuthorEmail)}
	n["committer"] = node{"__typename": "GitActor", "name": c.Committer, "email": c.CommitterEmail, "date": world.Timestamp(c.Committed), "user": v.byEmail(c.CommitterEmail)}
	n["tree"] = lazy(func() (any, error) { return v.objectNode(r, c.Tree) })
	n["parents"] = connection("parents", "Commit", len(c.Parents), func(i int) (node, error) {
		parent, err := v.objectNode(r, c.Parents[i])
		found, _ := parent.(node)
		return found, err
	})
	n["file"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		path := strings.Trim(stringArg(args, "path"), "/")
		e, err := r.Store.Lookup(c.Tree, path)
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
	if u := v.w.User(login); ok && u != nil && u.Kind == "User" {
		return v.actor(u)
	}
	return nil
}

// statusNode is null for a commit without statuses, as on GitHub.
func (v view) statusNode(r *world.Repo, sha string) any {
	r = r.Root()
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
	return node{"__typename": "Status", "id": "ST_" + sha, "state": strings.ToUpper(world.CombinedState(r.LatestStatuses(sha))), "contexts": contexts, "context": byName}
}

// statusContexts are the newest statuses of a commit, by name.
func (v view) statusContexts(r *world.Repo, sha string) []node {
	latest := slices.DeleteFunc(slices.Clone(r.Statuses[sha]), func(x *world.Status) bool { return x.Created.After(v.asOf()) })
	latest = world.LatestStatuses(latest)
	slices.SortFunc(latest, func(a, b *world.Status) int { return strings.Compare(a.Context, b.Context) })
	contexts := make([]node, 0, len(latest))
	for _, st := range latest {
		contexts = append(contexts, node{
			"__typename": "StatusContext", "id": world.NodeID("SC", st.ID), "context": st.Context, "state": strings.ToUpper(st.State), "description": world.Nullable(st.Description),
			"targetUrl": world.Nullable(st.TargetURL), "creator": v.actor(st.Creator), "createdAt": world.Timestamp(st.Created),
		})
	}
	return contexts
}

func (v view) checkRun(k *world.Check) node {
	var conclusion any
	if k.Conclusion != "" {
		conclusion = strings.ToUpper(k.Conclusion)
	}
	return node{
		"__typename": "CheckRun", "id": world.NodeID("CR", k.ID), "databaseId": k.ID, "name": k.Name, "status": strings.ToUpper(k.Status), "conclusion": conclusion,
		"externalId": world.Nullable(k.ExternalID), "checkSuite": lazy(func() (any, error) { return v.checkSuite(k.SHA, []*world.Check{k}), nil }), "title": nilable(k.Title), "summary": nilable(k.Summary), "text": nilable(k.Text), "detailsUrl": world.Nullable(k.DetailsURL),
		"startedAt": world.Timestamp(k.Started), "completedAt": world.Timestamp(k.Completed),
		"annotations": nodesOf("annotations", "CheckAnnotation", k.Annotations, func(a world.Annotation) node {
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
