package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Stage of open pull requests. Each has a label.
type Stage struct {
	Label string
	Turn  string // whose turn it is: Author, or others
}

// Author is whose turn it is at stages that wait for the pull request's author.
const Author = "author"

// Stages without a label.
const (
	draft   = "draft"
	noStage = "no stage"
)

// ofStages is the page of what open pull requests wait for.
type ofStages struct {
	Repository string   `json:"repository"`
	Stage      string   `json:"stage,omitempty"`  // only those at this stage
	Person     string   `json:"person,omitempty"` // only those that wait for this login
	Stages     []stage  `json:"stages"`           // in the order in which pull requests go through them
	Waits      []waits  `json:"waits"`            // how many have waited how long
	Pulls      []waiter `json:"pull_requests,omitempty"`
	More       int      `json:"more,omitempty"` // that the page doesn't list

	Chart template.HTML `json:"-"`
	Feed  string        `json:"-"` // its address
}

// stage is how many pull requests are at a stage.
type stage struct {
	Name    string    `json:"name"`
	Turn    string    `json:"turn,omitempty"` // whose turn it is
	Open    int       `json:"open"`
	Longest time.Time `json:"longest,omitzero"` // since when the first of them has waited
}

// waiter is an open pull request that waits, the longest first.
type waiter struct {
	Number int       `json:"number"`
	Title  string    `json:"title"`
	Author string    `json:"author"`
	Stage  string    `json:"stage"`
	Turn   string    `json:"turn,omitempty"`
	People []string  `json:"people,omitempty"` // logins of those it waits for, if it waits for some
	Since  time.Time `json:"since"`
}

func (p *Pages) stages(a *asked) (page, error) {
	o, err := p.stagesOf(a)
	if err != nil {
		return page{}, err
	}
	table := [][]string{{"number", "title", "author", "stage", "turn", "people", "since"}}
	for _, w := range o.Pulls {
		table = append(table, []string{fmt.Sprint(w.Number), w.Title, w.Author, w.Stage, w.Turn, strings.Join(w.People, ", "), exact(w.Since)})
	}
	o.Chart = histogram(o.Waits)
	o.Feed = "/" + o.Repository + "/stages.atom?" + url.Values{"stage": {o.Stage}, "person": {o.Person}}.Encode()
	sentence := o.sentence(p.Now())
	if a.format == "html" && len(o.Pulls) > maxListed {
		o.More, o.Pulls = len(o.Pulls)-maxListed, o.Pulls[:maxListed]
	}
	return page{name: "stages", Title: "Stages", Sentence: sentence, Repository: o.Repository, Place: "stages", Data: o, table: table}, nil
}

// stagesOf are the open pull requests that the filters choose, by stages.
func (p *Pages) stagesOf(a *asked) (o ofStages, err error) {
	key, err := p.known(a)
	if err != nil {
		return o, err
	}
	labels, err := p.Stages(a.Context(), key)
	if err != nil {
		return o, err
	}
	o = ofStages{Repository: key.String(), Stage: a.FormValue("stage"), Person: a.login("person")}
	names := []string{}
	for _, l := range append(labels, Stage{draft, Author}, Stage{noStage, ""}) {
		names = append(names, l.Label)
		o.Stages = append(o.Stages, stage{Name: l.Label, Turn: l.Turn})
	}
	if o.Stage != "" && !slices.Contains(names, o.Stage) {
		return o, wrong("stage", o.Stage, names)
	}
	all, err := p.briefs(a, key, string(pull.Open))
	if err != nil {
		return o, err
	}
	for _, b := range all {
		o.add(labels, b)
	}
	slices.SortStableFunc(o.Pulls, func(x, y waiter) int { return cmp.Or(x.Since.Compare(y.Since), x.Number-y.Number) })
	o.Waits = waitsOf(o.Pulls, p.Now())
	return o, nil
}

// add counts a pull request, if the filters choose it.
func (o *ofStages) add(labels []Stage, b pull.Brief) {
	w := stageOf(labels, b)
	if o.Person != "" && !w.waitsFor(o.Person) {
		return
	}
	at := slices.IndexFunc(o.Stages, func(s stage) bool { return s.Name == w.Stage })
	s := &o.Stages[at]
	if s.Open++; s.Longest.IsZero() || w.Since.Before(s.Longest) {
		s.Longest = w.Since
	}
	if o.Stage == "" || o.Stage == w.Stage {
		o.Pulls = append(o.Pulls, w)
	}
}

// waitsFor reports whether it waits for somebody.
func (w waiter) waitsFor(login string) bool {
	return slices.ContainsFunc(w.People, func(l string) bool { return strings.EqualFold(l, login) })
}

// stageOf is what a pull request waits for, for whom, and since when.
func stageOf(labels []Stage, b pull.Brief) waiter {
	w := waiter{Number: b.Number, Title: b.Title, Author: b.Author, Stage: noStage, Since: b.Created}
	if b.Draft {
		w.Stage, w.Turn = draft, Author
	}
	for _, s := range labels {
		if at := slices.IndexFunc(b.Labels, func(m pull.Mark) bool { return strings.EqualFold(m.Name, s.Label) }); at >= 0 {
			w.Stage, w.Turn = s.Label, s.Turn
			if since := b.Labels[at].Since; !since.IsZero() {
				w.Since = since
			}
			break
		}
	}
	switch {
	case w.Turn == Author && !b.Own:
		w.People = []string{b.Author}
	case w.Turn == Author: // the bot's own
		w.People = b.Assignees
	case w.Turn != "":
		w.People = slices.Concat(b.Reviewers, b.Assignees)
		slices.Sort(w.People)
		w.People = slices.Compact(w.People)
	}
	return w
}

// sentence says whose turn it is how often, and how long the first has waited.
func (o ofStages) sentence(now time.Time) string {
	turns := map[string]int{}
	var order, parts []string
	for _, w := range o.Pulls {
		if turns[w.Turn]++; turns[w.Turn] == 1 {
			order = append(order, w.Turn)
		}
	}
	slices.SortStableFunc(order, func(x, y string) int { return turns[y] - turns[x] })
	for _, turn := range order {
		who := turn
		switch {
		case turn == "":
			who = "nobody"
		case turn == Author && turns[turn] == 1:
			who = "its author"
		case turn == Author:
			who = "their authors"
		}
		parts = append(parts, fmt.Sprintf("%d for %s", turns[turn], who))
	}
	who := ""
	if o.Person != "" {
		who = " for " + o.Person
	} else if len(parts) > 0 {
		who = ": " + english.WordSeries(parts, "and")
	}
	switch len(o.Pulls) {
	case 0:
		return fmt.Sprintf("No open pull requests are waiting%s.", who)
	case 1:
		return fmt.Sprintf("1 pull request is waiting%s. It has waited for %s.", who, span(now.Sub(o.Pulls[0].Since)))
	}
	return fmt.Sprintf("%d pull requests are waiting%s. The longest has waited for %s.", len(o.Pulls), who, span(now.Sub(o.Pulls[0].Since)))
}
