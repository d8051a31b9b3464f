package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxReason bounds the reason of a hold, in characters.
const maxReason = 200

var (
	errMayNotHold = &fault{http.StatusForbidden, "You can't put this on hold or resume it",
		"Triagers, core developers and release managers can, here and by the comment “hold”."}
	errDay = &fault{http.StatusBadRequest, "The bot can't read the date", "Write it like 2026-12-05. It must be in the future (UTC)."}
	errWhy = &fault{http.StatusBadRequest, "The reason is too long", fmt.Sprintf("Put it into %d characters.", maxReason)}
)

// hold has the bot stop on a pull request.
func (p *Pages) hold(w http.ResponseWriter, a *asked) error {
	h := pull.Hold{By: a.session.Login, Since: p.Now().UTC(), Why: strings.Join(strings.Fields(a.PostFormValue("why")), " ")}
	if len([]rune(h.Why)) > maxReason {
		return errWhy
	}
	if day := a.PostFormValue("until"); day != "" {
		var err error
		if h.Until, err = time.Parse(time.DateOnly, day); err != nil || !h.Until.After(h.Since) {
			return errDay
		}
	}
	return p.holds(w, a, "somebody stops the bot here", func(key pull.Key) error { return p.SignIn.Hold(a.Context(), key, h) })
}

// resume has the bot go on.
func (p *Pages) resume(w http.ResponseWriter, a *asked) error {
	return p.holds(w, a, "somebody has the bot go on here", func(key pull.Key) error {
		return p.SignIn.Resume(a.Context(), key, a.session.Login)
	})
}

func (p *Pages) holds(w http.ResponseWriter, a *asked, what string, do func(pull.Key) error) error {
	key, v, rights, err := p.acting(a)
	switch {
	case err != nil:
		return err
	case !rights.Holds || v.Issue:
		return errMayNotHold
	}
	if err := do(key); err != nil {
		return err
	}
	p.Log.Info().Str("key", key.String()).Str("login", a.session.Login).Msg(what)
	http.Redirect(w, a.Request, fmt.Sprintf("/%s/pull/%d?checking=1", key.Repository(), key.Number), http.StatusSeeOther)
	return nil
}

// holdText says until when the bot does nothing, who wants it so, and why.
func holdText(h *pull.Hold) string {
	text := "On hold"
	if !h.Until.IsZero() {
		text += " until " + day(h.Until)
	}
	text += ", by " + h.By
	if h.Why != "" {
		text += ": " + strings.TrimRight(h.Why, ".")
	}
	return text + "."
}
