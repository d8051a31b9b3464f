// Package pages serves the few pages of GitHub to which a browser goes while an App is set up (creating it from a manifest, and
// installing it) and when somebody signs in through it. They have no style, and whoever opens them is the world's visitor. The trades
// of a code for the App's key or for a person's token belong to them.
package pages

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/hooks"
	"github.com/concorde-bot/concorde/internal/ghtest/object"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Pages serves them.
type Pages struct {
	w   *world.World
	h   *hooks.Hooks
	o   object.Maker
	mux *http.ServeMux
}

// New makes the pages of a world.
func New(w *world.World, h *hooks.Hooks) *Pages {
	p := &Pages{w: w, h: h, o: object.Maker{World: w}, mux: http.NewServeMux()}
	p.mux.HandleFunc("POST /settings/apps/new", p.signedIn(p.review))
	p.mux.HandleFunc("POST /organizations/{org}/settings/apps/new", p.signedIn(p.review))
	p.mux.HandleFunc("POST /settings/apps", p.signedIn(p.create))
	p.mux.HandleFunc("POST /organizations/{org}/settings/apps", p.signedIn(p.create))
	p.mux.HandleFunc("GET /apps/{slug}/installations/new", p.signedIn(p.choose))
	p.mux.HandleFunc("POST /apps/{slug}/installations", p.signedIn(p.install))
	p.mux.HandleFunc("GET /login/oauth/authorize", p.signedIn(p.authorize))
	p.mux.HandleFunc("POST /login/oauth/authorize", p.signedIn(p.authorized))
	return p
}

// Before serves the pages, and lets next serve the rest.
func (p *Pages) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := p.mux.Handler(r); pattern != "" {
			p.mux.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Routes are the endpoints of the trades, and the one that ends a person's token.
func (p *Pages) Routes() []api.Route {
	return []api.Route{
		{Pattern: "POST /app-manifests/{code}/conversions", Run: p.convert},
		{Pattern: "POST /login/oauth/access_token", Run: p.token},
		{Pattern: "DELETE /applications/{client_id}/token", Run: p.revoke},
	}
}

var frame = template.Must(template.New("frame").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>{{.Title}}</title><h1>{{.Title}}</h1>
{{range .Faults}}<p class="error">Error {{.}}</p>{{end}}
{{if .Action}}<form method="post" action="{{.Action}}">{{range $name, $value := .Hidden}}<input type="hidden" name="{{$name}}" value="{{$value}}">{{end}}
{{if .Name}}<label>GitHub App name <input id="name" name="name" value="{{.Name}}"></label>{{end}}
{{range .Accounts}}<button id="{{.}}" name="account" value="{{.}}">{{$.Verb}} {{.}}</button>{{else}}<button id="submit">{{.Verb}}</button>{{end}}</form>{{end}}`))

// shown is a page.
type shown struct {
	Title        string
	Faults       []string
	Action, Verb string
	Hidden       map[string]string
	Name         string
	Accounts     []string
}

func show(w http.ResponseWriter, status int, s shown) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = frame.Execute(w, s) // the browser went away
}

// signedIn runs a page under the world's lock, for somebody.
func (p *Pages) signedIn(next func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.w.Lock()
		defer p.w.Unlock()
		if p.w.Visitor == nil {
			show(w, http.StatusUnauthorized, shown{Title: "Sign in to GitHub"})
			return
		}
		next(w, r)
	}
}

// owner is the account that the path names: an organization of the visitor's, or the visitor. Whoever doesn't own the organization
// sees that there is no such page.
func (p *Pages) owner(w http.ResponseWriter, r *http.Request) *world.User {
	org := r.PathValue("org")
	if org == "" {
		return p.w.Visitor
	}
	if account := p.w.User(org); account != nil && account.Kind == "Organization" && p.w.Owns(p.w.Visitor, account) {
		return account
	}
	show(w, http.StatusNotFound, shown{Title: "Page not found"})
	return nil
}

// review shows the App that a manifest describes, with its name to change.
func (p *Pages) review(w http.ResponseWriter, r *http.Request) {
	owner := p.owner(w, r)
	if owner == nil {
		return
	}
	text := r.PostFormValue("manifest")
	m, faults := world.ReadManifest(text)
	if len(faults) > 0 {
		show(w, http.StatusUnprocessableEntity, shown{Title: "Invalid GitHub App configuration", Faults: faults})
		return
	}
	action, _ := strings.CutSuffix(r.URL.Path, "/new")
	show(w, http.StatusOK, shown{
		Title: "Create GitHub App for " + owner.Login, Action: action, Verb: "Create GitHub App for " + owner.Login, Name: m.Name,
		Hidden: map[string]string{"manifest": text, "state": r.URL.Query().Get("state")},
	})
}

// create creates the App, pings its webhook, and sends the browser back with a code.
func (p *Pages) create(w http.ResponseWriter, r *http.Request) {
	owner := p.owner(w, r)
	if owner == nil {
		return
	}
	m, faults := world.ReadManifest(r.PostFormValue("manifest"))
	if name := r.PostFormValue("name"); name != "" {
		m.Name = name
	}
	to, err := url.Parse(m.RedirectURL)
	if err != nil || m.Name == "" || len(m.Name) > 34 {
		faults = append(faults, "Name is too long or missing")
	}
	if !p.w.App.Missing {
		faults = append(faults, "Name is already taken")
	}
	if len(faults) > 0 {
		show(w, http.StatusUnprocessableEntity, shown{Title: "Invalid GitHub App configuration", Faults: faults})
		return
	}
	query := to.Query()
	query.Set("code", p.w.Register(owner, m))
	if state := r.PostFormValue("state"); state != "" {
		query.Set("state", state)
	}
	to.RawQuery = query.Encode()
	if m.Hook != nil {
		p.h.SetHook(hooks.Hook{URL: m.Hook.URL, Secret: world.RandomHex(20)})
		p.h.PingLocked()
	}
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// choose lists the accounts on which the visitor may want the App. A private one is for its owner alone.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("slug") != p.w.App.Slug || p.w.App.Missing {
		show(w, http.StatusNotFound, shown{Title: "Page not found"})
		return
	}
	var accounts []string
	for _, u := range p.w.Accounts() {
		if p.w.App.Public && (u.Kind == "Organization" || u == p.w.Visitor) || u == p.w.App.Owner {
			accounts = append(accounts, u.Login)
		}
	}
	show(w, http.StatusOK, shown{
		Title: "Install " + p.w.App.Slug, Action: "/apps/" + p.w.App.Slug + "/installations", Verb: "Install or request on", Accounts: accounts,
	})
}

// install installs it, or tells the owners that somebody wants it.
func (p *Pages) install(w http.ResponseWriter, r *http.Request) {
	account := p.w.User(r.PostFormValue("account"))
	if account == nil || r.PathValue("slug") != p.w.App.Slug || !p.w.App.Public && account != p.w.App.Owner {
		show(w, http.StatusNotFound, shown{Title: "Page not found"})
		return
	}
	p.w.Ask(p.w.Visitor, account)
	title := "Installed on " + account.Login
	if p.w.Installation(account.Login) == nil {
		title = "Requested from the owners of " + account.Login
	}
	show(w, http.StatusOK, shown{Title: title})
}

// convert gives the App's key and secrets for a code, once ("Create a GitHub App from a manifest").
func (p *Pages) convert(c *api.Call) (any, error) {
	if !p.w.Convert(c.PathValue("code")) {
		return nil, world.NotFound("")
	}
	o := p.o.AppJSON()
	o["client_secret"], o["webhook_secret"], o["pem"] = p.w.App.ClientSecret, p.h.WebhookSecret(), string(p.w.App.PrivateKeyPEM())
	c.Status = http.StatusCreated
	return o, nil
}
