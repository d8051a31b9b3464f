package gh

import (
	"context"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Access is what somebody may do in a repository.
type Access struct {
	ID    int64 // of the account that has the login now; 0: nobody has
	Reads bool  // its pull requests, as anybody does in a public repository
	Role  pull.Role
}

// Access asks what an account may do in the client's repository ("Get repository
// permissions for a user"). Gone means that nobody has the login, or that the repository
// isn't there for the App.
func (c *Client) Access(ctx context.Context, login string) (Access, error) {
	if (pull.Key{Owner: login, Repo: "x"}).Validate() != nil {
		return Access{}, nil // no person has such a name
	}
	level, _, err := c.REST.Repositories.GetPermissionLevel(ctx, c.About.Owner, c.About.Repo, login)
	if err = Settle(err); err != nil {
		return Access{}, err
	}
	a := Access{ID: level.GetUser().GetID(), Reads: level.GetPermission() != "" && level.GetPermission() != "none"}
	for i, name := range []string{"triage", "push", "maintain", "admin"} {
		if level.GetUser().GetPermissions()[name] {
			a.Role = pull.Role(i + 1)
		}
	}
	return a, nil
}

// Public asks whether anybody may read the client's repository ("Get a repository"). An
// internal one of an enterprise isn't public.
func (c *Client) Public(ctx context.Context) (bool, error) {
	found, _, err := c.REST.Repositories.Get(ctx, c.About.Owner, c.About.Repo)
	if err = Settle(err); err != nil {
		return false, err
	}
	return found.Private != nil && !found.GetPrivate() && (found.GetVisibility() == "" || found.GetVisibility() == "public"), nil
}
