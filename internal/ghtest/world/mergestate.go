package world

import (
	"net/http"
	"slices"
	"strings"
)

// MergeState is GraphQL's mergeStateStatus.
func (r *Repo) MergeState(i *Issue) string {
	p := i.Pull
	switch r.Mergeable(i) {
	case "UNKNOWN":
		return "UNKNOWN"
	case "CONFLICTING":
		return "DIRTY"
	}
	switch state := r.Rollup(p.HeadSHA); {
	case p.Draft:
		return "DRAFT"
	case len(r.unmet(p)) > 0:
		return "BLOCKED"
	case r.behind(p):
		return "BEHIND"
	case state != "" && state != "SUCCESS":
		return "UNSTABLE"
	}
	return "CLEAN"
}

// behind reports whether the head must contain the tip of its base, and does not.
func (r *Repo) behind(p *Pull) bool {
	if want, _ := r.Protection(p.BaseRef); !want.Strict {
		return false
	}
	tip := r.Refs["refs/heads/"+p.BaseRef]
	mergeBase, _, err := r.Store.Between(tip, p.HeadSHA)
	return err != nil || mergeBase != tip
}

// MayMerge checks what GitHub checks before a merge through the API.
func (r *Repo) MayMerge(i *Issue, sha, method string) error {
	p := i.Pull
	refused := func(message string) error {
		return &Refusal{Status: http.StatusMethodNotAllowed, Message: message, Docs: "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request"}
	}
	if i.State != "open" {
		return refused("Pull Request is not mergeable")
	}
	if sha != "" && sha != p.HeadSHA {
		return &Refusal{Status: http.StatusConflict, Message: "Head branch was modified. Review and try the merge again."}
	}
	if reason := r.methodRefused(method); reason != "" {
		return refused(reason)
	}
	if want, _ := r.Protection(p.BaseRef); want.MergeQueue {
		return refused("Changes must be made through the merge queue")
	}
	switch r.MergeState(i) {
	case "DIRTY", "UNKNOWN":
		return refused("Pull Request is not mergeable")
	case "DRAFT":
		return refused("Pull Request is still a draft")
	case "BLOCKED":
		return refused(strings.Join(r.unmet(p), " "))
	case "BEHIND":
		return refused("Head branch is out of date. Review and try the merge again.")
	}
	return nil
}

// methodRefused says why a method cannot be used, or is "".
func (r *Repo) methodRefused(method string) string {
	names := map[string]string{"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
	switch {
	case names[method] == "":
		return "there is no method " + method
	case r.Methods != nil && !slices.Contains(r.Methods, method):
		return names[method] + " are not allowed on this repository."
	}
	return ""
}

// CannotAutoMerge says why not, in GitHub's words, or is "".
func (r *Repo) CannotAutoMerge(i *Issue) string {
	state := r.MergeState(i)
	_, protected := r.Protection(i.Pull.BaseRef)
	protected = protected || len(r.ReviewRulesOf(i.Pull.BaseRef)) > 0
	switch {
	case r.NoPlan:
		return "Can't enable auto-merge for this pull request"
	case r.NoAutoMerge:
		return "Pull request Auto merge is not allowed for this repository"
	case i.Pull.Merged():
		return "Pull request is already merged"
	case i.State != "open":
		return "Pull request is closed"
	case !protected: // said of clean ones, too: scripts merge directly when they read it
		return "Pull request Protected branch rules not configured for this branch"
	case state == "CLEAN":
		return "Pull request Pull request is in clean status"
	case state == "UNSTABLE":
		return "Pull request Pull request is in unstable status"
	case i.Pull.Draft:
		return "Pull request Pull request is in draft status"
	}
	return ""
}

// HasQueue reports whether a branch has a merge queue.
func (r *Repo) HasQueue(branch string) bool {
	p, _ := r.Protection(branch)
	_, used := r.Queues[branch]
	return p.MergeQueue || used
}

// QueueEntry is nil for what is not queued.
func (r *Repo) QueueEntry(i *Issue) *Queued {
	for _, q := range r.Queues[i.Pull.BaseRef] {
		if q.Pull == i {
			return q
		}
	}
	return nil
}

// QueueState is that of an entry: it waits for checks, or for those before it.
func (r *Repo) QueueState(q *Queued) string {
	want, _ := r.Protection(q.Branch)
	if len(r.unmetContexts(q.Head(), want.RequiredContexts)) > 0 {
		return "AWAITING_CHECKS"
	}
	return "MERGEABLE"
}
