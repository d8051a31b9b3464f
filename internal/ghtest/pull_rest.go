package ghtest

import (
	"net/url"
	"slices"
	"strings"
)

var repoRoutes = []route{
	{"GET /repos/{owner}/{repo}", "metadata:read", (*Server).getRepo},
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
	return nil, c.goneIssue(int(n))
}

func (c *call) pull() (*issue, error) {
	i, err := c.issue()
	if err != nil || i.pull == nil {
		return nil, notFound("")
	}
	return i, nil
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
	return s.fullPull(c, i), nil
}

// fullPull is a pull request with what has to be computed.
func (s *Server) fullPull(c *call, i *issue) obj {
	o := s.pullJSON(c.repo, i, true)
	o["mergeable_state"] = strings.ToLower(c.repo.told(c, i, c.repo.mergeState))
	switch c.repo.told(c, i, c.repo.mergeable) {
	case "MERGEABLE":
		o["mergeable"] = true
	case "CONFLICTING":
		o["mergeable"] = false
	}
	return o
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
		out = append(out, s.fileJSON(c.repo, i.pull.headSHA, f))
	}
	return out, nil
}

func (s *Server) fileJSON(r *Repo, head string, f changedFile) obj {
	o := obj{
		"sha": f.sha, "filename": f.path, "status": f.status, "additions": f.additions, "deletions": f.deletions, "changes": f.additions + f.deletions,
		"blob_url":     s.URL + "/" + r.fullName() + "/blob/" + head + "/" + url.PathEscape(f.path),
		"raw_url":      s.URL + "/" + r.fullName() + "/raw/" + head + "/" + url.PathEscape(f.path),
		"contents_url": s.repoAPI(r) + "/contents/" + url.PathEscape(f.path) + "?ref=" + head,
	}
	if f.previous != "" {
		o["previous_filename"] = f.previous
	}
	if f.patch != "" {
		o["patch"] = f.patch
	}
	return o
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
	return s.commitsJSON(c.repo, page(c, d.commits[:min(len(d.commits), 250)]))
}

func (s *Server) commitJSON(r *Repo, c *commit) obj {
	api, html := s.repoAPI(r), s.URL+"/"+r.fullName()+"/commit/"
	parents := []obj{}
	for _, p := range c.parents {
		parents = append(parents, obj{"sha": p, "url": api + "/commits/" + p, "html_url": html + p})
	}
	account := func(email string) any {
		if login, ok := strings.CutSuffix(email, "@users.noreply.github.com"); ok && s.users[strings.ToLower(login)] != nil {
			return s.userJSON(s.account(login))
		}
		return nil
	}
	return obj{
		"sha": c.sha, "node_id": "C_" + c.sha, "url": api + "/commits/" + c.sha, "html_url": html + c.sha, "comments_url": api + "/commits/" + c.sha + "/comments",
		"author": account(c.authorEmail), "committer": account(c.committerEmail), "parents": parents,
		"commit": obj{
			"message": c.message, "author": obj{"name": c.author, "email": c.authorEmail, "date": timestamp(c.date)},
			"committer": obj{"name": c.committer, "email": c.committerEmail, "date": timestamp(c.committed)}, "tree": obj{"sha": c.tree, "url": api + "/git/trees/" + c.tree}, "comment_count": 0,
			"url": api + "/git/commits/" + c.sha, "verification": obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}
