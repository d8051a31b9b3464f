package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func (v view) addAssignees(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["assignableId"], "I", "PR")
	if err != nil {
		return nil, err
	}
	logins, err := v.logins(input["assigneeIds"])
	if err != nil {
		return nil, err
	}
	if r.Assign(i, v.c.Actor.Writer(), logins) && v.c.Actor.ByApp() {
		r.Record(world.Write{Kind: "assign", Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return node{"assignable": lazy(func() (any, error) { return v.subject(r, i), nil })}, nil
}

// requestReviews adds to those that are requested; without "union" GitHub would replace them, which isn't supported here.
func requestReviews(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error {
	logins, err := view{w: r.World, c: c}.logins(input["userIds"])
	switch {
	case err != nil:
		return err
	case input["union"] != true:
		return unable("UNPROCESSABLE", "requestReviews without union is not played here")
	}
	return c.Actor.RequestReviews(r, i, logins)
}
