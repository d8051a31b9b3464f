package object

import (
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// IssueJSON is an issue, or what issues and pull requests have in common.
func (m Maker) IssueJSON(r *world.Repo, i *world.Issue) obj {
	api, html := m.RepoAPI(r)+fmt.Sprintf("/issues/%d", i.Number), m.URL+"/"+r.FullName()+fmt.Sprintf("/issues/%d", i.Number)
	o := obj{
		"id": i.ID, "node_id": world.NodeID("I", i.ID), "number": i.Number, "title": i.Title, "body": world.Nullable(i.Body), "user": m.UserJSON(i.Author),
		"labels": m.LabelsJSON(r, i.Labels), "state": i.State, "state_reason": world.Nullable(i.Reason), "locked": i.Lock != nil, "active_lock_reason": lockReason(i), "assignee": m.firstUser(i.Assignees), "assignees": m.UsersJSON(i.Assignees),
		"milestone": m.milestoneJSON(r, i.Milestone), "comments": len(i.Comments), "created_at": world.Timestamp(i.Created), "updated_at": world.Timestamp(i.Updated), "closed_at": world.Timestamp(i.Closed),
		"author_association": i.Association, "url": api, "html_url": html, "repository_url": m.RepoAPI(r), "labels_url": api + "/labels{/name}",
		"comments_url": api + "/comments", "events_url": api + "/events", "timeline_url": api + "/timeline", "performed_via_github_app": m.PerformedVia(i.Author),
		"reactions": reactionsJSON(api, i.Reactions),
	}
	if p := i.Pull; p != nil {
		web := m.PullHTML(r, i)
		o["html_url"], o["draft"] = web, p.Draft
		o["pull_request"] = obj{"url": m.pullAPI(r, i), "html_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch", "merged_at": world.Timestamp(p.MergedAt)}
	}
	return o
}

func (m Maker) pullAPI(r *world.Repo, i *world.Issue) string {
	return m.RepoAPI(r) + fmt.Sprintf("/pulls/%d", i.Number)
}

// PullJSON is a pull request; full has the counts that lists leave out.
func (m Maker) PullJSON(r *world.Repo, i *world.Issue, full bool) obj {
	p, api := i.Pull, m.pullAPI(r, i)
	html, issueAPI := m.PullHTML(r, i), m.RepoAPI(r)+fmt.Sprintf("/issues/%d", i.Number)
	o := obj{
		"id": i.ID, "node_id": world.NodeID("PR", i.ID), "number": i.Number, "title": i.Title, "body": world.Nullable(i.Body), "user": m.UserJSON(i.Author),
		"labels": m.LabelsJSON(r, i.Labels), "state": i.State, "locked": i.Lock != nil, "active_lock_reason": lockReason(i), "draft": p.Draft, "assignee": m.firstUser(i.Assignees), "assignees": m.UsersJSON(i.Assignees),
		"requested_reviewers": m.UsersJSON(p.Reviewers), "requested_teams": []obj{}, "milestone": m.milestoneJSON(r, i.Milestone), "auto_merge": m.autoMergeJSON(p.Auto), "author_association": i.Association,
		"created_at": world.Timestamp(i.Created), "updated_at": world.Timestamp(i.Updated), "closed_at": world.Timestamp(i.Closed), "merged_at": world.Timestamp(p.MergedAt),
		"merge_commit_sha": world.Nullable(p.MergeSHA), "head": m.headJSON(p), "base": m.branchJSON(r, r.Owner, p.BaseRef, p.BaseSHA),
		"url": api, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "issue_url": issueAPI, "commits_url": api + "/commits",
		"review_comments_url": api + "/comments", "review_comment_url": m.RepoAPI(r) + "/pulls/comments{/number}", "comments_url": issueAPI + "/comments",
		"statuses_url": m.RepoAPI(r) + "/statuses/" + p.HeadSHA,
		"_links": links(map[string]string{
			"self": api, "html": html, "issue": issueAPI, "comments": issueAPI + "/comments", "review_comments": api + "/comments",
			"review_comment": m.RepoAPI(r) + "/pulls/comments{/number}", "commits": api + "/commits", "statuses": m.RepoAPI(r) + "/statuses/" + p.HeadSHA,
		}),
	}
	if !full {
		return o
	}
	o["merged"], o["merged_by"], o["mergeable"], o["rebaseable"], o["mergeable_state"] = p.Merged(), m.UserJSON(p.MergedBy), nil, nil, "unknown"
	o["comments"], o["review_comments"], o["maintainer_can_modify"] = len(i.Comments), 0, p.Maintainers
	o["commits"], o["additions"], o["deletions"], o["changed_files"] = 0, 0, 0, 0
	if d, err := r.PullDiff(p); err == nil {
		o["commits"], o["additions"], o["deletions"], o["changed_files"] = len(d.Commits), d.Additions, d.Deletions, len(d.Files)
	}
	return o
}

// autoMergeJSON is null where there is none.
func (m Maker) autoMergeJSON(a *world.AutoMerge) any {
	if a == nil {
		return nil
	}
	return obj{"enabled_by": m.UserJSON(a.By), "merge_method": a.Method, "commit_title": a.Title, "commit_message": a.Body}
}

// UsersJSON are users; none are an empty list.
func (m Maker) UsersJSON(users []*world.User) []obj {
	out := []obj{}
	for _, u := range users {
		out = append(out, m.UserJSON(u))
	}
	return out
}

// firstUser is what the API had before there could be several, or null.
func (m Maker) firstUser(users []*world.User) any {
	if len(users) == 0 {
		return nil
	}
	return m.UserJSON(users[0])
}

func links(addresses map[string]string) obj {
	o := obj{}
	for name, href := range addresses {
		o[name] = obj{"href": href}
	}
	return o
}

// headJSON is the head, whose repository is null when the fork was deleted.
func (m Maker) headJSON(p *world.Pull) obj {
	r := p.HeadRepo
	if r.Deleted {
		r = nil
	}
	return m.branchJSON(r, p.HeadOwner, p.HeadRef, p.HeadSHA)
}

func (m Maker) branchJSON(r *world.Repo, owner *world.User, ref, sha string) obj {
	o := obj{"label": owner.Login + ":" + ref, "ref": ref, "sha": sha, "user": m.UserJSON(owner), "repo": nil}
	if r != nil {
		o["repo"] = m.RepoJSON(r)
	}
	return o
}

// lockReason is that of the REST API, or null.
func lockReason(i *world.Issue) any {
	if i.Lock == nil {
		return nil
	}
	return world.Nullable(i.Lock.Reason)
}

// MilestoneJSON is a milestone; its number is made of the title, since nothing here lists milestones.
func (m Maker) MilestoneJSON(r *world.Repo, title string) obj {
	number := int64(len(title))
	api := m.RepoAPI(r) + "/milestones/" + world.Decimal(number)
	return obj{
		"url": api, "html_url": m.URL + "/" + r.FullName() + "/milestone/" + world.Decimal(number), "labels_url": api + "/labels", "id": number,
		"node_id": world.NodeID("MI", number), "number": number, "title": title, "description": nil, "creator": m.UserJSON(r.Owner), "open_issues": 1,
		"closed_issues": 0, "state": "open", "created_at": world.Timestamp(r.World.Now()), "updated_at": world.Timestamp(r.World.Now()), "due_on": nil, "closed_at": nil,
	}
}

// milestoneJSON is null for what is in no milestone.
func (m Maker) milestoneJSON(r *world.Repo, title string) any {
	if title == "" {
		return nil
	}
	return m.MilestoneJSON(r, title)
}
