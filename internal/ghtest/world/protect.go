package world

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Protection is what a protected branch asks for. People who use the methods of Repo may pass by it.
type Protection struct {
	RequiredReviews  int      // approvals by people who may write; with any, changes come by pull request only
	DismissStale     bool     // a push to the head dismisses approvals
	LastPush         bool     // the last push must be approved by somebody else than who pushed
	RequiredContexts []string // statuses or check runs that must be successful on the head
	Strict           bool     // the head must contain the tip of the base
	NoPush           bool     // nobody may push; merging is how the branch moves
	MergeQueue       bool     // the API merges nothing: the queue does
}

// Protection is that of a branch, by its name before any pattern.
func (r *Repo) Protection(branch string) (Protection, bool) {
	if p, ok := r.protections[branch]; ok {
		return p, true
	}
	for _, pattern := range slices.Sorted(maps.Keys(r.protections)) {
		if ok, _ := path.Match(pattern, branch); ok { // Protect checked the pattern
			return r.protections[pattern], true
		}
	}
	return Protection{}, false
}

// unmet is what the base branch still asks of a pull request, in GitHub's words.
func (r *Repo) unmet(p *Pull) []string {
	want, _ := r.Protection(p.BaseRef)
	var out []string
	if said := r.unreviewed(p); said != "" {
		out = append(out, said)
	}
	return append(out, r.unmetContexts(p.HeadSHA, want.RequiredContexts)...)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// unmetContexts says which of the required contexts are not successful on a commit.
func (r *Repo) unmetContexts(sha string, required []string) []string {
	words := map[string]string{"": "expected", "PENDING": "pending", "FAILURE": "failing", "ERROR": "failing"}
	states := r.contexts(sha)
	counts := map[string]int{}
	last, unmet := "", 0
	for _, name := range required {
		if word, missing := words[states[name]]; missing {
			counts[word]++
			last, unmet = fmt.Sprintf("Required status check %q is %s.", name, word), unmet+1
		}
	}
	switch {
	case unmet == 0:
		return nil
	case unmet == 1:
		return []string{last}
	case counts["expected"] == unmet:
		return []string{fmt.Sprintf("%d of %d required status checks are expected.", unmet, len(required))}
	}
	var parts []string
	for _, word := range []string{"expected", "pending", "failing"} {
		if counts[word] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[word], word))
		}
	}
	return []string{fmt.Sprintf("%d of %d required status checks have not succeeded: %s.", unmet, len(required), strings.Join(parts, ", "))}
}

// contexts are the states of statuses and check runs of a commit by name: SUCCESS, PENDING, FAILURE, ERROR.
func (r *Repo) contexts(sha string) map[string]string {
	states := map[string]string{}
	for _, st := range r.LatestStatuses(sha) {
		states[st.Context] = strings.ToUpper(st.State)
	}
	for _, k := range LatestChecks(r.ChecksAt(sha, "")) {
		states[k.Name] = k.state()
	}
	return states
}

func (k *Check) state() string {
	switch {
	case k.Status != "completed":
		return "PENDING"
	case slices.Contains([]string{"success", "neutral", "skipped"}, k.Conclusion):
		return "SUCCESS"
	}
	return "FAILURE"
}

// Rollup is the state of all statuses and check runs of a commit together, "" without any.
func (r *Repo) Rollup(sha string) string {
	worst := ""
	order := []string{"", "SUCCESS", "PENDING", "ERROR", "FAILURE"}
	for _, state := range r.contexts(sha) {
		if slices.Index(order, state) > slices.Index(order, worst) {
			worst = state
		}
	}
	return worst
}

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

// behind reports whether the base asks for a head that contains its tip, and this one does not.
func (r *Repo) behind(p *Pull) bool {
	if want, _ := r.Protection(p.BaseRef); !want.Strict {
		return false
	}
	tip := r.Refs["refs/heads/"+p.BaseRef]
	mergeBase, _, err := r.Store.Between(tip, p.HeadSHA)
	return err != nil || mergeBase != tip
}

// Refused says why a ref may not be moved from outside, "" if it may: the text after "GH006: ".
func (r *Repo) Refused(ref, sha string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	p, protected := r.Protection(branch)
	if !ok || !protected {
		return ""
	}
	reason := ""
	switch {
	case sha == "":
		reason = "Cannot delete this protected branch"
	case p.NoPush:
		reason = "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information."
	case r.reviewing(branch).Required > 0:
		reason = "Changes must be made through a pull request."
	default:
		reason = strings.Join(r.unmetContexts(sha, p.RequiredContexts), " ")
	}
	return reason
}

// Protect protects a branch, or those that a pattern ("3.*") matches; the zero Protection takes it away.
func (r *Repo) Protect(pattern string, p Protection) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("protecting %q of %s: it is no pattern", pattern, r.FullName())
	}
	if p.RequiredReviews == 0 && p.RequiredContexts == nil && !p.DismissStale && !p.LastPush && !p.Strict && !p.NoPush && !p.MergeQueue {
		delete(r.protections, pattern)
	} else {
		r.protections[pattern] = p
	}
	return r.Settle()
}
