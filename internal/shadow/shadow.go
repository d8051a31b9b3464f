// Package shadow compares what rules in shadow predict with what happens on GitHub, and
// reports it. It's pure: it must not know where records are kept, nor how a rule decides.
package shadow

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Outcome of a prediction.
type Outcome string

const (
	Open      Outcome = ""          // others still have time
	Same      Outcome = "same"      // others did what the rule wants
	Different Outcome = "different" // they did something else
	Missing   Outcome = "missing"   // they did nothing
	Extra     Outcome = "extra"     // they did what the rule doesn't want
	// Earlier is what a thing was before: at the rule's first look at an older pull request,
	// or until the rule changed its mind. It doesn't count, since nobody knows who did what.
	Earlier Outcome = "earlier"
)

// Record is a prediction about one thing of a pull request or issue, and what came of it.
type Record struct {
	Thing string    `json:"-"` // of pull.Prediction; "": which rules have looked (Rules)
	At    time.Time `json:"-"` // when it was predicted

	Rule   string    `json:"rule,omitempty"`
	Want   string    `json:"want,omitempty"`
	Before string    `json:"before,omitempty"` // the thing's state when it was predicted
	Found  string    `json:"found,omitempty"`  // its state at the end
	Why    string    `json:"why,omitempty"`
	Due    time.Time `json:"due,omitzero"` // when the others' time ends; zero once settled
	// Outcome is as of Settled.
	Outcome Outcome   `json:"outcome,omitempty"`
	Settled time.Time `json:"settled,omitzero"`
	// Since is when comments begin to count, by GitHub's clock; zero once settled.
	// Comment is the one that counts.
	Since   time.Time `json:"since,omitzero"`
	Comment int64     `json:"comment,omitempty"`
	// Issue: it's about an issue. Number is the pull request that was found, for a backport.
	Issue  bool `json:"issue,omitempty"`
	Number int  `json:"number,omitempty"`

	Rules []string `json:"rules,omitempty"`
}

// absent reports whether a state means that the thing doesn't exist.
func absent(state string) bool { return state == pull.Off || state == pull.None || state == "" }

// excess reports whether the thing, if it exists now, is one that the rule never wanted.
func (r Record) excess() bool { return absent(r.Want) && r.Before == r.Want }

// judge is the outcome of a prediction whose time is over.
func (r Record) judge(found string) Outcome {
	switch {
	case found == r.Want:
		return Same
	case r.excess():
		return Extra
	case absent(found), found == r.Before:
		return Missing
	}
	return Different
}

// Look is one evaluation of a pull request or issue.
type Look struct {
	Request     *pull.Request
	Rules       []pull.Rule
	Predictions []pull.Prediction
	Window      time.Duration // how long others have
	Now         time.Time
}

// shadowed returns the names of the rules in shadow, sorted.
func (l Look) shadowed() []string {
	var names []string
	for _, rule := range l.Rules {
		if rule.Shadow != nil {
			names = append(names, rule.Name)
		}
	}
	slices.Sort(names)
	return names
}

// old reports whether the pull request was opened, or merged, so long ago that others
// would have acted already.
func (l Look) old() bool {
	moved := l.Request.CreatedAt
	if l.Request.ClosedAt.After(moved) {
		moved = l.Request.ClosedAt
	}
	return l.Now.Sub(moved) > l.Window
}
