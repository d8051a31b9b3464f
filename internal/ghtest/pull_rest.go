package ghtest

import (
	"net/url"
	"slices"
	"strings"
)

var repoRoutes = []route{
	{"GET /repos/{owner}/{repo}", "metadata:read", (*Server).getRepo},
	{"GET /repos/{owner}/{repo}/branches/{branch...}", "contents:read", (*Server).getBranch},
	{"GET /users/{login}", "", (*Server).getUser},
}

var pullRoutes = []route{
	{"GET /repos/{owner}/{repo}/pulls", "pull_requests:read", (*Server).listPulls},
	{"GET /repos/{owner}/{repo}/pulls/{number}", "pull_requests:read", (*Server).getPull},
	{"GET /repos/{owner}/{repo}/pulls/{number}/files", "pull_requests:read", (*Server).listPullFiles},
	{"GET /repos/{owner}/{repo}/pulls/{number}/commits", "pull_requests:read", (*Server).listPullCommits},
	{"GET /repos/{owner}/{repo}/issues/{number}", "issues|pull_requests:read", (*Server).getIssue},
}

func (s *Server) getRepo(c *call) (any, error) {
	o := s.repoJSON(c.repo)
	if c.repo.parent != nil {
		o["parent"], o["source"] = s.repoJSON(c.repo.parent), s.repoJSON(c.repo.parent)
	}
	o["network_count"], o["subscribers_count"] = len(c.repo.forks), 0
	return o, nil
}

func (s *Server) getBranch(c *call) (any, error) {
	name := c.PathValue("branch")
	sha, ok := c.repo.refs["refs/heads/"+name]
	if !ok {
		return nil, notFound("Branch not found")
	}
	head, err := c.repo.store.commit(sha)
	if err != nil {
		return nil, err
	}
	api := s.repoAPI(c.repo) + "/branches/" + name
	return obj{
		"name": name, "commit": s.commitJSON(c.repo, head), "protected": false, "protection_url": api + "/protection",
		"_links":     obj{"self": api, "html": s.URL + "/" + c.repo.fullName() + "/tree/" + name},
		"protection": obj{"enabled": false, "required_status_checks": obj{"enforcement_level": "off", "contexts": []string{}, "checks": []obj{}}},
	}, nil
}

func (s *Server) getUser(c *call) (any, error) {
	u := s.users[strings.ToLower(c.PathValue("login"))]
	if u == nil {
		return nil, notFound("")
	}
	o := cloneObj(s.userJSON(u))
	for _, key := range []string{"name", "company", "location", "email", "hireable", "bio"} {
		o[key] = nil
	}
	for _, key := range []string{"public_repos", "public_gists", "followers", "following"} {
		o[key] = 0
	}
	o["blog"], o["created_at"], o["updated_at"] = "", timestamp(s.app.created), timestamp(s.app.created)
	return o, nil
}

func (s *Server) listPulls(c *call) (any, error) {
	q := c.URL.Query()
	state := q.Get("state")
	if state == "" {
		state = "open"
	}
	var found []*issue
	for _, i := range c.repo.sortedIssues() {
		if i.pull == nil || (state != "all" && i.state != state) || (q.Get("base") != "" && i.pull.baseRef != q.Get("base")) ||
			(q.Get("head") != "" && !strings.EqualFold(i.pull.headOwner.login+":"+i.pull.headRef, q.Get("head"))) {
			continue
		}
		found = append(found, i)
	}
	if q.Get("sort") == "updated" {
		slices.SortStableFunc(found, func(a, b *issue) int { return a.updated.Compare(b.updated) })
	}
	if q.Get("direction") == "desc" || (q.Get("direction") == "" && q.Get("sort") != "updated") {
		slices.Reverse(found)
	}
	out := []obj{}
	for _, i := range page(c, found) {
		out = append(out, s.pullJSON(c.repo, i, false))
	}
	return out, nil
}

// issue finds what {number} names.
func (c *call) issue() (*issue, error) {
	n, err := c.number("number")
	if err != nil {
		return nil, err
	}
	if i := c.repo.issues[int(n)]; i != nil {
		return i, nil
	}
	return nil, notFound("")
}

func (c *call) pull() (*issue, error) {
	i, err := c.issue()
	if err == nil && i.pull == nil {
		return nil, notFound("")
	}
	return i, err
}

func (s *Server) getIssue(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.issueJSON(c.repo, i), nil
}

func (s *Server) getPull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	o := s.pullJSON(c.repo, i, true)
	switch c.repo.mergeable(i) {
	case "MERGEABLE":
		o["mergeable"], o["mergeable_state"] = true, "clean"
	case "CONFLICTING":
		o["mergeable"], o["mergeable_state"] = false, "dirty"
	}
	return o, nil
}

// listPullFiles lists at most 3000 files, as GitHub does.
func (s *Server) listPullFiles(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	d, err := c.repo.pullDiff(i.pull)
	if err == nil {
		d, err = c.repo.withPatches(d, i.pull.headSHA)
	}
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, f := range page(c, d.files[:min(len(d.files), 3000)]) {
		o := obj{
			"sha": f.sha, "filename": f.path, "status": f.status, "additions": f.additions, "deletions": f.deletions, "changes": f.additions + f.deletions,
			"blob_url":     s.URL + "/" + c.repo.fullName() + "/blob/" + i.pull.headSHA + "/" + url.PathEscape(f.path),
			"raw_url":      s.URL + "/" + c.repo.fullName() + "/raw/" + i.pull.headSHA + "/" + url.PathEscape(f.path),
			"contents_url": s.repoAPI(c.repo) + "/contents/" + url.PathEscape(f.path) + "?ref=" + i.pull.headSHA,
		}
		if f.previous != "" {
			o["previous_filename"] = f.previous
		}
		if f.patch != "" {
			o["patch"] = f.patch
		}
		out = append(out, o)
	}
	return out, nil
}

// listPullCommits lists at most 250 commits, as GitHub does.
func (s *Server) listPullCommits(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	d, err := c.repo.pullDiff(i.pull)
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, sha := range page(c, d.commits[:min(len(d.commits), 250)]) {
		commit, err := c.repo.store.commit(sha)
		if err != nil {
			return nil, err
		}
		out = append(out, s.commitJSON(c.repo, commit))
	}
	return out, nil
}

func (s *Server) commitJSON(r *Repo, c *commit) obj {
	api, html := s.repoAPI(r), s.URL+"/"+r.fullName()+"/commit/"
	parents := []obj{}
	for _, p := range c.parents {
		parents = append(parents, obj{"sha": p, "url": api + "/commits/" + p, "html_url": html + p})
	}
	who := obj{"name": c.author, "email": c.authorEmail, "date": timestamp(c.date)}
	var account any
	if login, ok := strings.CutSuffix(c.authorEmail, "@users.noreply.github.com"); ok && s.users[strings.ToLower(login)] != nil {
		account = s.userJSON(s.account(login))
	}
	return obj{
		"sha": c.sha, "node_id": "C_" + c.sha, "url": api + "/commits/" + c.sha, "html_url": html + c.sha, "comments_url": api + "/commits/" + c.sha + "/comments",
		"author": account, "committer": account, "parents": parents,
		"commit": obj{
			"message": c.message, "author": who, "committer": who, "tree": obj{"sha": c.tree, "url": api + "/git/trees/" + c.tree}, "comment_count": 0,
			"url": api + "/git/commits/" + c.sha, "verification": obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}
