package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Manifest describes an App to be created ("Registering a GitHub App from a manifest").
type Manifest struct {
	Name        string            `json:"name"`
	URL         string            `json:"url"`
	Hook        *ManifestHook     `json:"hook_attributes"`
	RedirectURL string            `json:"redirect_url"`
	Callbacks   []string          `json:"callback_urls"`
	Public      bool              `json:"public"`
	Permissions map[string]string `json:"default_permissions"`
	Events      []string          `json:"default_events"`
}

// ManifestHook is the webhook in it.
type ManifestHook struct {
	URL    string  `json:"url"`
	Active *bool   `json:"active"`
	Secret *string `json:"secret"`
}

// eventPermissions are what an App needs to subscribe to an event ("Webhook events and payloads"). Others can't be subscribed to.
var eventPermissions = map[string]string{
	"check_run": "checks", "check_suite": "checks", "commit_comment": "contents", "create": "contents", "delete": "contents", "issue_comment": "issues", "issues": "issues",
	"label": "metadata", "member": "members", "membership": "members", "merge_group": "merge_queues", "organization": "members",
	"pull_request": "pull_requests", "pull_request_review": "pull_requests", "pull_request_review_thread": "pull_requests", "push": "contents",
	"repository": "metadata", "status": "statuses", "team": "members", "team_add": "members",
}

// DefaultEvents are those to which the App subscribes that no manifest created.
func DefaultEvents() []string {
	return slices.Sorted(maps.Keys(eventPermissions))
}

// ReadManifest reads one; faults are what GitHub's page says about it. It wants a url in each place (agentric#317), takes no secret
// (hunvreus/pagescms#409), no webhook on this machine (private-mirrors#387), no event that comes unasked (tuist#10709), and none
// whose permission is missing (cyrus#1406, derive#269, probot#1317).
func ReadManifest(text string) (m Manifest, faults []string) {
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, []string{"The configuration does not appear to be a valid GitHub App manifest."}
	}
	if len(m.Callbacks) > 10 {
		faults = append(faults, "Callback urls can't be more than 10")
	}
	if m.URL == "" || m.Hook != nil && m.Hook.URL == "" {
		faults = append(faults, `"url" wasn't supplied.`)
	}
	if m.Hook != nil && m.Hook.Secret != nil {
		faults = append(faults, "Hook attributes secret is not supported.")
	}
	if m.Hook != nil {
		if err := PublicAddress(m.Hook.URL); err != nil {
			faults = append(faults, "Hook url "+err.Error())
		}
	}
	var odd, bare []string
	for _, e := range m.Events {
		if permission, known := eventPermissions[e]; !known {
			odd, bare = append(odd, e), append(bare, e)
		} else if m.Permissions[permission] == "" {
			bare = append(bare, e)
		}
	}
	if len(odd) > 0 {
		faults = append(faults, "Default events unsupported: "+strings.Join(odd, ", "))
	}
	if len(bare) > 0 {
		faults = append(faults, "Default events are not supported by permissions: "+strings.Join(bare, ", "))
	}
	return m, faults
}

// PublicAddress refuses what can't be a webhook's: the sentence goes on after the name of the field.
func PublicAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil // another fault says so
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return fmt.Errorf("is not supported because it isn't reachable over the public Internet (%s)", u.Hostname())
	}
	return nil
}

// registered is a code that GitHub sent a browser back with.
type registered struct {
	until time.Time
}

// Register creates the App. The code is good for one Convert within an hour.
func (w *World) Register(owner *User, m Manifest) (code string) {
	a := w.App
	a.Missing, a.Owner, a.Public, a.Permissions, a.Events = false, owner, m.Public, maps.Clone(m.Permissions), slices.Clone(m.Events)
	a.Permissions["metadata"] = "read" // always
	a.ClientSecret, a.Callbacks = RandomHex(20), slices.Clone(m.Callbacks)
	a.Slug = slug(m.Name)
	delete(w.Users, strings.ToLower(a.Bot.Login))
	a.Bot.Login = a.Slug + "[bot]"
	w.Users[strings.ToLower(a.Bot.Login)] = a.Bot
	code = RandomHex(20)
	w.codes[code] = registered{w.Now().Add(time.Hour)}
	return code
}

// slug is what a name becomes in addresses.
func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
}

// Convert uses up a code: "You must complete all three steps of the GitHub App Manifest flow within one hour".
func (w *World) Convert(code string) bool {
	c, known := w.codes[code]
	delete(w.codes, code)
	return known && w.Now().Before(c.until)
}

// InstallRequest is the wish of a member to install the App on an organization, which an owner must approve.
type InstallRequest struct {
	ID                 int64
	Account, Requester *User
	At                 time.Time
}

// Owns reports whether a person may create and install Apps on an account.
func (w *World) Owns(person, account *User) bool {
	return person == account || slices.Contains(w.owners[account], person)
}

// SetOwners makes people the owners of an organization.
func (w *World) SetOwners(org string, logins []string) {
	account := w.Account(org)
	account.Kind = "Organization"
	w.owners[account] = nil
	for _, login := range logins {
		w.owners[account] = append(w.owners[account], w.Account(login))
	}
}

// Ask installs the App on an account, or leaves a request for its owners.
func (w *World) Ask(person, account *User) {
	if w.Owns(person, account) {
		w.requests = slices.DeleteFunc(w.requests, func(r *InstallRequest) bool { return r.Account == account })
		w.Install(account.Login)
		return
	}
	w.requests = append(w.requests, &InstallRequest{w.nextID(), account, person, w.Now()})
}

// Requests are those that nobody has approved.
func (w *World) Requests() []*InstallRequest { return w.requests }

// Subscribed reports whether the App gets an event: one that it subscribes to, or one that comes unasked ("Webhook events and
// payloads": installation, installation_repositories, github_app_authorization; ping; check runs of its own).
func (a *App) Subscribed(event string) bool {
	switch event {
	case "installation", "installation_repositories", "github_app_authorization", "ping", "check_run":
		return true
	}
	return slices.Contains(a.Events, event)
}

// Accounts are those of people and organizations, by login.
func (w *World) Accounts() []*User {
	var all []*User
	for _, login := range slices.Sorted(maps.Keys(w.Users)) {
		if u := w.Users[login]; u.Kind != "Bot" {
			all = append(all, u)
		}
	}
	return all
}
