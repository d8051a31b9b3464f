package ghtest

import "slices"

// mergeQueue is that of a branch, null for a branch without one.
func (v view) mergeQueue(r *Repo, branch string) any {
	if !r.hasQueue(branch) {
		return nil
	}
	return node{
		"__typename": "MergeQueue", "__interfaces": []string{"Node"}, "id": "MQ_" + branch, "url": v.s.URL + "/" + r.fullName() + "/queue/" + branch,
		"resourcePath": "/" + r.fullName() + "/queue/" + branch, "nextEntryEstimatedTimeToMerge": nil,
		"repository": lazy(func() (any, error) { return v.repo(r), nil }),
		"entries": resolver(func(args map[string]any) (any, error) {
			return nodesOf("entries", "MergeQueueEntry", r.queues[branch], func(q *queued) node { return v.queueEntry(r, q) })(args)
		}),
	}
}

func (v view) queueEntry(r *Repo, q *queued) node {
	commit := func(sha string) resolver {
		return lazy(func() (any, error) { return v.objectNode(r, sha) })
	}
	return node{
		"__typename": "MergeQueueEntry", "__interfaces": []string{"Node"}, "id": nodeID("MQE", q.id), "position": slices.Index(r.queues[q.branch], q) + 1, "state": r.queueState(q),
		"enqueuedAt": timestamp(q.at), "enqueuer": v.actor(q.by), "jump": false, "solo": false, "estimatedTimeToMerge": nil, "baseCommit": commit(q.base), "headCommit": commit(q.head()),
		"pullRequest": lazy(func() (any, error) { return v.pull(r, q.pull), nil }),
		"mergeQueue":  lazy(func() (any, error) { return v.mergeQueue(r, q.branch), nil }),
	}
}

// queueState is that of an entry: it waits for checks, or for those before it.
func (r *Repo) queueState(q *queued) string {
	want, _ := r.protection(q.branch)
	if len(r.unmetContexts(q.head(), want.RequiredContexts)) > 0 {
		return "AWAITING_CHECKS"
	}
	return "MERGEABLE"
}

// queueing adds the fields of a pull request that are about the merge queue.
func (v view) queueing(n node, r *Repo, i *issue) {
	q := r.queueEntry(i)
	n["isInMergeQueue"], n["isMergeQueueEnabled"], n["mergeQueueEntry"] = q != nil, r.hasQueue(i.pull.baseRef), nil
	if q != nil {
		n["mergeQueueEntry"] = lazy(func() (any, error) { return v.queueEntry(r, q), nil })
	}
	n["mergeQueue"] = lazy(func() (any, error) { return v.mergeQueue(r, i.pull.baseRef), nil })
}
