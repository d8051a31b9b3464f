package graphql

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// enqueue puts a pull request into the merge queue of its base, which must have one.
func (v view) enqueue(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["pullRequestId"], "PR")
	if err != nil {
		return nil, err
	}
	head := stringArg(input, "expectedHeadOid")
	switch {
	case !r.HasQueue(i.Pull.BaseRef):
		return nil, unable("UNPROCESSABLE", "Pull request Merge queue is not enabled for this branch")
	case head != "" && head != i.Pull.HeadSHA:
		return nil, unable("UNPROCESSABLE", "Expected head oid does not match")
	}
	if _, err := r.Enqueue(i, v.c.Actor.Writer()); err != nil {
		return nil, unable("UNPROCESSABLE", err.Error())
	}
	if v.c.Actor.ByApp() {
		r.Record(world.Write{Kind: "enqueue", Number: i.Number, SHA: i.Pull.HeadSHA})
	}
	return v.queuePayload(r, i), nil
}

// dequeue takes a pull request out of its queue.
func (v view) dequeue(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["id"], "PR")
	if err != nil {
		return nil, err
	}
	if r.QueueEntry(i) == nil {
		return nil, unable("UNPROCESSABLE", "Pull request is not in the merge queue")
	}
	payload := v.queuePayload(r, i)
	if err := r.Dequeue(i, "MANUAL"); err != nil {
		return nil, err
	}
	if v.c.Actor.ByApp() {
		r.Record(world.Write{Kind: "dequeue", Number: i.Number})
	}
	return payload, nil
}

func (v view) queuePayload(r *world.Repo, i *world.Issue) node {
	q := r.QueueEntry(i)
	return node{"mergeQueueEntry": lazy(func() (any, error) {
		if q == nil {
			return nil, nil
		}
		return v.queueEntry(r, q), nil
	})}
}
