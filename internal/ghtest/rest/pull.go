package rest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var repoRoutes = []route{
	{"GET /repos/{owner}/{repo}", "metadata:read", (*server).getRepo},
	{"GET /users/{login}", "", (*server).getUser},
	{"GET /user", "", (*server).getMe},
}

var pullRoutes = []route{
	{"GET /repos/{owner}/{repo}/pulls", "pull_requests:read", (*server).listPulls},
	{"GET /repos/{owner}/{repo}/pulls/{number}", "pull_requests:read", (*server).getPull},
	{"GET /repos/{owner}/{repo}/pulls/{number}/files", "pull_requests:read", (*server).listPullFiles},
	{"GET /repos/{owner}/{repo}/pulls/{number}/commits", "pull_requests:read", (*server).listPullCommits},
	{"GET /repos/{owner}/{repo}/issues/{number}", "issues|pull_requests:read", (*server).getIssue},
}

func (s *server) getRepo(c *call) (any, error) {
	o := s.RepoJSON(c.Repo)
	if c.Repo.Parent != nil {
		o["parent"], o["source"] = s.RepoJSON(c.Repo.Parent), s.RepoJSON(c.Repo.Parent)
	}
	o["network_count"], o["subscribers_count"] = len(c.Repo.Forks), 0
	return o, nil
}

func (s *server) getUser(c *call) (any, error) {
	u := s.User(c.PathValue("login"))
	if u == nil {
		return nil, world.NotFound("")
	}
	return s.userJSON(u), nil
}

// getMe is the account of a person's token ("Get the authenticated user").
func (s *server) getMe(c *call) (any, error) {
	switch {
	case c.Actor.Token == nil:
		return nil, world.Unauthorized("Requires authentication")
	case c.Actor.Token.Inst != nil:
		return nil, world.Forbidden()
	}
	return s.userJSON(c.Actor.Token.User), nil
}

// userJSON is an account with its profile.
func (s *server) userJSON(u *world.User) obj {
	o := s.UserJSON(u)
	for _, key := range []string{"name", "company", "location", "email", "hireable", "bio"} {
		o[key] = nil
	}
	for _, key := range []string{"public_repos", "public_gists", "followers", "following"} {
		o[key] = 0
	}
	o["blog"], o["created_at"], o["updated_at"] = "", world.Timestamp(s.App.Created), world.Timestamp(s.App.Created)
	return o
}

func (s *server) listPulls(c *call) (any, error) {
	q := c.URL.Query()
	state := q.Get("state")
	if state == "" {
		state = "open"
	}
	var found []*world.Issue
	for _, i := range c.Repo.SortedIssues() {
		if i.Pull == nil || (state != "all" && i.State != state) || (q.Get("base") != "" && i.Pull.BaseRef != q.Get("base")) ||
			(q.Get("head") != "" && !strings.EqualFold(i.Pull.HeadOwner.Login+":"+i.Pull.HeadRef, q.Get("head"))) {
			continue
		}
		found = append(found, i)
	}
	if q.Get("sort") == "updated" {
		slices.SortStableFunc(found, func(a, b *world.Issue) int { return a.Updated.Compare(b.Updated) })
	}
	if q.Get("direction") == "desc" || (q.Get("direction") == "" && q.Get("sort") != "updated") {
		slices.Reverse(found)
	}
	out := []obj{}
	for _, i := range api.Page(c.Call, found) {
		out = append(out, s.PullJSON(c.Repo, i, false))
	}
	return out, nil
}

// issue finds what {number} names.
func (c *call) issue() (*world.Issue, error) {
	n, err := c.Number("number")
	if err != nil {
		return nil, err
	}
	if i := c.Repo.Issues[int(n)]; i != nil {
		return i, nil
	}
	return nil, c.goneIssue(int(n))
}

func (c *call) pull() (*world.Issue, error) {
	i, err := c.issue()
	if err != nil || i.Pull == nil {
		return nil, world.NotFound("")
	}
	return i, nil
}

func (s *server) getIssue(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.IssueJSON(c.Repo, i), nil
}

func (s *server) getPull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	return s.fullPull(c, i), nil
}

// fullPull is a pull request with what has to be computed.
func (s *server) fullPull(c *call, i *world.Issue) obj {
	o := s.PullJSON(c.Repo, i, true)
	o["mergeable_state"] = strings.ToLower(c.Repo.Told(c.Call, i, c.Repo.MergeState))
	switch c.Repo.Told(c.Call, i, c.Repo.Mergeable) {
	case "MERGEABLE":
		o["mergeable"] = true
	case "CONFLICTING":
		o["mergeable"] = false
	}
	return o
}

// listPullFiles lists at most 3000 files, as GitHub does.
func (s *server) listPullFiles(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	d, err := c.Repo.PullDiff(i.Pull)
	if err == nil {
		d, err = c.Repo.WithPatches(d, i.Pull.HeadSHA)
	}
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, f := range api.Page(c.Call, d.Files[:min(len(d.Files), 3000)]) {
		out = append(out, s.fileJSON(c.Repo, i.Pull.HeadSHA, f))
	}
	return out, nil
}

func (s *server) fileJSON(r *world.Repo, head string, f gitstore.ChangedFile) obj {
	o := obj{
		"sha": f.SHA, "filename": f.Path, "status": f.Status, "additions": f.Additions, "deletions": f.Deletions, "changes": f.Additions + f.Deletions,
		"blob_url":     s.URL + "/" + r.FullName() + "/blob/" + head + "/" + url.PathEscape(f.Path),
		"raw_url":      s.URL + "/" + r.FullName() + "/raw/" + head + "/" + url.PathEscape(f.Path),
		"contents_url": s.RepoAPI(r) + "/contents/" + url.PathEscape(f.Path) + "?ref=" + head,
	}
	if f.Previous != "" {
		o["previous_filename"] = f.Previous
	}
	if f.Patch != "" {
		o["patch"] = f.Patch
	}
	return o
}

// listPullCommits lists at most 250 commits, as GitHub does.
func (s *server) listPullCommits(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	d, err := c.Repo.PullDiff(i.Pull)
	if err != nil {
		return nil, err
	}
	return s.commitsJSON(c.Repo, api.Page(c.Call, d.Commits[:min(len(d.Commits), 250)]))
}
