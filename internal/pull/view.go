package pull

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxShown bounds each list of a View.
const maxShown = 100

// Brief is what lists of pull requests and issues show of one.
type Brief struct {
	Number    int       `json:"number"`
	Issue     bool      `json:"issue,omitempty"`
	Title     string    `json:"title"`
	Author    string    `json:"author"`
	Own       bool      `json:"own,omitempty"` // opened by this App
	State     State     `json:"state"`
	Draft     bool      `json:"draft,omitempty"`
	Base      string    `json:"base,omitempty"` // the branch to merge into
	Main      bool      `json:"main,omitempty"` // Base is the default branch
	Head      string    `json:"head,omitempty"` // commit
	Branch    string    `json:"branch,omitempty"`
	Fork      string    `json:"fork,omitempty"` // owner of Branch's repository
	MergedBy  string    `json:"merged_by,omitempty"`
	Created   time.Time `json:"created,omitzero"`
	Closed    time.Time `json:"closed,omitzero"` // or merged
	Labels    []Mark    `json:"labels,omitempty"`
	Assignees []string  `json:"assignees,omitempty"`
	Reviewers []string  `json:"reviewers,omitempty"` // whose review is requested now
	Related   []Related `json:"related,omitempty"`   // backports, or the original
	Waits     int       `json:"waits,omitempty"`     // writes that the bot still has to make
	Hold      *Hold     `json:"hold,omitempty"`      // the bot only reports
	Seen      time.Time `json:"seen"`                // when GitHub was asked
}

// Mark is a label or a status on a pull request, and where it comes from.
type Mark struct {
	Name  string    `json:"name"`
	Value string    `json:"value,omitempty"` // of a status: "success: No news entry needed"
	URL   string    `json:"url,omitempty"`   // of a status
	By    string    `json:"by,omitempty"`    // login; "" if unknown
	Own   bool      `json:"own,omitempty"`   // By is this App
	Rule  string    `json:"rule,omitempty"`  // of this bot that set it or wants it
	Why   string    `json:"why,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// Wanted is one thing that a rule wants.
type Wanted struct {
	Rule string `json:"rule"`
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
	// Shadow: the rule only predicts it.
	Shadow bool `json:"shadow,omitempty"`
}

// View is what a run saw of a pull request or issue and made of it: what people look at.
type View struct {
	Brief
	Statuses  []Mark    `json:"statuses,omitempty"` // of Head
	Files     int       `json:"files"`
	Commits   int       `json:"commits"`
	Additions int       `json:"additions"`
	Deletions int       `json:"deletions"`
	Wants     []Wanted  `json:"wants,omitempty"`
	Plan      []Wanted  `json:"plan,omitempty"` // what's still to be done
	Again     time.Time `json:"again,omitzero"` // when the bot checks it again by itself
	// Fault says why rules that need the core team do nothing now.
	Fault string `json:"fault,omitempty"`
	// Report is what a rule found, for a page of its own.
	Report json.RawMessage `json:"report,omitempty"`
}

// NewView is the view of a request, with a plan that is still to be carried out. A rule
// that panics wants nothing here.
func NewView(r *Request, rules []Rule, plan Plan) View {
	v := View{
		Brief: Brief{
			Number: r.Key.Number, Issue: r.Issue, Title: oneLine(r.Title), Author: r.Author, Own: r.Own, State: r.State, Draft: r.Draft,
			Base: r.Base, Main: r.Base != "" && r.Base == r.DefaultBranch,
			Head: r.Head, Branch: oneLine(r.HeadBranch), Fork: r.HeadOwner, Created: r.CreatedAt, Closed: r.ClosedAt,
			Assignees: shown(r.Assignees), Reviewers: shown(r.Reviewers), Waits: len(plan.Actions), Hold: plan.Held, Seen: r.Now,
		},
		Files: len(r.Files) + r.FilesOmitted, Commits: len(r.Commits) + r.CommitsOmitted, Additions: r.Additions, Deletions: r.Deletions,
		Again: plan.Again, Fault: oneLine(r.CoreFault),
	}
	if r.Merge != nil {
		v.MergedBy = r.Merge.By
	}
	labels := v.wants(r, rules)
	for _, name := range shown(r.Labels) {
		v.Labels = append(v.Labels, r.label(name, labels[strings.ToLower(name)]))
	}
	v.Plan, v.Statuses = plan.wanted(), r.statusMarks(rules)
	v.Statuses, v.Wants, v.Plan, v.Related = shown(v.Statuses), shown(v.Wants), shown(v.Plan), shown(v.Related)
	return v
}

// wants adds what the rules want, and returns who wants each label that should be on, by
// its name in lower case.
func (v *View) wants(r *Request, rules []Rule) map[string]Wanted {
	labels := map[string]Wanted{}
	for _, rule := range rules {
		if !rule.about(r) {
			continue
		}
		want, err := rule.want(r)
		if err != nil {
			continue
		}
		for _, l := range want.Labels {
			if l.On && rule.Shadow == nil {
				labels[strings.ToLower(l.Name)] = Wanted{Rule: rule.Name, Why: oneLine(l.Why)}
			}
		}
		want.Labels = slices.DeleteFunc(slices.Clone(want.Labels), func(l Label) bool { return !l.On && !r.HasLabel(l.Name) })
		if want.Report != nil {
			v.Report = want.Report
		}
		for _, other := range want.Related {
			other.Why = oneLine(other.Why)
			v.Related = append(v.Related, other)
		}
		for _, thing := range want.things(rule.Name) {
			thing.Shadow = rule.Shadow != nil
			v.Wants = append(v.Wants, thing)
		}
	}
	return labels
}

// wanted are the plan's actions, in words.
func (p Plan) wanted() (all []Wanted) {
	for _, a := range p.Actions {
		all = append(all, Wanted{Rule: p.Because[a.String()], What: oneLine(a.String()), Why: oneLine(Why(a))})
	}
	return all
}

// statusMarks are the statuses, each with the rule that owns it.
func (r *Request) statusMarks(rules []Rule) (marks []Mark) {
	for _, context := range slices.Sorted(maps.Keys(r.Statuses)) {
		s := r.Statuses[context]
		m := Mark{Name: oneLine(context), Value: oneLine(statusLine(s)), URL: s.URL}
		if at := slices.IndexFunc(rules, func(rule Rule) bool { return rule.Shadow == nil && rule.owns(context) }); at >= 0 {
			m.Rule, m.Why = rules[at].Name, rules[at].About
		}
		marks = append(marks, m)
	}
	return marks
}

// label is a label that's on. The history says who set it and when; a rule that wants it
// says why.
func (r *Request) label(name string, wanted Wanted) Mark {
	m := Mark{Name: oneLine(name), Rule: wanted.Rule, Why: wanted.Why}
	for _, e := range slices.Backward(r.Events) {
		if e.Kind == Labeled && strings.EqualFold(e.Subject, name) {
			m.By, m.Own, m.Since = e.By, e.Own, e.At
			if !e.Own {
				m.Rule, m.Why = "", ""
			}
			break
		}
	}
	return m
}

func shown[T any](all []T) []T { return all[:min(len(all), maxShown)] }

// things are what a rule wants, in words.
func (want Want) things(rule string) (all []Wanted) {
	add := func(why, format string, args ...any) {
		all = append(all, Wanted{Rule: rule, What: oneLine(fmt.Sprintf(format, args...)), Why: oneLine(why)})
	}
	for _, s := range want.Statuses {
		add(s.Description, "status %s: %s", s.Context, s.State)
	}
	for _, c := range want.Checks {
		add(c.Title, "check run %s: %s", c.Check, c.Conclusion)
	}
	for _, l := range want.Labels {
		add(l.Why, "label %s: %s", l.Name, onOff(l.On))
	}
	for _, n := range want.Notes {
		add("", "comment %s", n.Key)
	}
	for _, p := range want.Picks {
		add("", "%s", p)
	}
	for _, o := range want.Opens {
		add("", "%s", o)
	}
	for _, reviewer := range want.Reviewers {
		add("", "ask for review by %s", reviewer.Login)
	}
	for _, login := range want.Assignees {
		add("", "assign %s", login)
	}
	if want.Merge != nil {
		add("", "%s", want.Merge)
	}
	for _, b := range []struct {
		on   bool
		what string
	}{
		{want.Reopen, "reopen"}, {want.Drop, "delete the branch"}, {want.Waits, "wait for other Apps' checks"},
		{want.Hold, "cancel auto-merge"}, {want.Close, "close"}, {want.Readied, "make ready for review"},
		{want.Block != nil && want.Block.Text != "", "a part of the body that the bot writes"},
	} {
		if b.on {
			add("", "%s", b.what)
		}
	}
	if want.Stop != nil {
		add("", "%s", want.Stop)
	}
	for _, e := range want.Entries {
		add("", "line in the list of issue #%d: %s", e.Issue, onOff(e.On))
	}
	return all
}
