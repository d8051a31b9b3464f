package object

import (
	"maps"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// AppJSON is the App under test.
func (m Maker) AppJSON() obj {
	return obj{
		"id": m.App.ID, "slug": m.App.Slug, "node_id": world.NodeID("A", m.App.ID), "client_id": m.App.ClientID(), "name": m.App.Slug,
		"owner": m.UserJSON(m.App.Owner), "description": "", "external_url": "https://example.com",
		"html_url": m.URL + "/apps/" + m.App.Slug, "created_at": world.Timestamp(m.App.Created), "updated_at": world.Timestamp(m.App.Created),
		"permissions": m.App.Permissions, "events": m.App.Events,
	}
}

// InstallationJSON is an installation.
func (m Maker) InstallationJSON(inst *world.Installation) obj {
	kind := "User"
	if inst.Account.Kind == "Organization" {
		kind = "Organization"
	}
	api, account := m.APIURL(), m.UserJSON(inst.Account)
	var suspender any
	if !inst.Suspended.IsZero() {
		suspender = m.UserJSON(inst.Account)
	}
	// GitHub's description wants the fields of an enterprise as well.
	account["name"], account["slug"], account["created_at"], account["updated_at"] = inst.Account.Login, inst.Account.Login, world.Timestamp(inst.Created), world.Timestamp(inst.Created)
	return obj{
		"id": inst.ID, "account": account, "repository_selection": "all",
		"access_tokens_url": api + "app/installations/" + world.Decimal(inst.ID) + "/access_tokens",
		"repositories_url":  api + "installation/repositories", "html_url": m.URL + "/settings/installations/" + world.Decimal(inst.ID),
		"app_id": m.App.ID, "app_slug": m.App.Slug, "client_id": m.App.ClientID(), "target_id": inst.Account.ID, "target_type": kind,
		"permissions": maps.Clone(inst.Permissions), "events": slices.Clone(inst.Events), "created_at": world.Timestamp(inst.Created), "updated_at": world.Timestamp(inst.Created),
		"single_file_name": nil, "has_multiple_single_files": false, "single_file_paths": []string{}, "suspended_by": suspender, "suspended_at": world.Timestamp(inst.Suspended),
	}
}
