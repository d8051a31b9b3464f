package pull

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of GitHub's API that a plan respects.
const (
	maxSummary     = 65535 // check run output, "Create a check run"
	maxDescription = 140   // commit status, "Create a commit status"
	maxComment     = 65536 - 256
	maxMessage     = 65536 - 256 // annotation, "Create a check run"; its title:
	maxTitle       = 255
	// maxAnnotations is our own limit: GitHub accepts 50 per request, any number of times.
	maxAnnotations = 200
)

// Plan is the difference between what a pull request looks like and what the rules want.
// After applying it, there's nothing left to do.
type Plan struct {
	Key     Key
	Actions []Action
	// Because names the rule that wants an action, by Action.String.
	Because map[string]string
	Enqueue []Key
	Points  []Key     // not among Enqueue
	Waits   bool      // for other Apps' checks: once they're green, it's merged
	Again   time.Time // run again then; zero for never
	Held    *Hold     // nil unless the pull request is on hold
	// Shadow are the actions of rules in shadow, also in Because: they aren't applied.
	Shadow []Action
	// Predictions are what rules in shadow want, done or not, by Thing.
	Predictions []Prediction
	// ShadowFault is a bug in a rule in shadow, such as a Panic: the other rules act all the
	// same.
	ShadowFault error
}

// Decide runs the rules and compares. Their order doesn't matter. An error means that a
// rule wants what it didn't declare: a bug in the program, not a problem with the pull
// request. Labels come first: if any are added or removed, the rules run again with the
// labels as they will be. So what follows from a label, such as a status, is in the same
// plan, and no one sees it wrong in between. Rules in shadow decide nothing: what they
// want is added for people to see.
func Decide(r *Request, rules []Rule) (Plan, error) {
	acting := slices.DeleteFunc(slices.Clone(rules), func(rule Rule) bool { return rule.Shadow != nil })
	d, err := decide(r, acting)
	if err != nil {
		return Plan{}, fmt.Errorf("deciding %s: %w", r.Key, err)
	}
	if len(acting) < len(rules) && d.plan.Held == nil {
		if err := d.plan.foresee(r, rules); err != nil {
			d.plan.Shadow, d.plan.Predictions = nil, nil
			d.plan.ShadowFault = fmt.Errorf("deciding %s in shadow: %w", r.Key, err)
		}
	}
	return d.plan, nil
}

func decide(r *Request, rules []Rule) (*decision, error) {
	var moved []Action
	because := map[string]string{}
	for {
		d := &decision{request: r, parts: map[string][]part{}, wishes: map[string]wish{}, plan: Plan{Key: r.Key, Because: because}}
		if err := d.ask(rules); err != nil {
			return nil, err
		}
		next, labels := d.labels(moved)
		if len(labels) == 0 {
			d.checks()
			d.plan.Actions = append(d.plan.Actions, moved...)
			d.sort()
			return d, nil
		}
		r, moved = next, append(moved, labels...)
	}
}

type part struct {
	rule string
	CheckPart
}

type decision struct {
	request *Request
	rule    string // the one that's running
	parts   map[string][]part
	wishes  map[string]wish // by the label's name in lower case
	wanted  []wanted        // statuses, needed or not
	plan    Plan
}

func (d *decision) ask(rules []Rule) error {
	wants := make([]Want, len(rules))
	for i, rule := range rules {
		if !rule.about(d.request) {
			continue
		}
		if missing := rule.Needs &^ d.request.Facts; missing != 0 {
			return fmt.Errorf("rule %s needs %s, which weren't loaded", rule.Name, missing)
		}
		var err error
		if wants[i], err = rule.want(d.request); err != nil {
			return fmt.Errorf("rule %s: %w", rule.Name, err)
		}
		if wants[i].Stop != nil {
			d.plan.Held = wants[i].Stop
		}
	}
	for i, want := range wants {
		if d.plan.Held != nil && want.Stop == nil {
			want = want.reports()
		}
		d.rule = rules[i].Name
		if err := d.add(rules[i], want); err != nil {
			return fmt.Errorf("rule %s: %w", rules[i].Name, err)
		}
	}
	return nil
}

func (d *decision) do(a Action) {
	d.plan.Actions = append(d.plan.Actions, a)
	d.credit(a, d.rule)
}

// credit records which rule wants an action; of several, the first by name.
func (d *decision) credit(a Action, rule string) {
	if known, found := d.plan.Because[a.String()]; !found || rule < known {
		d.plan.Because[a.String()] = rule
	}
}

func (d *decision) add(rule Rule, want Want) error {
	need := want.compared()
	if need&^rule.Needs != 0 {
		return fmt.Errorf("writes what must be compared with %s: add it to Needs", need&^rule.Needs)
	}
	for _, s := range want.Statuses {
		if !rule.owns(s.Context) {
			return fmt.Errorf("wants the status %q without owning it", s.Context)
		}
		d.status(s)
	}
	for _, l := range want.Labels {
		if l.Hold == Kept && !rule.owns(l.Name) {
			return fmt.Errorf("wants the label %q without owning it", l.Name)
		}
		d.wish(l)
	}
	for _, c := range want.Checks {
		d.parts[c.Check] = append(d.parts[c.Check], part{rule.Name, c})
	}
	for _, n := range want.Notes {
		d.note(n)
	}
	for _, p := range want.Picks {
		d.do(p)
	}
	for _, o := range want.Opens {
		d.do(o)
	}
	d.people(want)
	d.life(want)
	d.plan.Waits = d.plan.Waits || want.Waits
	d.writes(want)
	d.plan.Enqueue = d.others(d.plan.Enqueue, want.Enqueue)
	d.plan.Points = d.others(d.plan.Points, want.Points)
	d.plan.Again = Sooner(d.plan.Again, want.Again)
	return nil
}

// compared returns the facts that the want must be compared with.
func (want Want) compared() (need Facts) {
	if len(want.Statuses) > 0 {
		need |= Statuses
	}
	if len(want.Checks) > 0 {
		need |= Checks
	}
	if len(want.Notes) > 0 {
		need |= Notes
	}
	if len(want.Reviewers) > 0 || len(want.Assignees) > 0 {
		need |= Reviews | Events
	}
	if want.Merge != nil || want.Hold {
		need |= Merging
	}
	if want.Close || slices.ContainsFunc(want.Labels, func(l Label) bool { return l.Hold == Suggested || l.Hold == Following }) {
		need |= Events
	}
	if len(want.Reactions) > 0 {
		need |= Comments
	}
	return need
}

func (d *decision) note(n Note) {
	n.Body = cut(n.Body, maxComment)
	posted, found := d.request.Notes[n.Key]
	switch {
	case found && (n.Once || posted.Hidden || posted.Digest == n.Digest()):
	case found:
		d.do(EditNote{ID: posted.ID, Node: posted.Node, Note: n})
	case n.Once && d.request.NotesDeleted > 0: // someone didn't want to read it
	default:
		d.do(AddNote{n})
	}
}

func (d *decision) checks() {
	for name, parts := range d.parts {
		check := merge(name, parts)
		known, there := d.request.Checks[name]
		if known.Digest != check.Digest() && (there || !check.silent(parts)) {
			d.rule = parts[0].rule // they are sorted now
			d.do(SetCheck{SHA: d.request.Head, URL: d.request.Page, Check: check})
		}
	}
}

// silent reports whether a check run would only say that all is well, as statuses do.
func (c Check) silent(parts []part) bool {
	return c.Conclusion == Success && len(c.Annotations) == 0 && !slices.ContainsFunc(parts, func(p part) bool { return !p.Repeats })
}

// merge makes one check run of the parts: worst first, then by rule.
func merge(name string, parts []part) Check {
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(b.Conclusion.severity()-a.Conclusion.severity(), strings.Compare(a.rule, b.rule))
	})
	check := Check{Name: name, Conclusion: parts[0].Conclusion}
	var titles, summaries []string
	for _, p := range parts {
		if p.Conclusion == check.Conclusion && !slices.Contains(titles, p.Title) {
			titles = append(titles, p.Title)
		}
		if p.Summary != "" {
			summaries = append(summaries, strings.TrimSpace(p.Summary))
		}
		check.Annotations = append(check.Annotations, p.Annotations...)
	}
	slices.SortStableFunc(check.Annotations, func(a, b Annotation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Title, b.Title),
			strings.Compare(a.Message, b.Message))
	})
	if over := len(check.Annotations) - maxAnnotations; over > 0 {
		check.Annotations = check.Annotations[:maxAnnotations]
		summaries = append([]string{fmt.Sprintf("%d more annotations aren't shown here.", over)}, summaries...)
	}
	for i, n := range check.Annotations {
		check.Annotations[i].Title, check.Annotations[i].Message = cut(n.Title, maxTitle), cut(n.Message, maxMessage)
	}
	check.Title = cut(strings.Join(titles, "; "), maxTitle)
	check.Summary = cut(strings.Join(summaries, "\n\n"), maxSummary)
	return check
}

// sort puts the actions into the order of their kinds, whatever the order of the rules.
func (d *decision) sort() {
	slices.SortStableFunc(d.plan.Actions, inOrder)
	wanted := map[string]string{}
	for _, a := range d.plan.Actions {
		wanted[a.String()] = d.plan.Because[a.String()]
	}
	d.plan.Because = wanted
	byName := func(a, b Key) int { return strings.Compare(a.String(), b.String()) }
	slices.SortFunc(d.plan.Points, byName)
	d.plan.Enqueue = slices.DeleteFunc(d.plan.Enqueue, func(key Key) bool { return slices.Contains(d.plan.Points, key) })
	slices.SortFunc(d.plan.Enqueue, byName)
}

func inOrder(a, b Action) int {
	if _, ok := a.(OpenPull); ok && a.Kind() == b.Kind() {
		return 0 // in the rule's order
	}
	return cmp.Or(order(a)-order(b), strings.Compare(a.String(), b.String()))
}

// others adds keys of other pull requests, each once.
func (d *decision) others(all, more []Key) []Key {
	for _, key := range more {
		if !slices.Contains(all, key) && key != d.request.Key {
			all = append(all, key)
		}
	}
	return all
}
