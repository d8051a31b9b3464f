package object

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// CheckJSON is a check run.
func (m Maker) CheckJSON(r *world.Repo, k *world.Check) obj {
	api := m.RepoAPI(r) + "/check-runs/" + world.Decimal(k.ID)
	o := obj{
		"id": k.ID, "node_id": world.NodeID("CR", k.ID), "head_sha": k.SHA, "external_id": k.ExternalID, "name": k.Name, "status": k.Status, "conclusion": world.Nullable(k.Conclusion),
		"url": api, "html_url": m.URL + "/" + r.FullName() + "/runs/" + world.Decimal(k.ID), "details_url": world.Nullable(k.DetailsURL), "started_at": world.Timestamp(k.Started),
		"completed_at": world.Timestamp(k.Completed), "app": m.AppJSON(), "check_suite": obj{"id": m.AppOf(k).ID}, "pull_requests": m.CheckPulls(r, k.SHA),
		"output": obj{"title": k.Title, "summary": k.Summary, "text": k.Text, "annotations_count": len(k.Annotations), "annotations_url": api + "/annotations"},
	}
	if other := m.AppOf(k); other != m.App {
		app := m.AppJSON()
		app["id"], app["slug"], app["node_id"], app["name"] = other.ID, other.Slug, world.NodeID("A", other.ID), other.Slug
		o["app"] = app
	}
	return o
}

// CheckPulls lists open pull requests with that head, but not those from forks: GitHub leaves those out.
func (m Maker) CheckPulls(r *world.Repo, sha string) []obj {
	out := []obj{}
	for _, i := range r.SortedIssues() {
		p := i.Pull
		if p == nil || p.HeadSHA != sha || p.HeadRepo != r || i.State != "open" {
			continue
		}
		repo := obj{"id": r.ID, "url": m.RepoAPI(r), "name": r.Name}
		out = append(out, obj{
			"id": i.ID, "number": i.Number, "url": m.pullAPI(r, i),
			"head": obj{"ref": p.HeadRef, "sha": p.HeadSHA, "repo": repo}, "base": obj{"ref": p.BaseRef, "sha": p.BaseSHA, "repo": repo},
		})
	}
	return out
}
