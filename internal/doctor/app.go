package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/webhook"
)

func (v *visit) app(ctx context.Context) result {
	if v.GitHub == nil {
		why := "no App is set up"
		if v.NoApp != nil {
			why = v.NoApp.Error()
		}
		return one(Finding{State: Problem, Text: "The bot doesn't know its App: " + why + ".",
			Cure: "Run \"bot setup\", or set the variables that \"bot serve --help\" names."})
	}
	found, err := v.GitHub.Registration(ctx)
	var unauthorized *gh.Unauthorized
	switch {
	case errors.As(err, &unauthorized):
		return one(Finding{State: Problem, Text: fmt.Sprintf("GitHub doesn't accept the App's id and key: %s.", unauthorized.Answer.Message),
			Cure: keyCure})
	case err != nil:
		return one(unanswered("Can't get the App from GitHub", err))
	}
	v.learn(func(f *facts) { f.registration = found })
	return one(Finding{State: OK, Text: fmt.Sprintf("GitHub knows the App %s, which %s owns.", found.Slug, found.Owner)})
}

// appSettings is the URL of the App's settings, with a path below it.
func (v *visit) appSettings(part string) string {
	r := v.known().registration
	owner := ""
	if r.Organization {
		owner = "organizations/" + url.PathEscape(r.Owner) + "/"
	}
	return strings.TrimRight(v.ServerURL, "/") + "/" + owner + "settings/apps/" + url.PathEscape(r.Slug) + part
}

// maxSkew is how wrong the clock may be: GitHub refuses what the App signs if it's from
// the future or too old, within a minute or so.
const maxSkew = 30 * time.Second

func (v *visit) clock(ctx context.Context) result {
	if v.GitHub == nil {
		return one(Finding{State: Unknown, Text: "Not checked, because of \"app\"."})
	}
	theirs, err := v.GitHub.Clock(ctx)
	if err != nil {
		return one(unanswered("GitHub's clock can't be read", err))
	}
	skew := v.Now().Sub(theirs).Round(time.Second)
	if skew.Abs() <= maxSkew {
		return one(Finding{State: OK, Text: fmt.Sprintf("The clock agrees with GitHub's within %s.", maxSkew)})
	}
	way := "ahead of"
	if skew < 0 {
		way = "behind"
	}
	return one(Finding{State: Problem, Text: fmt.Sprintf("This machine's clock is %s %s GitHub's.", skew.Abs(), way),
		Cure: "Set the clock, and keep it right with NTP: GitHub rejects tokens that a wrong clock signed."})
}

func (v *visit) permissions(context.Context) result {
	granted := v.known().registration.Permissions
	cure := "Change it at " + v.appSettings("/permissions") + "; then an owner of each account accepts that."
	lacks, spare := lacking(granted), beyond(granted)
	found := []Finding{}
	if len(lacks.required) > 0 {
		found = append(found, Finding{State: Problem, Text: "The App lacks " + uses(lacks.required) + ".", Cure: cure})
	}
	if len(lacks.other) > 0 {
		found = append(found, Finding{State: Note, Text: "The App lacks " + uses(lacks.other) + ".", Cure: cure})
	}
	if len(spare) > 0 {
		found = append(found, Finding{State: Note, Text: "The App has permissions that the bot doesn't use: " + strings.Join(spare, ", ") + ".",
			Cure: "Remove them at " + v.appSettings("/permissions") + "."})
	}
	if len(lacks.required)+len(lacks.other)+len(spare) == 0 {
		found = append(found, Finding{State: OK, Text: "The App has the permissions that the bot uses, and no others."})
	}
	return result{findings: found}
}

func (v *visit) events(context.Context) result {
	r := v.known().registration
	cure := "Change it at " + v.appSettings("/permissions") + "."
	missing, rare, spare := eventGap(r)
	var found []Finding
	if len(rare) > 0 {
		found = append(found, Finding{State: Note, Text: "The App doesn't subscribe to " + strings.Join(rare, ", ") + ".", Cure: cure})
	}
	if len(missing) > 0 {
		found = append(found, Finding{State: Problem, Text: "The App doesn't subscribe to " + strings.Join(missing, ", ") + ".", Cure: cure})
	}
	if len(spare) > 0 {
		found = append(found, Finding{State: Note, Text: "The App subscribes to events that the bot doesn't use: " + strings.Join(spare, ", ") +
			".", Cure: cure})
	}
	if len(found) == 0 {
		found = append(found, Finding{State: OK, Text: "The App subscribes to the events that the bot uses, and no others."})
	}
	return result{findings: found}
}

func eventGap(r gh.Registration) (missing, rare, spare []string) {
	has := map[string]bool{}
	for _, name := range r.Events {
		has[name] = true
	}
	for _, e := range access.Events(r.Permissions) {
		switch text := fmt.Sprintf("%s (%s)", e.Title, e.Use); {
		case has[e.Name]:
		case e.Rare:
			rare = append(rare, text)
		default:
			missing = append(missing, text)
		}
		delete(has, e.Name)
	}
	for _, e := range webhook.Events { // these come unasked
		if e.Unasked {
			delete(has, e.Name)
		}
	}
	for _, name := range r.Events {
		if has[name] {
			spare = append(spare, name)
		}
	}
	return missing, rare, spare
}

// lack returns permissions of the table that aren't granted.
type lack struct{ required, other []access.Permission }

func lacking(granted map[string]string) (l lack) {
	for _, p := range access.Permissions {
		switch {
		case access.Includes(granted[p.Name], p.Level):
		case p.Need == access.Required:
			l.required = append(l.required, p)
		case p.Need == access.Advised: // an optional one is left out on purpose
			l.other = append(l.other, p)
		}
	}
	return l
}

// beyond returns permissions that the table doesn't have, or only at a lower level.
func beyond(granted map[string]string) (spare []string) {
	for name, level := range granted {
		p, known := access.Find(name)
		if level != "" && (!known || !access.Includes(p.Level, level)) {
			spare = append(spare, name+": "+level)
		}
	}
	slices.Sort(spare)
	return spare
}

// uses lists permissions with what needs them.
func uses(all []access.Permission) string {
	var texts []string
	for _, p := range all {
		texts = append(texts, fmt.Sprintf("%s: %s (%s)", p.Title, p.Level, p.Use))
	}
	return strings.Join(texts, ", ")
}
