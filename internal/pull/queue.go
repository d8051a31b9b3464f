package pull

import (
	"fmt"
	"maps"
	"slices"
)

// Texts of the check runs on a merge queue's commits.
const (
	titleQueued   = "As on pull request #%d"
	summaryQueued = "The merge queue builds pull request #%d here. See its own check run for details."
)

// QueueEntry is a pull request in a merge queue.
type QueueEntry struct {
	Number   int
	Group    string  // the commit that the queue builds
	Reported Reports // on that commit
	Own      Reports // on the pull request's head
}

// Reports are everyone's statuses of a commit, and this App's check runs.
type Reports struct {
	Statuses map[string]Status
	Checks   map[string]CheckState
}

// Plan sets the bot's statuses and check runs on the entry's commit: GitHub waits for the
// same ones there as on the pull request ("Managing a merge queue"). A group is a pull
// request on top of others, so it gets that pull request's results. Rules own the statuses
// that are the bot's.
func (q QueueEntry) Plan(repository Key, rules []Rule) Plan {
	key := repository.Repository()
	key.Number = q.Number
	plan := Plan{Key: key, Because: map[string]string{}}
	do := func(a Action) {
		plan.Actions = append(plan.Actions, a)
		plan.Because[a.String()] = "merge-queue"
	}
	for _, name := range slices.Sorted(maps.Keys(q.Own.Statuses)) {
		status := q.Own.Statuses[name]
		ours := slices.ContainsFunc(rules, func(r Rule) bool { return r.Shadow == nil && r.owns(name) })
		if ours && status != q.Reported.Statuses[name] {
			do(SetStatus{SHA: q.Group, Status: status})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q.Own.Checks)) {
		check := Check{
			Name: name, Conclusion: q.Own.Checks[name].Conclusion,
			Title: fmt.Sprintf(titleQueued, q.Number), Summary: fmt.Sprintf(summaryQueued, q.Number),
		}
		if check.Conclusion != "" && q.Reported.Checks[name].Digest != check.Digest() { // "": someone requested it again
			do(SetCheck{SHA: q.Group, Check: check})
		}
	}
	return plan
}
