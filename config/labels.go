package config

import (
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Labels are the settings of labels that are set by rules (devguide, "GitHub
// labels"), and the style of labels that the bot creates.
type Labels struct {
	Mode Mode `yaml:"mode" jsonschema:"enum=on,enum=off"` // whether the rule acts
	// Missing is what to do about a label that the repository doesn't have.
	Missing string `yaml:"missing" jsonschema:"enum=create,enum=refuse"`
	// Labeler is whether the rules in the repository's .github/labeler.yml, the file of
	// actions/labeler, apply too.
	Labeler Mode `yaml:"labeler" jsonschema:"enum=on,enum=off"`
	// Since is a day (UTC): the bot suggests no labels for pull requests and issues that
	// were opened before.
	Since string `yaml:"since" jsonschema:"format=date"`
	// Looks are the color and description of labels that the bot makes.
	Looks []Look `yaml:"looks" jsonschema:"maxItems=1000"`
	// Rules that set labels. A label with several rules is set where one of them
	// matches.
	Rules []LabelRule `yaml:"rules" jsonschema:"maxItems=1000"`
}

// Refuse is the value of Missing for labels that are not made.
const Refuse = "refuse"

// Look of a label.
type Look struct {
	Name        string `yaml:"name" jsonschema:"required,maxLength=50"`                            // the label
	Color       string `yaml:"color" jsonschema:"required,format=color"`                           // six hexadecimal digits
	Description string `yaml:"description" jsonschema:"required,maxLength=100,format=description"` // shown beside the label
}

// Values of LabelRule.Hold and LabelRule.On.
const (
	Kept      = "kept"
	Suggested = "suggested"

	OnPullRequests = "pull-requests"
	OnIssues       = "issues"
	OnBoth         = "both"
)

// LabelRule sets a label where all of its conditions hold.
type LabelRule struct {
	Label string `yaml:"label" jsonschema:"required,maxLength=50"` // the label to set
	// Hold is suggested: set once, and changes by hand stay; or kept: set and removed by the
	// rule alone, and changes by hand are undone.
	Hold string `yaml:"hold,omitempty" jsonschema:"enum=suggested,enum=kept"`
	// On is what the rule is about.
	On string `yaml:"on,omitempty" jsonschema:"enum=pull-requests,enum=issues,enum=both"`

	Condition `yaml:",inline"`
	// Any: one of these must hold, too.
	Any []Condition `yaml:"any,omitempty" jsonschema:"minItems=1,maxItems=50"`

	// Where the rule stands, as "cpython.yml:210".
	Where string `yaml:"-"`
	// Clauses and Limits are those of a labeler file. Of each clause, one match must
	// hold.
	Clauses [][]Match      `yaml:"-"`
	Limits  *LabelerLimits `yaml:"-"`
}

// Condition holds where all of its parts do.
type Condition struct {
	Files FilesCondition `yaml:"files,omitempty"` // of pull requests
	Size  SizeCondition  `yaml:"size,omitempty"`  // of pull requests
	// Title is an RE2 expression, found anywhere in the title.
	Title string `yaml:"title,omitempty" jsonschema:"maxLength=500,format=regexp"`
	// Body is an RE2 expression, found anywhere in the body; of a long body, only the start
	// is searched.
	Body string `yaml:"body,omitempty" jsonschema:"maxLength=500,format=regexp"`
	// Base are globs for the branch to merge into, one of which it matches.
	Base []string `yaml:"base,omitempty" jsonschema:"minItems=1,maxItems=200,format=glob"`
	// Head are globs for the pull request's own branch, one of which it matches.
	Head   []string        `yaml:"head,omitempty" jsonschema:"minItems=1,maxItems=200,format=glob"`
	Author AuthorCondition `yaml:"author,omitempty"`
	Draft  *bool           `yaml:"draft,omitempty"` // whether it's a draft
	Labels LabelsCondition `yaml:"labels,omitempty"`
	Form   FormCondition   `yaml:"form,omitempty"` // of issues
}

// FilesCondition is about the changed files. A renamed one counts by its new
// path. Each part that is given must hold; a pull request without files, or
// without any that count, meets none but None.
type FilesCondition struct {
	// one file matches one of these globs
	Any []string `yaml:"any,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,format=glob"`
	// every file matches one of these globs
	All []string `yaml:"all,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,format=glob"`
	// no file matches one of these globs
	None []string `yaml:"none,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,format=glob"`
	// Except are globs of files that don't count here.
	Except []string `yaml:"except,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,format=glob"`
	// Change are the kinds of change that count; all if left out.
	Change []string `yaml:"change,omitempty" jsonschema:"minItems=1,uniqueItems=true,enum=added,enum=modified,enum=removed,enum=renamed"`
}

// SizeCondition is about how much is changed. Lines are those added and those
// deleted.
type SizeCondition struct {
	MinFiles int `yaml:"min-files,omitempty" jsonschema:"minimum=1,maximum=1000000000"` // at least so many files
	MaxFiles int `yaml:"max-files,omitempty" jsonschema:"minimum=1,maximum=1000000000"` // at most so many files
	MinLines int `yaml:"min-lines,omitempty" jsonschema:"minimum=1,maximum=1000000000"` // at least so many lines, added and deleted
	MaxLines int `yaml:"max-lines,omitempty" jsonschema:"minimum=1,maximum=1000000000"` // at most so many lines, added and deleted
}

// AuthorCondition is about who opened it.
type AuthorCondition struct {
	// in the core team
	Core *bool `yaml:"core,omitempty"`
	// this permission or more
	Role string `yaml:"role,omitempty" jsonschema:"enum=triage,enum=write,enum=maintain,enum=admin"`
	// nothing merged before
	FirstTimer *bool `yaml:"first-timer,omitempty"`
	// an App
	Bot *bool `yaml:"bot,omitempty"`
	// one of these
	Logins []string `yaml:"logins,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,maxLength=100"`
}

// LabelsCondition is about other labels: names, or their starts with a * at the
// end.
type LabelsCondition struct {
	Any  []string `yaml:"any,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,maxLength=50"`  // it has one of these
	All  []string `yaml:"all,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,maxLength=50"`  // it has all of these
	None []string `yaml:"none,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true,maxLength=50"` // it has none of these
}

// FormCondition is about an answer in an issue form (GitHub Docs, "Syntax for
// issue forms"): the field's label, answers one of which was given, and answers
// none of which was. A * at the end of an answer stands for any rest.
type FormCondition struct {
	Field string `yaml:"field" jsonschema:"required"` // the field's label
	// one of these was given; * at the end stands for any rest
	Answers []string `yaml:"answers" jsonschema:"required,minItems=1,maxItems=200,uniqueItems=true"`
	None    []string `yaml:"none,omitempty" jsonschema:"minItems=1,maxItems=200,uniqueItems=true"` // none of these was given
}

// Label is a label as the bot makes it where the repository lacks it.
func (l *Labels) Label(name string) pull.Label {
	label := pull.Label{Name: name, Existing: l.Missing == Refuse}
	for _, look := range l.Looks {
		if strings.EqualFold(look.Name, name) {
			label.Color, label.Description = look.Color, look.Description
		}
	}
	return label
}

// Opened reports whether something may be suggested to what was opened then; a
// zero time is that of what is not opened yet.
func (l *Labels) Opened(at time.Time) bool { return since(l.Since, at) }

func since(day string, at time.Time) bool {
	first, err := time.Parse(time.DateOnly, day)
	return err != nil || at.IsZero() || !at.Before(first)
}

// Styled is a rule whose labels get the settings' color and description when the
// repository doesn't have them yet.
func (l *Labels) Styled(rule pull.Rule) pull.Rule {
	if rule.Want == nil {
		return rule
	}
	bare := rule.Want
	rule.Want = func(r *pull.Request) pull.Want {
		want := bare(r)
		for i, label := range want.Labels {
			styled := l.Label(label.Name)
			styled.On, styled.Hold, styled.Why = label.On, label.Hold, label.Why
			want.Labels[i] = styled
		}
		return want
	}
	return rule
}
