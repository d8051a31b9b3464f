package graphql

import (
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
