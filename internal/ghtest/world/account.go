package world

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// User is an account.
type User struct {
	ID    int64
	Login string
	Kind  string // User, Bot, Organization
}

// App is the GitHub App under test.
type App struct {
	ID      int64
	Slug    string
	key     *rsa.PrivateKey
	Bot     *User
	Created time.Time

	Permissions map[string]string // of every installation: name to read or write
	Events      []string          // to which it subscribes
	Owner       *User
	Public      bool // others than its owner may install it
	Missing     bool // nobody has created it yet

	ClientSecret string   // for people's authorizations
	Callbacks    []string // to which GitHub sends people back after those
}

// ClientID is the App's other name as the issuer of JWTs.
func (a *App) ClientID() string { return fmt.Sprintf("Iv1.%016x", a.ID) }

// PrivateKeyPEM is the App's key as GitHub hands it out (PKCS #1).
func (a *App) PrivateKeyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(a.key)})
}

// Installation is the App on one account.
type Installation struct {
	ID          int64
	Account     *User
	Permissions map[string]string
	Events      []string
	Created     time.Time
	Suspended   time.Time // zero: it isn't
}

// Refused is why requests of a suspended installation fail, nil for any other.
func (i *Installation) Refused() error {
	if i.Suspended.IsZero() {
		return nil
	}
	return &Refusal{Status: http.StatusForbidden, Message: "This installation has been suspended"}
}

// Token is a bearer of requests: of an installation or of a person.
type Token struct {
	Value       string
	Inst        *Installation // nil for a person
	User        *User         // who writes
	Permissions map[string]string
	Repos       []int64 // nil: all of the installation
	Expires     time.Time
}

// Team is one of an organization. Its members are in the order in which they came.
type Team struct {
	ID      int64
	Org     *User
	Slug    string
	Members []*User
	Invited []*User // have not accepted yet
	Created time.Time
}

// Invite invites someone who is not in the organization: until they join, their membership is pending.
func (t *Team) Invite(u *User) {
	if !slices.Contains(t.Members, u) && !slices.Contains(t.Invited, u) {
		t.Invited = append(t.Invited, u)
	}
}
