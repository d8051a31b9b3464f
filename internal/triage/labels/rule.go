// Package labels is the rule on labels that the settings and a repository's labeler file
// ask for.
//
// It's pure, and must not know the other rules, nor how these files are written.
package labels

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Rule sets labels by the rules of the settings (devguide, "GitHub labels"). In mode off,
// and without rules, it has no Want.
//
// Its suggestions depend on the current state alone, so a push may bring a label that the
// opening didn't. A label that no longer applies after a push stays, since someone may
// rely on it; people remove it.
func Rule(set config.Labels) pull.Rule {
	rule := pull.Rule{Name: "labels", About: about}
	if set.Mode != config.On || len(set.Rules) == 0 {
		return rule
	}
	l := compile(set)
	rule.Needs, rule.Issues, rule.Owns = l.needs()
	if slices.ContainsFunc(set.Rules, func(r config.LabelRule) bool { return asksRole(r) }) {
		rule.Looks = func(r *pull.Request) pull.Looks {
			if r.State != pull.Open {
				return pull.Looks{}
			}
			return pull.Looks{People: []string{r.Author}}
		}
	}
	rule.Want = l.want
	return rule
}

// ruleSet is all rules, ready for use.
type ruleSet struct {
	set   config.Labels
	rules []compiledRule
	globs fileGlobs
}

// compiledRule holds if each of its clauses has a condition that holds.
type compiledRule struct {
	config.LabelRule
	clauses [][]condition
}

func compile(set config.Labels) *ruleSet {
	l := &ruleSet{set: set, globs: fileGlobs{numbers: map[string]int{}}}
	for _, r := range set.Rules {
		rule := compiledRule{LabelRule: r, clauses: [][]condition{l.clause([]config.Condition{r.Condition})}}
		if r.Any != nil {
			rule.clauses = append(rule.clauses, l.clause(r.Any))
		}
		for _, matches := range r.Clauses {
			rule.clauses = append(rule.clauses, l.matches(matches))
		}
		l.rules = append(l.rules, rule)
	}
	l.globs.ready()
	return l
}

func (l *ruleSet) clause(all []config.Condition) (clause []condition) {
	for _, c := range all {
		clause = append(clause, l.condition(c))
	}
	return clause
}

// matches is a labeler file's clause.
func (l *ruleSet) matches(all []config.Match) (clause []condition) {
	for _, m := range all {
		clause = append(clause, condition{match: m, changed: l.changed(m.Changed)})
	}
	return clause
}

// conditionsOf a rule, except those of a labeler file.
func conditionsOf(r config.LabelRule) []config.Condition {
	return append([]config.Condition{r.Condition}, r.Any...)
}

func asksRole(r config.LabelRule) bool {
	return slices.ContainsFunc(conditionsOf(r), func(c config.Condition) bool { return c.Author.Role != "" })
}

// needs are the facts that the rules read, whether they're about issues, and the labels
// that they keep.
func (l *ruleSet) needs() (needs pull.Facts, issues bool, owns []string) {
	for _, r := range l.set.Rules {
		if r.Hold == config.Kept {
			owns = append(owns, r.Label)
		} else {
			needs |= pull.Events
		}
		issues = issues || r.On != config.OnPullRequests
		if r.Limits != nil || slices.ContainsFunc(slices.Concat(r.Clauses...), func(m config.Match) bool { return m.Changed != nil }) {
			needs |= pull.Files
		}
		for _, c := range conditionsOf(r) {
			if asksFiles(c) {
				needs |= pull.Files
			}
			if c.Author.Core != nil {
				needs |= pull.Team
			}
		}
	}
	return needs, issues, owns
}

func (l *ruleSet) want(r *pull.Request) pull.Want {
	if r.State != pull.Open {
		return pull.Want{}
	}
	f := l.look(r)
	held := make([]holding, len(l.rules))
	for i, rule := range l.rules {
		held[i] = f.rule(rule)
	}
	// Conditions on labels go by the labels as they will be, not as they are. The settings
	// have no cycles, so this ends.
	for range l.rules {
		before := f.labels
		f.labels = l.after(r, held)
		if slices.Equal(before, f.labels) {
			break
		}
		for i, rule := range l.rules {
			if rule.AsksLabels() {
				held[i] = f.rule(rule)
			}
		}
	}
	return pull.Want{Labels: l.wanted(r, held)}
}

// wanted are the labels that the rules decide, each once.
func (l *ruleSet) wanted(r *pull.Request, held []holding) (all []pull.Label) {
	seen, limited := map[string]bool{}, l.limited(r, held)
	for i, rule := range l.rules {
		kept := rule.Hold == config.Kept && held[i] != mayHold
		suggested := rule.Hold == config.Suggested && held[i] == holds && l.set.Opened(r.CreatedAt) && !limited[rule.Limits]
		name := strings.ToLower(rule.Label)
		if !kept && !suggested || seen[name] {
			continue
		}
		seen[name] = true
		label := l.set.Label(rule.Label)
		label.On, label.Hold, label.Why = held[i] == holds, pull.Suggested, rule.Where
		if kept {
			label.Hold = pull.Kept
		}
		all = append(all, label)
	}
	return all
}

// limited are the labeler files whose rules on files would set more new labels than they
// allow.
func (l *ruleSet) limited(r *pull.Request, held []holding) map[*config.LabelerLimits]bool {
	fresh, limited := map[string]bool{}, map[*config.LabelerLimits]bool{}
	var limits *config.LabelerLimits
	for i, rule := range l.rules {
		if rule.Limits == nil || rule.Limits.MaxLabels < 0 || held[i] != holds || r.HasLabel(rule.Label) {
			continue
		}
		if limits != rule.Limits {
			limits, fresh = rule.Limits, map[string]bool{}
		}
		fresh[strings.ToLower(rule.Label)] = true
		limited[limits] = len(fresh) > limits.MaxLabels
	}
	return limited
}

// after are the labels as they will be, in lower case and sorted.
func (l *ruleSet) after(r *pull.Request, held []holding) []string {
	has := map[string]bool{}
	for _, name := range r.Labels {
		has[strings.ToLower(name)] = true
	}
	for _, label := range l.wanted(r, held) {
		switch {
		case label.Hold == pull.Kept:
			has[strings.ToLower(label.Name)] = label.On
		case !r.Happened(pull.Labeled, label.Name) && !r.Happened(pull.Unlabeled, label.Name):
			has[strings.ToLower(label.Name)] = true
		}
	}
	return sortedNames(has)
}
