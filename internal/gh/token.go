package gh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TokenRequest says what a token may do: only what its use needs.
type TokenRequest struct {
	Key          pull.Key // the only repository it works for
	Installation int64    // 0: look it up
	// Permissions by GitHub's names: "contents": "write".
	Permissions map[string]string
}

// Token returns a new token for one repository, valid for an hour. It isn't cached. Denied
// names the permissions that the installation lacks.
func (a *App) Token(ctx context.Context, t TokenRequest) (string, error) {
	token, err := a.token(ctx, t)
	if err != nil {
		a.Forget(t.Key, err)
		return "", fmt.Errorf("asking for a token for %s: %w", t.Key.Repository(), err)
	}
	return token, nil
}

func (a *App) token(ctx context.Context, t TokenRequest) (string, error) {
	if err := t.Key.Validate(); err != nil {
		return "", Rejectf("%s", err.Error())
	}
	if len(t.Permissions) == 0 { // GitHub would give all that the App has
		return "", Rejectf("no permissions are named")
	}
	if t.Installation == 0 {
		id, err := a.lookUp(ctx, t.Key.Repository())
		if err != nil {
			return "", err
		}
		t.Installation = id
	}
	body := map[string]any{"repositories": []string{t.Key.Repo}, "permissions": t.Permissions}
	req, err := a.self.NewRequest("POST", fmt.Sprintf("app/installations/%d/access_tokens", t.Installation), body)
	if err != nil {
		return "", fmt.Errorf("writing the request: %w", err)
	}
	var minted github.InstallationToken
	_, err = a.self.Do(ctx, req, &minted)
	if err = Settle(err); err != nil {
		return "", a.ungranted(ctx, t, err)
	}
	if minted.GetToken() == "" {
		return "", &Temporary{Answer{Endpoint: postToken, Message: "the answer has no token"}}
	}
	return minted.GetToken(), nil
}

var levels = []string{"read", "write", "admin"}

// ungranted names the missing permissions: GitHub only says that some are missing.
func (a *App) ungranted(ctx context.Context, t TokenRequest, refusal error) error {
	rejected, ok := errors.AsType[*Rejected](refusal)
	if !ok || rejected.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(rejected.Message), "permission") {
		return refusal
	}
	granted, err := a.granted(ctx, t.Installation)
	if err != nil {
		return err
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(t.Permissions)) {
		if level := t.Permissions[name]; slices.Index(levels, granted[name]) < slices.Index(levels, level) {
			missing = append(missing, name+": "+level)
		}
	}
	if len(missing) == 0 {
		return refusal
	}
	return &Denied{Answer: rejected.Answer, Permission: strings.Join(missing, ", ")}
}

// Installation is the number of the App's installation on a repository.
func (a *App) Installation(ctx context.Context, of pull.Key) (int64, error) {
	return a.lookUp(ctx, of.Repository())
}

// Granted returns the permissions of the App's installation on a repository, by GitHub's
// names.
func (a *App) Granted(ctx context.Context, of pull.Key) (map[string]string, error) {
	installation, err := a.lookUp(ctx, of.Repository())
	if err != nil {
		return nil, err
	}
	return a.granted(ctx, installation)
}

// granted are the permissions of an installation.
func (a *App) granted(ctx context.Context, installation int64) (map[string]string, error) {
	req, err := a.self.NewRequest("GET", fmt.Sprintf("app/installations/%d", installation), nil)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	var found struct{ Permissions map[string]string }
	_, err = a.self.Do(ctx, req, &found)
	return found.Permissions, Settle(err)
}

// CloneURL is the repository's address for git. It contains no secret.
func (a *App) CloneURL(key pull.Key) string {
	return fmt.Sprintf("%s/%s/%s.git", a.server, key.Owner, key.Repo)
}
