package object

import (
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// obj is a JSON object.
type obj = map[string]any

// Maker makes the JSON objects that the REST API and webhooks share; the world's lock is held.
type Maker struct{ *world.World }

// UserJSON is GitHub's "simple user".
func (m Maker) UserJSON(u *world.User) obj {
	if u == nil {
		return nil
	}
	api := m.APIURL() + "users/" + u.Login
	return obj{
		"login": u.Login, "id": u.ID, "node_id": world.NodeID("U", u.ID), "type": u.Kind, "site_admin": false, "user_view_type": "public",
		"avatar_url": m.URL + "/avatars/" + world.Decimal(u.ID), "gravatar_id": "", "url": api, "html_url": m.URL + "/" + u.Login,
		"followers_url": api + "/followers", "following_url": api + "/following{/other_user}", "gists_url": api + "/gists{/gist_id}",
		"starred_url": api + "/starred{/owner}{/repo}", "subscriptions_url": api + "/subscriptions", "organizations_url": api + "/orgs",
		"repos_url": api + "/repos", "events_url": api + "/events{/privacy}", "received_events_url": api + "/received_events",
	}
}

// repoURLs are the addresses in a repository object, by the part after /repos/owner/name.
var repoURLs = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}", "branches_url": "/branches{/branch}",
	"collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}",
	"compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}",
	"git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "languages_url": "/languages", "merges_url": "/merges",
	"milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}", "subscribers_url": "/subscribers",
	"subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams", "trees_url": "/git/trees{/sha}", "url": "",
}

// RepoJSON is GitHub's repository object.
func (m Maker) RepoJSON(r *world.Repo) obj {
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	html := m.URL + "/" + r.FullName()
	o := obj{
		"id": r.ID, "node_id": world.NodeID("R", r.ID), "name": r.Name, "full_name": r.FullName(), "owner": m.UserJSON(r.Owner), "private": r.Private,
		"html_url": html, "description": nil, "fork": r.Parent != nil, "default_branch": r.DefaultBranch, "archived": r.Archived, "disabled": false,
		"visibility": visibility, "clone_url": html + ".git", "git_url": strings.Replace(html, "http:", "git:", 1) + ".git", "svn_url": html, "ssh_url": "git@example.com:" + r.FullName() + ".git", "mirror_url": nil,
		"homepage": nil, "language": "Python", "forks": len(r.Forks), "forks_count": len(r.Forks), "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 0,
		"open_issues": r.Open, "open_issues_count": r.Open, "topics": []string{}, "license": nil, "has_issues": true, "has_projects": false, "has_wiki": false,
		"has_pages": false, "has_downloads": true, "has_discussions": false, "allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
		"created_at": world.Timestamp(r.Created), "updated_at": world.Timestamp(r.Created), "pushed_at": world.Timestamp(r.Pushed),
	}
	for key, suffix := range repoURLs {
		o[key] = m.APIURL() + "repos/" + r.FullName() + suffix
	}
	return o
}

// LabelJSON is a label.
func (m Maker) LabelJSON(r *world.Repo, l *world.Label) obj {
	return obj{
		"id": l.ID, "node_id": world.NodeID("LA", l.ID), "url": m.RepoAPI(r) + "/labels/" + url.PathEscape(l.Name), "name": l.Name,
		"color": l.Color, "default": false, "description": l.Description,
	}
}

// LabelsJSON are labels by their names.
func (m Maker) LabelsJSON(r *world.Repo, names []string) []obj {
	out := []obj{}
	for _, name := range names {
		out = append(out, m.LabelJSON(r, r.Label(name)))
	}
	return out
}

// RepoAPI is a repository's address in the REST API, without a slash at the end.
func (m Maker) RepoAPI(r *world.Repo) string { return m.APIURL() + "repos/" + r.FullName() }

// PerformedVia is the App's entry in what it wrote itself, else null.
func (m Maker) PerformedVia(u *world.User) any {
	if u != m.App.Bot {
		return nil
	}
	return m.AppJSON()
}
