package world

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Actor is who sends a request: an installation's token, a person's, the App itself (by JWT), or an anonymous client.
type Actor struct {
	App   bool
	Token *Token
}

// Writer is the account under which the actor writes.
func (a Actor) Writer() *User { return a.Token.User }

// ByApp reports whether the App itself writes.
func (a Actor) ByApp() bool { return a.Installation() != 0 }

// Anonymous reports whether the request had no credentials.
func (a Actor) Anonymous() bool { return !a.App && a.Token == nil }

// Installation is the number of the installation whose token it was, 0 for others.
func (a Actor) Installation() int64 {
	if a.Token != nil && a.Token.Inst != nil {
		return a.Token.Inst.ID
	}
	return 0
}

// Sees reports whether the repository exists for the actor: an installation sees its account's repositories only
// (GitHub would show it other public ones too; this server is stricter, so that a token of the wrong installation is noticed).
func (a Actor) Sees(r *Repo) bool {
	switch {
	case r.Deleted:
		return false
	case a.Token != nil && a.Token.Inst != nil:
		return a.Token.Inst.Account == r.Owner && r.Installed && (a.Token.Repos == nil || slices.Contains(a.Token.Repos, r.ID))
	case a.Token != nil:
		return true
	}
	return !r.Private
}

// May reports whether the actor has one of the permissions ("issues|pull_requests:write"), or all of several ("a:write b:write").
func (a Actor) May(need string) bool {
	if first, rest, several := strings.Cut(need, " "); several {
		return a.May(first) && a.May(rest)
	}
	names, level, _ := strings.Cut(need, ":")
	switch {
	case need == "":
		return true
	case a.Token == nil:
		return level == "read"
	case a.Token.Inst == nil:
		return true
	}
	for name := range strings.SplitSeq(names, "|") {
		if has := a.Token.Permissions[name]; has == "write" || has == "admin" || (has == "read" && level == "read") {
			return true
		}
	}
	return false
}

// Reads reports whether the actor may read the members of an organization: an installation those of its own.
func (a Actor) Reads(org *User) bool {
	return a.May("members:read") && !a.Anonymous() && (a.Token.Inst == nil || a.Token.Inst.Account == org)
}

// UserToken is a new personal token that may do all that the person may do: write anywhere.
func (w *World) UserToken(login string) string {
	t := &Token{Value: "ghp_" + RandomHex(18), User: w.Account(login), Expires: w.TokenTime().AddDate(1, 0, 0)}
	w.Tokens[t.Value] = t
	return t.Value
}

// InstallationToken is a new token of an installation for an hour; no repos are all of its account's.
func (w *World) InstallationToken(inst *Installation, permissions map[string]string, repos []int64) *Token {
	t := &Token{
		Value: "ghs_" + RandomHex(18), Inst: inst, User: w.App.Bot, Permissions: permissions, Repos: repos,
		Expires: w.TokenTime().Truncate(time.Second).Add(time.Hour),
	}
	w.Tokens[t.Value] = t
	return t
}

// RevokeTokens makes every installation token so far a bad credential.
func (w *World) RevokeTokens() {
	maps.DeleteFunc(w.Tokens, func(_ string, t *Token) bool { return t.Inst != nil })
}

// TokenTime is the clock of authentication: the machine's, since the client's
// library asks that one, and moved by Advance alone.
func (w *World) TokenTime() time.Time { return time.Now().Add(w.offset).UTC() }

// Authenticate finds out who sends the request.
func (w *World) Authenticate(h http.Header) (Actor, error) {
	scheme, value, _ := strings.Cut(h.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "":
		return Actor{}, nil
	case "bearer", "token":
		if strings.Count(value, ".") == 2 && strings.HasPrefix(value, "ey") {
			return Actor{App: true}, w.verifyJWT(value)
		}
	case "basic":
		raw, _ := base64.StdEncoding.DecodeString(value) // a malformed one has no token that exists
		var name string
		name, value, _ = strings.Cut(string(raw), ":")
		if w.IsClient(name, value) {
			return Actor{}, nil
		}
	default:
		return Actor{}, Unauthorized("Bad credentials")
	}
	t := w.Tokens[value]
	if t == nil || !w.TokenTime().Before(t.Expires) {
		return Actor{}, Unauthorized("Bad credentials")
	}
	if t.Inst != nil {
		return Actor{Token: t}, t.Inst.Refused()
	}
	return Actor{Token: t}, nil
}

// verifyJWT checks what GitHub checks: RS256 by the App's key, iss, and a life of at most ten minutes.
func (w *World) verifyJWT(value string) error {
	undecodable := Unauthorized("A JSON web token could not be decoded")
	parts := strings.Split(value, ".")
	var header struct{ Alg string }
	var claims struct {
		Issuer  any      `json:"iss"`
		Issued  *float64 `json:"iat"`
		Expires *float64 `json:"exp"`
	}
	if !decodeSegment(parts[0], &header) || !decodeSegment(parts[1], &claims) || header.Alg != "RS256" {
		return undecodable
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&w.App.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return undecodable
	}
	now := float64(time.Now().UnixMilli()) / 1000 // the client's clock, which no test can move
	const leeway = 60                             // seconds of clock drift that GitHub forgives
	switch {
	case claims.Issued == nil || *claims.Issued > now+leeway:
		return Unauthorized("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	case claims.Expires == nil || *claims.Expires <= now:
		return Unauthorized("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case *claims.Expires > now+600+leeway || *claims.Expires-*claims.Issued > 600+2*leeway:
		return Unauthorized("'Expiration time' claim ('exp') is too far in the future")
	}
	issuer := fmt.Sprint(claims.Issuer)
	if f, ok := claims.Issuer.(float64); ok {
		issuer = strconv.FormatInt(int64(f), 10)
	}
	if w.App.Missing || issuer != strconv.FormatInt(w.App.ID, 10) && issuer != w.App.ClientID() {
		return NotFound("Integration not found")
	}
	return nil
}

func decodeSegment(segment string, v any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(segment)
	return err == nil && json.Unmarshal(raw, v) == nil
}
