package setup

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// codeLength is in characters of 5 bits, too many to guess within maxGuesses.
	codeLength = 12
	maxGuesses = 20 // of one code
	// sessionTime is how long a browser stays signed in.
	sessionTime = 12 * time.Hour
	maxSessions = 20
	cookieName  = "concorde_setup"
)

// door lets in whoever knows a code that only the terminal shows. Each code works once:
// after that, the terminal shows the next one.
type door struct {
	out   io.Writer
	now   func() time.Time
	pace  *rate.Limiter // of guesses, by anybody
	where string        // the address to print with the code

	mu       sync.Mutex
	code     string
	guesses  int
	sessions map[string]session
}

type session struct {
	token string // of forms
	until time.Time
}

func newDoor(c Config) *door {
	return &door{
		out: c.Terminal, now: c.Now, pace: rate.NewLimiter(rate.Every(time.Second), 10), where: c.Address, sessions: map[string]session{},
	}
}

// show makes a new code and prints it; the lock is held.
func (d *door) show(why string) {
	d.code, d.guesses = rand.Text()[:codeLength], 0
	fmt.Fprintf(d.out, "%s\n\n    %s\n    code: %s\n\n", why, d.where, spaced(d.code))
}

// open prints the first code.
func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.show("To set up the bot, open this page in a browser, and enter the code:")
}

func spaced(code string) string { return code[:4] + "-" + code[4:8] + "-" + code[8:] }

// errCode is why a code isn't accepted, as the page says.
type errCode struct {
	status int
	text   string
}

func (e *errCode) Error() string { return e.text }

// enter checks a code and returns a session for it.
func (d *door) enter(said string) (id string, err error) {
	if !d.pace.Allow() {
		return "", &errCode{http.StatusTooManyRequests, "Too many tries at once. Wait some seconds, and try again."}
	}
	said = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(said))
	d.mu.Lock()
	defer d.mu.Unlock()
	if subtle.ConstantTimeCompare([]byte(said), []byte(d.code)) != 1 {
		if d.guesses++; d.guesses >= maxGuesses {
			d.show(fmt.Sprintf("The code was entered wrongly %d times. Here's a new one:", maxGuesses))
			return "", &errCode{http.StatusForbidden, "Too many wrong codes. The terminal shows a new one."}
		}
		return "", &errCode{http.StatusForbidden, "That isn't the code. The terminal shows it; each one works once."}
	}
	for old, s := range d.sessions {
		if d.now().After(s.until) || len(d.sessions) >= maxSessions {
			delete(d.sessions, old)
		}
	}
	id = rand.Text()
	d.sessions[id] = session{rand.Text(), d.now().Add(sessionTime)}
	d.show("Somebody has signed in with the code. For another browser, use a new one:")
	return id, nil
}

// who returns a request's session, if it has one.
func (d *door) who(r *http.Request) (s session, ok bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return session{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok = d.sessions[cookie.Value]
	return s, ok && d.now().Before(s.until)
}

// form reports whether a request comes from a form of this session.
func (s session) form(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(s.token)) == 1
}
