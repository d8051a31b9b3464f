package object

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// StatusJSON is a commit's status.
func (m Maker) StatusJSON(r *world.Repo, sha string, st *world.Status) obj {
	o := obj{
		"url": m.RepoAPI(r) + "/statuses/" + sha, "id": st.ID, "node_id": world.NodeID("SC", st.ID), "state": st.State, "description": nil, "target_url": nil,
		"context": st.Context, "avatar_url": m.URL + "/avatars/" + world.Decimal(st.Creator.ID), "created_at": world.Timestamp(st.Created), "updated_at": world.Timestamp(st.Created),
		"creator": m.UserJSON(st.Creator),
	}
	for key, value := range map[string]string{"description": st.Description, "target_url": st.TargetURL} {
		if value != "" {
			o[key] = value
		}
	}
	return o
}
