package pulltest

import (
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// merged is the commit of random pull requests that are merged.
const merged = "1234567890123456789012345678901234567890"

// lived gives a random pull request a history, and things around it, in the
// words of backports: pieces that fit together often enough.
func (d *dice) lived(r *pull.Request) {
	branches := []string{"3.16", "3.15", "3.14", "3.13", "3.12", "3.9", "main", ""}
	label := func() string {
		return pick(d, []string{"needs backport to ", "Needs Backport To "}) + pick(d, branches)
	}
	d.state(r)
	for range d.next() % 4 {
		r.Labels = append(r.Labels, label())
	}
	for i := range d.next() % 6 {
		r.Events = append(r.Events, d.event(r.CreatedAt.Add(time.Duration(i)*30*time.Hour), label()))
	}
	d.approvals(r)
	note := r.Notes["backports"]
	note.Data = pick(d, []string{"", "{", `{"sha":"` + merged +
		`","rows":{"3.14":{"state":"error","outcome":"error","trouble":"unreachable","temporary":true,"tries":1,"at":1,"asked":1},` +
		`"3.13":{"state":"already there","outcome":"already there"},"3.12":{"state":"open","pr":2}}}`})
	if note.Data != "" {
		note.ID = 1
		r.Notes["backports"] = note
	}
	d.around(r, branches)
}

// state merges the pull request, or makes it a backport.
func (d *dice) state(r *pull.Request) {
	if d.often(2) {
		r.State, r.ClosedAt = pull.Merged, r.Now.Add(-time.Hour)
		r.Merge = &pull.Merge{SHA: merged, Message: d.some(4, words().titles), Parents: 1 + d.next()%2,
			By: pick(d, []string{"dana", "contributor", "ghost"}), At: r.ClosedAt}
	}
	if !d.often(2) {
		r.Own, r.Title, r.Base = true, fmt.Sprintf("[3.14] Fix it (GH-%d)", d.next()%3), "3.14"
		r.HeadBranch, r.HeadOwner = "backport-1234567-3.14", pick(d, []string{"python", "fork", ""})
		if r.State == pull.Closed {
			r.ClosedAt = r.Now.Add(-time.Duration(d.next()) * time.Hour)
		}
	}
}

// approvals has it reviewed, and maybe ready to merge.
func (d *dice) approvals(r *pull.Request) {
	r.Reviews = map[string]pull.Review{}
	for range d.next() % 3 {
		r.Reviews[pick(d, []string{"dana", "carol"})] = pick(d, []pull.Review{pull.Approved, pull.ChangesRequested})
	}
	if !d.often(3) {
		r.Approvals = []pull.Approval{{By: "dana", At: r.CreatedAt.Add(time.Hour)}}
	}
	r.Heard = d.often(3)
	r.MergeState, r.AutoMerge = pick(d, []pull.MergeState{pull.MergeClean, pull.MergeBlocked, pull.MergeUnknown, "dirty"}), !d.often(3)
	r.AutoMergeMine = r.AutoMerge && d.often(3)
}

// around makes branches and other pull requests.
func (d *dice) around(r *pull.Request, branches []string) {
	r.Branches, r.Others, r.Into = map[string]pull.Branch{}, map[int]pull.Summary{}, map[string][]pull.Summary{}
	for _, name := range branches {
		head := "backport-1234567-" + name
		r.Branches[name] = pull.Branch{Tip: pick(d, []string{merged, ""})}
		r.Branches[head] = pull.Branch{Tip: pick(d, []string{"", r.Head, merged}), Requests: d.pulls(name, head)}
		r.Into[name] = d.pulls(name, "other")
	}
	if !d.often(3) { // so that others may be its backports
		r.Key.Number = 1
	}
	for number := range 4 {
		r.Others[number] = pull.Summary{}
		base := pick(d, []string{"main", "3.14", "3.13"})
		for _, s := range d.pulls(base, "other") {
			s.Number = number
			if !d.often(2) {
				s.Title = fmt.Sprintf("[%s] Fix it (GH-%d)", base, r.Key.Number)
			}
			r.Others[number] = s
		}
		if !d.often(3) {
			r.Pointers = append(r.Pointers, number)
		}
	}
	r.Guarded = map[string]bool{"3.14": d.often(2)}
	r.Blobs = map[string]string{}
	for _, f := range r.Files {
		if f.Content != nil && d.often(2) {
			r.Blobs[r.Base+":"+f.Path] = pull.BlobID(f.Content.Data, 40)
		}
	}
}

func (d *dice) event(at time.Time, subject string) pull.Event {
	e := pull.Event{Kind: pick(d, []pull.EventKind{pull.Labeled, pull.Labeled, pull.Unlabeled, pull.Queued, pull.BaseChanged}),
		Subject: subject, By: pick(d, []string{"dana", "hugovk", bot}), At: at}
	e.Own = e.By == bot
	return e
}

func (d *dice) pulls(base, head string) []pull.Summary {
	var all []pull.Summary
	for range max(0, d.next()%4-1) {
		s := pull.Summary{
			Number: 11 + d.next()%3, Title: fmt.Sprintf("[%s] Fix it (GH-%d)", base, d.next()),
			State: pick(d, []pull.State{pull.Open, pull.Closed, pull.Merged}),
			// a type, copied, would change what may be backported
			Draft: !d.often(3), Own: d.often(3), Base: base, HeadBranch: head, MergedBy: "dana",
			Labels: []string{"skip issue", "needs backport to 3.14"},
		}
		if s.State != pull.Open {
			s.ClosedAt = time.Date(2026, 8, d.next()%5, 0, 0, 0, 0, time.UTC)
		}
		s.Events = []pull.Event{d.event(time.Date(2026, 8, d.next()%6, 0, 0, 0, 0, time.UTC), "needs backport to 3.14")}
		all = append(all, s)
	}
	return all
}
