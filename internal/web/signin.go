package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

// SignIn is how people sign in: GitHub tells who they are, if they authorize the App.
// Everything but Public and Operators is required.
type SignIn struct {
	URL      string // where the pages are for all: "https://bot.example.org"
	ClientID string // of the App
	Secret   string // of the App's client; it seals cookies here
	Sessions Sessions
	Feeds    Feeds
	// Arrive trades GitHub's code for who it is. ErrCode and ErrClient are what people can
	// do something about.
	Arrive func(context.Context, Arrival) (Person, error)
	// Rights asks GitHub what somebody may do in a repository, in two requests at most, or one
	// about reading; the zero Person is anybody.
	Rights func(context.Context, pull.Key, Person, Only) (Rights, error)
	// Again has the bot check a pull request or issue, since somebody wants it.
	Again func(ctx context.Context, key pull.Key, login string) error
	// Replay runs the rules on a pull request as GitHub has it now, and writes nothing there.
	Replay func(context.Context, pull.Key) (pull.View, error)
	// Hold has the bot stop on a pull request, Resume go on, as somebody wants.
	Hold   func(context.Context, pull.Key, pull.Hold) error
	Resume func(ctx context.Context, key pull.Key, login string) error
	// Public shows public repositories to anybody.
	Public bool
	// Operators are the logins of those who see all that the overview has.
	Operators []string
}

// Arrival is what a browser brings back from GitHub.
type Arrival struct{ Code, Verifier, Callback string }

var (
	// ErrCode: the code is too old, used, or not this browser's.
	ErrCode = errors.New("GitHub doesn't take the code")
	// ErrClient: the App's client id, client secret or callback URL is wrong.
	ErrClient = errors.New("the App isn't configured for signing in")
)

// The addresses of signing in and out.
const (
	signInPath   = "/sign-in"
	CallbackPath = "/sign-in/callback" // what GitHub calls a callback URL
	signOutPath  = "/sign-out"
)

const (
	// leaveTime is how long GitHub's code lasts ("Authorizing OAuth apps").
	leaveTime   = 10 * time.Minute
	leaveCookie = "__Host-concorde-sign-in"
	maxBack     = 500 // bytes
	maxCode     = 200
	maxUsed     = 10_000
)

// door lets people in.
type door struct {
	seals cipher.AEAD
	used  *lru.Cache[string, struct{}] // states of those who came back
	pace  *rate.Limiter                // of questions to GitHub, by anybody
}

// CheckAddress checks the address at which people sign in.
func CheckAddress(address string) error {
	if u, err := url.Parse(address); err != nil || u.Host == "" || strings.TrimRight(address, "/") != "https://"+u.Host {
		return errors.New("the public address must be https://HOST: without TLS, anybody on the way could take over a session")
	}
	return nil
}

func newDoor(s SignIn) (*door, error) {
	if err := CheckAddress(s.URL); err != nil {
		return nil, err
	}
	if slices.Contains([]bool{
		s.ClientID != "", s.Secret != "", s.Sessions != nil, s.Feeds != nil, s.Arrive != nil, s.Rights != nil,
		s.Again != nil, s.Replay != nil, s.Hold != nil, s.Resume != nil,
	}, false) {
		return nil, errors.New("something is missing for signing in")
	}
	key, err := hkdf.Key(sha256.New, []byte(s.Secret), nil, "concorde: sign-in cookies", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	d := &door{pace: rate.NewLimiter(rate.Every(time.Second), 20)}
	if d.seals, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	d.used, err = lru.New[string, struct{}](maxUsed)
	return d, err
}

// leaving is what a browser keeps while it's at GitHub. It's sealed, so that nobody else
// can make one; no process needs to remember it.
type leaving struct {
	State    string    `json:"state"`
	Verifier string    `json:"verifier"` // of PKCE (RFC 7636)
	Back     string    `json:"back"`
	Until    time.Time `json:"until"`
}

func (d *door) seal(l leaving) (string, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("beginning a sign-in: %w", err)
	}
	nonce := make([]byte, d.seals.NonceSize())
	rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(d.seals.Seal(nonce, nonce, text, []byte(leaveCookie))), nil
}

// open reads what the browser kept; ok is false if nobody sealed that here, or too long
// ago.
func (d *door) open(r *http.Request, now time.Time) (l leaving, ok bool) {
	c, err := r.Cookie(leaveCookie)
	if err != nil {
		return leaving{}, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	size := d.seals.NonceSize()
	if err != nil || len(sealed) < size {
		return leaving{}, false
	}
	text, err := d.seals.Open(nil, sealed[:size], sealed[size:], []byte(leaveCookie))
	if err != nil || json.Unmarshal(text, &l) != nil {
		return leaving{}, false
	}
	return l, l.State != "" && now.Before(l.Until)
}

// leave sends the browser to GitHub, with a state that it alone can bring back.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request) {
	a := &asked{Request: r}
	l := leaving{State: rand.Text(), Verifier: rand.Text() + rand.Text(), Back: local(r.FormValue("back")), Until: p.Now().Add(leaveTime)}
	sealed, err := p.door.seal(l)
	if err != nil {
		p.fault(w, a, err)
		return
	}
	http.SetCookie(w, cookie(leaveCookie, sealed, leaveTime))
	challenge := sha256.Sum256([]byte(l.Verifier))
	query := url.Values{"client_id": {p.SignIn.ClientID}, "redirect_uri": {p.callback()}, "state": {l.State},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"}}
	http.Redirect(w, r, p.github("login", "oauth", "authorize")+"?"+query.Encode(), http.StatusSeeOther)
}

func (p *Pages) callback() string { return strings.TrimRight(p.SignIn.URL, "/") + CallbackPath }

// local is a path of these pages; anything else that somebody wants to be sent to becomes
// the overview. Browsers take a backslash for a slash, and drop tabs and line ends.
func local(path string) string {
	u, err := url.Parse(path)
	odd := func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }
	inside := strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.HasPrefix(path, signInPath)
	if err != nil || len(path) > maxBack || !inside || u.Scheme+u.Host+u.Opaque != "" || strings.ContainsFunc(path, odd) {
		return "/"
	}
	return u.RequestURI()
}

var (
	errStale = &fault{http.StatusForbidden, "This sign-in has expired, or began in another browser",
		"Sign in again: each attempt works once, within ten minutes."}
	errRefused = &fault{http.StatusForbidden, "You aren't signed in",
		"You didn't let GitHub tell the bot who you are. It asks for nothing else, and keeps no key to your account."}
	errBusy = &fault{http.StatusTooManyRequests, "Too many people sign in at once", "Wait a few seconds, and begin again."}
	errAway = &fault{http.StatusBadGateway, "GitHub isn't answering, so the bot can't tell who you are",
		"Try again in a minute. The bot's log says why."}
	errApp = &fault{http.StatusBadGateway, "Signing in doesn't work",
		"The App's client id, client secret or callback URL is wrong. The bot's operators must fix it: docs/pages.md says how."}
)

// arrive is where GitHub sends the browser back, with a code that works once.
func (p *Pages) arrive(w http.ResponseWriter, r *http.Request) {
	a := &asked{Request: r}
	l, ok := p.door.open(r, p.Now())
	http.SetCookie(w, cookie(leaveCookie, "", 0))
	if err := p.came(a, l, ok); err != nil {
		p.fault(w, a, err)
		return
	}
	who, err := p.SignIn.Arrive(r.Context(), Arrival{a.query("code"), l.Verifier, p.callback()})
	if err == nil {
		err = p.begin(w, r, who)
	} else {
		err = p.unknown(err)
	}
	if err != nil {
		p.fault(w, a, err)
		return
	}
	p.Log.Info().Str("login", who.Login).Msg("somebody signed in to the pages")
	http.Redirect(w, r, l.Back, http.StatusSeeOther)
}

// query is a value of the address alone.
func (a *asked) query(name string) string { return a.URL.Query().Get(name) }

// came checks what the browser brings back.
func (p *Pages) came(a *asked, l leaving, ok bool) error {
	state, code := a.query("state"), a.query("code")
	if !ok || subtle.ConstantTimeCompare([]byte(state), []byte(l.State)) != 1 {
		return errStale
	}
	if used, _ := p.door.used.ContainsOrAdd(l.State, struct{}{}); used {
		return errStale
	}
	switch why := a.query("error"); {
	case why == "access_denied":
		return errRefused
	case why == "redirect_uri_mismatch", why == "application_suspended":
		p.Log.Error().Str("cause", why).Msg("signing somebody in")
		return errApp
	case why != "" || code == "" || len(code) > maxCode:
		return errAway
	case !p.door.pace.AllowN(p.Now(), 1):
		return errBusy
	}
	return nil
}

// unknown says for people why GitHub didn't tell who they are.
func (p *Pages) unknown(err error) error {
	if errors.Is(err, ErrCode) {
		return errStale
	}
	p.Log.Error().Err(err).Msg("signing somebody in")
	if errors.Is(err, ErrClient) {
		return errApp
	}
	return errAway
}

// signOut ends the session.
func (p *Pages) signOut(w http.ResponseWriter, a *asked) error {
	if err := p.end(a.Request); err != nil {
		return err
	}
	http.SetCookie(w, cookie(sessionCookie, "", 0))
	http.Redirect(w, a.Request, "/", http.StatusSeeOther)
	return nil
}
