package hooks

import (
	"encoding/json"
	"maps"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// obj is a JSON object.
type obj = map[string]any

// heard makes a delivery of what happened; the world's lock is held. Repositories and accounts without the App report nothing to it.
func (h *Hooks) heard(n world.Event) {
	d := Delivery{Event: n.Name}
	payload := obj{}
	if n.Action != "" {
		payload["action"] = n.Action
	}
	switch {
	case n.Installation != nil:
		h.addInstallation(payload, n.Installation)
	case n.Repo != nil:
		inst := h.w.Installation(n.Repo.Owner.Login)
		if inst == nil || !n.Repo.Installed || !inst.Suspended.IsZero() {
			return
		}
		h.addSubject(payload, n)
		payload["repository"] = h.o.RepoJSON(n.Repo)
		d.Repo, d.RepoID = n.Repo.FullName(), n.Repo.ID
		h.addAccount(&d, payload, inst)
	default:
		inst := h.w.Installation(n.By.Login)
		if inst == nil || !inst.Suspended.IsZero() {
			return
		}
		payload["team"] = h.o.TeamJSON(n.Team)
		if n.User != nil {
			payload["scope"], payload["member"] = "team", h.o.UserJSON(n.User)
		}
		h.addAccount(&d, payload, inst)
	}
	h.queue(d, n.By, payload)
}

// addAccount adds where the App is installed.
func (h *Hooks) addAccount(d *Delivery, payload obj, inst *world.Installation) {
	owner := inst.Account
	d.Install = inst.ID
	api := h.w.APIURL() + "orgs/" + owner.Login
	payload["organization"] = obj{
		"login": owner.Login, "id": owner.ID, "node_id": world.NodeID("O", owner.ID), "url": api, "repos_url": api + "/repos", "events_url": api + "/events", "hooks_url": api + "/hooks",
		"issues_url": api + "/issues", "members_url": api + "/members{/member}", "public_members_url": api + "/public_members{/member}",
		"description": "", "avatar_url": h.w.URL + "/avatars/" + world.Decimal(owner.ID),
	}
	payload["installation"] = obj{"id": inst.ID, "node_id": world.NodeID("IN", inst.ID)}
}

func (h *Hooks) queue(d Delivery, by *world.User, payload obj) {
	payload["sender"] = h.o.UserJSON(by)
	d.Action, _ = payload["action"].(string)
	d.Number, _ = payload["number"].(int)
	if issue, ok := payload["issue"].(obj); ok {
		d.Number, _ = issue["number"].(int)
	}
	data, err := json.Marshal(payload)
	if err != nil { // we built something that is no JSON; tests see it as a delivery of the error
		data = []byte(`{"error":"encoding the payload"}`)
	}
	d.Payload = data
	h.add(d)
}

// addSubject adds what the event is about.
func (h *Hooks) addSubject(payload obj, n world.Event) {
	r, i := n.Repo, n.Issue
	switch n.Name {
	case "pull_request":
		payload["number"], payload["pull_request"] = i.Number, h.o.PullJSON(r, i, true)
		h.addDetail(payload, n)
	case "pull_request_review":
		payload["number"], payload["pull_request"], payload["review"] = i.Number, h.o.PullJSON(r, i, false), h.o.ReviewJSON(r, i, n.Review, false)
	case "issues":
		payload["issue"] = h.o.IssueJSON(r, i)
		h.addDetail(payload, n)
	case "issue_comment":
		payload["issue"], payload["comment"] = h.o.IssueJSON(r, i), h.o.CommentJSON(r, i, n.Comment)
		h.addDetail(payload, n)
	case "repository":
		if name, renamed := n.Was["name"]; renamed {
			payload["changes"] = obj{"repository": obj{"name": obj{"from": name}}}
		}
	case "push":
		h.addPush(payload, n)
	case "status":
		h.addStatus(payload, n)
	case "check_suite":
		app := n.Suite.App
		payload["check_suite"] = obj{
			"id": app.ID, "head_sha": n.Suite.SHA, "status": "completed", "conclusion": n.Suite.Conclusion, "app": obj{"id": app.ID, "slug": app.Slug, "name": app.Slug},
			"pull_requests": h.o.CheckPulls(r, n.Suite.SHA),
		}
	case "merge_group":
		h.addGroup(payload, n)
	}
}

// addDetail adds what changed about an issue, a pull request or a comment.
func (h *Hooks) addDetail(payload obj, n world.Event) {
	changes := obj{}
	for _, name := range []string{"title", "body"} {
		if from, changed := n.Was[name]; changed {
			changes[name] = obj{"from": from}
		}
	}
	if from, changed := n.Was["base"]; changed {
		changes["base"] = obj{"ref": obj{"from": from}, "sha": obj{"from": n.Was["sha"]}}
	}
	if n.Other != nil {
		which := map[string]string{"transferred": "new", "opened": "old"}[n.Action]
		changes[which+"_issue"], changes[which+"_repository"] = h.o.IssueJSON(n.Other.Repo, n.Other), h.o.RepoJSON(n.Other.Repo)
	}
	if len(changes) > 0 {
		payload["changes"] = changes
	}
	if n.Label != nil {
		payload["label"] = h.o.LabelJSON(n.Repo, n.Label)
	}
	switch {
	case n.User == nil:
	case n.Action == "assigned" || n.Action == "unassigned":
		payload["assignee"] = h.o.UserJSON(n.User)
	default:
		payload["requested_reviewer"] = h.o.UserJSON(n.User)
	}
	if n.Reason != "" {
		payload["reason"] = n.Reason
	}
	if n.After != "" {
		payload["before"], payload["after"] = n.Before, n.After
	}
}

// addPush adds what a push to a branch or tag brought.
func (h *Hooks) addPush(payload obj, n world.Event) {
	r, before, after := n.Repo, n.Before, n.After
	maps.Copy(payload, obj{
		"ref": n.Ref, "before": before, "after": after, "created": before == "", "deleted": after == "", "forced": false, "base_ref": nil,
		"compare": h.w.URL + "/" + r.FullName() + "/compare/" + before + "..." + after,
		"pusher":  obj{"name": n.By.Login, "email": gitstore.Noreply(n.By.Login)}, "commits": []obj{}, "head_commit": nil,
	})
	if before == "" {
		payload["before"] = gitstore.ZeroSHA
	}
	if after == "" {
		payload["after"] = gitstore.ZeroSHA
		return
	}
	shas := []string{after}
	if before != "" {
		mergeBase, between, err := r.Store.Between(before, after)
		if err != nil {
			return
		}
		payload["forced"], shas = mergeBase != before, between
	}
	const most = 2048 // GitHub lists no more
	commits := []obj{}
	for _, sha := range shas[:min(len(shas), most)] {
		c, err := r.Store.Commit(r.Peel(sha))
		if err != nil {
			continue
		}
		commits = append(commits, h.commit(r, c))
	}
	payload["commits"] = commits
	if len(commits) > 0 {
		payload["head_commit"] = commits[len(commits)-1]
	}
}

// commit is one of a push.
func (h *Hooks) commit(r *world.Repo, c *gitstore.Commit) obj {
	who := obj{"name": c.Author, "email": c.AuthorEmail, "username": c.Author}
	files := r.Store.Touched(c)
	return obj{
		"id": c.SHA, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": world.Timestamp(c.Date),
		"url": h.w.URL + "/" + r.FullName() + "/commit/" + c.SHA, "author": who, "committer": who,
		"added": files.Added, "removed": files.Removed, "modified": files.Modified,
	}
}

// addStatus adds a status, whoever set it: a third party's comes so and in no other way (dt-mergebot#2). It names no pull request,
// and branches of the repository alone: none for the head of a fork.
func (h *Hooks) addStatus(payload obj, n world.Event) {
	r, c := n.Repo, n.Commit
	maps.Copy(payload, h.o.StatusJSON(r, c.SHA, n.Status))
	for _, left := range []string{"url", "node_id", "creator"} {
		delete(payload, left)
	}
	branches := []obj{}
	for _, name := range r.Branches() {
		if tip := r.Refs["refs/heads/"+name]; tip == c.SHA && len(branches) < 10 {
			branches = append(branches, obj{"name": name, "protected": false, "commit": obj{"sha": tip, "url": h.o.RepoAPI(r) + "/commits/" + tip}})
		}
	}
	payload["sha"], payload["name"], payload["commit"], payload["branches"] = c.SHA, r.FullName(), h.o.CommitJSON(r, c), branches
}

// addGroup adds the group of a merge queue.
func (h *Hooks) addGroup(payload obj, n world.Event) {
	q := n.Group
	group := obj{"head_sha": q.Head(), "head_ref": q.Ref(), "base_sha": q.Base, "base_ref": "refs/heads/" + q.Branch, "head_commit": nil}
	if c, err := n.Repo.Store.Commit(q.Head()); err == nil {
		group["head_commit"] = obj{
			"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": world.Timestamp(c.Committed),
			"author": obj{"name": c.Author, "email": c.AuthorEmail}, "committer": obj{"name": c.Committer, "email": c.CommitterEmail},
		}
	}
	payload["merge_group"] = group
	if n.Reason != "" {
		payload["reason"] = n.Reason
	}
}

// addInstallation adds an installation with its repositories.
func (h *Hooks) addInstallation(payload obj, inst *world.Installation) {
	repos := []obj{}
	for _, r := range h.w.RepoList {
		if r.Owner == inst.Account && r.Installed {
			repos = append(repos, obj{"id": r.ID, "node_id": world.NodeID("R", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private})
		}
	}
	payload["installation"], payload["repositories"] = h.o.InstallationJSON(inst), repos
}
