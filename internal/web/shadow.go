package web

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
)

// ofShadow is the page of how rules in shadow agree with what others did.
type ofShadow struct {
	Repository string `json:"repository"`
	Days       int    `json:"days,omitempty"` // only predictions of the last days; 0: all
	Rule       string `json:"rule,omitempty"` // only of one rule
	shadow.Report
	More int `json:"more,omitempty"` // differences that the page doesn't list
}

func (p *Pages) shadow(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := ofShadow{Repository: key.String(), Rule: a.FormValue("rule")}
	only := shadow.Filter{Rule: o.Rule, Repository: key}
	if text := a.FormValue("days"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 0 || days > 3650 {
			return page{}, &fault{400, "That isn't a number of days", "Use a whole number from 0 (all) to 3650."}
		}
		if o.Days = days; days > 0 {
			only.Since = p.Now().Add(-time.Duration(days) * 24 * time.Hour)
		}
	}
	report := shadow.NewReport(p.ServerURL, only)
	err = p.Store.Predictions(a.Context(), only.Since, func(r queue.Prediction) error {
		report.Add(r.Key, r.Thing, r.At, r.Value)
		return nil
	})
	if err != nil {
		return page{}, err
	}
	o.Report = *report
	slices.Reverse(o.Differences) // newest first
	table := [][]string{{"outcome", "at", "pull request", "rule", "thing", "want", "found", "why", "link"}}
	for _, d := range o.Differences {
		table = append(table, []string{string(d.Outcome), exact(d.At), d.Key, d.Rule, d.Thing, d.Want, d.Found, d.Why, d.Link})
	}
	if a.format == "html" && len(o.Differences) > maxListed {
		o.More, o.Differences = len(o.Differences)-maxListed, o.Differences[:maxListed]
	}
	return page{name: "shadow", Title: "Shadow", Sentence: o.sentence(), Repository: key.String(), Place: "shadow", Data: o, table: table}, nil
}

// sentence says how far the rules agree.
func (o ofShadow) sentence() string {
	same, settled, open := 0, 0, 0
	for _, r := range o.Rules {
		same, open = same+r.Same, open+r.Open
		settled += r.Same + r.Different + r.Missing + r.Extra
	}
	switch {
	case settled == 0 && open > 0:
		return fmt.Sprintf("%s, whose time isn't over yet.", plural(open, "prediction"))
	case settled == 0:
		return "No rule is in shadow, or none has predicted anything yet."
	}
	return fmt.Sprintf("%d of %s came true (%d %%).", same, plural(settled, "prediction"), same*100/settled)
}
