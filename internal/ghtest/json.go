package ghtest

import (
	"encoding/base64"
	"maps"
	"net/url"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// nodeID is an opaque GraphQL id.
func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(kind+":"+itoa(id)))
}

// cloneObj is a copy to add keys to.
func cloneObj(o obj) obj {
	if o == nil {
		return obj{}
	}
	return maps.Clone(o)
}

// userJSON is GitHub's "simple user".
func (s *Server) userJSON(u *user) obj {
	if u == nil {
		return nil
	}
	api := s.APIURL() + "users/" + u.login
	return obj{
		"login": u.login, "id": u.id, "node_id": nodeID("U", u.id), "type": u.kind, "site_admin": false, "user_view_type": "public",
		"avatar_url": s.URL + "/avatars/" + itoa(u.id), "gravatar_id": "", "url": api, "html_url": s.URL + "/" + u.login,
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

// repoJSON is GitHub's repository object.
func (s *Server) repoJSON(r *Repo) obj {
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	html := s.URL + "/" + r.fullName()
	o := obj{
		"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(), "owner": s.userJSON(r.owner), "private": r.private,
		"html_url": html, "description": nil, "fork": r.parent != nil, "default_branch": r.defaultBranch, "archived": r.archived, "disabled": false,
		"visibility": visibility, "clone_url": html + ".git", "git_url": strings.Replace(html, "http:", "git:", 1) + ".git", "svn_url": html, "ssh_url": "git@example.com:" + r.fullName() + ".git", "mirror_url": nil,
		"homepage": nil, "language": "Python", "forks": len(r.forks), "forks_count": len(r.forks), "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 0,
		"open_issues": r.open, "open_issues_count": r.open, "topics": []string{}, "license": nil, "has_issues": true, "has_projects": false, "has_wiki": false,
		"has_pages": false, "has_downloads": true, "has_discussions": false, "allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
		"created_at": timestamp(r.created), "updated_at": timestamp(r.created), "pushed_at": timestamp(r.pushed),
	}
	for key, suffix := range repoURLs {
		o[key] = s.APIURL() + "repos/" + r.fullName() + suffix
	}
	return o
}

func (s *Server) labelJSON(r *Repo, l *label) obj {
	return obj{
		"id": l.id, "node_id": nodeID("LA", l.id), "url": s.repoAPI(r) + "/labels/" + url.PathEscape(l.name), "name": l.name,
		"color": l.color, "default": false, "description": l.description,
	}
}

func (s *Server) labelsJSON(r *Repo, names []string) []obj {
	out := []obj{}
	for _, name := range names {
		out = append(out, s.labelJSON(r, r.label(name)))
	}
	return out
}

func (s *Server) repoAPI(r *Repo) string { return s.APIURL() + "repos/" + r.fullName() }

// performedVia is the App's entry in what it wrote itself, else null.
func (s *Server) performedVia(u *user) any {
	if u != s.app.bot {
		return nil
	}
	return s.appJSON()
}
