package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxForm bounds what a form may send, in bytes.
const maxForm = 4 << 10

// lock has people sign in, if they can.
func (p *Pages) lock() (err error) {
	p.guard = p.mux
	if p.SignIn == nil {
		return nil
	}
	if p.door, err = newDoor(*p.SignIn); err != nil {
		return fmt.Errorf("making the pages: %w", err)
	}
	if p.judge, err = newJudge(); err != nil {
		return fmt.Errorf("making the pages: %w", err)
	}
	p.pace = rate.NewLimiter(rate.Every(time.Second), 30)
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.fault(w, &asked{Request: r}, errForeign)
	}))
	if err := foreign.AddTrustedOrigin(strings.TrimRight(p.SignIn.URL, "/")); err != nil { // a proxy may change the Host
		return fmt.Errorf("making the pages: %w", err)
	}
	p.guard = foreign.Handler(p.mux)
	return nil
}

// public reports whether a host is that of the pages' public address.
func (p *Pages) public(host string) bool {
	return p.SignIn != nil && strings.EqualFold("https://"+strings.TrimSuffix(host, ":443"), strings.TrimRight(p.SignIn.URL, "/"))
}

var (
	errForeign = &fault{http.StatusForbidden, "Another page sent this form", "So it's ignored. Go back to the page, reload it, and try again."}
	errMayNot  = &fault{http.StatusForbidden, "You can't have the bot check this again",
		"The author, triagers, core developers and release managers can, here and by the comment “rerun”."}
	errTooMuch = &fault{http.StatusTooManyRequests, "The bot has much to check", "Try again in a few seconds."}
)

// does carries out a form of somebody who's signed in.
func (p *Pages) does(do func(http.ResponseWriter, *asked) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		a := &asked{Request: r, format: "html"}
		err := p.admit(a)
		switch {
		case err != nil:
		case !a.session.signedIn():
			err = errSignIn
		case !a.session.sent(r):
			err = errForeign
		default:
			err = do(w, a)
		}
		if err != nil {
			p.fault(w, a, err)
		}
	})
}

// check has the bot check a pull request or issue again.
func (p *Pages) check(w http.ResponseWriter, a *asked) error {
	key, err := p.checking(a)
	if err != nil {
		return err
	}
	if err := p.SignIn.Again(a.Context(), key, a.session.Login); err != nil {
		return err
	}
	p.Log.Info().Str("key", key.String()).Str("login", a.session.Login).Msg("recheck requested on the page")
	http.Redirect(w, a.Request, fmt.Sprintf("/%s/pull/%d?checking=1", key.Repository(), key.Number), http.StatusSeeOther)
	return nil
}

// checking is what somebody may have the bot check.
func (p *Pages) checking(a *asked) (pull.Key, error) {
	key, v, rights, err := p.acting(a)
	if err == nil && !rights.Acts && !strings.EqualFold(v.Author, a.session.Login) {
		err = errMayNot
	}
	return key, err
}

// acting is what a form of a pull request's page is about, and what the one who sends it
// may do.
func (p *Pages) acting(a *asked) (key pull.Key, v pull.View, rights Rights, err error) {
	if key, err = p.known(a); err != nil {
		return key, v, rights, err
	}
	if v, err = p.view(a, key); err != nil {
		return key, v, rights, err
	}
	if rights, err = p.rights(a, key); err == nil && !p.pace.AllowN(p.Now(), 1) {
		err = errTooMuch
	}
	return key, v, rights, err
}
