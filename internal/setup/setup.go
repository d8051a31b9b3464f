// Package setup is the page on which an owner gives the bot its App: GitHub creates one
// from a manifest, or the bot takes over an existing one. The setup stores the key and
// the secret, and shows whether everything works. A restart loses no step.
//
// It must not know what the bot does with its App.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/web"
)

// Path is where the pages are.
const Path = "/setup"

// Config of a Wizard. Everything but URL, Progress and Log is required.
type Config struct {
	Store    Store
	Progress string // the credentials' directory, to continue after a restart; "": only in memory
	APIURL   string
	// ServerURL is where GitHub's pages are.
	ServerURL string
	// URL is the bot's public address; "": the page asks for it.
	URL string
	// Callback is the path to which GitHub may send people back who sign in to the pages.
	Callback string
	Address  string    // of the page, to print
	Terminal io.Writer // for the code
	// Client returns the client of the App with these credentials.
	Client func(Credentials) (*gh.App, error)
	// Examine makes the checks that the last step shows.
	Examine func(context.Context, *gh.App, string) doctor.Report
	// Ready is called with the credentials once they are stored.
	Ready     func(Credentials)
	Next      string // what the last page says to do next
	UserAgent string
	Log       zerolog.Logger
	Now       func() time.Time
}

// Wizard serves the setup. Its methods may be called concurrently.
type Wizard struct {
	Config
	door *door
	mux  http.Handler

	mu       sync.Mutex // one step at a time
	memo     *memo
	have     *Credentials // stored
	unstored *Credentials // from GitHub, but they couldn't be stored
	app      *gh.App

	finished atomic.Bool
	printing atomic.Bool   // the credentials are only on the terminal
	done     chan struct{} // closed when finished

	exam exam
}

// New makes a Wizard. have are the credentials from an earlier start, or nil.
func New(c Config, have *Credentials) (*Wizard, error) {
	if c.Store == nil || c.Terminal == nil || c.Client == nil || c.Examine == nil || c.Ready == nil || c.Now == nil || c.Address == "" {
		return nil, errors.New("starting the setup: something is missing in its configuration")
	}
	if err := gh.CheckAPI(c.APIURL, c.ServerURL); err != nil {
		return nil, fmt.Errorf("starting the setup: %w", err)
	}
	w := &Wizard{Config: c, door: newDoor(c), done: make(chan struct{})}
	if c.URL != "" {
		if _, fault := w.publicURL(c.URL); fault != "" {
			return nil, fmt.Errorf("reading --url: %s", fault)
		}
	}
	path := ""
	if c.Progress != "" {
		path = progressFile(c.Progress)
	}
	w.memo = openMemo(path)
	_, prints := c.Store.(Printer)
	w.printing.Store(prints)
	if have != nil {
		app, err := c.Client(*have)
		if err != nil {
			return nil, fmt.Errorf("starting the setup: %w", err)
		}
		w.have, w.app = have, app
	}
	w.mux = w.routes()
	w.door.open()
	return w, nil
}

// Done is closed when the setup is finished.
func (w *Wizard) Done() <-chan struct{} { return w.done }

func (w *Wizard) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, w.signedIn(w.step))
	mux.HandleFunc("GET "+Path+"/style.css", style)
	mux.HandleFunc("POST "+Path+"/code", w.enter)
	mux.HandleFunc("GET "+Path+"/created", w.signedIn(w.created))
	mux.HandleFunc("GET "+Path+"/hook", w.signedIn(w.hookForm))
	for path, do := range map[string]http.HandlerFunc{
		"create": w.create, "adopt": w.adopt, "hook": w.hook, "store": w.storeAgain, "print": w.print, "finish": w.finish,
	} {
		mux.HandleFunc("POST "+Path+"/"+path, w.signedIn(w.ofForm(do)))
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.fail(rw, r, http.StatusForbidden, "Another page sent this form, so it's ignored.")
	}))
	if public := w.publicOrigin(); public != "" { // a proxy may not pass on the Host that the browser sent
		if err := guard.AddTrustedOrigin(public); err != nil {
			w.Log.Warn().Err(err).Msg("trusting the public address")
		}
	}
	return guard.Handler(mux)
}

// maxForm bounds what a form may send, in bytes.
const maxForm = 64 << 10

// ServeHTTP implements http.Handler.
func (w *Wizard) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self' "+w.ServerURL+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if w.origin(r) == "" {
		w.fail(rw, r, http.StatusMisdirectedRequest, "The setup is served on this machine alone. Open it there, or through a tunnel "+
			"(ssh -L 8080:127.0.0.1:8080 HOST), or name the bot's public address with --url.")
		return
	}
	if w.finished.Load() && r.URL.Path != Path+"/style.css" {
		w.fail(rw, r, http.StatusNotFound, "The setup is finished. \"bot doctor\" makes the same checks again.")
		return
	}
	r.Body = http.MaxBytesReader(rw, r.Body, maxForm)
	w.mux.ServeHTTP(rw, r)
}

// signedIn lets a browser through that has entered a code, and asks others for it.
func (w *Wizard) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if _, ok := w.door.who(r); ok {
			next(rw, r)
			return
		}
		if r.Method == http.MethodGet {
			w.show(rw, r, http.StatusOK, page{Step: "code", Back: r.URL.RawQuery})
			return
		}
		w.show(rw, r, http.StatusUnauthorized, page{Step: "code"})
	}
}

// ofForm lets only forms through that were made for this browser.
func (w *Wizard) ofForm(next http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		s, _ := w.door.who(r)
		if err := r.ParseForm(); err != nil {
			w.fail(rw, r, http.StatusBadRequest, "The form is too long or broken.")
			return
		}
		if !s.form(r) {
			w.fail(rw, r, http.StatusForbidden, "This form is from an earlier start of the setup. Go back to its first page.")
			return
		}
		next(rw, r)
	}
}

// enter signs a browser in with the code.
func (w *Wizard) enter(rw http.ResponseWriter, r *http.Request) {
	id, err := w.door.enter(r.PostFormValue("code"))
	back := r.PostFormValue("back")
	var refused *errCode
	if errors.As(err, &refused) {
		w.show(rw, r, refused.status, page{Step: "code", Back: back, Fault: refused.text})
		return
	}
	http.SetCookie(rw, &http.Cookie{
		Name: cookieName, Value: id, Path: Path, HttpOnly: true, SameSite: http.SameSiteLaxMode, // Lax: GitHub's redirect must bring it
		Secure: w.origin(r) != "" && !web.Loopback(r.Host), MaxAge: int(sessionTime.Seconds()),
	})
	to := Path
	if sent, err := url.ParseQuery(back); err == nil && sent.Get("code") != "" {
		to += "/created?" + url.Values{"code": {sent.Get("code")}, "state": {sent.Get("state")}}.Encode()
	}
	http.Redirect(rw, r, to, http.StatusSeeOther)
}

// finish ends the setup.
func (w *Wizard) finish(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.have == nil {
		http.Redirect(rw, r, Path, http.StatusSeeOther)
		return
	}
	if err := w.memo.forget(); err != nil {
		w.fail(rw, r, http.StatusInternalServerError, sentence(err))
		return
	}
	if w.finished.CompareAndSwap(false, true) {
		close(w.done)
	}
	w.show(rw, r, http.StatusOK, page{Step: "finished", Next: w.Next})
}
