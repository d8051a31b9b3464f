package pulltest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// yamlHistory is what golden cases write of the life of a pull request, and of
// what is around it.
type yamlHistory struct {
	Own        bool       `yaml:"own"` // opened by the bot
	HeadBranch string     `yaml:"head-branch"`
	HeadOwner  string     `yaml:"head-owner"`
	Closed     time.Time  `yaml:"closed"`
	Merge      *yamlMerge `yaml:"merge"` // makes the state "merged"

	// Events are "dana labeled needs backport to 3.14", or with a time before it.
	// Without one they are a minute apart from the opening on. The bot is
	// "concorde[bot]".
	Events     []string               `yaml:"events"`
	HeadSeen   time.Time              `yaml:"head-seen"`
	HeadDated  time.Time              `yaml:"head-dated"`
	Reviews    map[string]pull.Review `yaml:"reviews"`
	Stale      []string               `yaml:"stale"`    // who reviewed an older head
	Reviewed   time.Time              `yaml:"reviewed"` // when the head was; else an hour after the opening
	Reviewers  []string               `yaml:"reviewers"`
	Assignees  []string               `yaml:"assignees"`
	MergeState pull.MergeState        `yaml:"merge-state"`
	AutoMerge  string                 `yaml:"auto-merge"` // login of who set it
	Unheard    bool                   `yaml:"unheard"`    // nobody but the bot reported on the head
	Guarded    []string               `yaml:"guarded"`    // branches where an approval doesn't outlive a push

	// Changed are paths that differ, or are gone, on the base branch now.
	Changed []string `yaml:"changed"`

	Branches map[string]string `yaml:"branches"` // tips
	// Pulls are other pull requests; rules see those that they look at.
	Pulls []yamlPull `yaml:"pulls"`
	// Pointers are pull requests that pointed here.
	Pointers []int `yaml:"pointers"`
	// Data is what the bot left in its comments, by key.
	Data map[string]string `yaml:"data"`
	// Picked is what the picks of this very run came to.
	Picked []pull.Picked `yaml:"picked"`

	// Checked are the commits of branches with their runs, see parseChecked.
	Checked map[string][]string `yaml:"checked"`

	yamlTriage `yaml:",inline"`
}

type yamlMerge struct {
	SHA     string `yaml:"sha"`
	Message string `yaml:"message"`
	Author  string `yaml:"author"`
	By      string `yaml:"by"`
	Parents int    `yaml:"parents"`
	Rebased bool   `yaml:"rebased"`
}

type yamlPull struct {
	Number      int                    `yaml:"number"`
	Title       string                 `yaml:"title"`
	Body        string                 `yaml:"body"`
	State       pull.State             `yaml:"state"`
	Draft       bool                   `yaml:"draft"`
	Own         bool                   `yaml:"own"`
	Author      string                 `yaml:"author"`
	Association string                 `yaml:"association"`
	Base        string                 `yaml:"base"`
	HeadBranch  string                 `yaml:"head-branch"`
	HeadOwner   string                 `yaml:"head-owner"` // that of the repository if it's ""
	MergedBy    string                 `yaml:"merged-by"`
	Reviews     map[string]pull.Review `yaml:"reviews"`
	Closed      time.Time              `yaml:"closed"`
	Labels      []string               `yaml:"labels"`
	Events      []string               `yaml:"events"`
	Data        map[string]string      `yaml:"data"`
	Closes      []int                  `yaml:"closes"`
	MoreCloses  bool                   `yaml:"more-closes"`
}

const bot = "concorde[bot]"

var kinds = []pull.EventKind{pull.Labeled, pull.Unlabeled, pull.ReviewRequested, pull.Assigned, pull.Drafted, pull.Readied, pull.WasClosed,
	pull.WasReopened,
	pull.Dismissed, pull.ForcePushed, pull.BaseChanged, pull.Queued}

func parseEvents(lines []string, from time.Time) ([]pull.Event, error) {
	var events []pull.Event
	for i, line := range lines {
		e := pull.Event{At: from.Add(time.Duration(i) * time.Minute)}
		if first, rest, _ := strings.Cut(line, " "); len(first) > 10 {
			if at, err := time.Parse(time.RFC3339, first); err == nil {
				e.At, line = at, rest
			}
		}
		by, rest, _ := strings.Cut(line, " ")
		for _, kind := range kinds {
			if subject, found := strings.CutPrefix(rest+" ", string(kind)+" "); found && e.Kind == "" {
				e.Kind, e.Subject, e.By, e.Own = kind, strings.TrimSuffix(subject, " "), by, by == bot
			}
		}
		if e.Kind == "" {
			return nil, fmt.Errorf("%q is no event: want LOGIN labeled LABEL, or one of %v", line, kinds)
		}
		events = append(events, e)
	}
	return events, nil
}

// live fills in the history, and what the rules look at.
func (y yamlRequest) live(r *pull.Request, rules []pull.Rule) {
	r.Own, r.HeadBranch, r.HeadOwner, r.ClosedAt = y.Own, y.HeadBranch, y.HeadOwner, y.Closed
	if y.Merge != nil {
		r.State = pull.Merged
		r.Merge = &pull.Merge{SHA: y.Merge.SHA, Message: y.Merge.Message, Author: y.Merge.Author, By: y.Merge.By, Parents: y.Merge.Parents,
			Rebased: y.Merge.Rebased, At: y.Closed}
		if r.Merge.Parents == 0 {
			r.Merge.Parents = 1
		}
	}
	r.Events, _ = parseEvents(y.Events, y.Created) // checked by parse
	r.HeadSeen, r.HeadDated = y.HeadSeen, y.HeadDated
	for login, review := range y.Reviews {
		person := login != "ghost" && !strings.HasSuffix(login, "[bot]")
		if review == pull.Approved && person && !slices.Contains(y.Stale, login) {
			r.Approvals = append(r.Approvals, pull.Approval{By: login, At: y.reviewed()})
		}
	}
	slices.SortFunc(r.Approvals, func(a, b pull.Approval) int { return strings.Compare(a.By, b.By) })
	r.Reviews, r.Reviewers, r.Assignees = y.Reviews, y.Reviewers, y.Assignees
	r.MergeState, r.AutoMerge, r.AutoMergeMine, r.Heard = y.MergeState, y.AutoMerge != "", y.AutoMerge == bot, !y.Unheard
	for key, data := range y.Data {
		note := r.Notes[key]
		note.ID, note.Data = 1, data
		r.Notes[key] = note
	}
	for _, p := range y.Picked {
		*r = *r.Learn(p)
	}
	r.Pointers = y.Pointers
	y.triage(r)
	looks := pull.Look(rules, r)
	y.look(r, looks)
	y.around(r, looks)
	y.checks(r, looks)
}

// around fills in branches and other pull requests.
func (y yamlRequest) around(r *pull.Request, looks pull.Looks) {
	r.Branches, r.Others, r.Into = map[string]pull.Branch{}, map[int]pull.Summary{}, map[string][]pull.Summary{}
	for _, name := range looks.Branches {
		r.Branches[name] = pull.Branch{Tip: y.tip(name), Requests: y.pulls(func(p yamlPull) bool { return p.HeadBranch == name })}
	}
	for _, name := range looks.Into {
		r.Into[name] = y.pulls(func(p yamlPull) bool { return p.Base == name })
	}
	for _, number := range looks.Requests {
		r.Others[number] = pull.Summary{}
		for _, s := range y.pulls(func(p yamlPull) bool { return p.Number == number }) {
			r.Others[number] = s
		}
	}
}

func (y yamlRequest) reviewed() time.Time {
	if y.Reviewed.IsZero() {
		return y.Created.Add(time.Hour)
	}
	return y.Reviewed
}

func eventsOf(pulls []yamlPull) [][]string {
	var all [][]string
	for _, p := range pulls {
		all = append(all, p.Events)
	}
	return all
}

// tip of a branch, which a pick of this run may have pushed.
func (y yamlRequest) tip(name string) string {
	for _, p := range y.Picked {
		if p.Head == name && p.Commit != "" {
			return p.Commit
		}
	}
	return y.Branches[name]
}

func (y yamlRequest) pulls(wanted func(yamlPull) bool) []pull.Summary {
	key, _ := pull.ParseKey(y.PR) // checked by parse
	var found []pull.Summary
	for _, p := range y.Pulls {
		if !wanted(p) {
			continue
		}
		s := pull.Summary{
			Number: p.Number, Title: p.Title, Body: p.Body, State: p.State, Draft: p.Draft, Own: p.Own, Author: p.Author,
			Association: p.Association, Base: p.Base,
			HeadBranch: p.HeadBranch, HeadOwner: cmp.Or(p.HeadOwner, key.Owner), Head: y.tip(p.HeadBranch), MergedBy: p.MergedBy,
			ClosedAt: p.Closed, Labels: p.Labels, Notes: map[string]pull.PostedNote{},
			Closes: p.Closes, MoreCloses: p.MoreCloses, Reviews: p.Reviews,
		}
		if s.State == "" {
			s.State = pull.Open
		}
		s.Events, _ = parseEvents(p.Events, y.Created)
		for key, data := range p.Data {
			s.Notes[key] = pull.PostedNote{ID: 1, Data: data}
		}
		found = append(found, s)
	}
	return found
}
