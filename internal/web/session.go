package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	// idleTime ends a session that isn't used, sessionTime any.
	idleTime    = 24 * time.Hour
	sessionTime = 7 * 24 * time.Hour
	// touchEvery is how exactly it's known when a session was used last.
	touchEvery = 10 * time.Minute

	// The prefix has browsers take the cookie from this host alone, by HTTPS alone.
	sessionCookie = "__Host-concorde"
)

// Sessions keeps sessions. It's a queue.Queue; the pages read them from their Store.
type Sessions interface {
	PutSession(ctx context.Context, id string, value []byte) error
	TouchSession(ctx context.Context, id string) error
	DropSession(ctx context.Context, id string) error
}

// Person is somebody who signed in.
type Person struct {
	ID    int64  `json:"id"` // of the account: a login may change hands
	Login string `json:"login"`
}

// session is a browser that somebody is signed in with; the zero one is anybody's.
type session struct {
	Person
	secret string // that the browser knows
}

func (s session) signedIn() bool { return s.ID != 0 }

// stored is what the database calls the session: it doesn't hold what a browser must
// know.
func (s session) stored() string {
	sum := sha256.Sum256([]byte(s.secret))
	return hex.EncodeToString(sum[:])
}

// token proves that a form is from a page of this session.
func (s session) token() string {
	if !s.signedIn() {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte("forms"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// sent reports whether a form is from a page of this session.
func (s session) sent(r *http.Request) bool {
	return s.signedIn() && hmac.Equal([]byte(r.PostFormValue("token")), []byte(s.token()))
}

// cookie is what the browser keeps; an age of 0 has it forget.
func cookie(name, value string, age time.Duration) *http.Cookie {
	seconds := int(age.Seconds())
	if seconds == 0 {
		seconds = -1
	}
	// Lax, not Strict: people come from links on GitHub.
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// session finds who sends a request. An ended session is anybody's.
func (p *Pages) session(r *http.Request) (session, error) {
	c, err := r.Cookie(sessionCookie)
	if p.SignIn == nil || err != nil || c.Value == "" {
		return session{}, nil
	}
	s := session{secret: c.Value}
	kept, err := p.Store.Session(r.Context(), s.stored())
	now := p.Now()
	if err != nil || kept.ID == "" || now.Sub(kept.Began) >= sessionTime || now.Sub(kept.Seen) >= idleTime {
		return session{}, err
	}
	if err := json.Unmarshal(kept.Value, &s.Person); err != nil {
		return session{}, fmt.Errorf("reading a session: %w", err)
	}
	if now.Sub(kept.Seen) >= touchEvery {
		if err := p.SignIn.Sessions.TouchSession(r.Context(), kept.ID); err != nil {
			return session{}, err
		}
	}
	return s, nil
}

// begin starts a session under a new name, so that nobody can know it before, and ends
// the one that the browser had.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request, who Person) error {
	if err := p.end(r); err != nil {
		return err
	}
	value, err := json.Marshal(who)
	if err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	s := session{who, rand.Text() + rand.Text()}
	if err := p.SignIn.Sessions.PutSession(r.Context(), s.stored(), value); err != nil {
		return err
	}
	http.SetCookie(w, cookie(sessionCookie, s.secret, sessionTime))
	return nil
}

// end ends the browser's session, if it has one.
func (p *Pages) end(r *http.Request) error {
	c, err := r.Cookie(sessionCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	return p.SignIn.Sessions.DropSession(r.Context(), session{secret: c.Value}.stored())
}

// operates reports whether somebody runs the bot, and sees all that the overview has.
func (p *Pages) operates(s session) bool {
	if p.SignIn == nil {
		return true
	}
	for _, login := range p.SignIn.Operators {
		if s.signedIn() && strings.EqualFold(login, s.Login) {
			return true
		}
	}
	return false
}
