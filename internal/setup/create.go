package setup

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/gh"
)

// codeTime is how long GitHub's code lasts ("Registering a GitHub App from a manifest").
const codeTime = time.Hour

var (
	loginForm  = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,99})$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,200}$`)
	clientForm = regexp.MustCompile(`^[A-Za-z0-9._-]{4,200}$`)
	slugForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,99}$`)
)

// homePage is the App's home page on GitHub until its owner sets another one.
const homePage = "https://github.com/concorde-bot/concorde"

// create checks the form, and shows the button that leads to GitHub.
func (w *Wizard) create(rw http.ResponseWriter, r *http.Request) {
	p := page{Step: "start", Form: formOf(r)}
	hook, fault := w.publicURL(p.Form.URL)
	switch {
	case fault != "":
		p.Fault = fault
	case p.Form.Owner == "organization" && !loginForm.MatchString(p.Form.Organization):
		p.Fault = "Enter the organization's name as in its address on GitHub."
	case len(p.Form.Name) > 34: // GitHub's limit
		p.Fault = "The App's name can have 34 characters."
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.room(rw, r, &p) {
		return
	}
	if p.Fault != "" {
		w.show(rw, r, http.StatusUnprocessableEntity, p)
		return
	}
	if err := w.leave(&p, hook.String()+"/webhook", w.base(r)); err != nil {
		w.fail(rw, r, http.StatusInternalServerError, sentence(err))
		return
	}
	w.show(rw, r, http.StatusOK, p)
}

// room reports whether a form may continue. If the credentials can't be stored, its page
// says so before GitHub shows the key, which it does only once. If an App is set up
// already, it redirects there. The caller holds the lock.
func (w *Wizard) room(rw http.ResponseWriter, r *http.Request, p *page) bool {
	if p.Fault != "" {
		return true
	}
	if w.have != nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return false
	}
	if err := w.Store.Ready(); err != nil {
		p.Fault = "The App's key can't be stored: " + sentence(err)
	}
	return true
}

// base is the address to which GitHub sends the browser back.
func (w *Wizard) base(r *http.Request) string {
	if public := w.publicOrigin(); public != "" && strings.EqualFold(r.Header.Get("Origin"), public) {
		return public // a proxy may change the Host
	}
	return w.origin(r)
}

// leave sends the browser to GitHub. The state is on disk before that.
func (w *Wizard) leave(p *page, webhook, base string) error {
	state := rand.Text()
	if err := w.memo.keep(progress{state, w.Now().Add(codeTime), webhook}); err != nil {
		return err
	}
	manifest := access.Manifest{
		Name: p.Form.Name, URL: homePage, Description: "Checks pull requests, keeps their labels and opens backports.",
		Hook: access.Hook{URL: webhook, Active: true}, RedirectURL: base + Path + "/created", Public: p.Form.Public,
		Permissions: access.Choose(func(a access.Permission) bool { return p.Form.Wants[a.Name] }),
	}
	if w.Callback != "" {
		manifest.CallbackURLs = []string{strings.TrimSuffix(webhook, "/webhook") + w.Callback}
	}
	text, err := manifest.JSON()
	if err != nil {
		return err
	}
	to := strings.TrimRight(w.ServerURL, "/")
	if p.Form.Owner == "organization" {
		to += "/organizations/" + url.PathEscape(p.Form.Organization)
	}
	p.Step, p.Manifest, p.Target = "leave", string(text), to+"/settings/apps/new?state="+state
	return nil
}

// created is where GitHub sends the browser back, with a code that works once.
func (w *Wizard) created(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.have != nil { // the page was reloaded
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	expected := w.memo.last
	state, code := r.URL.Query().Get("state"), r.URL.Query().Get("code")
	switch {
	case expected.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(expected.State)) != 1:
		w.fail(rw, r, http.StatusForbidden, stale)
		return
	case w.Now().After(expected.Until):
		w.fail(rw, r, http.StatusGone, expired)
		return
	case code == "" || len(code) > 200:
		w.fail(rw, r, http.StatusBadRequest, "GitHub sent no code. Begin again.")
		return
	}
	if w.unstored == nil { // otherwise, the code is used up
		c, fault := w.convert(r, code)
		if fault != nil {
			w.show(rw, r, fault.status, page{Step: "fault", Fault: fault.text, Again: fault.again})
			return
		}
		w.unstored = c
	}
	w.keepUnstored(rw, r)
}

const (
	stale = "This isn't the answer to what the setup asked GitHub last. Begin again. If an App was created, take it over there, " +
		"or delete it in its settings on GitHub."
	expired = "GitHub rejected the code: it works only once, and only for an hour. The App exists now, but its key is lost: make a new key " +
		"in the App's settings on GitHub and take the App over, or delete it there and begin again."
	keyless = "GitHub's answer has no key that can be used. Make one in the App's settings on GitHub, and take the App over."
)

// stumble is why a step didn't work, as its page says.
type stumble struct {
	status int
	text   string
	again  bool // reloading the page may help
}

// convert exchanges the code for the key, and checks the key.
func (w *Wizard) convert(r *http.Request, code string) (*Credentials, *stumble) {
	made, err := gh.Convert(r.Context(), gh.Conversion{APIURL: w.APIURL, Code: code, UserAgent: w.UserAgent})
	var gone *gh.Gone
	switch {
	case errors.As(err, &gone):
		return nil, &stumble{http.StatusGone, expired, false}
	case err != nil:
		w.Log.Error().Err(err).Msg("exchanging GitHub's code for the App's key")
		text := "GitHub didn't hand out the App's key: " + sentence(err) + " The code works for an hour, so try again."
		return nil, &stumble{http.StatusBadGateway, text, true}
	}
	c := &Credentials{ID: made.ID, Slug: made.Slug, Secret: made.Secret}
	if !slugForm.MatchString(c.Slug) {
		c.Slug = ""
	}
	if clientForm.MatchString(made.ClientID) && secretForm.MatchString(made.ClientSecret) { // else nobody can sign in to the pages
		c.Client = Client{made.ClientID, made.ClientSecret}
	}
	if !secretForm.MatchString(c.Secret) { // keepUnstored sets another one
		c.Secret = ""
	}
	if c.Key, err = cleanKey(made.Key); err == nil {
		_, err = w.Client(*c)
	}
	if err != nil {
		return nil, &stumble{http.StatusBadGateway, keyless, false}
	}
	return c, nil
}

// cleanKey returns a private key without the text around it.
func cleanKey(text []byte) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil || !strings.HasSuffix(block.Type, "PRIVATE KEY") {
		return nil, errors.New("no private key")
	}
	return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}), nil
}

// keepUnstored stores the credentials from GitHub. Until that works, the page doesn't
// show the App as created. The caller holds the lock.
func (w *Wizard) keepUnstored(rw http.ResponseWriter, r *http.Request) {
	c := *w.unstored
	hooked := c.Secret != ""
	if !hooked {
		c.Secret = rand.Text() + rand.Text()
	}
	if err := w.store().Save(c); err != nil {
		w.Log.Error().Err(err).Msg("storing the App's credentials")
		w.show(rw, r, http.StatusInternalServerError, page{
			Step: "unstored", Fault: sentence(err), Exists: errors.Is(err, ErrExists), Place: w.store().Place(),
		})
		return
	}
	app, err := w.Client(c)
	if err != nil { // it was good before
		w.fail(rw, r, http.StatusInternalServerError, sentence(err))
		return
	}
	w.have, w.app, w.unstored = &c, app, nil
	last := w.memo.last
	if err := w.memo.keep(progress{Webhook: last.Webhook}); err != nil {
		w.Log.Warn().Err(err).Msg("storing the state of the setup")
	}
	w.Ready(c)
	if !hooked {
		if err := app.SetHook(r.Context(), last.Webhook, c.Secret); err != nil {
			w.Log.Error().Err(err).Msg("setting the webhook") // the checks show it, and the page can do it again
		}
	}
	http.Redirect(rw, r, Path, http.StatusSeeOther)
}

// store is where the credentials go: the configured store, or the terminal if the owner
// chose that.
func (w *Wizard) store() Store {
	if w.printing.Load() {
		return Printer{w.Terminal}
	}
	return w.Store
}

// storeAgain retries storing the credentials from GitHub.
func (w *Wizard) storeAgain(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unstored == nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	w.keepUnstored(rw, r)
}

// print shows credentials on the terminal that can't be stored.
func (w *Wizard) print(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unstored == nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	w.printing.Store(true)
	w.keepUnstored(rw, r)
}
