package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Branch is a branch that takes backports.
type Branch struct {
	Name  string `json:"name"`
	Phase string `json:"phase"`
	Seen  bool   `json:"seen"` // the repository has it, as far as the bot has seen
	// Gaps are what the branch lacks and accepts now, by the numbers of merged pull
	// requests.
	Gaps map[int]Gap `json:"-"`
}

// Gap is a change that a branch lacks.
type Gap struct {
	Why      string
	Backport int // the open one; 0 if there's none
}

// ofBackports is the page of what was merged, and of what became of it on the other
// branches.
type ofBackports struct {
	Repository string   `json:"repository"`
	Branches   []Branch `json:"branches,omitempty"` // newest first
	Branch     string   `json:"branch,omitempty"`   // only this one
	Person     string   `json:"person,omitempty"`   // only what this login wrote, merged, or is assigned to
	State      string   `json:"state"`              // only with a backport in this state; "to do": in one of several
	Age        string   `json:"age"`                // only what was merged then
	// Counts of backports by their states, of those that branch, person and age choose.
	Counts  map[string]int `json:"counts"`
	Changes []merged       `json:"changes,omitempty"` // newest first
	More    int            `json:"more,omitempty"`    // that the page doesn't list

	Columns      []Branch `json:"-"`
	States, Ages []string `json:"-"`
	Tally        []tally  `json:"-"` // Counts in order
}

// merged is a merged pull request with its backports.
type merged struct {
	Number    int            `json:"number"`
	Title     string         `json:"title"`
	Author    string         `json:"author"`
	MergedBy  string         `json:"merged_by,omitempty"`
	Merged    time.Time      `json:"merged,omitzero"`
	Backports []pull.Related `json:"backports,omitempty"` // one for each branch; without a state, there's nothing to say

	assignees []string
}

// tally is how many are in a state.
type tally struct {
	State string
	N     int
}

// The states of backports, as the status comment names them. Missing is one that the
// branch accepts, and nobody has made.
var (
	statesToDo = []string{"open", "conflict", "error", missing, "waiting", "picking"}
	statesDone = []string{"merged", "already there", "closed", "not allowed"}
)

const (
	missing  = "missing"
	toDo     = "to do"
	anything = "any"
	anyTime  = "any time"
	// maxChanges bounds the page's list: rows are wide.
	maxChanges = 100
)

// ages are the choices of when something was merged, in days before now.
var ages = []struct {
	name     string
	from, to int
}{
	{anyTime, 0, 1 << 20}, {"up to a week ago", 0, 7}, {"up to 30 days ago", 0, 30}, {"up to 90 days ago", 0, 90},
	{"over 90 days ago", 90, 1 << 20},
}

func (p *Pages) backports(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := ofBackports{Repository: key.String(), Branch: a.FormValue("branch"), Person: a.login("person"),
		State: or(a.FormValue("state"), toDo), Age: or(a.FormValue("age"), anyTime), Counts: map[string]int{}}
	seen, err := p.seen(a, key)
	if err != nil {
		return page{}, err
	}
	if o.Branches, err = p.Branches(a.Context(), key, seen); err != nil {
		return page{}, err
	}
	if err := o.check(); err != nil {
		return page{}, err
	}
	o.choose(seen, p.Now())
	table := o.table()
	if a.format == "html" && len(o.Changes) > maxChanges {
		o.More, o.Changes = len(o.Changes)-maxChanges, o.Changes[:maxChanges]
	}
	return page{name: "backports", Title: "Backports", Sentence: o.sentence(), Repository: o.Repository, Place: "backports", Data: o,
		table: table}, nil
}

// login is a login in a form.
func (a *asked) login(name string) string {
	return strings.TrimPrefix(strings.TrimSpace(a.FormValue(name)), "@")
}

// intoMain is in the JSON of a Brief into the default branch, and nowhere else: texts
// have no quotes there that aren't escaped.
const intoMain = `"main":true`

// seen are the pull requests that backports may be of, or be. Others aren't read, since
// that takes most of the page's time.
func (p *Pages) seen(a *asked, key pull.Key) (all []pull.Brief, err error) {
	for _, state := range []pull.State{pull.Merged, pull.Closed, pull.Open} {
		err := p.Store.Views(a.Context(), key.Repository().String(), string(state), func(v queue.View) error {
			if state != pull.Merged && bytes.Contains(v.Brief, []byte(intoMain)) {
				return nil
			}
			b, err := p.decoded(v)
			all = append(all, b)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// check refuses filters that choose nothing, and chooses the branches to show.
func (o *ofBackports) check() error {
	o.States = slices.Concat([]string{toDo, anything}, statesToDo, statesDone)
	for _, age := range ages {
		o.Ages = append(o.Ages, age.name)
	}
	var names []string
	for _, b := range o.Branches {
		names = append(names, b.Name)
		if b.Name == o.Branch || b.Seen && o.Branch == "" {
			o.Columns = append(o.Columns, b)
		}
	}
	switch {
	case o.Branch != "" && !slices.Contains(names, o.Branch):
		return wrong("branch", o.Branch, names)
	case !slices.Contains(o.States, o.State):
		return wrong("state", o.State, o.States)
	case !slices.Contains(o.Ages, o.Age):
		return wrong("age", o.Age, o.Ages)
	}
	return nil
}

// wrong is the fault of a filter without any sense.
func wrong(what, value string, choices []string) error {
	text := "There is none to choose yet."
	if len(choices) > 0 {
		text = "Choose one of these: " + strings.Join(choices, ", ") + "."
	}
	return &fault{http.StatusBadRequest, fmt.Sprintf("Can't filter by the %s “%.50s”", what, value), text}
}

// choose finds the changes that the filters leave, and counts their backports.
func (o *ofBackports) choose(seen []pull.Brief, now time.Time) {
	age := ages[slices.Index(o.Ages, o.Age)]
	for _, b := range seen {
		days := int(now.Sub(b.Closed).Hours() / 24)
		m := merged{Number: b.Number, Title: b.Title, Author: b.Author, MergedBy: b.MergedBy, Merged: b.Closed, assignees: b.Assignees}
		if b.State != pull.Merged || days < age.from || days > age.to || o.Person != "" && !m.concerns(o.Person) {
			continue
		}
		for _, branch := range o.Columns {
			r := branch.backport(b)
			m.Backports = append(m.Backports, r)
			if r.State != "" {
				o.Counts[r.State]++
			}
		}
		if slices.ContainsFunc(m.Backports, o.asksFor) {
			o.Changes = append(o.Changes, m)
		}
	}
	slices.SortStableFunc(o.Changes, func(x, y merged) int { return y.Merged.Compare(x.Merged) })
	for _, state := range o.States {
		if n := o.Counts[state]; n > 0 {
			o.Tally = append(o.Tally, tally{state, n})
		}
	}
}

// asksFor reports whether the filter of states leaves a backport.
func (o *ofBackports) asksFor(r pull.Related) bool {
	return r.State != "" && (o.State == anything || o.State == r.State || o.State == toDo && !slices.Contains(statesDone, r.State))
}

// concerns reports whether someone has to do with a change.
func (m merged) concerns(login string) bool {
	return slices.ContainsFunc(append(m.assignees, m.Author, m.MergedBy), func(l string) bool { return strings.EqualFold(l, login) })
}

// backport is what became of a change on the branch: what its status comment says, or
// else that the branch lacks it.
func (b Branch) backport(of pull.Brief) pull.Related {
	for _, r := range of.Related {
		if r.Branch == b.Name && r.State != "original" {
			return r
		}
	}
	r := pull.Related{Branch: b.Name}
	if gap, lacks := b.Gaps[of.Number]; lacks {
		r.State, r.Why, r.Number = missing, gap.Why, gap.Backport
		if gap.Backport != 0 {
			r.State = "open"
		}
	}
	return r
}

// sentence says how much is left to do.
func (o ofBackports) sentence() string {
	where := ""
	if o.Branch != "" {
		where = " to " + o.Branch
	}
	n, left, done := 0, []string{}, []string{}
	for _, t := range o.Tally {
		text := fmt.Sprintf("%s %d", t.State, t.N)
		if slices.Contains(statesDone, t.State) {
			done = append(done, text)
			continue
		}
		n, left = n+t.N, append(left, text)
	}
	switch {
	case len(o.Columns) == 0:
		return "No branch takes backports here, as far as the bot has seen."
	case n == 1:
		return fmt.Sprintf("1 backport%s isn't done: %s.", where, left[0])
	case n > 1:
		return fmt.Sprintf("%d backports%s aren't done: %s.", n, where, strings.Join(left, " · "))
	case len(done) > 0:
		return fmt.Sprintf("All backports%s are done: %s.", where, strings.Join(done, " · "))
	}
	return fmt.Sprintf("There are no backports%s.", where)
}

// table has a line for each backport.
func (o ofBackports) table() [][]string {
	table := [][]string{{"number", "title", "author", "merged_by", "merged", "branch", "state", "backport", "why"}}
	for _, m := range o.Changes {
		for _, r := range m.Backports {
			if r.State == "" {
				continue
			}
			number := ""
			if r.Number != 0 {
				number = fmt.Sprint(r.Number)
			}
			table = append(table, []string{fmt.Sprint(m.Number), m.Title, m.Author, m.MergedBy, exact(m.Merged), r.Branch, r.State, number, r.Why})
		}
	}
	return table
}

// wordy reports whether a backport's state needs its reason beside it.
func wordy(state string) bool {
	return slices.Contains([]string{"conflict", "error", missing, "waiting"}, state)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
