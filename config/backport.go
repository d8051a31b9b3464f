package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// On is the mode of rules that either act or do not.
const On Mode = "on"

// Upstream is the value of PushTo for the repository itself.
const Upstream = "upstream"

// DraftConflicts is the value of Conflicts for a draft that holds them.
const DraftConflicts = "draft"

// AutoMerge is the value of Merge for having backports merged.
const AutoMerge = "auto"

// ApprovalCore is the value of ApprovalRole for the core team alone.
const ApprovalCore = "core"

// Backport are the settings of backports to maintenance branches (devguide,
// "Development Cycle" and "Backporting Changes to an Older Version").
type Backport struct {
	Mode Mode `yaml:"mode" jsonschema:"enum=on,enum=off"` // whether the rule acts
	// Label is the start of labels that request a backport, before a space and the version.
	Label string `yaml:"label" jsonschema:"maxLength=40" names:"kept labels"`
	// Branch is the start of the bot's branches: BRANCH-1234567-3.14.
	Branch string `yaml:"branch" jsonschema:"maxLength=40,format=branch-prefix"`
	// PushTo is the account whose fork gets the branches, where the App must be
	// installed too; "upstream" for the repository itself.
	PushTo string `yaml:"push-to" jsonschema:"maxLength=100,format=account"`
	// CopyLabels are the starts of labels that a backport takes over from its
	// original.
	CopyLabels []string `yaml:"copy-labels" jsonschema:"uniqueItems=true,maxItems=100"`
	// Conflicts is what to do about a pick with conflicts: a draft with the
	// conflict markers in it, or a comment alone.
	Conflicts string `yaml:"conflicts" jsonschema:"enum=draft,enum=comment"`
	Status    string `yaml:"status" names:"status"` // commit status context, failing until no conflict marker is left
	// Merge is whether the bot has approved and green backports merged.
	Merge string `yaml:"merge" jsonschema:"enum=auto,enum=off"`
	// ApprovalRole is the role in the repository of people whose approval lets the bot
	// merge, beside the core team's; "core": nobody else's does. It takes write
	// access anyway, and a bot's approval never counts.
	ApprovalRole string `yaml:"approval-role" jsonschema:"enum=core,enum=write,enum=maintain,enum=admin"`
	// WaitForChecks is how long an approved backport waits for others to report a
	// status or check run, in minutes: until then, the absence of red doesn't count as green.
	WaitForChecks int `yaml:"wait-for-checks" jsonschema:"minimum=0,maximum=1440"`
	// HoldLabel is the label that keeps the bot from merging.
	HoldLabel string `yaml:"hold-label" jsonschema:"maxLength=50" names:"shared label"`
	// DeleteAfter is how long the branch of a closed backport is kept, in hours;
	// that of a merged one is deleted at once.
	DeleteAfter int `yaml:"delete-after" jsonschema:"minimum=0,maximum=8760"`
	// ReopenWithin is for how many days a closed backport is opened again when its
	// label is set again; after that a new one is made.
	ReopenWithin int `yaml:"reopen-within" jsonschema:"minimum=0,maximum=365"`
	// Kinds of change by their labels; the first that matches counts, and a change
	// that matches none is a fix.
	Kinds []Kind `yaml:"kinds" jsonschema:"maxItems=50"`
	// Phases are what may go to a branch at each time of its life, and its label's
	// color and description then.
	Phases []Phase `yaml:"phases" jsonschema:"minItems=1,maxItems=10"`
	// Managers are the logins of release managers, whom the release data names.
	Managers []Manager `yaml:"managers" jsonschema:"maxItems=200"`
	// Overrides are branches in another phase than the release data says.
	Overrides []Override `yaml:"overrides" jsonschema:"maxItems=50"`
}

// Kind of change.
type Kind struct {
	// what the phases know it as
	Name string `yaml:"name" jsonschema:"required,enum=security,enum=feature,enum=fix,enum=performance,enum=refactor,enum=docs,enum=tests"`
	// a change with one of these is of this kind
	Labels []string `yaml:"labels" jsonschema:"required,minItems=1,maxItems=20"`
}

// The kind of changes that no label tells, and of those whose title bears the
// ABI marker.
const (
	Fix      = "fix"
	ABIBreak = "abi-break"
)

// Phase of a maintenance branch.
type Phase struct {
	// the phase, as bot lifecycle shows it
	Phase string `yaml:"phase" jsonschema:"required,enum=beta,enum=candidate,enum=final freeze,enum=bugfix,enum=security,enum=end-of-life"`
	// Allow are the kinds of change that are backported. What neither list names isn't
	// allowed.
	Allow []string `yaml:"allow" jsonschema:"uniqueItems=true,enum=security,enum=feature,enum=fix,enum=performance,enum=refactor,enum=docs,enum=tests,enum=abi-break"`
	// Ask are the kinds of change that wait for the release manager, or for the next phase.
	Ask         []string `yaml:"ask" jsonschema:"uniqueItems=true,enum=security,enum=feature,enum=fix,enum=performance,enum=refactor,enum=docs,enum=tests,enum=abi-break"`
	Color       string   `yaml:"color" jsonschema:"required,format=color"`                           // of the label, six hexadecimal digits
	Description string   `yaml:"description" jsonschema:"required,maxLength=100,format=description"` // of the label
}

// Manager is a release manager.
type Manager struct {
	Name  string `yaml:"name" jsonschema:"required,maxLength=100"`                 // as in the release data
	Login string `yaml:"login" jsonschema:"required,maxLength=100,format=account"` // on GitHub
}

// Override of the release data.
type Override struct {
	// the branch, in quotes
	Version string `yaml:"version" jsonschema:"required,maxLength=11,format=version"`
	// the phase that it is in
	Phase string `yaml:"phase" jsonschema:"required,enum=feature,enum=beta,enum=candidate,enum=final freeze,enum=bugfix,enum=security,enum=end-of-life"`
}

var (
	branchPrefixForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*$`)
	accountForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	colorForm        = regexp.MustCompile(`^[0-9A-Fa-f]{6}$`)
	teamForm         = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]*/)?[a-z0-9][a-z0-9_-]*$`)
)

func branchPrefix(s string) error {
	if !branchPrefixForm.MatchString(s) {
		return errors.New("can't start a branch name: use letters, digits, hyphens and underscores")
	}
	return nil
}

func account(s string) error {
	if !accountForm.MatchString(s) {
		return errors.New("isn't an account name: write only the login, without @")
	}
	return nil
}

func team(s string) error {
	if !teamForm.MatchString(s) {
		return errors.New("isn't a team: write its slug, as in python-core, or ORGANIZATION/SLUG")
	}
	return nil
}

func color(s string) error {
	if !colorForm.MatchString(s) {
		return errors.New("isn't a color: expected six hexadecimal digits in quotes, as in \"c2e0c6\"")
	}
	return nil
}

func version(s string) error {
	if !lifecycle.ValidVersion(s) {
		return errors.New("isn't a version: expected MAJOR.MINOR, as in 3.14")
	}
	return nil
}

// Login of a release manager; "" where the settings do not know it.
func (b *Backport) Login(manager string) string {
	for _, m := range b.Managers {
		if strings.EqualFold(m.Name, manager) {
			return m.Login
		}
	}
	return ""
}

// Phase finds the settings of a phase.
func (b *Backport) Phase(name string) (Phase, bool) {
	for _, p := range b.Phases {
		if p.Phase == name {
			return p, true
		}
	}
	return Phase{}, false
}

// operatorOnly finds what a repository's own file must not decide: where the bot
// pushes to, which may be the repository of someone else.
func (d *decoder) operatorOnly() {
	if at, found := d.marks["backport.push-to"]; found {
		d.Fault(at, faultCentral, "backport.push-to")
	}
}

// checkBackport finds what is wrong between settings of this group.
func (d *decoder) checkBackport(r *Rules) {
	b := &r.Backport
	phases, managers, versions, labels := map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for i, p := range b.Phases {
		at := fmt.Sprintf("backport.phases[%d]", i)
		d.once(phases, at+".phase", p.Phase)
		for _, kind := range p.Ask {
			for _, allowed := range p.Allow {
				if kind == allowed {
					d.clash([]string{at + ".ask", at + ".allow"}, "%s has %q under allow and under ask: choose one", at, kind)
				}
			}
		}
	}
	for i, m := range b.Managers {
		d.once(managers, fmt.Sprintf("backport.managers[%d].name", i), m.Name)
	}
	for i, o := range b.Overrides {
		d.once(versions, fmt.Sprintf("backport.overrides[%d].version", i), o.Version)
	}
	for i, k := range b.Kinds {
		for j, l := range k.Labels {
			d.once(labels, fmt.Sprintf("backport.kinds[%d].labels[%d]", i, j), l)
		}
	}
}
