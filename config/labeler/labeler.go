// Package labeler reads files of actions/labeler, as that action reads them (versions 5
// to 7; its README, "Match Object"): which labels it would suggest to which pull
// requests, with its default options.
//
// It must not know GitHub, nor how a rule is held against a pull request.
package labeler

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/glob"
)

// Path is where a repository keeps label rules in the form of
// actions/labeler, on its default branch.
const Path = ".github/labeler.yml"

// Bounds of a labeler file: its labels, its values, counting those that aliases
// repeat, of which a few lines can stand for billions, and the steps that its globs
// take to read, about as many as the characters that their braces stand for.
const (
	maxLabels   = 1000
	maxValues   = 30000
	maxGlobWork = 1_000_000
	maxPrograms = 20000 // instructions of all expressions together
)

// Read gives the settings together with the rules of a labeler file, if they let it
// hold: rules that suggest labels on pull requests, where the action would set them.
// name is what faults call the file. LeftOut and Warnings are those of the file; a
// warning tells what the action takes otherwise than it looks, as the bot then does.
// The error is of type yamlfile.Faults: it has what keeps the action from reading the
// file at all, and what is too much of it.
func Read(set config.Rules, name string, data []byte) (config.Rules, error) {
	set.Warnings, set.LeftOut = nil, nil
	if set.Labels.Labeler != config.On {
		return set, nil
	}
	r := newReader(name, &set)
	r.read(data)
	if r.hopeless() {
		r.refused = append(r.refused, r.Unread())
	}
	switch {
	case r.values > maxValues:
		return config.Rules{}, r.refused.Sorted()
	case len(r.refused) > 0:
		return config.Rules{}, slices.Concat(r.refused, r.Faults).Sorted()
	}
	set.Labels.Rules = slices.Concat(set.Labels.Rules, r.rules)
	set.Warnings, set.LeftOut = r.Warnings.Sorted(), r.Faults.Sorted()
	return set, nil
}

// reader reads such a file.
type reader struct {
	yamlfile.File // its faults are those of single rules
	settings      *config.Rules
	names         config.Names    // in the settings
	refused       yamlfile.Faults // of the file as a whole
	limits        *config.LabelerLimits
	rules         []config.LabelRule
	labels        int // read so far
	values        int // read so far
	work          glob.Budget
	globs         map[string]*glob.Glob // read so far, each once
	expressions   int                   // instructions of all together
}

func newReader(file string, settings *config.Rules) *reader {
	return &reader{
		File: yamlfile.File{Name: file}, limits: &config.LabelerLimits{MaxFiles: -1, MaxLabels: -1},
		settings: settings, names: settings.Names(), work: glob.Budget{Steps: maxGlobWork}, globs: map[string]*glob.Glob{},
	}
}

// refuse writes down why the action doesn't read the file.
func (r *reader) refuse(at yamlfile.Mark, format string, args ...any) {
	r.refused = append(r.refused, yamlfile.NewFault(r.Name, at, format, args...))
}

func (r *reader) hopeless() bool { return r.Hopeless() || len(r.refused) >= yamlfile.MaxWrong }

// theFile is what faults call it as a whole.
const theFile = "the file"

func (r *reader) read(data []byte) {
	data, hidden := tolerant(data)
	root, ok := r.Document(data)
	if r.refused, r.Faults = r.Faults, nil; !ok || root == nil {
		return
	}
	if hidden {
		restore(root)
	}
	if r.readable(root); r.hopeless() {
		return
	}
	root = r.resolve(root)
	if root.Kind == yaml.ScalarNode && text(root) == "" {
		r.Warn(yamlfile.At(root), "%s has no labels, only a value", theFile)
		return
	}
	if root.Kind != yaml.MappingNode {
		r.refuse(yamlfile.At(root), "%s isn't a group of settings: write KEY: VALUE lines", theFile)
		return
	}
	for _, p := range r.pairs(root) {
		switch p.key {
		case "changed-files-labels-limit":
			r.limits.MaxLabels = r.limit(p)
		case "max-files-changed":
			r.limits.MaxFiles = r.limit(p)
		default:
			r.label(p)
		}
		if r.stopped() {
			return
		}
	}
	if r.limits.MaxFiles < 0 && r.limits.MaxLabels < 0 {
		for i := range r.rules {
			r.rules[i].Limits = nil
		}
	}
}

// label reads what is under a label. A rule with faults isn't in force.
func (r *reader) label(p pair) {
	if r.labels++; r.labels > maxLabels {
		if r.labels == maxLabels+1 {
			r.Fault(p.at, "the file has more than %d labels: the rest are left out", maxLabels)
		}
		return
	}
	before := len(r.Faults)
	if p.odd != "" {
		r.Warn(p.at, "YAML reads the label %s as %s, so it becomes %s: to keep it as written, put it in quotes",
			p.written, p.odd, yamlfile.Quote(p.key))
	}
	if err := config.CheckLabel(p.key); err != nil {
		r.Fault(p.at, "the label %s %v", yamlfile.Quote(p.key), err)
	}
	rule := config.LabelRule{Label: p.key, Hold: config.Suggested, On: config.OnPullRequests, Where: fmt.Sprintf("%s:%d", r.Name, p.at.Line)}
	rule.Clauses = r.clauses(p)
	if usesFiles(rule.Clauses) {
		rule.Limits = r.limits
	}
	for _, setting := range r.names.Deciding(rule.Label, rule.Hold) {
		r.Fault(p.at, config.FaultDecided, rule.Label, setting)
	}
	for _, own := range r.settings.Labels.Rules {
		if own.Hold == config.Kept && strings.EqualFold(own.Label, rule.Label) {
			r.Fault(p.at, "%s is kept by the rule in %s: remove it here", yamlfile.Quote(rule.Label), own.Where)
		}
	}
	if len(r.Faults) == before && rule.Clauses != nil {
		r.rules = append(r.rules, rule)
	}
}

// limit reads an option, as the action does: a number, or a text of digits.
func (r *reader) limit(p pair) int {
	n := r.resolve(p.value)
	if n.Kind == yaml.SequenceNode {
		r.refuse(p.at, "%s is an option of the action, so it can't be a label: rename the label", yamlfile.Quote(p.key))
		return -1
	}
	if n.Kind == yaml.ScalarNode {
		if limit, ok := limitOf(scalar(n)); ok {
			return limit
		}
	}
	r.refuse(yamlfile.At(p.value), "%s is %s: expected a whole number, 0 or more", p.key, yamlfile.Quote(n.Value))
	return -1
}

func usesFiles(clauses [][]config.Match) bool {
	return slices.ContainsFunc(slices.Concat(clauses...), func(m config.Match) bool { return m.Changed != nil && m.Changed.Way != "" })
}
