package gh

import "time"

// seen is when the App first wrote something on a commit that has since been
// left alone, zero where there is nothing: by then it had come. GitHub dates
// statuses and check runs itself. Of a commit that other pull requests have too
// nobody knows where it came first.
func (t *tipData) seen(slug string) time.Time {
	var first time.Time
	earlier := func(at time.Time) {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if t.AssociatedPullRequests.TotalCount > 1 {
		return first
	}
	if t.Status != nil {
		for _, c := range t.Status.Contexts {
			if c.Creator.is(slug) {
				earlier(c.CreatedAt)
			}
		}
	}
	for _, suite := range t.CheckSuites.Nodes { // those of the App
		for _, run := range suite.CheckRuns.Nodes {
			earlier(run.StartedAt)
		}
	}
	return first
}
