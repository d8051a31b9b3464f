package doctor

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/gh"
)

// installURL is the page for installing the App.
func (v *visit) installURL() string {
	return strings.TrimRight(v.ServerURL, "/") + "/apps/" + url.PathEscape(v.known().registration.Slug) + "/installations/new"
}

func (v *visit) installations(ctx context.Context) result {
	all, err := v.GitHub.Grants(ctx)
	if err != nil {
		return one(unanswered("Can't get the App's installations from GitHub", err))
	}
	all = slices.DeleteFunc(all, func(g gh.Grant) bool { return !v.Settings.Serves(g.Account) })
	active := slices.DeleteFunc(slices.Clone(all), func(g gh.Grant) bool { return g.Suspended })
	v.learn(func(f *facts) { f.grants = active })
	found := v.awaited(ctx, all)
	for _, g := range all {
		found = append(found, v.granted(g)...)
	}
	return result{found, len(active) == 0}
}

// awaited finds accounts where the App should be installed and isn't.
func (v *visit) awaited(ctx context.Context, all []gh.Grant) []Finding {
	requests, err := v.GitHub.InstallRequests(ctx)
	if err != nil { // GitHub Enterprise Server may not have them
		requests = nil
	}
	var missing []string
	for _, login := range v.Settings.Accounts {
		if !slices.ContainsFunc(all, func(g gh.Grant) bool { return strings.EqualFold(g.Account, login) }) {
			missing = append(missing, login)
		}
	}
	if len(all) == 0 && len(missing) == 0 {
		missing = []string{""}
	}
	var found []Finding
	for _, login := range missing {
		f := Finding{Subject: login, State: Problem, Text: "The App isn't installed anywhere.", Cure: "Install it: " + v.installURL() + "."}
		if login != "" {
			f.Text = "The App isn't installed on " + login + ", which the setting \"accounts\" names."
		}
		i := slices.IndexFunc(requests, func(r gh.InstallRequest) bool { return login == "" || strings.EqualFold(r.Account, login) })
		if i >= 0 {
			r := requests[i]
			f.Subject = r.Account
			f.Text = fmt.Sprintf("%s requested the installation on %s %s, and no owner has approved it yet.", r.Requester, r.Account,
				ago(v.Now().Sub(r.At)))
			f.Cure = fmt.Sprintf("Ask an owner of %s to approve it: GitHub has emailed them, and shows it in the organization's settings "+
				"under GitHub Apps.", r.Account)
		}
		found = append(found, f)
	}
	return found
}

// granted compares an installation's permissions and events with the App's.
func (v *visit) granted(g gh.Grant) []Finding {
	page := v.installation(g)
	if g.Suspended {
		return []Finding{{Subject: g.Account, State: Problem, Text: "The App is suspended on " + g.Account + ".", Cure: "Unsuspend it at " +
			page + "."}}
	}
	r := v.known().registration
	var required, other []access.Permission
	for _, p := range access.Permissions {
		switch asked := r.Permissions[p.Name]; {
		case access.Includes(g.Permissions[p.Name], p.Level), !access.Includes(asked, p.Level): // reported for the App already
		case p.Need == access.Required:
			required = append(required, p)
		default:
			other = append(other, p)
		}
	}
	var found []Finding
	accept := fmt.Sprintf("An owner of %s accepts them at %s.", g.Account, page)
	if len(required) > 0 {
		found = append(found, Finding{Subject: g.Account, State: Problem, Text: g.Account + " hasn't accepted " + uses(required) + ".",
			Cure: accept})
	}
	if len(other) > 0 {
		found = append(found, Finding{Subject: g.Account, State: Note, Text: g.Account + " hasn't accepted " + uses(other) + ".", Cure: accept})
	}
	if missing := slices.DeleteFunc(slices.Clone(r.Events),
		func(name string) bool { return slices.Contains(g.Events, name) || !v.sent(g, name) }); len(missing) > 0 {
		found = append(found, Finding{Subject: g.Account, State: Problem, Text: g.Account + " doesn't send the events " +
			strings.Join(missing, ", ") + ", to which the App subscribes.", Cure: accept})
	}
	if len(found) == 0 {
		found = append(found, Finding{Subject: g.Account, State: OK, Text: "The App is installed on " + g.Account +
			", and all that it asks for is accepted."})
	}
	return found
}

// sent reports whether an installation should send an event that the App subscribes to:
// the bot uses it, and the installation has the permission for it.
func (v *visit) sent(g gh.Grant, name string) bool {
	for _, e := range access.Events(g.Permissions) {
		if e.Name == name {
			return true
		}
	}
	return false
}

// installation is the page on which an owner changes an installation.
func (v *visit) installation(g gh.Grant) string {
	of := ""
	if g.Organization {
		of = "organizations/" + url.PathEscape(g.Account) + "/"
	}
	return fmt.Sprintf("%s/%ssettings/installations/%d", strings.TrimRight(v.ServerURL, "/"), of, g.ID)
}

// Below these shares of an hour's requests, the bot does less ("budget", internal/gh).
const scarce = 0.15

func (v *visit) rate(ctx context.Context) result {
	var found []Finding
	for _, g := range v.known().grants {
		rates, err := v.GitHub.Rates(ctx, g.ID)
		if err != nil {
			f := unanswered("The rate limit can't be read", err)
			f.Subject = g.Account
			found = append(found, f)
			continue
		}
		found = append(found, v.left(g.Account, rates))
	}
	return result{findings: found}
}

// left judges the limit with the smallest share left.
func (v *visit) left(account string, rates []gh.Rate) Finding {
	if len(rates) == 0 {
		return Finding{Subject: account, State: Note, Text: "This GitHub has no rate limit."}
	}
	least := slices.MinFunc(rates, func(a, b gh.Rate) int { return a.Remaining*b.Limit - b.Remaining*a.Limit })
	f := Finding{Subject: account, State: OK, Text: fmt.Sprintf("%d of %d %s are left until %s UTC.", least.Remaining, least.Limit,
		unit(least.Resource), least.Reset.UTC().Format("15:04"))}
	switch {
	case least.Remaining <= 0:
		f.State, f.Cure = Problem, "Wait until then. If it happens again, find out with /metrics what uses them up; another program may share "+
			"the installation."
	case float64(least.Remaining) < scarce*float64(least.Limit):
		f.State, f.Cure = Note, "No action needed: until then, the bot only does what people wait for."
	}
	return f
}

func unit(resource string) string {
	if resource == "graphql" {
		return "points for GraphQL"
	}
	return "requests"
}
