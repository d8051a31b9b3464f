package graphql

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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
