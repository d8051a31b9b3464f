package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/glob"
)

// LabelerFile is where a repository keeps label rules in the form of
// actions/labeler, on its default branch.
const LabelerFile = ".github/labeler.yml"

// Bounds of a labeler file: its labels, its values, counting those that aliases
// repeat, of which a few lines can stand for billions, and the steps that its globs
// take to read, about as many as the characters that their braces stand for.
const (
	maxLabels   = 1000
	maxValues   = 30000
	maxGlobWork = 1_000_000
)

// WithLabeler gives the settings together with the rules of a file of
// actions/labeler (versions 5 to 7; its README, "Match Object"), if they let it hold:
// rules that suggest labels on pull requests, where that action would set them with
// its default options. LeftOut and Warnings are those of the file; a warning tells
// what the action takes otherwise than it looks, as the bot then does. The error is
// of type Faults: it has what keeps the action from reading the file at all, and what
// is too much of it.
func (r Rules) WithLabeler(name string, data []byte) (Rules, error) {
	r.Warnings, r.LeftOut = nil, nil
	if r.Labels.Labeler != On {
		return r, nil
	}
	l := newLabeler(name, &r)
	l.read(data)
	if l.hopeless() {
		l.refuse(l.lastWrong(), faultHopeless, maxWrong)
	}
	switch {
	case l.values > maxValues:
		return Rules{}, l.refused.sorted()
	case len(l.refused) > 0:
		return Rules{}, slices.Concat(l.refused, l.faults).sorted()
	}
	r.Labels.Rules = slices.Concat(r.Labels.Rules, l.rules)
	r.Warnings, r.LeftOut = l.warnings.sorted(), l.faults.sorted()
	return r, nil
}

// labeler reads such a file.
type labeler struct {
	decoder     // its faults are those of single rules
	settings    *Rules
	refused     Faults // of the file as a whole
	limits      *LabelerLimits
	rules       []LabelRule
	labels      int // read so far
	values      int // read so far
	work        glob.Budget
	globs       map[string]*glob.Glob // read so far, each once
	expressions int                   // instructions of all together
}

func newLabeler(file string, settings *Rules) *labeler {
	return &labeler{
		decoder: decoder{file: file, marks: map[string]mark{}}, limits: &LabelerLimits{MaxFiles: -1, MaxLabels: -1},
		settings: settings, work: glob.Budget{Steps: maxGlobWork}, globs: map[string]*glob.Glob{},
	}
}

// refuse writes down why the action doesn't read the file.
func (l *labeler) refuse(at mark, format string, args ...any) {
	l.refused = append(l.refused, Fault{l.file, at.line, at.col, fmt.Sprintf(format, args...)})
}

func (l *labeler) warn(at mark, format string, args ...any) {
	l.warnings = append(l.warnings, Fault{l.file, at.line, at.col, fmt.Sprintf(format, args...)})
}

// theFile is what faults call it as a whole.
const theFile = "the file"

func (l *labeler) read(data []byte) {
	root, ok := l.document(tolerant(data))
	if l.refused, l.faults = l.faults, nil; !ok || root == nil {
		return
	}
	root = l.resolve(root)
	if root.Kind == yaml.ScalarNode && text(root) == "" {
		l.warn(markOf(root), "%s has no labels, only a value", theFile)
		return
	}
	if root.Kind != yaml.MappingNode {
		l.refuse(markOf(root), "%s is not a group of settings: write KEY: VALUE lines", theFile)
		return
	}
	for _, p := range l.pairs(root) {
		switch p.key {
		case "changed-files-labels-limit":
			l.limits.MaxLabels = l.limit(p)
		case "max-files-changed":
			l.limits.MaxFiles = l.limit(p)
		default:
			l.label(p)
		}
		if l.stopped() {
			return
		}
	}
	if l.limits.MaxFiles < 0 && l.limits.MaxLabels < 0 {
		for i := range l.rules {
			l.rules[i].Limits = nil
		}
	}
}

// label reads what is under a label. A rule with faults isn't in force.
func (l *labeler) label(p pair) {
	if l.labels++; l.labels > maxLabels {
		if l.labels == maxLabels+1 {
			l.fault(p.at, "the file has more than %d labels: the rest are left out", maxLabels)
		}
		return
	}
	before := len(l.faults)
	if p.odd != "" {
		l.warn(p.at, "the label %s is %s to YAML, and becomes %s: put it in quotes if you mean what is written", p.written, p.odd, quote(p.key))
	}
	if err := (setting{tag: "maxLength=50"}).text(&yaml.Node{Kind: yaml.ScalarNode, Value: p.key, Tag: "!!str"}); err != nil {
		l.fault(p.at, "the label %s %v", quote(p.key), err)
	}
	rule := LabelRule{Label: p.key, Hold: Suggested, On: OnPullRequests, Where: fmt.Sprintf("%s:%d", l.file, p.at.line)}
	rule.Clauses = l.clauses(p)
	if usesFiles(rule.Clauses) {
		rule.Limits = l.limits
	}
	at := ruleName(len(l.rules))
	l.marks[at], l.marks[at+".label"] = p.at, p.at
	l.checkOwned(l.settings, at, &rule)
	for _, own := range l.settings.Labels.Rules {
		if own.Hold == Kept && strings.EqualFold(own.Label, rule.Label) {
			l.fault(p.at, "%s is kept by the rule in %s: remove it here", quote(rule.Label), own.Where)
		}
	}
	if len(l.faults) == before && rule.Clauses != nil {
		l.rules = append(l.rules, rule)
	}
}

// limit reads an option, as the action does: a number, or a text of digits.
func (l *labeler) limit(p pair) int {
	n := l.resolve(p.value)
	if n.Kind == yaml.SequenceNode {
		l.refuse(p.at, "%s is an option of the action and cannot be a label: rename the label", quote(p.key))
		return -1
	}
	if n.Kind == yaml.ScalarNode {
		if limit, ok := limitOf(scalar(n)); ok {
			return limit
		}
	}
	l.refuse(markOf(p.value), "%s is %s: expected a whole number, 0 or more", p.key, quote(n.Value))
	return -1
}

func usesFiles(clauses [][]Condition) bool {
	return slices.ContainsFunc(clauses, func(clause []Condition) bool {
		return slices.ContainsFunc(clause, func(c Condition) bool { return c.Changed != nil && c.Changed.Way != "" })
	})
}
