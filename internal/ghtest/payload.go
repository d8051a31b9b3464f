package ghtest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// hookEvents are those that the App is subscribed to.
var hookEvents = []string{"check_run", "issue_comment", "issues", "membership", "merge_group", "pull_request", "pull_request_review", "push", "repository", "status", "team"}

const zeroSHA = "0000000000000000000000000000000000000000"

// fire completes a payload and queues it; the server's lock is held. Repositories without the App tell it nothing.
func (h *hooks) fire(event string, r *Repo, by *user, payload obj) {
	d := Delivery{Event: event}
	if r != nil {
		inst := h.s.installs[strings.ToLower(r.owner.login)]
		if inst == nil || !r.installed || !inst.suspended.IsZero() {
			return
		}
		payload["repository"] = h.s.repoJSON(r)
		d.Repo, d.RepoID = r.fullName(), r.id
		h.installed(&d, inst, payload)
	}
	h.queue(d, by, payload)
}

// fireOrg is fire for what an organization tells.
func (h *hooks) fireOrg(event string, org *user, payload obj) {
	d := Delivery{Event: event}
	if inst := h.s.installs[strings.ToLower(org.login)]; inst != nil && inst.suspended.IsZero() {
		h.installed(&d, inst, payload)
		h.queue(d, org, payload)
	}
}

// installed adds where the App is installed.
func (h *hooks) installed(d *Delivery, inst *installation, payload obj) {
	owner := inst.account
	d.Install = inst.id
	api := h.s.APIURL() + "orgs/" + owner.login
	payload["organization"] = obj{
		"login": owner.login, "id": owner.id, "node_id": nodeID("O", owner.id), "url": api, "repos_url": api + "/repos", "events_url": api + "/events", "hooks_url": api + "/hooks",
		"issues_url": api + "/issues", "members_url": api + "/members{/member}", "public_members_url": api + "/public_members{/member}",
		"description": "", "avatar_url": h.s.URL + "/avatars/" + itoa(owner.id),
	}
	payload["installation"] = obj{"id": inst.id, "node_id": nodeID("IN", inst.id)}
}

func (h *hooks) queue(d Delivery, by *user, payload obj) {
	payload["sender"] = h.s.userJSON(by)
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

func (h *hooks) pullRequest(r *Repo, action string, i *issue, by *user, extra obj) {
	h.s.keep(i)
	payload := cloneObj(extra)
	payload["action"], payload["number"], payload["pull_request"] = action, i.number, h.s.pullJSON(r, i, true)
	h.fire("pull_request", r, by, payload)
}

func (h *hooks) issue(r *Repo, action string, i *issue, by *user, extra obj) {
	h.s.keep(i)
	payload := cloneObj(extra)
	payload["action"], payload["issue"] = action, h.s.issueJSON(r, i)
	h.fire("issues", r, by, payload)
}

func (h *hooks) comment(r *Repo, action string, i *issue, c *comment, by *user, extra obj) {
	h.s.keep(i)
	payload := cloneObj(extra)
	payload["action"], payload["issue"], payload["comment"] = action, h.s.issueJSON(r, i), h.s.commentJSON(r, i, c)
	h.fire("issue_comment", r, by, payload)
}

func (h *hooks) review(r *Repo, action string, i *issue, v *review, by *user) {
	h.s.keep(i)
	h.fire("pull_request_review", r, by, obj{"action": action, "number": i.number, "pull_request": h.s.pullJSON(r, i, false), "review": h.s.reviewJSON(r, i, v, false)})
}

func (h *hooks) repository(r *Repo, action string, extra obj) {
	payload := cloneObj(extra)
	payload["action"] = action
	h.fire("repository", r, r.owner, payload)
}

// push tells of a moved branch or tag.
func (h *hooks) push(r *Repo, ref, before, after string, by *user) {
	payload := obj{
		"ref": ref, "before": before, "after": after, "created": before == "", "deleted": after == "", "forced": false, "base_ref": nil,
		"compare": h.s.URL + "/" + r.fullName() + "/compare/" + before + "..." + after,
		"pusher":  obj{"name": by.login, "email": noreply(by.login)}, "commits": []obj{}, "head_commit": nil,
	}
	if !r.installed {
		return
	}
	if before == "" {
		payload["before"] = zeroSHA
	}
	if after == "" {
		payload["after"] = zeroSHA
	} else {
		r.pushedCommits(payload, before, after)
	}
	h.fire("push", r, by, payload)
}

func (r *Repo) pushedCommits(payload obj, before, after string) {
	shas := []string{after}
	if before != "" {
		mergeBase, between, err := r.store.between(before, after)
		if err != nil {
			return
		}
		payload["forced"], shas = mergeBase != before, between
	}
	const most = 2048 // GitHub lists no more
	commits := []obj{}
	for _, sha := range shas[:min(len(shas), most)] {
		c, err := r.store.commit(r.peel(sha))
		if err != nil {
			continue
		}
		who := obj{"name": c.author, "email": c.authorEmail, "username": c.author}
		files := r.store.touched(c)
		commits = append(commits, obj{
			"id": c.sha, "tree_id": c.tree, "distinct": true, "message": c.message, "timestamp": timestamp(c.date),
			"url": r.srv.URL + "/" + r.fullName() + "/commit/" + c.sha, "author": who, "committer": who,
			"added": files["added"], "removed": files["removed"], "modified": files["modified"],
		})
	}
	payload["commits"] = commits
	if len(commits) > 0 {
		payload["head_commit"] = commits[len(commits)-1]
	}
}

// touched are the files of a commit against its first parent, as a push lists them: a renamed one is removed and added.
func (st *store) touched(c *commit) map[string][]string {
	files := map[string][]string{"added": {}, "removed": {}, "modified": {}}
	before := ""
	if len(c.parents) > 0 {
		parent, err := st.commit(c.parents[0])
		if err != nil {
			return files // a shallow history
		}
		before = parent.tree
	}
	var found []change
	if err := st.changes(before, c.tree, "", &found); err != nil {
		return files
	}
	slices.SortFunc(found, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	for _, f := range found {
		kind := "modified"
		switch {
		case f.old.sha == "":
			kind = "added"
		case f.new.sha == "":
			kind = "removed"
		}
		files[kind] = append(files[kind], f.path)
	}
	return files
}

func (h *hooks) installation(action string, inst *installation) {
	repos := []obj{}
	for _, r := range h.s.repoList {
		if r.owner == inst.account && r.installed {
			repos = append(repos, obj{"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(), "private": r.private})
		}
	}
	h.fire("installation", nil, inst.account, obj{"action": action, "installation": h.s.installationJSON(inst), "repositories": repos})
}

// Ping fires a ping, as GitHub does when a webhook is set up.
func (s *Server) Ping() {
	s.hooks.mu.Lock()
	url := s.hooks.hook.URL
	s.hooks.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.fire("ping", nil, s.account(s.app.slug+"-owner"), obj{
		"zen": "Message for you, sir!", "hook_id": 1,
		"hook": obj{"type": "App", "id": 1, "name": "web", "active": true, "events": hookEvents, "app_id": s.app.id,
			"config": obj{"content_type": "json", "insecure_ssl": "0", "url": url}},
	})
}
