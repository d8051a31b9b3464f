package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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

// closing are the issues of a pull request that the reader may see.
func (v view) closing(r *world.Repo, i *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		seen := slices.DeleteFunc(r.Closes(i), func(x *world.Issue) bool { return !v.c.Actor.Sees(x.Repo) })
		return nodesOf("closingIssuesReferences", "Issue", seen, func(x *world.Issue) node { return v.issue(x.Repo, x) })(args)
	}
}

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

// mergeQueue is that of a branch, null for a branch without one.
func (v view) mergeQueue(r *world.Repo, branch string) any {
	if !r.HasQueue(branch) {
		return nil
	}
	return node{
		"__typename": "MergeQueue", "__interfaces": []string{"Node"}, "id": "MQ_" + branch, "url": v.w.URL + "/" + r.FullName() + "/queue/" + branch,
		"resourcePath": "/" + r.FullName() + "/queue/" + branch, "nextEntryEstimatedTimeToMerge": nil,
		"repository": lazy(func() (any, error) { return v.repo(r), nil }),
		"entries": resolver(func(args map[string]any) (any, error) {
			return nodesOf("entries", "MergeQueueEntry", r.Queues[branch], func(q *world.Queued) node { return v.queueEntry(r, q) })(args)
		}),
	}
}

func (v view) queueEntry(r *world.Repo, q *world.Queued) node {
	commit := func(sha string) resolver {
		return lazy(func() (any, error) { return v.objectNode(r, sha) })
	}
	return node{
		"__typename": "MergeQueueEntry", "__interfaces": []string{"Node"}, "id": world.NodeID("MQE", q.ID), "position": slices.Index(r.Queues[q.Branch], q) + 1, "state": r.QueueState(q),
		"enqueuedAt": world.Timestamp(q.At), "enqueuer": v.actor(q.By), "jump": false, "solo": false, "estimatedTimeToMerge": nil, "baseCommit": commit(q.Base), "headCommit": commit(q.Head()),
		"pullRequest": lazy(func() (any, error) { return v.pull(r, q.Pull), nil }),
		"mergeQueue":  lazy(func() (any, error) { return v.mergeQueue(r, q.Branch), nil }),
	}
}

// queueing adds the fields of a pull request that are about the merge queue.
func (v view) queueing(n node, r *world.Repo, i *world.Issue) {
	q := r.QueueEntry(i)
	n["isInMergeQueue"], n["isMergeQueueEnabled"], n["mergeQueueEntry"] = q != nil, r.HasQueue(i.Pull.BaseRef), nil
	if q != nil {
		n["mergeQueueEntry"] = lazy(func() (any, error) { return v.queueEntry(r, q), nil })
	}
	n["mergeQueue"] = lazy(func() (any, error) { return v.mergeQueue(r, i.Pull.BaseRef), nil })
}
