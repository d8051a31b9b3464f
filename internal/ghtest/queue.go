package ghtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// queued is a pull request in the merge queue of its base branch. Its group is the branch as it will be with it and all before it.
type queued struct {
	id     int64
	pull   *issue
	by     *user
	at     time.Time
	branch string
	base   string   // the head of the group before, or the tip of the branch
	made   []string // commits that the group adds, oldest first
}

func (q *queued) head() string { return q.made[len(q.made)-1] }

func (q *queued) ref() string {
	return fmt.Sprintf("refs/heads/gh-readonly-queue/%s/pr-%d-%s", q.branch, q.pull.number, q.base)
}

// Queue is QueueBy by the owner of the repository.
func (r *Repo) Queue(number int) (string, error) { return r.QueueBy(number, r.owner.login) }

// QueueBy puts a pull request that may be merged into the merge queue of its base branch, which has one from then on, and returns the
// head of its group. It is merged when what the branch requires is successful on that head; where nothing is, by MergeQueued.
func (r *Repo) QueueBy(number int, by string) (string, error) {
	head := ""
	err := r.actPull(number, "queueing", func(i *issue) error {
		p := i.pull
		switch unmet := r.unmet(p); {
		case i.state != "open" || p.draft || r.queueEntry(i) != nil:
			return errors.New("it is closed, a draft, or queued")
		case len(unmet) > 0:
			return errors.New(strings.Join(unmet, " "))
		}
		q := &queued{id: r.srv.nextID(), pull: i, by: r.srv.account(by), at: r.srv.now(), branch: p.baseRef, base: r.refs["refs/heads/"+p.baseRef]}
		if before := r.queues[p.baseRef]; len(before) > 0 {
			q.base = before[len(before)-1].head()
		}
		if err := r.build(q); err != nil {
			return err
		}
		head = q.head()
		r.queues[p.baseRef] = append(r.queues[p.baseRef], q)
		r.happened(i, event{kind: "AddedToMergeQueue", actor: q.by})
		r.changed(i, "enqueued", q.by, nil)
		if err := r.announce(q); err != nil {
			return err
		}
		return r.settle()
	})
	return head, err
}

// Dequeue takes a pull request out of the merge queue; the groups after it are made anew.
func (r *Repo) Dequeue(number int) error {
	return r.actPull(number, "dequeueing", func(i *issue) error {
		if r.queueEntry(i) == nil {
			return errors.New("it is not queued")
		}
		return errors.Join(r.dequeue(i, "MANUAL"), r.settle())
	})
}

// MergeQueued merges the first of a queue whatever its checks say, as the queue does where none are required, and returns the commit.
func (r *Repo) MergeQueued(number int) (string, error) {
	sha := ""
	err := r.actPull(number, "merging from the queue", func(i *issue) error {
		q := r.queueEntry(i)
		if q == nil || r.queues[i.pull.baseRef][0] != q {
			return errors.New("it is not the first of a queue")
		}
		sha = q.head()
		return r.mergeQueued(q)
	})
	return sha, err
}

// queueEntry is nil for what is not queued.
func (r *Repo) queueEntry(i *issue) *queued {
	for _, q := range r.queues[i.pull.baseRef] {
		if q.pull == i {
			return q
		}
	}
	return nil
}

// hasQueue reports whether a branch has a merge queue.
func (r *Repo) hasQueue(branch string) bool {
	p, _ := r.protection(branch)
	_, used := r.queues[branch]
	return p.MergeQueue || used
}

// mergeQueueBot is who merges and pushes for the queue.
func (r *Repo) mergeQueueBot() *user { return r.srv.account("github-merge-queue[bot]") }

// build makes the commits of a group, by the first method that is allowed.
func (r *Repo) build(q *queued) error {
	method := "merge"
	if len(r.methods) > 0 {
		method = r.methods[0]
	}
	made, err := r.mergeCommits(q.pull, MergeOptions{By: r.mergeQueueBot().login, Method: method}, q.base)
	q.made = made
	return err
}

// announce makes the branch of a group and asks for checks.
func (r *Repo) announce(q *queued) error {
	if err := r.setRef(q.ref(), q.head()); err != nil {
		return err
	}
	r.srv.hooks.push(r, q.ref(), "", q.head(), r.mergeQueueBot())
	r.srv.hooks.mergeGroup(r, "checks_requested", q, nil)
	return nil
}

// destroy removes the branch of a group; why is merged, invalidated or dequeued.
func (r *Repo) destroy(q *queued, why string) error {
	r.srv.hooks.mergeGroup(r, "destroyed", q, obj{"reason": why})
	r.srv.hooks.push(r, q.ref(), q.head(), "", r.mergeQueueBot())
	return r.setRef(q.ref(), "")
}

// dequeue takes a pull request out, for a reason in the words of pull_request.dequeued.
func (r *Repo) dequeue(i *issue, reason string) error {
	q := r.queueEntry(i)
	if q == nil {
		return nil
	}
	r.drop(q, reason)
	return errors.Join(r.destroy(q, "dequeued"), r.rebuild(q.branch))
}

// drop takes an entry off its queue.
func (r *Repo) drop(q *queued, reason string) {
	r.queues[q.branch] = slices.DeleteFunc(r.queues[q.branch], func(x *queued) bool { return x == q })
	r.happened(q.pull, event{kind: "RemovedFromMergeQueue", actor: r.mergeQueueBot(), from: q.head(), to: reason})
	r.changed(q.pull, "dequeued", r.mergeQueueBot(), obj{"reason": reason})
}

// rebuild makes the groups anew that are not on top of what is before them; what is closed or conflicts now goes.
func (r *Repo) rebuild(branch string) error {
	base := r.refs["refs/heads/"+branch]
	for _, q := range slices.Clone(r.queues[branch]) {
		kept, err := r.renew(q, base)
		if err != nil {
			return err
		}
		if kept {
			base = q.head()
		}
	}
	return nil
}

// renew puts a group on top of a base, and reports whether it stays in the queue.
func (r *Repo) renew(q *queued, base string) (bool, error) {
	switch {
	case q.pull.pull.merged():
		r.drop(q, "ALREADY_MERGED")
		return false, r.destroy(q, "dequeued")
	case q.pull.state != "open" || q.pull.pull.baseRef != q.branch:
		r.drop(q, "MANUAL")
		return false, r.destroy(q, "dequeued")
	case q.base == base:
		return true, nil
	}
	if err := r.destroy(q, "invalidated"); err != nil {
		return false, err
	}
	fresh := *q
	fresh.base = base
	err := r.build(&fresh)
	if errors.Is(err, errConflict) {
		r.drop(q, "MERGE_CONFLICT")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	*q = fresh
	return true, r.announce(q)
}

// mergeQueued brings the first group to its branch.
func (r *Repo) mergeQueued(q *queued) error {
	r.drop(q, "MERGE")
	if err := r.destroy(q, "merged"); err != nil {
		return err
	}
	return r.land(q.pull, r.mergeQueueBot(), q.made)
}

// runQueues merges the groups whose checks are successful, and takes out those whose checks are not.
func (r *Repo) runQueues() error {
	for _, branch := range slices.Sorted(maps.Keys(r.queues)) {
		for moves := true; moves; {
			var err error
			if moves, err = r.runQueue(branch); err != nil {
				return err
			}
		}
	}
	return nil
}

// runQueue looks at the first of a queue, and reports whether there is another first now.
func (r *Repo) runQueue(branch string) (bool, error) {
	want, _ := r.protection(branch)
	if err := r.rebuild(branch); err != nil {
		return false, err
	}
	if len(r.queues[branch]) == 0 || len(want.RequiredContexts) == 0 {
		return false, nil
	}
	q := r.queues[branch][0]
	states := r.contexts(q.head())
	switch {
	case slices.ContainsFunc(want.RequiredContexts, func(name string) bool { return states[name] == "FAILURE" || states[name] == "ERROR" }):
		return true, r.dequeue(q.pull, "CI_FAILURE")
	case len(r.unmetContexts(q.head(), want.RequiredContexts)) == 0:
		return true, r.mergeQueued(q)
	}
	return false, nil
}

func (h *hooks) mergeGroup(r *Repo, action string, q *queued, extra obj) {
	payload := cloneObj(extra)
	group := obj{"head_sha": q.head(), "head_ref": q.ref(), "base_sha": q.base, "base_ref": "refs/heads/" + q.branch, "head_commit": nil}
	if c, err := r.store.commit(q.head()); err == nil {
		group["head_commit"] = obj{
			"id": c.sha, "tree_id": c.tree, "message": c.message, "timestamp": timestamp(c.committed),
			"author": obj{"name": c.author, "email": c.authorEmail}, "committer": obj{"name": c.committer, "email": c.committerEmail},
		}
	}
	payload["action"], payload["merge_group"] = action, group
	h.fire("merge_group", r, r.mergeQueueBot(), payload)
}
