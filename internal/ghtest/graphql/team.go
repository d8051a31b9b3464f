package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func (v view) organization(args map[string]any) (any, error) {
	login := stringArg(args, "login")
	u := v.w.User(login)
	if u == nil || u.Kind != "Organization" {
		return nil, missing("Could not resolve to an Organization with the login of '%s'.", login)
	}
	n, _ := v.actor(u).(node)
	n["team"] = resolver(func(args map[string]any) (any, error) {
		if !v.c.Actor.Reads(u) {
			return nil, unable("FORBIDDEN", "Resource not accessible by integration")
		}
		if t := v.w.Team(u.Login, stringArg(args, "slug")); t != nil {
			return v.team(t), nil
		}
		return nil, nil
	})
	return n, nil
}

func (v view) team(t *world.Team) node {
	return node{
		"__typename": "Team", "__interfaces": []string{"Node"}, "id": world.NodeID("T", t.ID), "databaseId": t.ID, "name": t.Slug, "slug": t.Slug, "combinedSlug": t.Org.Login + "/" + t.Slug,
		"createdAt": world.Timestamp(t.Created), "url": v.w.URL + "/orgs/" + t.Org.Login + "/teams/" + t.Slug,
		"members": resolver(func(args map[string]any) (any, error) {
			query := strings.ToLower(stringArg(args, "query"))
			found := slices.DeleteFunc(slices.Clone(t.Members), func(u *world.User) bool { return !strings.Contains(strings.ToLower(u.Login), query) })
			return nodesOf("members", "TeamMember", found, func(u *world.User) node { n, _ := v.actor(u).(node); return n })(args)
		}),
	}
}
