package ghtest

import "fmt"

func (s *Server) issueJSON(r *Repo, i *issue) obj {
	api, html := s.repoAPI(r)+fmt.Sprintf("/issues/%d", i.number), s.URL+"/"+r.fullName()+fmt.Sprintf("/issues/%d", i.number)
	o := obj{
		"id": i.id, "node_id": nodeID("I", i.id), "number": i.number, "title": i.title, "body": body(i.body), "user": s.userJSON(i.author),
		"labels": s.labelsJSON(r, i.labels), "state": i.state, "state_reason": body(i.reason), "locked": i.lock != nil, "active_lock_reason": i.lockReason(), "assignee": s.firstUser(i.assignees), "assignees": s.usersJSON(i.assignees),
		"milestone": nil, "comments": len(i.comments), "created_at": timestamp(i.created), "updated_at": timestamp(i.updated), "closed_at": timestamp(i.closed),
		"author_association": i.association, "url": api, "html_url": html, "repository_url": s.repoAPI(r), "labels_url": api + "/labels{/name}",
		"comments_url": api + "/comments", "events_url": api + "/events", "timeline_url": api + "/timeline", "performed_via_github_app": s.performedVia(i.author),
		"reactions": reactionsJSON(api, i.reactions),
	}
	if p := i.pull; p != nil {
		web := s.pullHTML(r, i)
		o["html_url"], o["draft"] = web, p.draft
		o["pull_request"] = obj{"url": s.pullAPI(r, i), "html_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch", "merged_at": timestamp(p.mergedAt)}
	}
	return o
}

func body(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// issueHTML is the page of an issue or pull request.
func (s *Server) issueHTML(r *Repo, i *issue) string {
	if i.pull != nil {
		return s.pullHTML(r, i)
	}
	return s.URL + "/" + r.fullName() + fmt.Sprintf("/issues/%d", i.number)
}

func (s *Server) pullHTML(r *Repo, i *issue) string {
	return s.URL + "/" + r.fullName() + fmt.Sprintf("/pull/%d", i.number)
}

func (s *Server) pullAPI(r *Repo, i *issue) string {
	return s.repoAPI(r) + fmt.Sprintf("/pulls/%d", i.number)
}

// pullJSON is a pull request; full has the counts that lists leave out.
func (s *Server) pullJSON(r *Repo, i *issue, full bool) obj {
	p, api := i.pull, s.pullAPI(r, i)
	html, issueAPI := s.pullHTML(r, i), s.repoAPI(r)+fmt.Sprintf("/issues/%d", i.number)
	o := obj{
		"id": i.id, "node_id": nodeID("PR", i.id), "number": i.number, "title": i.title, "body": body(i.body), "user": s.userJSON(i.author),
		"labels": s.labelsJSON(r, i.labels), "state": i.state, "locked": i.lock != nil, "active_lock_reason": i.lockReason(), "draft": p.draft, "assignee": s.firstUser(i.assignees), "assignees": s.usersJSON(i.assignees),
		"requested_reviewers": s.usersJSON(p.reviewers), "requested_teams": []obj{}, "milestone": nil, "auto_merge": s.autoMergeJSON(p.auto), "author_association": i.association,
		"created_at": timestamp(i.created), "updated_at": timestamp(i.updated), "closed_at": timestamp(i.closed), "merged_at": timestamp(p.mergedAt),
		"merge_commit_sha": body(p.mergeSHA), "head": s.headJSON(p), "base": s.branchJSON(r, r.owner, p.baseRef, p.baseSHA),
		"url": api, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "issue_url": issueAPI, "commits_url": api + "/commits",
		"review_comments_url": api + "/comments", "review_comment_url": s.repoAPI(r) + "/pulls/comments{/number}", "comments_url": issueAPI + "/comments",
		"statuses_url": s.repoAPI(r) + "/statuses/" + p.headSHA,
		"_links": links(map[string]string{
			"self": api, "html": html, "issue": issueAPI, "comments": issueAPI + "/comments", "review_comments": api + "/comments",
			"review_comment": s.repoAPI(r) + "/pulls/comments{/number}", "commits": api + "/commits", "statuses": s.repoAPI(r) + "/statuses/" + p.headSHA,
		}),
	}
	if !full {
		return o
	}
	o["merged"], o["merged_by"], o["mergeable"], o["rebaseable"], o["mergeable_state"] = p.merged(), s.userJSON(p.mergedBy), nil, nil, "unknown"
	o["comments"], o["review_comments"], o["maintainer_can_modify"] = len(i.comments), 0, p.maintainers
	o["commits"], o["additions"], o["deletions"], o["changed_files"] = 0, 0, 0, 0
	if d, err := r.pullDiff(p); err == nil {
		o["commits"], o["additions"], o["deletions"], o["changed_files"] = len(d.commits), d.additions, d.deletions, len(d.files)
	}
	return o
}

// autoMergeJSON is null where there is none.
func (s *Server) autoMergeJSON(a *autoMerge) any {
	if a == nil {
		return nil
	}
	return obj{"enabled_by": s.userJSON(a.by), "merge_method": a.method, "commit_title": a.title, "commit_message": a.body}
}

func (s *Server) usersJSON(users []*user) []obj {
	out := []obj{}
	for _, u := range users {
		out = append(out, s.userJSON(u))
	}
	return out
}

// firstUser is what the API had before there could be several, or null.
func (s *Server) firstUser(users []*user) any {
	if len(users) == 0 {
		return nil
	}
	return s.userJSON(users[0])
}

func links(addresses map[string]string) obj {
	o := obj{}
	for name, href := range addresses {
		o[name] = obj{"href": href}
	}
	return o
}

// headJSON is the head, whose repository is null when the fork was deleted.
func (s *Server) headJSON(p *pull) obj {
	r := p.headRepo
	if r.deleted {
		r = nil
	}
	return s.branchJSON(r, p.headOwner, p.headRef, p.headSHA)
}

func (s *Server) branchJSON(r *Repo, owner *user, ref, sha string) obj {
	o := obj{"label": owner.login + ":" + ref, "ref": ref, "sha": sha, "user": s.userJSON(owner), "repo": nil}
	if r != nil {
		o["repo"] = s.repoJSON(r)
	}
	return o
}

// pullDiff compares the head with the base branch of now; of a merged pull request with the base before the merge.
func (r *Repo) pullDiff(p *pull) (*diff, error) {
	base := p.baseSHA
	if tip := r.refs["refs/heads/"+p.baseRef]; tip != "" && !p.merged() {
		base = tip
	}
	return r.diff(base, p.headSHA)
}
