package object

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// TeamJSON is a team.
func (m Maker) TeamJSON(t *world.Team) obj {
	api := m.APIURL() + "organizations/" + world.Decimal(t.Org.ID) + "/team/" + world.Decimal(t.ID)
	return obj{
		"id": t.ID, "node_id": world.NodeID("T", t.ID), "name": t.Slug, "slug": t.Slug, "description": "", "privacy": "closed", "notification_setting": "notifications_enabled",
		"permission": "pull", "parent": nil, "url": api, "html_url": m.URL + "/orgs/" + t.Org.Login + "/teams/" + t.Slug, "members_url": api + "/members{/member}", "repositories_url": api + "/repos",
	}
}
