package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// CheckLabel finds what keeps a text from being a label's name.
func CheckLabel(name string) error { return setting{tag: "maxLength=50"}.characters(name) }

// NamesLabel reports whether a name, or the start of names with a * at the end,
// is that of a label. Labels are compared without regard to case.
func NamesLabel(name, label string) bool {
	start, open := strings.CutSuffix(name, "*")
	return strings.EqualFold(name, label) || open && len(label) >= len(start) && strings.EqualFold(label[:len(start)], start)
}

// checkLabels finds what is wrong between settings of this group, and completes
// rules with what they leave out. Rules that this file does not set are those of
// an earlier one, and complete.
func (d *decoder) checkLabels(r *Rules, names Names) {
	looks := map[string]string{}
	for i, look := range r.Labels.Looks {
		d.once(looks, fmt.Sprintf("labels.looks[%d].name", i), look.Name)
	}
	instructions, rules := 0, r.Labels.Rules
	same, kept := map[string]string{}, map[string]string{}
	for i := range rules {
		rule, name := &rules[i], ruleName(i)
		if at, here := d.marks[name]; here {
			rule.complete(fmt.Sprintf("%s:%d", d.Name, at.Line))
			d.checkRule(name, rule)
		}
		for _, c := range rule.conditions(name) {
			instructions += program(c.Title) + program(c.Body)
		}
		d.checkDecided(names, name, rule)
		d.checkTwice(same, kept, name, rule)
	}
	for i := range rules { // a later rule may keep what an earlier one suggests
		first, found := kept[strings.ToLower(rules[i].Label)]
		if name := ruleName(i); found && name != first && rules[i].Hold != Kept {
			d.clash([]string{name + ".label", first + ".label"},
				"%s.label is %q, which %s keeps: add your conditions there under any", name, rules[i].Label, first)
		}
	}
	if instructions > maxPrograms {
		d.clash([]string{"labels.rules"}, "labels.rules have too many or too large expressions: use globs, and smaller repetitions")
	}
	d.checkCircles(rules)
}

func ruleName(i int) string { return fmt.Sprintf("labels.rules[%d]", i) }

// complete sets what a rule leaves out.
func (r *LabelRule) complete(where string) {
	r.Where = where
	if r.Hold == "" {
		r.Hold = Suggested
	}
	if r.On == "" {
		r.On = OnPullRequests
	}
}

// named is a condition with its name.
type named struct {
	name string
	*Condition
}

// conditions of a rule, that of the rule itself first.
func (r *LabelRule) conditions(name string) []named {
	all := []named{{name, &r.Condition}}
	for i := range r.Any {
		all = append(all, named{fmt.Sprintf("%s.any[%d]", name, i), &r.Any[i]})
	}
	return all
}

// checkRule finds what is wrong within a rule.
func (d *decoder) checkRule(name string, rule *LabelRule) {
	if reflect.ValueOf(rule.Condition).IsZero() && len(rule.Any) == 0 {
		d.clash([]string{name},
			"%s has no condition, so it would set %q everywhere: add one, such as files: {any: [Doc/**]}", name, rule.Label)
	}
	for _, c := range rule.conditions(name) {
		if c.name != name && reflect.ValueOf(*c.Condition).IsZero() {
			d.clash([]string{c.name}, "%s has no condition: add one, or remove it", c.name)
		}
		ofPulls := []struct {
			part  string
			given bool
		}{
			{"files", !reflect.ValueOf(c.Files).IsZero()}, {"size", c.Size != SizeCondition{}}, {"base", c.Base != nil},
			{"head", c.Head != nil}, {"draft", c.Draft != nil},
		}
		for _, p := range ofPulls {
			if p.given && (rule.On == OnIssues || rule.On == OnBoth) {
				d.clash([]string{c.name + "." + p.part},
					"%s.%s is for pull requests, but the rule is also for issues: split it into two rules", c.name, p.part)
			}
		}
		if c.Form.Field != "" && (rule.On == OnPullRequests || rule.On == OnBoth) {
			d.clash([]string{c.name + ".form"}, "%s.form is for issues: add \"on: issues\" to the rule", c.name)
		}
		d.checkSize(c.name+".size", c.Size)
	}
}

func (d *decoder) checkSize(name string, s SizeCondition) {
	if s.MaxFiles > 0 && s.MaxFiles < s.MinFiles {
		d.clash([]string{name + ".max-files"}, "%s.max-files is below min-files, so nothing can match", name)
	}
	if s.MaxLines > 0 && s.MaxLines < s.MinLines {
		d.clash([]string{name + ".max-lines"}, "%s.max-lines is below min-lines, so nothing can match", name)
	}
}

// checkDecided finds labels that other settings decide on.
func (d *decoder) checkDecided(names Names, name string, rule *LabelRule) {
	for _, setting := range names.Deciding(rule.Label, rule.Hold) {
		d.clash([]string{name + ".label", setting}, FaultDecided, rule.Label, setting)
	}
	for _, c := range rule.conditions(name) {
		for _, label := range c.Labels.names() {
			for _, setting := range names.moving(label) {
				d.clash([]string{c.name + ".labels", setting},
					"%s.labels has %q, which changes at the same time, by %s: use other conditions", c.name, label, setting)
			}
		}
	}
}

func (c LabelsCondition) names() []string { return slices.Concat(c.Any, c.All, c.None) }

// checkTwice finds rules that repeat one another.
func (d *decoder) checkTwice(same, kept map[string]string, name string, rule *LabelRule) {
	bare := *rule
	bare.Where, bare.Label = "", strings.ToLower(rule.Label)
	text, err := json.Marshal(bare)
	if err != nil {
		return // there is nothing in it that cannot be written
	}
	if first, found := same[string(text)]; found {
		d.clash([]string{name}, "%s is the same as %s: remove one", name, first)
		return
	}
	same[string(text)] = name
	if rule.Hold == Kept {
		if first, found := kept[bare.Label]; found {
			d.clash([]string{name + ".label"},
				"%s.label is %q, which %s already keeps: add your conditions there under any", name, rule.Label, first)
			return
		}
		kept[bare.Label] = name
	}
}

// checkCircles finds labels that depend on each other: such rules would set and
// take them off by turns, or by chance.
func (d *decoder) checkCircles(rules []LabelRule) {
	const open, done = 1, 2
	state, byLabel := make([]int, len(rules)), map[string][]int{}
	for i := range rules {
		label := strings.ToLower(rules[i].Label)
		byLabel[label] = append(byLabel[label], i)
	}
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		for _, c := range rules[i].conditions(ruleName(i)) {
			for _, label := range c.Labels.names() {
				for _, j := range rulesOf(byLabel, label) {
					switch state[j] {
					case 0:
						visit(j)
					case open:
						d.clash([]string{c.name + ".labels"},
							"%s.labels has %q, which depends on %q itself: use other conditions", c.name, label, rules[i].Label)
					}
				}
			}
		}
		state[i] = done
	}
	for i := range rules {
		if state[i] == 0 && rules[i].AsksLabels() {
			visit(i)
		}
	}
}

// rulesOf a label, or of all that start so, by their places.
func rulesOf(byLabel map[string][]int, name string) []int {
	if !strings.HasSuffix(name, "*") {
		return byLabel[strings.ToLower(name)]
	}
	var all []int
	for label, rules := range byLabel {
		if NamesLabel(name, label) {
			all = append(all, rules...)
		}
	}
	slices.Sort(all)
	return all
}

// AsksLabels reports whether the rule depends on other labels.
func (r *LabelRule) AsksLabels() bool {
	return slices.ContainsFunc(r.conditions(""), func(c named) bool { return len(c.Labels.names()) > 0 })
}
