package pull

import (
	"fmt"
	"slices"
	"strings"
)

// Shadow of a rule that acts beside others' bots for a trial.
type Shadow struct {
	// Bots are the logins of those bots, without "[bot]". To the rule, what they did is this
	// App's own doing: otherwise it would take their labels for a person's choice.
	Bots []string
}

// wanted is a status that a rule wants, whether or not it's there.
type wanted struct {
	rule   string
	status SetStatus
}

// maxForeseen limits rounds of work in the model: picks, and then pull requests.
const maxForeseen = 5

// foresee adds what the rules in shadow want to the plan of the others. They decide on
// top of it, as if all of them acted. Work is done in the model, where every pick is
// clean.
func (p *Plan) foresee(r *Request, rules []Rule) error {
	view := r.beside(rules)
	for range maxForeseen {
		d, err := decide(view, rules)
		if err != nil {
			return err
		}
		works := d.plan.Work()
		for _, a := range d.plan.Actions {
			if _, work := a.(Work); work || len(works) == 0 {
				p.shadow(a, inShadow(rules, d.plan.Because[a.String()]))
			}
		}
		if len(works) == 0 {
			p.Again = Sooner(p.Again, d.plan.Again)
			p.predict(r, rules, d)
			return nil
		}
		for _, w := range works {
			if view, err = view.After(w); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("the work of rules in shadow doesn't end: %s", p.Shadow)
}

// inShadow returns a rule if it's in shadow.
func inShadow(rules []Rule, name string) *Rule {
	at := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name && r.Shadow != nil })
	if at < 0 {
		return nil
	}
	return &rules[at]
}

// shadow adds an action of a rule in shadow, unless another rule does the same.
func (p *Plan) shadow(a Action, of *Rule) {
	if _, known := p.Because[a.String()]; known || of == nil {
		return
	}
	p.Because[a.String()] = of.Name
	p.Shadow = append(p.Shadow, a)
}

// beside returns the request as rules in shadow see it: what the bots did that they'll
// replace is this App's doing.
func (r *Request) beside(rules []Rule) *Request {
	bots := map[string]bool{}
	for _, rule := range rules {
		if rule.Shadow != nil {
			for _, login := range rule.Shadow.Bots {
				bots[strings.ToLower(login)] = true
			}
		}
	}
	is := func(login string) bool { return bots[strings.TrimSuffix(strings.ToLower(login), "[bot]")] }
	view := *r
	view.Memo = &Memo{} // what rules derived from the true request isn't true here
	view.Own = r.Own || is(r.Author)
	view.Events = slices.Clone(r.Events)
	for i, e := range r.Events {
		view.Events[i].Own = e.Own || is(e.By)
	}
	view.Comments = slices.Clone(r.Comments)
	for i, c := range r.Comments {
		view.Comments[i].Own = c.Own || is(c.By)
	}
	own := func(all []Summary) []Summary {
		all = slices.Clone(all)
		for i, s := range all {
			all[i].Own = s.Own || is(s.Author)
		}
		return all
	}
	view.Into, view.Branches = map[string][]Summary{}, map[string]Branch{}
	for name, all := range r.Into {
		view.Into[name] = own(all)
	}
	for name, branch := range r.Branches {
		view.Branches[name] = Branch{Tip: branch.Tip, Requests: own(branch.Requests)}
	}
	return &view
}

// predict compares what the rules in shadow want with the true request.
func (p *Plan) predict(r *Request, rules []Rule, d *decision) {
	seen := map[string]bool{}
	add := func(rule string, a Action, needed bool) {
		prediction, comparable := r.prediction(a)
		if !comparable || seen[prediction.Thing] {
			return
		}
		seen[prediction.Thing] = true
		prediction.Rule = rule
		if needed {
			prediction.Action = a.String()
		}
		p.Predictions = append(p.Predictions, prediction)
	}
	for _, a := range p.Shadow {
		add(p.Because[a.String()], a, true)
	}
	for _, w := range d.wanted {
		if inShadow(rules, w.rule) != nil && p.Because[w.status.String()] == "" {
			add(w.rule, w.status, false)
		}
	}
	for _, w := range d.wishes {
		switch on := r.HasLabel(w.Name); {
		case inShadow(rules, w.rule) == nil || on != w.On || w.Hold == Suggested && !w.On:
		case on:
			add(w.rule, AddLabel{Name: w.Name, Why: w.Why}, false)
		default:
			add(w.rule, RemoveLabel{Name: w.Name, Why: w.Why}, false)
		}
	}
	p.unwanted(r, rules, seen)
	slices.SortFunc(p.Predictions, func(a, b Prediction) int { return strings.Compare(a.Thing, b.Thing) })
}

// unwanted adds statuses on the head that a rule in shadow decides, and that it doesn't
// want there.
func (p *Plan) unwanted(r *Request, rules []Rule, seen map[string]bool) {
	if r.State != Open {
		return
	}
	for name, status := range r.Statuses {
		thing := statusThing(name, r.Head)
		for _, rule := range rules {
			if rule.Shadow != nil && rule.about(r) && rule.owns(name) && !seen[thing] {
				p.Predictions = append(p.Predictions, Prediction{Rule: rule.Name, Thing: thing, Want: None, Found: string(status.State)})
			}
		}
	}
}
