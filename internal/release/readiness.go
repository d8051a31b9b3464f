package release

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
)

// Verdict on a release.
type Verdict string

const (
	Ready    Verdict = "ready"
	NotReady Verdict = "not ready"
	NotKnown Verdict = "not known"
)

// Config is what a verdict depends on, besides GitHub.
type Config struct {
	Settings config.Release
	News     config.News
	ABI      config.ABI
	Backport backport.Config // its release data, and what may go where
	// Decisions returns what release managers allow and refuse by commands, oldest first. nil:
	// there are no commands.
	Decisions func(*pull.Request) []pull.Event
	// Frozen reports whether a version is frozen, and whether release managers decide that by
	// commands, by its tracking issue's request. nil: the release data decides.
	Frozen func(r *pull.Request, version string) (frozen, decided bool)
	// Nightly is how the nightly build of a branch went, from its checks; nil: there's none.
	Nightly func(branch string, b pull.BranchChecks, now time.Time) (regression.NightlyOutcome, bool)
}

// Break is a change of the full ABI since the last release.
type Break struct {
	PR     int            `json:"number,omitempty"` // 0 if the commit names none
	Commit string         `json:"commit"`           // "" for a NEWS entry that no known change brought
	Title  string         `json:"title"`
	By     []abi.Evidence `json:"by"`
	Text   string         `json:"text"` // what its NEWS entries say, or else the title's words
	// Approved is the login of the release manager who let it break the frozen ABI.
	Approved string `json:"approved_by,omitempty"`
}

// Fault is a NEWS entry that would break the release or be lost.
type Fault struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// Readiness is a verdict on the next release of a version, with all that it depends on.
// Keys of its JSON are only ever added. Days are YYYY-MM-DD.
type Readiness struct {
	Version  string    `json:"version"`
	Phase    string    `json:"phase,omitempty"`
	Branch   string    `json:"branch,omitempty"`
	Verdict  Verdict   `json:"verdict"`
	Reasons  []string  `json:"reasons,omitempty"` // why it isn't ready
	Unknown  []string  `json:"unknown,omitempty"` // what isn't known, and would have to be
	Notes    []string  `json:"notes,omitempty"`   // what else is worth knowing
	Next     *Planned  `json:"next_release,omitempty"`
	Last     *Planned  `json:"last_release,omitempty"`
	Managers []Manager `json:"release_managers"`
	Head     string    `json:"head,omitempty"` // commit
	Checks   Checks    `json:"checks"`
	// Nightly is left out if the settings have no nightly build of the branch.
	Nightly *regression.NightlyOutcome `json:"nightly_build,omitempty"`

	Blockers  []Blocker  `json:"blockers"`
	Deferred  []Blocker  `json:"deferred_blockers"`
	Backports []Backport `json:"backports"`
	Waiting   []Waiting  `json:"waiting"` // for the release manager
	// Breaks and Faults are null if nobody checked.
	Breaks *[]Break `json:"abi_breaks"`
	Faults *[]Fault `json:"news_faults"`
	// Incomplete: there are too many pull requests to list.
	Incomplete bool `json:"incomplete,omitempty"`

	ended  string // what there is to say of a version at its end of life
	today  time.Time
	frozen bool // the full ABI, since the last release

	shownNews *News // for pages
	shownABI  *ABI
	noABI     string // why it's nil
}

// Planned is a release, past or expected.
type Planned struct {
	Name string `json:"name"` // "3.15.0 beta 2"
	Date string `json:"date"`
	Days int    `json:"days"` // from today on; negative for days ago
	Tag  string `json:"tag"`
	SHA  string `json:"commit,omitempty"` // of the tag; "" if it doesn't exist

	expected bool // the release data has only planned it
}

// Manager is a release manager.
type Manager struct {
	Name  string `json:"name"`
	Login string `json:"login,omitempty"` // "": the settings don't know it
}

// phased is a branch in the phase that release managers have it in: the final one, when it's frozen.
func (c *Config) phased(b lifecycle.Branch, r *pull.Request) lifecycle.Branch {
	if c.Frozen == nil || b.Phase == lifecycle.Feature {
		return b
	}
	switch frozen, decided := c.Frozen(r, b.Version); {
	case frozen:
		b.Phase = lifecycle.FinalFreeze
	case decided && b.Phase == lifecycle.FinalFreeze: // thawed early
		b.Phase = lifecycle.Bugfix
	}
	return b
}

// earliestTag is how many days before the announcement a release's tag may come: what was merged
// since isn't in the release.
const earliestTag = 2

// Look says what to load for a version's readiness, by the request of its tracking issue, or one
// with no more than a time and the default branch.
func (c *Config) Look(version string, r *pull.Request) pull.ReleaseLook {
	now, defaultBranch := r.Now, r.DefaultBranch
	look := pull.ReleaseLook{Version: version, Default: defaultBranch, Blocker: c.Settings.BlockerLabel, Deferred: c.Settings.DeferredLabel}
	b, known := c.Backport.Life(version, now)
	switch {
	case !known || b.Phase == lifecycle.EndOfLife:
		return look
	case b.Phase == lifecycle.Feature:
		look.Branch = defaultBranch
	default:
		look.Branch, look.Uncut = version, c.Backport.Calendar().Uncut(version, now)
	}
	look.Entries = c.News.Directory
	look.Told = func(entries []pull.File) []string { return c.abiBranch(version, entries).Told() }
	schedule, _ := c.Backport.Calendar().Schedule(version)
	look.Tags = tags(maybeLast(schedule, now))
	search, err := c.Backport.Search(version, now)
	if err != nil { // a branch that takes no backports
		return look
	}
	phased := c.phased(b, r)
	look.Frozen = phased.Phase == lifecycle.FinalFreeze
	look.Said = func(f pull.Release) []int {
		e := c.evaluation(phased, f, now)
		return e.said(e.last != nil && frozenABI(b, *e.last))
	}
	look.Heard = evaluation{Config: c, b: b}.heard
	look.Requested, look.Fixes, look.Since = search.Labels[0], search.Labels[1:], search.Since
	if last := happened(schedule, pull.Release{}, now); last != nil {
		if tagged := last.Date.AddDate(0, 0, -earliestTag); tagged.After(look.Since) {
			look.Since = tagged
		}
	}
	return look
}

// Judge says whether a version can be released. The request is Look's.
func (c *Config) Judge(version string, f pull.Release, of *pull.Request) Readiness {
	now := of.Now
	ledger := c.ledger(version, f)
	r := Readiness{Version: version, Branch: f.Branch, Head: f.Tip, Breaks: breaks(ledger), Incomplete: f.Incomplete,
		Managers: []Manager{}, today: now.UTC().Truncate(24 * time.Hour)}
	b, known := c.Backport.Life(version, now)
	uncut := f.Branch != "" && f.Branch != version && b.Phase != lifecycle.Feature
	if uncut {
		b.Phase = lifecycle.Feature
		r.note(branchUncut, version, f.Branch)
	}
	r.Phase = string(b.Phase)
	r.news(c.News, f)
	for _, name := range b.Managers {
		r.Managers = append(r.Managers, Manager{name, c.Backport.Settings.Login(name)})
	}
	r.Blockers, r.Deferred = blockersOf(named{version, f.Branch, c.Backport.Settings.Label}, f.Blockers)
	r.Backports = []Backport{}
	r.Waiting = []Waiting{}
	switch {
	case !known:
		r.doubt(unknownVersion(version))
	case b.Phase == lifecycle.EndOfLife:
		r.ended = endOfLife(version, b)
	default:
		e := c.evaluation(c.phased(b, of), f, now)
		r.plan(e, b)
		r.Checks, r.Nightly = checksOf(f.Commits), c.night(r.Branch, f.Checked, now)
		if search, err := c.Backport.Search(version, now); err == nil && !uncut {
			r.Backports = e.lacking(search)
		}
		r.Waiting = e.inbox(r.Blockers)
		e.judgeBreaks(&r)
		r.byFreeze(e.b)
		r.reasons(f)
		c.showABI(&r, ledger, now)
	}
	if r.shownNews != nil && r.Next != nil {
		r.shownNews.Release = strings.TrimPrefix(r.Next.Tag, "v")
	}
	r.conclude()
	return r
}

// plan takes the last release and the next one.
func (r *Readiness) plan(e evaluation, b lifecycle.Branch) {
	if e.last != nil {
		r.Last = r.planned(*e.last)
		if e.last.Tag() == e.f.Tag {
			r.Last.SHA = e.f.Tagged
		}
		if r.Last.SHA == "" {
			r.doubt(missingTag(*r.Last))
		}
		r.frozen = frozenABI(b, *e.last)
	}
	schedule, _ := e.Backport.Calendar().Schedule(r.Version)
	switch next := following(schedule, e.last); {
	case next != nil:
		r.Next = r.planned(*next)
	case b.Phase != lifecycle.Security: // those are released when there's something to release
		r.doubt(nothingPlanned(r.Version))
	}
}

func (r *Readiness) planned(of lifecycle.Release) *Planned {
	return &Planned{Name: of.String(), Date: of.Date.Format(time.DateOnly), Days: int(of.Date.Sub(r.today).Hours() / 24), Tag: of.Tag(),
		expected: of.Expected}
}

// doubt notes what isn't known.
func (r *Readiness) doubt(why string) { r.Unknown = append(r.Unknown, why) }

func (r *Readiness) object(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// reasons notes what keeps a living version from being released.
func (r *Readiness) reasons(f pull.Release) {
	if f.Tip == "" {
		r.object(missingBranch, r.Branch)
	}
	r.byBlockers(f.MoreBlockers)
	r.byChecks(f.Tip)
	r.byNight()
	r.byFixes()
	r.byABI(f.Tagged != "")
	if r.Faults != nil && len(*r.Faults) > 0 {
		r.object(faultyNews, count(len(*r.Faults), "NEWS entry", "NEWS entries"))
	}
	if f.Incomplete {
		r.doubt(tooManyPulls)
	}
}

// byFreeze notes what release managers froze or thawed.
func (r *Readiness) byFreeze(b lifecycle.Branch) {
	final := string(lifecycle.FinalFreeze)
	switch {
	case string(b.Phase) == final && r.Phase != final:
		r.note(frozenNow, r.Version)
	case string(b.Phase) != final && r.Phase == final:
		r.note(thawedNow, r.Version)
	}
}

// byFixes notes security fixes that the branch lacks.
func (r *Readiness) byFixes() {
	var missing, open []string
	for _, g := range r.Backports {
		switch {
		case g.Kind != securityKind:
		case g.Refused != "" && g.Backport == 0:
			r.note(refusedFix, number(g.Number), g.Refused)
		case g.Backport != 0:
			open = append(open, fmt.Sprintf("#%d", g.Backport))
		default:
			missing = append(missing, fmt.Sprintf("#%d", g.Number))
		}
	}
	if len(missing) > 0 {
		r.object(missingFixes, count(len(missing), "security fix is", "security fixes are"), list(missing))
	}
	if len(open) > 0 {
		r.object(openFixes, count(len(open), "security fix isn't", "security fixes aren't"), list(open))
	}
}

func (r *Readiness) conclude() {
	switch {
	case len(r.Reasons) > 0:
		r.Verdict = NotReady
	case len(r.Unknown) > 0, r.ended != "":
		r.Verdict = NotKnown
	default:
		r.Verdict = Ready
	}
}

func numbers[T any](all []T, of func(T) int) (texts []string) {
	for _, one := range all {
		if text := fmt.Sprintf("#%d", of(one)); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}
