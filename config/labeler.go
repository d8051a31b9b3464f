package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// LabelerFile is where a repository keeps label rules in the form of
// actions/labeler, on its default branch.
const LabelerFile = ".github/labeler.yml"

// Limits of a labeler file: its groups, globs and expressions, counting those that
// anchors repeat, of which a few lines can stand for billions; and the characters
// of a glob or an expression.
const (
	maxMatchers = 10000
	maxMatcher  = 500
)

// WithLabeler gives the settings together with the rules of a file of
// actions/labeler (version 5 and later; its README, "Match Object"), if they let it
// hold: rules that suggest labels on pull requests. Names that start with a dot
// match as all others do, which is that action's default. A pull request without
// files meets no condition on files. The error is of type Faults: it has all that
// is wrong with the file, as what the action passes over in silence, and what
// clashes with the settings.
func (r Rules) WithLabeler(name string, data []byte) (Rules, error) {
	if r.Labels.Labeler != On {
		return r, nil
	}
	l := &labeler{decoder: decoder{file: name, marks: map[string]mark{}}}
	rules := l.read(data)
	for i := range rules {
		l.checkOwned(&r, ruleName(i), &rules[i])
		for _, own := range r.Labels.Rules {
			if own.Hold == Kept && strings.EqualFold(own.Label, rules[i].Label) {
				l.clash([]string{ruleName(i)}, "%s is kept by the rule in %s: take it away here", quote(rules[i].Label), own.Where)
			}
		}
	}
	if len(l.faults) > 0 {
		return Rules{}, l.faults.sorted()
	}
	r.Labels.Rules = slices.Concat(r.Labels.Rules, rules)
	return r, nil
}

// labeler reads such a file. A label is set where all groups of conditions hold.
type labeler struct {
	decoder
	matchers int
}

// theFile is what faults call it as a whole.
const theFile = "the file"

// alternatives are conditions one of which must hold.
type alternatives []Condition

func (l *labeler) read(data []byte) []LabelRule {
	root, ok := l.document(data)
	if !ok || root == nil {
		return nil
	}
	limits := &LabelerLimits{MaxFiles: -1, MaxLabels: -1}
	var rules []LabelRule
	l.each(root, theFile, func(key, value *yaml.Node) {
		switch key.Value {
		case "changed-files-labels-limit":
			limits.MaxLabels = l.limit(key, value)
			return
		case "max-files-changed":
			limits.MaxFiles = l.limit(key, value)
			return
		}
		rule := LabelRule{Label: key.Value, Hold: Suggested, On: OnPullRequests, Where: fmt.Sprintf("%s:%d", l.file, key.Line)}
		if err := (setting{tag: "maxLength=50"}).text(key); err != nil {
			l.fault(markOf(key), "the label %s %v", quote(key.Value), err)
		}
		if n, err := strconv.ParseFloat(key.Value, 64); err == nil && key.ShortTag() == "!!float" && strconv.FormatFloat(n, 'f', -1, 64) != key.Value {
			l.fault(markOf(key), "the label %s is a number, which the action writes in another way: put it in quotes", key.Value)
		}
		rule.Clauses = l.clauses(key.Value, value)
		if usesFiles(rule.Clauses) {
			rule.Limits = limits
		}
		at := ruleName(len(rules))
		l.marks[at], l.marks[at+".label"] = markOf(key), markOf(key)
		rules = append(rules, rule)
	})
	if len(rules) > 1000 {
		l.fault(markOf(root), "the file has %d labels: at most 1000 are allowed", len(rules))
	}
	if limits.MaxFiles < 0 && limits.MaxLabels < 0 {
		for i := range rules {
			rules[i].Limits = nil
		}
	}
	return rules
}

// resolve follows an alias; the action reads anchors too.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// each visits the pairs of a mapping.
func (l *labeler) each(n *yaml.Node, name string, visit func(key, value *yaml.Node)) {
	lines := map[string]int{}
	at := markOf(n)
	if !l.count(at) {
		return
	}
	if n = resolve(n); n.Kind != yaml.MappingNode {
		l.fault(at, "%s is not a group of settings: write KEY: VALUE lines", name)
		return
	}
	if len(n.Content) == 0 && name != theFile {
		l.fault(at, "%s has no condition: say when, or take it away", name)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			l.fault(markOf(key), "a key that is not a word: write KEY: VALUE")
		case lines[key.Value] > 0:
			l.fault(markOf(key), "%s is given twice, first in line %d: take one away", quote(key.Value), lines[key.Value])
		case key.ShortTag() == "!!merge":
			l.fault(markOf(key), "<< takes other settings in: write them out")
		default:
			lines[key.Value] = key.Line
			visit(key, value)
		}
	}
}

// count tells whether one more group, glob or expression is read.
func (l *labeler) count(at mark) bool {
	if l.matchers++; l.matchers == maxMatchers+1 {
		l.fault(at, "more than %d groups, globs and expressions up to here, counting what anchors repeat: make the file smaller", maxMatchers)
	}
	return l.matchers <= maxMatchers
}

// items of a list that must not be empty.
func (l *labeler) items(n *yaml.Node, name string) []*yaml.Node {
	at := markOf(n)
	n = resolve(n)
	switch {
	case n.Kind != yaml.SequenceNode:
		l.fault(at, "%s is not a list: start each item with a hyphen", name)
		return nil
	case len(n.Content) == 0:
		l.fault(at, "%s is empty: the action would never set the label, or always", name)
	}
	return n.Content
}

func (l *labeler) limit(key, n *yaml.Node) int {
	at := markOf(n)
	n = resolve(n)
	if n.Kind == yaml.SequenceNode {
		l.fault(markOf(key), "%s is an option of the action and cannot be a label: rename the label", quote(key.Value))
		return -1
	}
	i, err := strconv.Atoi(strings.TrimSpace(n.Value))
	if n.Kind != yaml.ScalarNode || err != nil || i < 0 {
		l.fault(at, "%s is %s: want a whole number from 0 on", key.Value, quote(n.Value))
		return -1
	}
	return i
}

func usesFiles(clauses [][]Condition) bool {
	for _, clause := range clauses {
		for _, c := range clause {
			if c.Files.Any != nil || c.Files.All != nil || c.Files.None != nil {
				return true
			}
		}
	}
	return false
}
