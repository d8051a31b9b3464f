package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// onePull is the page of a pull request or issue.
type onePull struct {
	Key  string `json:"key"`
	URL  string `json:"url"` // on GitHub
	View pull.View
	// History is what the bot wrote, newest first, at most maxHistory entries.
	History []change `json:"history,omitempty"`
	More    bool     `json:"more,omitempty"` // the history has older entries

	Labels, Statuses []pull.Mark `json:"-"`
	MayCheck         bool        `json:"-"` // the one who asks may have the bot check it again
	MayHold          bool        `json:"-"` // and stop it here
	Checking         bool        `json:"-"` // which was just asked for
}

// change is one write of the bot.
type change = pull.LogEntry

const maxHistory = 200

func (p *Pages) pull(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := onePull{Key: key.String(), URL: p.github(key.Owner, key.Repo, "pull", key.Number), Checking: a.FormValue("checking") != ""}
	if o.View, err = p.view(a, key); err != nil {
		return page{}, err
	}
	if a.session.signedIn() {
		rights, err := p.rights(a, key)
		if err != nil {
			return page{}, err
		}
		o.MayCheck = rights.Acts || strings.EqualFold(o.View.Author, a.session.Login)
		o.MayHold = rights.Holds && !o.View.Issue
	}
	if o.View.Issue {
		o.URL = p.github(key.Owner, key.Repo, "issues", key.Number)
	}
	if o.History, err = p.history(a, key); err != nil {
		return page{}, err
	}
	table := [][]string{{"at", "rule", "action", "why", "cause", "before", "after"}}
	for _, c := range o.History {
		table = append(table, []string{exact(c.At), c.Rule, c.Action, c.Why, c.Cause, c.Before, c.After})
	}
	if o.More = len(o.History) > maxHistory; o.More {
		o.History = o.History[:maxHistory]
	}
	o.Labels, o.Statuses = explained(o.View.Labels, "label +%q", o.History), explained(o.View.Statuses, "status %s ", o.History)
	return page{name: "pull", Title: o.View.Title, Sentence: p.sentence(o.View), Repository: key.Repository().String(), Data: o,
		table: table}, nil
}

// view reads what a run saw of a pull request or issue.
func (p *Pages) view(a *asked, key pull.Key) (v pull.View, err error) {
	stored, err := p.Store.View(a.Context(), key.Repository().String(), key.Number)
	if err != nil {
		return v, err
	}
	if stored.At.IsZero() {
		return v, &fault{http.StatusNotFound, fmt.Sprintf("The bot hasn't seen %s yet", key),
			"It looks at a pull request when something happens there, and at all open ones in the night."}
	}
	if err := json.Unmarshal(stored.Detail, &v); err != nil {
		return v, fmt.Errorf("reading the view of %s: %w", key, err)
	}
	return v, nil
}

// history returns what the bot wrote, newest first, one more than a page shows.
func (p *Pages) history(a *asked, key pull.Key) (all []change, err error) {
	err = p.Store.Log(a.Context(), key.String(), time.Time{}, func(e queue.Entry) error {
		var entry pull.LogEntry
		if json.Unmarshal(e.Value, &entry) == nil && entry.Rule != "" { // others are the bot's own notes
			entry.At = e.At
			all = append(all, entry)
		}
		return nil
	})
	slices.Reverse(all)
	return all[:min(len(all), maxHistory+1)], err
}

// explained adds from the history what the view doesn't say: when the bot set a label or
// a status, and by which rule. form is how an action that sets it begins.
func explained(marks []pull.Mark, form string, history []change) []pull.Mark {
	marks = slices.Clone(marks)
	for i := range marks {
		m := &marks[i]
		start := fmt.Sprintf(form, m.Name)
		at := slices.IndexFunc(history, func(c change) bool { return strings.HasPrefix(c.Action, start) })
		if at < 0 {
			continue
		}
		if m.Since.IsZero() {
			m.Since = history[at].At
		}
		if m.Rule == "" && (m.Own || m.By == "") {
			m.Rule, m.Why = history[at].Rule, history[at].Why
		}
	}
	return marks
}

// short is the start of a cause: deliveries have long IDs.
func short(cause string) string {
	if runes := []rune(cause); len(runes) == 36 {
		return "delivery " + string(runes[:8])
	}
	return cause
}

// sentence answers what someone who comes to a pull request's page wants to know first.
func (p *Pages) sentence(v pull.View) string {
	var parts []string
	switch {
	case v.State == pull.Merged && v.MergedBy != "":
		parts = append(parts, fmt.Sprintf("Merged by %s on %s.", v.MergedBy, day(v.Closed)))
	case v.State == pull.Merged:
		parts = append(parts, fmt.Sprintf("Merged on %s.", day(v.Closed)))
	case v.State == pull.Closed:
		parts = append(parts, fmt.Sprintf("Closed on %s.", day(v.Closed)))
	case v.Draft:
		parts = append(parts, "Open, and still a draft.")
	default:
		parts = append(parts, "Open.")
	}
	if v.Hold != nil {
		parts = append(parts, holdText(v.Hold))
	}
	if text := backportsIn(v.Related); text != "" {
		parts = append(parts, text)
	}
	if failing := failing(v.Statuses); len(failing) > 0 {
		parts = append(parts, "Not passing: "+english.WordSeries(failing, "and")+".")
	}
	switch {
	case v.Fault != "":
		parts = append(parts, "Some rules do nothing now: "+v.Fault+".")
	case len(v.Plan) > 0:
		parts = append(parts, fmt.Sprintf("The bot still has %s to make.", plural(len(v.Plan), "change")))
	}
	return strings.Join(parts, " ")
}

// failing are the bot's statuses that don't pass.
func failing(statuses []pull.Mark) (names []string) {
	for _, s := range statuses {
		if s.Rule != "" && strings.HasPrefix(s.Value, string(pull.StatusFailure)) {
			names = append(names, s.Name)
		}
	}
	return names
}

// backportsIn says what became of the backports, the same states together.
func backportsIn(related []pull.Related) string {
	if len(related) == 1 && related[0].State == "original" {
		return fmt.Sprintf("It's a backport of #%d.", related[0].Number)
	}
	states := map[string][]string{}
	var order []string
	for _, r := range related {
		if states[r.State] == nil {
			order = append(order, r.State)
		}
		states[r.State] = append(states[r.State], r.Branch)
	}
	var texts []string
	for _, state := range order {
		texts = append(texts, fmt.Sprintf("%s: %s", english.WordSeries(states[state], "and"), state))
	}
	if len(texts) == 0 {
		return ""
	}
	return "Backports to " + strings.Join(texts, "; ") + "."
}
