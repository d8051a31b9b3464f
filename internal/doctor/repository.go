package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxPlaces is how many repositories are checked, since a check that takes minutes is
// useless for monitoring.
const maxPlaces = 20

func (v *visit) repositories(ctx context.Context) result {
	var installed []gh.Installation
	for _, g := range v.known().grants {
		installed = append(installed, g.Installation)
	}
	all, err := v.GitHub.Repositories(ctx, installed)
	if err != nil && len(all) == 0 {
		return one(unanswered("Can't get the App's repositories from GitHub", err))
	}
	var found []Finding
	if err != nil {
		found = append(found, unanswered("Not all repositories can be listed", err))
	}
	ours := slices.DeleteFunc(slices.Clone(all), func(r gh.InstalledRepository) bool {
		return r.Archived ||
			!v.Settings.Acts(r.Key.Owner, r.Key.Repo)
	})
	if len(ours) == 0 {
		return one(Finding{
			State: Problem, Text: fmt.Sprintf("The App can see %s, but none that the settings name.", english.Plural(len(all), "repository", "repositories")),
			Cure: "Add the repository to the installation, or to \"repositories\" in the settings.",
		})
	}
	text := fmt.Sprintf("The App can see %s, and the bot acts on %d.", english.Plural(len(all), "repository", "repositories"), len(ours))
	if len(ours) > maxPlaces {
		text = fmt.Sprintf("The bot acts on %d repositories; the first %d are checked here.", len(ours), maxPlaces)
		ours = ours[:maxPlaces]
	}
	found = append(found, Finding{State: OK, Text: text})
	var places []place
	for _, r := range ours {
		p, err := v.look(ctx, r)
		if err != nil {
			f := unanswered("It can't be read", err)
			f.Subject = r.Key.String()
			found = append(found, f)
			continue
		}
		places = append(places, p)
	}
	v.learn(func(f *facts) { f.places = places })
	return result{found, len(places) == 0}
}

func (v *visit) look(ctx context.Context, r gh.InstalledRepository) (place, error) {
	seen, err := v.loads.Repository(ctx, snapshot.RepositoryQuery{Key: r.Key, Installation: r.Installation,
		SettingsPath: config.RepositoryFile, LabelRulesPath: labeler.Path})
	if err != nil {
		return place{}, err
	}
	p := place{Repository: seen, installation: r.Installation, rules: v.Settings.Rules}
	if seen.Settings != nil {
		own, err := v.Settings.Override(config.RepositoryFile, seen.Settings)
		if p.fault = err; err == nil {
			p.rules = own
		}
	}
	if seen.LabelRules != nil && p.fault == nil && p.rules.Labels.Labeler == config.On {
		_, p.fault = labeler.Read(p.rules, labeler.Path, seen.LabelRules)
	}
	return p, nil
}

// each makes one or more findings for every repository.
func (v *visit) each(look func(place) []Finding) result {
	var found []Finding
	for _, p := range v.known().places {
		for _, f := range look(p) {
			f.Subject = p.key().String()
			found = append(found, f)
		}
	}
	return result{findings: found}
}

func (v *visit) settings(context.Context) result {
	return v.each(func(p place) []Finding {
		switch {
		case p.fault != nil:
			return []Finding{{State: Problem, Text: "Its settings have faults. The first one: " + line(p.fault) + ".",
				Cure: "Correct the file: \"bot check-config\" shows every fault. Until then, the last good version stays in force."}}
		case p.Settings == nil && p.LabelRules == nil:
			return []Finding{{State: OK, Text: "It has no settings of its own, so the central ones are in force."}}
		}
		return []Finding{{State: OK, Text: "Its settings have no faults."}}
	})
}

func (v *visit) coreTeam(ctx context.Context) result {
	return v.each(func(p place) []Finding {
		team := p.rules.Roles.CoreTeam
		if team == "" {
			return []Finding{{State: Note, Text: "No core team is set, so no one counts as a core developer.",
				Cure: "Set roles.core-team in the settings, if there is one."}}
		}
		members, fault, err := v.loads.TeamSize(ctx, p.key(), p.installation, team)
		switch {
		case err != nil:
			return []Finding{unanswered("The core team can't be read", err)}
		case fault != "":
			what, cure, _ := strings.Cut(fault, ": ")
			return []Finding{{State: Problem, Text: "The core team can't be read: " + what + ".", Cure: upper(cure) + "."}}
		}
		return []Finding{{State: OK, Text: fmt.Sprintf("The core team %s has %s.", team, english.Plural(members, "member", "members"))}}
	})
}

func (v *visit) labels(context.Context) result {
	return v.each(func(p place) []Finding {
		var missing []string
		for _, n := range p.rules.PeoplesLabels() {
			if !slices.ContainsFunc(p.Labels, func(l pull.LabelStyle) bool { return strings.EqualFold(l.Name, n.Text) }) {
				missing = append(missing, fmt.Sprintf("%q (%s)", n.Text, n.Setting))
			}
		}
		found := []Finding{}
		if len(missing) > 0 {
			found = append(found, Finding{State: Problem, Text: "These labels don't exist, so nobody can set them: " + strings.Join(missing, ", ") +
				".", Cure: "Create them at " + v.page(p) + "/labels, or name others in the settings."})
		}
		if edits := v.Labels(p.rules, p.Repository, v.Now()); len(edits) > 0 {
			found = append(found, Finding{
				State: Note, Text: fmt.Sprintf("%s for backports will change, such as %q.", english.Plural(len(edits), "label", "labels"), edits[0].Name),
				Cure: "No action needed: the bot does that in its next sweep, within an hour.",
			})
		}
		if len(found) == 0 {
			found = append(found, Finding{State: OK, Text: "All labels that the settings name exist."})
		}
		return found
	})
}

func (v *visit) page(p place) string {
	return strings.TrimRight(v.ServerURL, "/") + "/" + p.key().Owner + "/" + p.key().Repo
}

func (v *visit) branches(context.Context) result {
	return v.each(func(p place) []Finding {
		var missing, unknown []string
		alive := 0
		phases := v.phases(p.rules.Backport)
		for _, version := range slices.SortedFunc(maps.Keys(phases), func(a, b string) int { return lifecycle.Compare(b, a) }) {
			phase := phases[version]
			if phase == lifecycle.Feature || phase == lifecycle.EndOfLife { // developed on the default branch, or no longer maintained
				continue
			}
			if alive++; !slices.Contains(p.Branches, version) {
				missing = append(missing, fmt.Sprintf("%s (%s)", version, phase))
			}
		}
		for _, name := range p.Branches {
			if _, known := phases[name]; lifecycle.ValidVersion(name) && !known {
				unknown = append(unknown, name)
			}
		}
		found := []Finding{}
		if len(missing) > 0 {
			found = append(found, Finding{State: Problem, Text: "These versions have no branch: " + strings.Join(missing, ", ") + ".",
				Cure: "Create the branches, or set backport.overrides in the settings."})
		}
		if len(unknown) > 0 {
			found = append(found, Finding{State: Note, Text: "The release data doesn't have " + strings.Join(unknown, ", ") +
				", so the bot doesn't backport to them.", Cure: "To backport there, set backport.overrides in the settings."})
		}
		if len(found) == 0 {
			found = append(found, Finding{State: OK, Text: fmt.Sprintf("All %d maintained versions have a branch.", alive)})
		}
		return found
	})
}

// phases returns every version's phase, with the settings' corrections.
func (v *visit) phases(set config.Backport) map[string]lifecycle.Phase {
	phases := map[string]lifecycle.Phase{}
	for _, b := range v.known().calendar.At(v.Now()) {
		phases[b.Version] = b.Phase
	}
	for _, o := range set.Overrides {
		phases[o.Version] = lifecycle.Phase(o.Phase)
	}
	return phases
}

// line is the first line of an error.
func line(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
