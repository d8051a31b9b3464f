package ghtest

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

// Protect protects a branch, or those that a pattern ("3.*") matches; the zero Protection takes it away.
func (r *Repo) Protect(pattern string, p Protection) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("protecting %q of %s: it is no pattern", pattern, r.fullName())
	}
	if p.RequiredReviews == 0 && p.RequiredContexts == nil && !p.DismissStale && !p.LastPush && !p.Strict && !p.NoPush && !p.MergeQueue {
		delete(r.protections, pattern)
	} else {
		r.protections[pattern] = p
	}
	return r.settle()
}

// AllowAutoMerge says whether auto-merge may be enabled; it may at the start.
func (r *Repo) AllowAutoMerge(allow bool) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.noAutoMerge = !allow
}

// PlanWithoutAutoMerge has GitHub refuse auto-merge whatever the settings say, as private repositories on a free plan are reported to do.
func (r *Repo) PlanWithoutAutoMerge() {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.noPlan = true
}

// AllowMerges names the methods by which pull requests may be merged through the API: squash, merge, rebase; all at the start.
func (r *Repo) AllowMerges(methods ...string) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.methods = slices.Clone(methods)
}

// protection is that of a branch, by its name before any pattern.
func (r *Repo) protection(branch string) (Protection, bool) {
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
func (r *Repo) unmet(p *pull) []string {
	want, _ := r.protection(p.baseRef)
	var out []string
	if said := r.unreviewed(p); said != "" {
		out = append(out, said)
	}
	return append(out, r.unmetContexts(p.headSHA, want.RequiredContexts)...)
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
	for _, st := range r.latestStatuses(sha) {
		states[st.context] = strings.ToUpper(st.state)
	}
	for _, k := range latestChecks(r.checksAt(sha, "")) {
		states[k.name] = k.state()
	}
	return states
}

func (k *check) state() string {
	switch {
	case k.status != "completed":
		return "PENDING"
	case slices.Contains([]string{"success", "neutral", "skipped"}, k.conclusion):
		return "SUCCESS"
	}
	return "FAILURE"
}

// rollup is the state of all statuses and check runs of a commit together, "" without any.
func (r *Repo) rollup(sha string) string {
	worst := ""
	order := []string{"", "SUCCESS", "PENDING", "ERROR", "FAILURE"}
	for _, state := range r.contexts(sha) {
		if slices.Index(order, state) > slices.Index(order, worst) {
			worst = state
		}
	}
	return worst
}

// mergeState is GraphQL's mergeStateStatus.
func (r *Repo) mergeState(i *issue) string {
	p := i.pull
	switch r.mergeable(i) {
	case "UNKNOWN":
		return "UNKNOWN"
	case "CONFLICTING":
		return "DIRTY"
	}
	switch state := r.rollup(p.headSHA); {
	case p.draft:
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
func (r *Repo) behind(p *pull) bool {
	if want, _ := r.protection(p.baseRef); !want.Strict {
		return false
	}
	tip := r.refs["refs/heads/"+p.baseRef]
	mergeBase, _, err := r.store.between(tip, p.headSHA)
	return err != nil || mergeBase != tip
}

// refused says why a ref may not be moved from outside, "" if it may: the text after "GH006: ".
func (r *Repo) refused(ref, sha string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	p, protected := r.protection(branch)
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
