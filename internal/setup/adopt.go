package setup

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
)

// adopt takes over an existing App: the owner pastes its key, and the webhook gets a new
// secret. The secret is stored before GitHub gets it, so that no crash loses it.
func (w *Wizard) adopt(rw http.ResponseWriter, r *http.Request) {
	p := page{Step: "start", Form: formOf(r), Adopt: true}
	id, err := strconv.ParseInt(strings.TrimSpace(p.Form.ID), 10, 64)
	key, keyErr := cleanKey([]byte(r.PostFormValue("key")))
	hook, fault := w.publicURL(p.Form.URL)
	switch {
	case err != nil || id <= 0:
		p.Fault = "Enter the App's id, a number from its settings page."
	case keyErr != nil:
		p.Fault = "Paste the whole private key, from -----BEGIN to -----END."
	case fault != "":
		p.Fault = fault
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.room(rw, r, &p) {
		return
	}
	var c Credentials
	if p.Fault == "" {
		c, p.Fault = w.proven(r, Credentials{ID: id, Key: key})
	}
	if p.Fault != "" {
		w.show(rw, r, http.StatusUnprocessableEntity, p)
		return
	}
	if err := w.memo.keep(progress{Webhook: hook.String() + "/webhook"}); err != nil {
		w.fail(rw, r, http.StatusInternalServerError, sentence(err))
		return
	}
	w.unstored = &c // without a secret: keepUnstored makes one and tells GitHub
	w.keepUnstored(rw, r)
}

// proven asks GitHub whether id and key belong to an App. The page shows the fault.
func (w *Wizard) proven(r *http.Request, c Credentials) (Credentials, string) {
	app, err := w.Client(c)
	if err != nil {
		return c, "This isn't a private key of a GitHub App."
	}
	found, err := app.Registration(r.Context())
	var unauthorized *gh.Unauthorized
	switch {
	case errors.As(err, &unauthorized):
		return c, "GitHub doesn't accept this key for this App. Check the id, or make a new key in the App's settings."
	case err != nil:
		w.Log.Error().Err(err).Msg("getting the App from GitHub")
		return c, "Can't get the App from GitHub: " + sentence(err)
	}
	if slugForm.MatchString(found.Slug) {
		c.Slug = found.Slug
	}
	return c, ""
}

// hookForm asks for the webhook's address.
func (w *Wizard) hookForm(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	have, webhook := w.have, w.memo.last.Webhook
	w.mu.Unlock()
	if have == nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	w.show(rw, r, http.StatusOK, page{Step: "hook", Form: form{URL: w.address(webhook)}})
}

// address is the bot's public address; "" if it isn't known.
func (w *Wizard) address(webhook string) string {
	if webhook == "" {
		return w.URL
	}
	return strings.TrimSuffix(webhook, "/webhook")
}

// hook gives the webhook its address and a secret that the bot knows.
func (w *Wizard) hook(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.have == nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	said := formOf(r)
	hook, fault := w.publicURL(said.URL)
	if fault != "" {
		w.show(rw, r, http.StatusUnprocessableEntity, page{Step: "hook", Form: said, Fault: fault})
		return
	}
	if err := w.app.SetHook(r.Context(), hook.String()+"/webhook", w.have.Secret); err != nil {
		w.Log.Error().Err(err).Msg("setting the webhook")
		w.fail(rw, r, http.StatusBadGateway, "GitHub rejected the webhook settings: "+sentence(err)+" Try again.")
		return
	}
	if err := w.memo.keep(progress{Webhook: hook.String() + "/webhook"}); err != nil {
		w.Log.Warn().Err(err).Msg("storing the state of the setup")
	}
	w.exam.forget()
	http.Redirect(rw, r, Path, http.StatusSeeOther)
}
