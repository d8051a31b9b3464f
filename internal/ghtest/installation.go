package ghtest

import (
	"fmt"
	"maps"
	"slices"
)

// AppID is the number of the App, the issuer of its JWTs.
func (s *Server) AppID() int64 { return s.world.App.ID }

// PrivateKeyPEM is the App's key as GitHub hands it out (PKCS #1).
func (s *Server) PrivateKeyPEM() []byte { return s.world.App.PrivateKeyPEM() }

// BotLogin is the login under which the App writes; GraphQL shows it without "[bot]", as GitHub does.
func (s *Server) BotLogin() string { return s.world.App.Bot.Login }

// UserToken is a new personal token that may do all that the person may do: write anywhere.
func (s *Server) UserToken(login string) string {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.UserToken(login)
}

// RevokeTokens makes every installation token so far a bad credential.
func (s *Server) RevokeTokens() {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.RevokeTokens()
}

// InstallationID is the number of the installation on an account, 0 if there is none.
func (s *Server) InstallationID(owner string) int64 {
	s.world.Lock()
	defer s.world.Unlock()
	if inst := s.world.Installation(owner); inst != nil {
		return inst.ID
	}
	return 0
}

// SetPermissions replaces the permissions of an installation; tokens that exist keep what they have.
func (s *Server) SetPermissions(owner string, permissions map[string]string) error {
	s.world.Lock()
	defer s.world.Unlock()
	inst := s.world.Installation(owner)
	if inst == nil {
		return fmt.Errorf("setting permissions: the App is not installed on %s", owner)
	}
	inst.Permissions = maps.Clone(permissions)
	return nil
}

// Install puts the App on an account, for all its repositories, and fires installation.created.
func (s *Server) Install(owner string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Install(owner)
}

// Uninstall takes the App off an account: its tokens are bad, and installation.deleted is fired.
func (s *Server) Uninstall(owner string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Uninstall(owner)
}

// Suspend and Unsuspend do what the owner of an account does in its settings. A suspended installation is still listed, with the time,
// but is given no tokens, and those that exist are refused ("This installation has been suspended": ossf/allstar#314,
// hcengineering/platform#7639); its account sends no events but installation.suspend and installation.unsuspend ("the app's access to
// the GitHub API or webhook events is blocked for that account", REST API, apps).
func (s *Server) Suspend(owner string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Suspend(owner, true)
}

// Unsuspend undoes Suspend.
func (s *Server) Unsuspend(owner string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Suspend(owner, false)
}

// SignIn makes somebody the one whose browser opens GitHub's pages; "" signs out.
func (s *Server) SignIn(login string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Visitor = nil
	if login != "" {
		s.world.Visitor = s.world.Account(login)
	}
}

// Client is the App's client: its id and secret, for people's authorizations.
func (s *Server) Client() (id, secret string) {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.App.ClientID(), s.world.App.ClientSecret
}

// SetCallbacks sets where GitHub may send people back after they authorized the App, as its owner does in its settings.
func (s *Server) SetCallbacks(urls ...string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.App.Callbacks = slices.Clone(urls)
}

// Callbacks are those addresses.
func (s *Server) Callbacks() []string {
	s.world.Lock()
	defer s.world.Unlock()
	return slices.Clone(s.world.App.Callbacks)
}

// PersonTokens is how many tokens of people the App has that nobody revoked.
func (s *Server) PersonTokens() int {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.PersonTokens()
}

// RenameUser gives an account another login. Others may then take the old one.
func (s *Server) RenameUser(login, to string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.RenameUser(s.world.Account(login), to)
}

// Owners makes people the owners of an organization: they may create and install Apps there.
func (s *Server) Owners(org string, logins ...string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.SetOwners(org, logins)
}

// Request leaves a member's wish to install the App on an organization.
func (s *Server) Request(login, org string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Ask(s.world.Account(login), s.world.Account(org))
}

// SetApp replaces what the App asks for, as its owner does in its settings. Installations keep what they have until somebody
// accepts more ("Modifying a GitHub App registration").
func (s *Server) SetApp(permissions map[string]string, events []string) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.App.Permissions, s.world.App.Events = maps.Clone(permissions), slices.Clone(events)
}
