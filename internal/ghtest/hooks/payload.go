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
func (h *Hooks) heard(e world.Event) {
	if !h.w.App.Subscribed(e.Name) {
		return
	}
	d := Delivery{Event: e.Name}
	payload := obj{}
	if e.Action != "" {
		payload["action"] = e.Action
	}
	switch {
	case e.Installation != nil:
		h.addInstallation(payload, e.Installation)
	case e.Repo != nil:
		inst := h.w.Installation(e.Repo.Owner.Login)
		if inst == nil || !e.Repo.Installed || !inst.Suspended.IsZero() {
			return
		}
		h.addSubject(payload, e)
		payload["repository"] = h.o.RepoJSON(e.Repo)
		d.Repo, d.RepoID = e.Repo.FullName(), e.Repo.ID
		h.addAccount(&d, payload, inst)
	default:
		inst := h.w.Installation(e.By.Login)
		if inst == nil || !inst.Suspended.IsZero() {
			return
		}
		payload["team"] = h.o.TeamJSON(e.Team)
		if e.User != nil {
			payload["scope"], payload["member"] = "team", h.o.UserJSON(e.User)
		}
		h.addAccount(&d, payload, inst)
	}
	h.queue(d, e.By, payload)
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
	if err != nil { // we built something that JSON cannot have; tests see it as a delivery of the error
		data = []byte(`{"error":"encoding the payload"}`)
	}
	d.Payload = data
	h.add(d)
}

// addSubject adds what the event is about.
func (h *Hooks) addSubject(payload obj, e world.Event) {
	r, i := e.Repo, e.Issue
	switch e.Name {
	case "pull_request":
		payload["number"], payload["pull_request"] = i.Number, h.o.PullJSON(r, i, true)
		h.addDetail(payload, e)
	case "pull_request_review":
		payload["number"], payload["pull_request"], payload["review"] = i.Number, h.o.PullJSON(r, i, false), h.o.ReviewJSON(r, i, e.Review, false)
	case "issues":
		payload["issue"] = h.o.IssueJSON(r, i)
		h.addDetail(payload, e)
	case "issue_comment":
		payload["issue"], payload["comment"] = h.o.IssueJSON(r, i), h.o.CommentJSON(r, i, e.Comment)
		h.addDetail(payload, e)
	case "repository":
		if name, renamed := e.Was["name"]; renamed {
			payload["changes"] = obj{"repository": obj{"name": obj{"from": name}}}
		}
	case "push":
		h.addPush(payload, e)
	case "status":
		h.addStatus(payload, e)
	case "check_suite":
		app := e.Suite.App
		payload["check_suite"] = obj{
			"id": app.ID, "head_sha": e.Suite.SHA, "status": "completed", "conclusion": e.Suite.Conclusion, "app": obj{"id": app.ID, "slug": app.Slug, "name": app.Slug},
			"pull_requests": h.o.CheckPulls(r, e.Suite.SHA), "head_branch": nil,
		}
		if names := r.BranchesWith(e.Suite.SHA); len(names) > 0 {
			payload["check_suite"].(obj)["head_branch"] = names[0]
		}
	case "commit_comment":
		payload["comment"] = obj{
			"id": e.Comment.ID, "body": e.Comment.Body, "commit_id": e.Commit.SHA, "user": h.o.UserJSON(e.By), "author_association": "NONE",
			"created_at": world.Timestamp(e.Comment.Created), "updated_at": world.Timestamp(e.Comment.Updated),
		}
	case "merge_group":
		h.addGroup(payload, e)
	}
}

// addDetail adds what changed about an issue, a pull request or a comment.
func (h *Hooks) addDetail(payload obj, e world.Event) {
	changes := obj{}
	for _, name := range []string{"title", "body"} {
		if from, changed := e.Was[name]; changed {
			changes[name] = obj{"from": from}
		}
	}
	if from, changed := e.Was["base"]; changed {
		changes["base"] = obj{"ref": obj{"from": from}, "sha": obj{"from": e.Was["sha"]}}
	}
	if e.Other != nil {
		which := map[string]string{"transferred": "new", "opened": "old"}[e.Action]
		changes[which+"_issue"], changes[which+"_repository"] = h.o.IssueJSON(e.Other.Repo, e.Other), h.o.RepoJSON(e.Other.Repo)
	}
	if len(changes) > 0 {
		payload["changes"] = changes
	}
	if e.Label != nil {
		payload["label"] = h.o.LabelJSON(e.Repo, e.Label)
	}
	switch {
	case e.User == nil:
	case e.Action == "assigned" || e.Action == "unassigned":
		payload["assignee"] = h.o.UserJSON(e.User)
	default:
		payload["requested_reviewer"] = h.o.UserJSON(e.User)
	}
	if e.Milestone != "" {
		payload["milestone"] = h.o.MilestoneJSON(e.Repo, e.Milestone)
	}
	if e.Reason != "" {
		payload["reason"] = e.Reason
	}
	if e.After != "" {
		payload["before"], payload["after"] = e.Before, e.After
	}
}

// addPush adds what a push to a branch or tag brought.
func (h *Hooks) addPush(payload obj, e world.Event) {
	r, before, after := e.Repo, e.Before, e.After
	maps.Copy(payload, obj{
		"ref": e.Ref, "before": before, "after": after, "created": before == "", "deleted": after == "", "forced": false, "base_ref": nil,
		"compare": h.w.URL + "/" + r.FullName() + "/compare/" + before + "..." + after,
		"pusher":  obj{"name": e.By.Login, "email": gitstore.Noreply(e.By.Login)}, "commits": []obj{}, "head_commit": nil,
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
func (h *Hooks) addStatus(payload obj, e world.Event) {
	r, c := e.Repo, e.Commit
	maps.Copy(payload, h.o.StatusJSON(r, c.SHA, e.Status))
	for _, left := range []string{"url", "node_id", "creator"} {
		delete(payload, left)
	}
	branches := []obj{}
	for _, name := range r.BranchesWith(c.SHA) {
		tip := r.Refs["refs/heads/"+name]
		branches = append(branches, obj{"name": name, "protected": false, "commit": obj{"sha": tip, "url": h.o.RepoAPI(r) + "/commits/" + tip}})
	}
	payload["sha"], payload["name"], payload["commit"], payload["branches"] = c.SHA, r.FullName(), h.o.CommitJSON(r, c), branches
}

// addGroup adds the group of a merge queue.
func (h *Hooks) addGroup(payload obj, e world.Event) {
	q := e.Group
	group := obj{"head_sha": q.Head(), "head_ref": q.Ref(), "base_sha": q.Base, "base_ref": "refs/heads/" + q.Branch, "head_commit": nil}
	if c, err := e.Repo.Store.Commit(q.Head()); err == nil {
		group["head_commit"] = obj{
			"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": world.Timestamp(c.Committed),
			"author": obj{"name": c.Author, "email": c.AuthorEmail}, "committer": obj{"name": c.Committer, "email": c.CommitterEmail},
		}
	}
	payload["merge_group"] = group
	if e.Reason != "" {
		payload["reason"] = e.Reason
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
