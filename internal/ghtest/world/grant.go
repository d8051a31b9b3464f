package world

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"
)

// Grant is what somebody allowed who authorized the App: a code that can be traded for a token.
type Grant struct {
	User      *User
	Callback  string
	Challenge string // of PKCE; "" without
	until     time.Time
}

// grantTime is how long a code can be traded ("Authorizing OAuth apps": 10 minutes).
const grantTime = 10 * time.Minute

// Agreed reports whether somebody authorized the App before: GitHub doesn't ask again.
func (w *World) Agreed(u *User) bool { return w.agreed[u] }

// Agree makes a code for somebody who authorizes the App.
func (w *World) Agree(g Grant) (code string) {
	w.agreed[g.User] = true
	g.until = w.Now().Add(grantTime)
	code = RandomHex(10)
	w.grants[code] = g
	return code
}

// Trade uses up a code, and makes a token for it; nil if the code isn't good for one. A challenge needs its verifier ("PKCE
// support for OAuth and GitHub App authentication", changelog of 2025-07-14); without a challenge, none is asked for.
func (w *World) Trade(code, verifier string) *Token {
	g, known := w.grants[code]
	delete(w.grants, code)
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if !known || !w.Now().Before(g.until) || g.Challenge != "" && subtle.ConstantTimeCompare([]byte(challenge), []byte(g.Challenge)) != 1 {
		return nil
	}
	t := &Token{Value: personPrefix + RandomHex(18), User: g.User, Expires: w.TokenTime().Add(8 * time.Hour)}
	w.Tokens[t.Value] = t
	return t
}

// CallbackOf is the address that a code was sent to.
func (w *World) CallbackOf(code string) string { return w.grants[code].Callback }

// personPrefix begins the tokens of people who authorized an App.
const personPrefix = "ghu_"

// PersonTokens is how many of those tokens nobody revoked.
func (w *World) PersonTokens() (n int) {
	for value := range w.Tokens {
		if strings.HasPrefix(value, personPrefix) {
			n++
		}
	}
	return n
}

// IsClient reports whether these are the id and the secret of the App's client.
func (w *World) IsClient(id, secret string) bool {
	return id == w.App.ClientID() && subtle.ConstantTimeCompare([]byte(secret), []byte(w.App.ClientSecret)) == 1
}

// RenameUser gives an account another login. The old one is free then ("Changing your username").
func (w *World) RenameUser(u *User, login string) {
	delete(w.Users, strings.ToLower(u.Login))
	u.Login = login
	w.Users[strings.ToLower(login)] = u
}
