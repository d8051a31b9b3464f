package backport

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// defaultColor is what GitHub gives labels that are made by being set
// ("Add labels to an issue").
const defaultColor = "ededed"

// Labels are the changes that a repository's labels for backports need, newest
// version first; an edit without Old makes a label.
//
// A branch gets its label when it is cut, and the label follows the phase of
// the branch (devguide, "Development Cycle"). At the end of life it is kept:
// deleting it would take it from the history of every pull request. Labels of
// versions that the release data does not know are nobody's to touch.
//
// What people chose by hand stays: the bot comes by every hour, and nobody wins
// against that. So a color or a description is replaced only where it is one
// that the settings or the preset have for some phase, or that GitHub gives.
func (c *Config) Labels(r pull.Repository, now time.Time) []pull.LabelEdit {
	fork := c.Settings.PushTo != config.Upstream && strings.EqualFold(c.Settings.PushTo, r.Key.Owner) // its branches are but copies
	if c.Settings.Mode != config.On || fork {
		return nil
	}
	labels := map[string]pull.LabelStyle{}
	versions := slices.Clone(r.Branches)
	for _, l := range r.Labels {
		if version, asks := c.asked(l.Name); asks {
			labels[version] = l
			versions = append(versions, version)
		}
	}
	versions = slices.DeleteFunc(versions, func(v string) bool { return !lifecycle.ValidVersion(v) })
	slices.SortFunc(versions, func(a, b string) int { return lifecycle.Compare(b, a) })
	looks := slices.Concat(c.Settings.Phases, config.Preset().Backport.Phases)
	var edits []pull.LabelEdit
	for _, version := range slices.Compact(versions) {
		b, known := c.Life(version, now)
		look, found := c.Settings.Phase(string(b.Phase))
		label, there := labels[version]
		switch {
		case !known || !found:
		case there:
			if next := restyle(label, look, looks); next != label {
				edits = append(edits, pull.LabelEdit{Old: label.Name, LabelStyle: next})
			}
		case slices.Contains(r.Branches, version) && len(look.Allow)+len(look.Ask) > 0:
			edits = append(edits, pull.LabelEdit{LabelStyle: pull.LabelStyle{Name: c.label(version), Color: look.Color,
				Description: look.Description}})
		}
	}
	return edits
}

// restyle gives a label the look of a phase, but for what people chose.
func restyle(l pull.LabelStyle, look config.Phase, looks []config.Phase) pull.LabelStyle {
	color, description := strings.ToLower(l.Color), strings.TrimSpace(l.Description)
	ourColor, ourDescription := color == "" || color == defaultColor, description == ""
	for _, p := range looks {
		ourColor = ourColor || color == strings.ToLower(p.Color)
		ourDescription = ourDescription || description == strings.TrimSpace(p.Description)
	}
	if ourColor && color != strings.ToLower(look.Color) {
		l.Color = look.Color
	}
	if ourDescription && description != strings.TrimSpace(look.Description) {
		l.Description = look.Description
	}
	return l
}
