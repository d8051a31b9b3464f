package shadow

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Report is how well rules in shadow agree with what others did.
type Report struct {
	Since       time.Time    `json:"since,omitzero"`
	Rules       []Agreement  `json:"rules"`       // by name
	Differences []Difference `json:"differences"` // oldest first

	server string
	only   Filter
}

// Filter is what a report is about.
type Filter struct {
	Since      time.Time // predictions made since then; zero: all
	Rule       string    // "": all
	Repository pull.Key  // zero: all; with a number: one pull request
}

// Agreement counts one rule's predictions by outcome.
type Agreement struct {
	Rule      string `json:"rule"`
	Same      int    `json:"same"`
	Different int    `json:"different"`
	Missing   int    `json:"missing"`
	Extra     int    `json:"extra"`
	Open      int    `json:"open"` // whose time isn't over
	// Percent of the settled predictions are Same, rounded down; 0 if none is settled.
	Percent int `json:"percent"`
}

func (a Agreement) settled() int { return a.Same + a.Different + a.Missing + a.Extra }

// Difference is a prediction that didn't come true.
type Difference struct {
	Outcome Outcome   `json:"outcome"`
	At      time.Time `json:"at"` // when it was predicted
	Key     string    `json:"key"`
	Rule    string    `json:"rule"`
	Thing   string    `json:"thing"`
	Want    string    `json:"want"`
	Before  string    `json:"before,omitempty"`
	Found   string    `json:"found"`
	Why     string    `json:"why,omitempty"`
	Link    string    `json:"link"`
	Other   string    `json:"other,omitempty"` // link to what others made instead
}

// NewReport makes an empty report. server is the address of GitHub's pages.
func NewReport(server string, only Filter) *Report {
	return &Report{Since: only.Since, Rules: []Agreement{}, Differences: []Difference{}, server: strings.TrimRight(server, "/"), only: only}
}

// Add adds a record in its stored form (Record.Stored). One that can't be read is ignored:
// a newer program may have written it.
func (r *Report) Add(key, thing string, at time.Time, stored []byte) {
	of, err := pull.ParseKey(key)
	if err != nil {
		return
	}
	record, err := Read(thing, at, stored)
	if err != nil || thing == "" || record.Outcome == Earlier || !r.only.takes(of, record) {
		return
	}
	place, found := slices.BinarySearchFunc(r.Rules, record.Rule, func(a Agreement, rule string) int { return strings.Compare(a.Rule, rule) })
	if !found {
		r.Rules = slices.Insert(r.Rules, place, Agreement{Rule: record.Rule})
	}
	r.Rules[place].count(record.Outcome)
	if record.Outcome != Open && record.Outcome != Same {
		r.Differences = append(r.Differences, r.difference(of, record))
	}
}

func (f Filter) takes(key pull.Key, record Record) bool {
	switch {
	case f.Rule != "" && record.Rule != f.Rule, record.At.Before(f.Since):
		return false
	case f.Repository.Repo == "":
		return true
	}
	same := strings.EqualFold(key.Repository().String(), f.Repository.Repository().String())
	return same && (f.Repository.Number == 0 || f.Repository.Number == key.Number)
}

func (a *Agreement) count(outcome Outcome) {
	switch outcome {
	case Open:
		a.Open++
	case Same:
		a.Same++
	case Different:
		a.Different++
	case Missing:
		a.Missing++
	case Extra:
		a.Extra++
	}
	if settled := a.settled(); settled > 0 {
		a.Percent = 100 * a.Same / settled
	}
}

func (r *Report) difference(key pull.Key, record Record) Difference {
	repository := r.server + "/" + key.Repository().String()
	d := Difference{
		Outcome: record.Outcome, At: record.At.UTC(), Key: key.String(), Rule: record.Rule, Thing: record.Thing, Want: record.Want,
		Before: record.Before, Found: record.Found, Why: record.Why, Link: repository + "/pull/" + strconv.Itoa(key.Number),
	}
	if record.Issue {
		d.Link = repository + "/issues/" + strconv.Itoa(key.Number)
	}
	if record.Number > 0 {
		d.Other = repository + "/pull/" + strconv.Itoa(record.Number)
	}
	return d
}

// Text prints the report as text. Strangers' words in it go through plain.
func (r *Report) Text(w io.Writer, plain func(string) string) error {
	if len(r.Rules) == 0 {
		_, err := fmt.Fprintln(w, "no predictions")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "rule\tagreement\tsame\tdifferent\tmissing\textra\topen")
	for _, a := range r.Rules {
		agreement := "-"
		if a.settled() > 0 {
			agreement = fmt.Sprintf("%d %%", a.Percent)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", a.Rule, agreement, a.Same, a.Different, a.Missing, a.Extra, a.Open)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, d := range r.Differences {
		lines := []string{
			"",
			fmt.Sprintf("%s: %s, %s", d.Outcome, d.Key, d.Thing),
			"    " + d.sentence(),
			fmt.Sprintf("    rule %s, %s", d.Rule, d.At.Format(time.DateTime)),
			"    " + d.Link,
		}
		if d.Why != "" {
			lines[3] += "; " + d.Why
		}
		if d.Other != "" {
			lines[4] += " and " + d.Other
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, plain(line)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sentence says what the rule wanted, and what happened instead.
func (d Difference) sentence() string {
	switch d.Outcome {
	case Missing:
		if d.Before != "" && !absent(d.Before) {
			return fmt.Sprintf("wanted %s, but it's still %s", d.Want, d.Found)
		}
		return fmt.Sprintf("wanted %s, but no one did it", d.Want)
	case Extra:
		return fmt.Sprintf("wanted %s, but someone made it %s", d.Want, d.Found)
	}
	return fmt.Sprintf("wanted %s, but it's %s", d.Want, d.Found)
}

// JSON prints the report as one JSON document.
func (r *Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// Stored is the form in which a record is kept.
func (r Record) Stored() ([]byte, error) { return json.Marshal(r) }

// Read reads a record from its stored form.
func Read(thing string, at time.Time, stored []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(stored, &r); err != nil {
		return r, fmt.Errorf("reading a prediction: %w", err)
	}
	r.Thing, r.At = thing, at
	return r, nil
}
