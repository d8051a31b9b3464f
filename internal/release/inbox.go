package release

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

const securityKind = "security"

// Backport is a merged change that the branch lacks.
type Backport struct {
	Number   int    `json:"number"`
	Title    string `json:"title"`
	Kind     string `json:"kind"`
	Merged   string `json:"merged"` // "" if that was before the last release, or isn't known
	Why      string `json:"why"`
	Backport int    `json:"backport,omitempty"`   // the open one
	Refused  string `json:"refused_by,omitempty"` // login of a release manager
}

// Waiting is what waits for a release manager's word.
type Waiting struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Why    string `json:"why"`
	Since  string `json:"since"`

	at time.Time
}

// evaluation is what a verdict on a version is made of.
type evaluation struct {
	*Config
	b   lifecycle.Branch
	f   pull.Release
	now time.Time
	// last is the last release; nil: there's none.
	last *lifecycle.Release
}

func (c *Config) evaluation(b lifecycle.Branch, f pull.Release, now time.Time) evaluation {
	schedule, _ := c.Backport.Calendar().Schedule(b.Version)
	return evaluation{c, b, f, now, happened(schedule, f, now)}
}

// lacking are the changes that the branch lacks, security fixes first.
func (e evaluation) lacking(s backport.Search) []Backport {
	all := []Backport{}
	for _, g := range e.Backport.Gaps(s, e.f.Merged, into(e.f)) {
		missing := Backport{Number: g.Number, Title: oneLine(g.Title), Kind: g.Kind, Merged: g.Merged.Format(time.DateOnly),
			Why: oneLine(g.Why), Backport: g.Backport}
		if word := e.word(pull.Summary{Number: g.Number}); word.Kind == pull.Refused {
			missing.Refused = e.manager(word.By)
		}
		all = append(all, missing)
	}
	for _, fix := range e.Backport.OpenFixes(s.Version, e.f.Open) {
		if i := slices.IndexFunc(all, func(b Backport) bool { return b.Backport == fix.Pull.Number }); i >= 0 {
			all[i].Kind = securityKind
		} else {
			all = append(all, Backport{Number: fix.Of, Title: oneLine(fix.Pull.Title), Kind: securityKind, Why: openFix, Backport: fix.Pull.Number})
		}
	}
	slices.SortStableFunc(all, func(a, b Backport) int { return cmp.Compare(urgency(a), urgency(b)) })
	return all
}

// missingFixes are the security fixes that the branch lacks: a release manager may have refused one
// in any phase.
func (e evaluation) missingFixes() (numbers []int) {
	search, err := e.Backport.Search(e.b.Version, e.now)
	if err != nil { // a branch that takes no backports
		return nil
	}
	for _, g := range e.Backport.Gaps(search, e.f.Merged, into(e.f)) {
		if g.Kind == securityKind && g.Backport == 0 {
			numbers = append(numbers, g.Number)
		}
	}
	return numbers
}

// urgency puts security fixes first.
func urgency(b Backport) int {
	if b.Kind == securityKind {
		return 0
	}
	return 1
}

// into are the known pull requests into the branch.
func into(f pull.Release) []pull.Summary {
	all := slices.Clone(f.Into)
	for _, p := range f.Open {
		all = append(all, p.Summary)
	}
	return all
}

// inbox is what waits for the release manager, the oldest first.
func (e evaluation) inbox(blockers []Blocker) []Waiting {
	all := []Waiting{}
	add := func(number int, title, why string, since time.Time) {
		if at := slices.IndexFunc(all, func(w Waiting) bool { return w.Number == number }); at >= 0 {
			all[at].Why += "; " + why
			return
		}
		all = append(all, Waiting{number, oneLine(title), why, since.Format(time.DateOnly), since})
	}
	for _, p := range e.f.Open {
		if ask := e.asks(p); ask.why != "" && !e.answered(p, ask.merges) {
			add(p.Number, p.Title, ask.why, ask.since)
		}
	}
	for _, m := range e.asking() {
		if e.word(pull.Summary{Number: m.Number}).Kind == "" {
			about := lacksFix
			if e.Backport.Requested(e.b.Version, m) {
				about = asksBackport
			}
			add(m.Number, m.Title, fmt.Sprintf(about, e.b.Version, e.Backport.Word(e.b, m)), m.ClosedAt)
		}
	}
	for _, blocker := range blockers {
		add(blocker.Number, blocker.Title, isBlocker, blocker.created)
	}
	slices.SortStableFunc(all, func(a, b Waiting) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Number, b.Number)) })
	return all
}

// asking are the merged changes whose backport waits for the release manager's word.
func (e evaluation) asking() []pull.Summary {
	return e.Backport.Asking(e.b, e.f.Merged, into(e.f))
}

// request is why an open pull request waits for a release manager, and since when.
type request struct {
	why   string // "": it doesn't
	since time.Time
	// merges: only the release manager may merge it. Then a review or an allowing command is no answer.
	merges bool
}

// asks returns the request of an open pull request. Their own ones have none, nor do those that wait
// for changes that they requested, until commits or another request for a review follow.
func (e evaluation) asks(p pull.Incoming) request {
	if p.Draft || e.manages(p.Author) {
		return request{}
	}
	refused, answered, again := e.reviewed(p)
	approved := map[lifecycle.Phase]string{lifecycle.Security: approvedSecurity, lifecycle.FinalFreeze: approvedFrozen}[e.b.Phase]
	switch {
	case approved != "" && again && !refused:
		return request{changesMade, p.Created, true}
	case approved != "" && !p.Approved.IsZero() && !refused:
		return request{approved, p.Approved, true}
	case e.b.Phase == lifecycle.FinalFreeze, p.Own, answered: // the bot only opens what may go there
		return request{}
	}
	return request{why: e.Backport.Word(e.b, p.Summary), since: p.Created}
}

// reviewed is what reviews say: that someone waits for changes, that a release manager reviewed the
// head, and that changes may have been made which a release manager requested.
func (e evaluation) reviewed(p pull.Incoming) (refused, answered, again bool) {
	for login, review := range p.Reviews {
		switch manages := e.manages(login); {
		case manages && p.Fresh[login] == "":
			again = again || review == pull.ChangesRequested
		default:
			answered = answered || manages
			refused = refused || review == pull.ChangesRequested
		}
	}
	return refused, answered, again
}

// said are the pull requests on which a release manager may have answered: those that broke the
// frozen ABI, merged ones that wait, open ones that wait, and the originals of the bot's own
// backports.
func (e evaluation) said(frozen bool) (numbers []int) {
	if frozen {
		numbers = e.broke()
	}
	if e.Decisions == nil {
		return numbers
	}
	for _, m := range e.asking() {
		numbers = append(numbers, m.Number)
	}
	numbers = append(numbers, e.missingFixes()...)
	for _, p := range e.f.Open {
		if e.asks(p).why == "" {
			continue
		}
		numbers = append(numbers, p.Number)
		if of := backport.Of(e.b.Version, p.Summary); p.Own && of != 0 {
			numbers = append(numbers, of)
		}
	}
	return numbers
}

// heard are the comments on a waiting pull request that are read: none if no release manager of
// the version wrote there, however much others did.
func (e evaluation) heard(comments []pull.Comment) []pull.Comment {
	if !slices.ContainsFunc(comments, func(o pull.Comment) bool { return e.manages(o.By) }) {
		return nil
	}
	return e.Backport.Heard(comments, e.manages)
}

// answered reports whether a release manager refused a pull request by a command there or on its
// original, or allowed it there, unless they must also merge it. On the original only a command
// that names the version counts: which others had been requested by then isn't loaded.
func (e evaluation) answered(p pull.Incoming, merges bool) bool {
	here := p.Summary
	here.Events = moves(p.Base, p.Moved)
	of := pull.Summary{Number: backport.Of(e.b.Version, p.Summary)}
	switch e.word(here).Kind {
	case pull.Refused:
		return true
	case pull.Allowed:
		return !merges
	}
	return p.Own && of.Number != 0 && e.word(of).Kind == pull.Refused
}

// moves is the last change of a pull request's base; none if it never changed.
func moves(base string, at time.Time) []pull.Event {
	if at.IsZero() {
		return nil
	}
	return []pull.Event{{Kind: pull.BaseChanged, Subject: base, At: at}}
}

// word is the last one of a version's present release managers on a pull request; a zero event for
// none. A former one's doesn't count here.
func (e evaluation) word(of pull.Summary) (last pull.Event) {
	heard := e.heard(e.f.Said[of.Number].Comments)
	if e.Decisions == nil || len(heard) == 0 {
		return last
	}
	for _, d := range e.Decisions(e.Backport.Elsewhere(&pull.Request{Me: e.f.Me, Now: e.now}, of, heard)) {
		if d.Subject == e.b.Version && e.manages(d.By) {
			last = d
		}
	}
	return last
}

func (e evaluation) manages(login string) bool { return e.manager(login) != "" }

// manager is a release manager's login as the settings write it; "" if someone is none.
func (e evaluation) manager(login string) string {
	for _, name := range e.b.Managers {
		if known := e.Backport.Settings.Login(name); known != "" && strings.EqualFold(known, login) {
			return known
		}
	}
	return ""
}
