package pull

import "time"

// MaxThread limits Thread.Comments to those that were written or edited last. GitHub takes no
// more in one place.
const MaxThread = 2500

// AwaitingFor is for how long a merged pull request that nobody touches is expected to get
// what its label requests, such as a backport. After that, it waits for a person, whose
// actions bring an event.
const AwaitingFor = 90 * 24 * time.Hour

// Thread is what was said on another issue.
type Thread struct {
	Comments []Comment             // as Request.Comments
	Notes    map[string]PostedNote // as Request.Notes
	// More: there are more comments, or GitHub leaves some out of its answer.
	More bool
}

// OpenSummary is what a tracking issue knows about an open pull request.
type OpenSummary struct {
	Number   int
	Author   string            // login
	Statuses map[string]Status // of its head, by context
}
