package ghtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// app is the GitHub App under test.
type app struct {
	id      int64
	slug    string
	key     *rsa.PrivateKey
	bot     *user
	created time.Time
}

// installation is the App on one account.
type installation struct {
	id          int64
	account     *user
	permissions map[string]string
	created     time.Time
	suspended   time.Time // zero: it isn't
}

// token is a bearer of requests: of an installation or of a person.
type token struct {
	value       string
	inst        *installation // nil for a person
	user        *user         // who writes
	permissions map[string]string
	repos       []int64 // nil: all of the installation
	expires     time.Time
}

// actor is who sends a request: an installation's token, a person's, the App itself (by JWT), or nobody.
type actor struct {
	app   bool
	token *token
}

func (a actor) anonymous() bool { return !a.app && a.token == nil }

func (a actor) installation() int64 {
	if a.token != nil && a.token.inst != nil {
		return a.token.inst.id
	}
	return 0
}

// AppID is the number of the App, the issuer of its JWTs.
func (s *Server) AppID() int64 { return s.app.id }

// PrivateKeyPEM is the App's key as GitHub hands it out (PKCS #1).
func (s *Server) PrivateKeyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.app.key)})
}

// UserToken is a new personal token that may do all that the person may do: write anywhere.
func (s *Server) UserToken(login string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &token{value: "ghp_" + randomHex(18), user: s.account(login), expires: s.tokenTime().AddDate(1, 0, 0)}
	s.tokens[t.value] = t
	return t.value
}

// RevokeTokens makes every installation token that was handed out a bad credential.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.tokens, func(_ string, t *token) bool { return t.inst != nil })
}

// InstallationID is the number of the installation on an account, 0 if there is none.
func (s *Server) InstallationID(owner string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if inst := s.installs[strings.ToLower(owner)]; inst != nil {
		return inst.id
	}
	return 0
}

// SetPermissions replaces the permissions of an installation; tokens that exist keep what they have.
func (s *Server) SetPermissions(owner string, permissions map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.installs[strings.ToLower(owner)]
	if inst == nil {
		return fmt.Errorf("setting permissions: the App is not installed on %s", owner)
	}
	inst.permissions = maps.Clone(permissions)
	return nil
}

// Install puts the App on an account, for all its repositories, and fires installation.created.
func (s *Server) Install(owner string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.repoList {
		if r.parent != nil && strings.EqualFold(r.owner.login, owner) { // forks are made on the way
			r.installed = true
		}
	}
	if s.installs[strings.ToLower(owner)] == nil {
		s.hooks.installation("created", s.install(owner))
	}
}

func (s *Server) install(owner string) *installation {
	inst := s.installs[strings.ToLower(owner)]
	if inst == nil {
		inst = &installation{id: s.nextID(), account: s.account(owner), permissions: maps.Clone(s.cfg.Permissions), created: s.now()}
		s.installs[strings.ToLower(owner)] = inst
	}
	return inst
}

// Uninstall takes the App off an account: its tokens are bad, and installation.deleted is fired.
func (s *Server) Uninstall(owner string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.installs[strings.ToLower(owner)]
	if inst == nil {
		return
	}
	s.hooks.installation("deleted", inst)
	delete(s.installs, strings.ToLower(owner))
	maps.DeleteFunc(s.tokens, func(_ string, t *token) bool { return t.inst == inst })
}

// Suspend and Unsuspend do what the owner of an account does in its settings. A suspended installation is still listed, with the time,
// but is given no tokens, and those that exist are refused ("This installation has been suspended": ossf/allstar#314,
// hcengineering/platform#7639); its account sends no events but installation.suspend and installation.unsuspend ("the app's access to
// the GitHub API or webhook events is blocked for that account", REST API, apps).
func (s *Server) Suspend(owner string) { s.setSuspended(owner, "suspend") }

// Unsuspend undoes Suspend.
func (s *Server) Unsuspend(owner string) { s.setSuspended(owner, "unsuspend") }

func (s *Server) setSuspended(owner, action string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.installs[strings.ToLower(owner)]
	if inst == nil || inst.suspended.IsZero() == (action == "unsuspend") {
		return
	}
	inst.suspended = time.Time{}
	if action == "suspend" {
		inst.suspended = s.now()
	}
	s.hooks.installation(action, inst)
}

func (i *installation) refused() error {
	if i.suspended.IsZero() {
		return nil
	}
	return &apiError{Status: http.StatusForbidden, Message: "This installation has been suspended"}
}

// authenticate finds out who sends the request.
func (s *Server) authenticate(h http.Header) (actor, error) {
	scheme, value, _ := strings.Cut(h.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "":
		return actor{}, nil
	case "bearer", "token":
		if strings.Count(value, ".") == 2 && strings.HasPrefix(value, "ey") {
			return actor{app: true}, s.verifyJWT(value)
		}
	case "basic":
		raw, _ := base64.StdEncoding.DecodeString(value) // a malformed one has no token that exists
		_, value, _ = strings.Cut(string(raw), ":")
	default:
		return actor{}, unauthorized("Bad credentials")
	}
	t := s.tokens[value]
	if t == nil || !s.tokenTime().Before(t.expires) {
		return actor{}, unauthorized("Bad credentials")
	}
	if t.inst != nil {
		return actor{token: t}, t.inst.refused()
	}
	return actor{token: t}, nil
}

// verifyJWT checks what GitHub checks: RS256 by the App's key, iss, and a life of at most ten minutes.
func (s *Server) verifyJWT(value string) error {
	undecodable := unauthorized("A JSON web token could not be decoded")
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
	if err != nil || rsa.VerifyPKCS1v15(&s.app.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return undecodable
	}
	now := float64(time.Now().UnixMilli()) / 1000 // the client's clock, which no test can move
	const leeway = 60                             // seconds of clock drift that GitHub forgives
	switch {
	case claims.Issued == nil || *claims.Issued > now+leeway:
		return unauthorized("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	case claims.Expires == nil || *claims.Expires <= now:
		return unauthorized("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case *claims.Expires > now+600+leeway || *claims.Expires-*claims.Issued > 600+2*leeway:
		return unauthorized("'Expiration time' claim ('exp') is too far in the future")
	}
	issuer := fmt.Sprint(claims.Issuer)
	if f, ok := claims.Issuer.(float64); ok {
		issuer = strconv.FormatInt(int64(f), 10)
	}
	if issuer != strconv.FormatInt(s.app.id, 10) && issuer != s.app.clientID() {
		return notFound("Integration not found")
	}
	return nil
}

func (a *app) clientID() string { return fmt.Sprintf("Iv1.%016x", a.id) }

func decodeSegment(segment string, v any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(segment)
	return err == nil && json.Unmarshal(raw, v) == nil
}

func unauthorized(message string) *apiError { return &apiError{Status: 401, Message: message} }

// sees reports whether the repository exists for the actor: an installation sees its account's repositories only
// (GitHub would show it other public ones too; this server is stricter, so that a token of the wrong installation is noticed).
func (a actor) sees(r *Repo) bool {
	switch {
	case r.deleted:
		return false
	case a.token != nil && a.token.inst != nil:
		return a.token.inst.account == r.owner && r.installed && (a.token.repos == nil || slices.Contains(a.token.repos, r.id))
	case a.token != nil:
		return true
	}
	return !r.private
}

// may reports whether the actor has one of the permissions ("issues|pull_requests:write"), or all of several ("a:write b:write").
func (a actor) may(need string) bool {
	if first, rest, several := strings.Cut(need, " "); several {
		return a.may(first) && a.may(rest)
	}
	names, level, _ := strings.Cut(need, ":")
	switch {
	case need == "":
		return true
	case a.token == nil:
		return level == "read"
	case a.token.inst == nil:
		return true
	}
	for name := range strings.SplitSeq(names, "|") {
		if has := a.token.permissions[name]; has == "write" || has == "admin" || (has == "read" && level == "read") {
			return true
		}
	}
	return false
}
