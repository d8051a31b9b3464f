package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// LifeCycle is the life of a repository's branches.
type LifeCycle struct {
	DataUntil time.Time    `json:"data_until,omitzero"` // the last release that the release data knows as done
	Branches  []LifeBranch `json:"branches,omitempty"`  // those that live, newest first
	SVG       []byte       `json:"-"`                   // the chart
}

// LifeBranch is a living branch.
type LifeBranch struct {
	Name        string    `json:"name"`
	Version     string    `json:"version"`
	Phase       string    `json:"phase"`
	Override    bool      `json:"override,omitempty"` // the settings say so, and not the release data
	Next        string    `json:"next_release,omitempty"`
	NextAt      time.Time `json:"next_release_at,omitzero"`
	NextPhase   string    `json:"next_phase,omitempty"`
	NextPhaseAt time.Time `json:"next_phase_at,omitzero"`
	EndOfLife   string    `json:"end_of_life,omitempty"` // a day or a month, as people write it
	Allow       []string  `json:"allow,omitempty"`       // kinds of change
	Ask         []string  `json:"ask,omitempty"`         // kinds that wait for the release manager
	Managers    []Manager `json:"release_managers,omitempty"`
}

// Manager is a release manager.
type Manager struct {
	Name  string `json:"name"`
	Login string `json:"login,omitempty"` // "" if the settings don't know it
}

// ofLifeCycle is the page of the life of branches.
type ofLifeCycle struct {
	Repository string    `json:"repository"`
	At         time.Time `json:"at"`
	LifeCycle

	Chart template.HTML `json:"-"`
}

func (p *Pages) lifeCycle(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	life, err := p.LifeCycle(a.Context(), key)
	if err != nil {
		return page{}, err
	}
	o := ofLifeCycle{Repository: key.String(), At: p.Now().UTC(), LifeCycle: life, Chart: template.HTML(life.SVG)}
	table := [][]string{{"branch", "version", "phase", "next_release", "next_release_at", "next_phase", "next_phase_at", "end_of_life",
		"allow", "ask", "release_managers"}}
	for _, b := range life.Branches {
		table = append(table, []string{b.Name, b.Version, b.Phase, b.Next, date(b.NextAt), b.NextPhase, date(b.NextPhaseAt), b.EndOfLife,
			strings.Join(b.Allow, ", "), strings.Join(b.Ask, ", "), strings.Join(b.managers(), ", ")})
	}
	return page{name: "lifecycle", Title: "Life cycle", Sentence: life.sentence(p), Repository: o.Repository, Place: "life-cycle", Data: o,
		table: table}, nil
}

// date is a day for programs; "" if it's unknown.
func date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.DateOnly)
}

// managers are the release managers' names.
func (b LifeBranch) managers() (all []string) {
	for _, m := range b.Managers {
		all = append(all, m.Name)
	}
	return all
}

// sentence says what is released next, and which branch is in which phase.
func (l LifeCycle) sentence(p *Pages) string {
	var next LifeBranch
	var order, parts []string
	phases := map[string][]string{}
	for _, b := range l.Branches {
		if !b.NextAt.IsZero() && (next.Next == "" || b.NextAt.Before(next.NextAt)) {
			next = b
		}
		if phases[b.Phase] == nil {
			order = append(order, b.Phase)
		}
		phases[b.Phase] = append(phases[b.Phase], b.Version)
	}
	for i, phase := range order {
		verb := ""
		if i == 0 {
			verb = isAre(len(phases[phase]))
		}
		parts = append(parts, english.WordSeries(phases[phase], "and")+verb+" in "+phase)
	}
	now := "The release data lists no supported version."
	if len(parts) > 0 {
		now = strings.Join(parts, "; ") + "."
	}
	if next.Next == "" {
		return now
	}
	return fmt.Sprintf("The next release is %s on %s, %s. %s", next.Next, day(next.NextAt), p.days(next.NextAt), now)
}

// days is how far a day is from today.
func (p *Pages) days(at time.Time) string {
	switch n := int(at.Sub(p.Now().UTC().Truncate(24*time.Hour)).Hours() / 24); n {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	default:
		return "in " + plural(n, "day")
	}
}
