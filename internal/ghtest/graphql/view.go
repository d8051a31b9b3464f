package graphql

import (
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// view makes the nodes of one query: who asks decides what is seen.
type view struct {
	w     *world.World
	front *api.Front
	c     *api.Call
	sight *sight
}

// sight is the moment that one query sees.
type sight struct {
	stale bool // it's a query in bad weather, and sees what was there at that moment
	at    time.Time
}

// asOf is the moment that a query sees, the same in all of it.
func (v view) asOf() time.Time {
	if v.sight.at.IsZero() {
		v.sight.at = v.w.Now()
		if v.sight.stale {
			v.sight.at = v.sight.at.Add(-time.Duration(v.w.Dice.Int64N(int64(v.w.Weather.Stale))))
		}
	}
	return v.sight.at
}

// then is an issue or pull request as the query sees it. One that is newer than that is seen as it was opened.
func (v view) then(i *world.Issue) *world.Issue {
	if !v.sight.stale || len(i.Versions) == 0 {
		return i
	}
	at := len(i.Versions) - 1
	for at > 0 && i.Versions[at].Since.After(v.asOf()) {
		at--
	}
	if at == len(i.Versions)-1 && !i.Versions[at].Since.After(v.asOf()) {
		return i
	}
	return i.Versions[at].Issue
}

// needs makes a field that a missing permission forbids.
func (v view) needs(permission string, resolve resolver) resolver {
	return func(args map[string]any) (any, error) {
		if !v.c.Actor.May(permission) {
			if v.w.Weather.Silent != "" && strings.Contains(permission, v.w.Weather.Silent) {
				return nil, nil
			}
			return nil, unable("FORBIDDEN", "Resource not accessible by integration")
		}
		return resolve(args)
	}
}

// byEmail is the account of a commit's author or committer.
func (v view) byEmail(email string) any {
	login, ok := strings.CutSuffix(email, "@users.noreply.github.com")
	if u := v.w.User(login); ok && u != nil && u.Kind == "User" {
		return v.actor(u)
	}
	return nil
}

// actor is a user, bot or organization; a bot's login has no "[bot]" here.
func (v view) actor(u *world.User) any {
	if u == nil {
		return nil
	}
	return node{
		"__typename": u.Kind, "__interfaces": []string{"Actor", "Node", "RepositoryOwner"}, "id": world.NodeID("U", u.ID), "databaseId": u.ID,
		"login": strings.TrimSuffix(u.Login, "[bot]"), "url": v.w.URL + "/" + u.Login, "avatarUrl": v.w.URL + "/avatars/" + world.Decimal(u.ID),
	}
}

// person is a user; fields that cannot be bots have null for those.
func (v view) person(u *world.User) any {
	if u == nil || u.Kind != "User" {
		return nil
	}
	return v.actor(u)
}
