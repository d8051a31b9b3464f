package web

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Settings are a repository's settings in force.
type Settings struct {
	Values []Setting   `json:"settings,omitempty"`
	Rules  []LabelRule `json:"label_rules,omitempty"`
	Faults []string    `json:"faults,omitempty"` // of files that aren't in force as they are
}

// Setting is one setting.
type Setting struct {
	Name   string `json:"name"` // "news.mode"
	Value  string `json:"value"`
	Origin string `json:"origin"` // the file that it comes from
}

// LabelRule is a rule that sets a label, in words.
type LabelRule struct {
	Where string `json:"where"` // file and line
	Words string `json:"words"`
}

// Trial is a pull request that people make up, to try the label rules.
type Trial struct {
	Title string   `json:"title"`
	Body  string   `json:"body,omitempty"`
	Files []string `json:"files,omitempty"`
}

// What people may make up. A page's address is shorter in any case.
const (
	maxTrialText  = 4000 // bytes
	maxTrialFiles = 300
)

// ofSettings is the page of a repository's settings.
type ofSettings struct {
	Repository string `json:"repository"`
	Settings
	Find  string        `json:"find,omitempty"`
	Trial *Trial        `json:"trial,omitempty"`
	Found []pull.Wanted `json:"found,omitempty"` // labels that the made-up pull request gets

	Tried     bool   `json:"-"`
	TrialText string `json:"-"` // the files, as they were written
}

func (p *Pages) settings(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	set, err := p.Settings(a.Context(), key)
	if err != nil {
		return page{}, err
	}
	o := ofSettings{Repository: key.String(), Settings: set, Find: a.FormValue("find"), TrialText: a.FormValue("files")}
	trial := Trial{Title: a.FormValue("title"), Body: a.FormValue("body"), Files: strings.Fields(o.TrialText)}
	if trial.Title != "" || trial.Body != "" || len(trial.Files) > 0 {
		if len(trial.Title)+len(trial.Body)+len(o.TrialText) > maxTrialText || len(trial.Files) > maxTrialFiles {
			return page{}, &fault{413, "That's too much to try", fmt.Sprintf("Use at most %d files and %d characters.", maxTrialFiles, maxTrialText)}
		}
		o.Trial, o.Tried = &trial, true
		if o.Found, err = p.Try(a.Context(), key, trial); err != nil {
			return page{}, err
		}
	}
	own := 0
	var shown []Setting
	table := [][]string{{"setting", "value", "origin"}}
	for _, s := range set.Values {
		if s.Origin != "preset" {
			own++
		}
		if strings.Contains(strings.ToLower(s.Name+" "+s.Value+" "+s.Origin), strings.ToLower(o.Find)) {
			shown, table = append(shown, s), append(table, []string{s.Name, s.Value, s.Origin})
		}
	}
	o.Values = shown
	return page{
		name: "settings", Title: "Settings", Sentence: set.sentence(own),
		Repository: key.String(), Place: "settings", Data: o, table: table,
	}, nil
}

// sentence says how far the settings are the repository's own.
func (set Settings) sentence(own int) string {
	parts := []string{"All settings are those of the preset."}
	switch own {
	case 0:
	case 1:
		parts[0] = fmt.Sprintf("1 setting of %d differs from the preset.", len(set.Values))
	default:
		parts[0] = fmt.Sprintf("%d settings of %d differ from the preset.", own, len(set.Values))
	}
	switch n := len(set.Rules); n {
	case 0:
	case 1:
		parts = append(parts, "There is 1 label rule.")
	default:
		parts = append(parts, fmt.Sprintf("There are %d label rules.", n))
	}
	if len(set.Faults) > 0 {
		parts = append([]string{"A file has faults, so its last good version or none is in force."}, parts...)
	}
	return strings.Join(parts, " ")
}
