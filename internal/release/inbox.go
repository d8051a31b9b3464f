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
	Backport int    `json:"backport,omitempty"` // the open one
}

// Waiting is what waits for a release manager's word.
type Waiting struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Why    string `json:"why"`
	Since  string `json:"since"`

	at time.Time
}

// lacking are the changes that the branch lacks, security fixes first.
func (c *Config) lacking(s backport.Search, f pull.Release) []Backport {
	all := []Backport{}
	for _, g := range c.Backport.Gaps(s, f.Merged, into(f)) {
		all = append(all, Backport{g.Number, oneLine(g.Title), g.Kind, g.Merged.Format(time.DateOnly), oneLine(g.Why), g.Backport})
	}
	for _, fix := range c.Backport.OpenFixes(s.Version, f.Open) {
		if i := slices.IndexFunc(all, func(b Backport) bool { return b.Backport == fix.Pull.Number }); i >= 0 {
			all[i].Kind = securityKind
		} else {
			all = append(all, Backport{Number: fix.Of, Title: oneLine(fix.Pull.Title), Kind: securityKind, Why: openFix, Backport: fix.Pull.Number})
		}
	}
	slices.SortStableFunc(all, func(a, b Backport) int { return cmp.Compare(urgency(a), urgency(b)) })
	return all
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
func (c *Config) inbox(b lifecycle.Branch, f pull.Release, blockers []Blocker, now time.Time) []Waiting {
	all := []Waiting{}
	add := func(number int, title, why string, since time.Time) {
		if at := slices.IndexFunc(all, func(w Waiting) bool { return w.Number == number }); at >= 0 {
			all[at].Why += "; " + why
			return
		}
		all = append(all, Waiting{number, oneLine(title), why, since.Format(time.DateOnly), since})
	}
	for _, p := range f.Open {
		if why, since := c.asks(b, p, now); why != "" && !c.answered(b, p, f, now) {
			add(p.Number, p.Title, why, since)
		}
	}
	if search, err := c.Backport.Search(b.Version, now); err == nil {
		for _, m := range c.Backport.Asking(search, f.Merged, into(f), now) {
			add(m.Number, m.Title, fmt.Sprintf(asksBackport, b.Version, c.Backport.Word(b.Version, m, now)), m.ClosedAt)
		}
	}
	for _, blocker := range blockers {
		add(blocker.Number, blocker.Title, isBlocker, blocker.created)
	}
	slices.SortStableFunc(all, func(a, b Waiting) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Number, b.Number)) })
	return all
}

// asks says why an open pull request waits for a release manager, and since when; "" if
// it doesn't. Their own pull requests don't, nor do those on which they gave their word.
func (c *Config) asks(b lifecycle.Branch, p pull.Incoming, now time.Time) (why string, since time.Time) {
	if p.Draft || c.manages(b, p.Author) {
		return "", since
	}
	refused, answered := false, false
	for login, review := range p.Reviews {
		refused = refused || review == pull.ChangesRequested
		answered = answered || c.manages(b, login)
	}
	approved := !p.Approved.IsZero() && !refused
	switch {
	case answered:
		return "", since
	case approved && b.Phase == lifecycle.Security:
		return approvedSecurity, p.Approved
	case approved && b.Phase == lifecycle.FinalFreeze:
		return approvedFrozen, p.Approved
	case b.Phase == lifecycle.FinalFreeze, p.Own: // the bot only opens what may go there
		return "", since
	}
	return c.Backport.Word(b.Version, p.Summary, now), p.Created
}

// said are the pull requests on which a release manager may have answered: those that broke the
// frozen ABI, those that wait, and the originals of the bot's own backports.
func (c *Config) said(b lifecycle.Branch, f pull.Release, frozen bool, now time.Time) (numbers []int) {
	if frozen {
		numbers = c.broke(b.Version, f)
	}
	if c.Decisions == nil {
		return numbers
	}
	for _, p := range f.Open {
		if why, _ := c.asks(b, p, now); why == "" {
			continue
		}
		numbers = append(numbers, p.Number)
		if of := backport.Of(b.Version, p.Summary); p.Own && of != 0 {
			numbers = append(numbers, of)
		}
	}
	return numbers
}

// heard are the comments on a waiting pull request that are read: none if no release manager of
// the version wrote there, however much others did.
func (c *Config) heard(b lifecycle.Branch, comments []pull.Comment) []pull.Comment {
	manages := func(login string) bool { return c.manages(b, login) }
	if !slices.ContainsFunc(comments, func(o pull.Comment) bool { return manages(o.By) }) {
		return nil
	}
	return c.Backport.Heard(comments, manages)
}

// answered reports whether a release manager allowed or refused a pull request by a command
// there, or refused the backport on its original. There only a command that names the version
// counts: which others had been requested by then isn't loaded.
func (c *Config) answered(b lifecycle.Branch, p pull.Incoming, f pull.Release, now time.Time) bool {
	here := p.Summary
	here.Events = moves(p.Base, p.Moved)
	r := &pull.Request{Me: f.Me, Now: now}
	of := pull.Summary{Number: backport.Of(b.Version, p.Summary)}
	return c.word(b, r, here, f.Said).Kind != "" || p.Own && of.Number != 0 && c.word(b, r, of, f.Said).Kind == pull.Refused
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
func (c *Config) word(b lifecycle.Branch, r *pull.Request, of pull.Summary, said map[int]pull.Said) (last pull.Event) {
	heard := c.heard(b, said[of.Number].Comments)
	if c.Decisions == nil || len(heard) == 0 {
		return last
	}
	for _, e := range c.Decisions(c.Backport.Elsewhere(r, of, heard)) {
		if e.Subject == b.Version && c.manages(b, e.By) {
			last = e
		}
	}
	return last
}

func (c *Config) manages(b lifecycle.Branch, login string) bool { return c.manager(b, login) != "" }

// manager is a release manager's login as the settings write it; "" if someone is none.
func (c *Config) manager(b lifecycle.Branch, login string) string {
	for _, name := range b.Managers {
		if known := c.Backport.Settings.Login(name); known != "" && strings.EqualFold(known, login) {
			return known
		}
	}
	return ""
}
