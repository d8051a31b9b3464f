package rest

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var compareRoutes = []route{
	{"GET /repos/{owner}/{repo}/commits", "contents:read", (*server).listCommits},
	{"GET /repos/{owner}/{repo}/commits/{sha}/pulls", "pull_requests:read", (*server).listCommitPulls},
	{"GET /repos/{owner}/{repo}/compare/{basehead...}", "contents:read", (*server).compareCommits},
}

func (s *server) listCommits(c *call) (any, error) {
	q := c.URL.Query()
	sha, ok := c.Repo.Resolve(q.Get("sha"))
	if !ok {
		return nil, world.NotFound("")
	}
	shas, err := c.Repo.Store.History(sha, gitstore.HistoryOptions{Path: q.Get("path"), Since: q.Get("since"), Until: q.Get("until")})
	if err != nil {
		return nil, err
	}
	return s.commitsJSON(c.Repo, api.Page(c.Call, shas))
}

func (s *server) commitsJSON(r *world.Repo, shas []string) ([]obj, error) {
	out := []obj{}
	for _, sha := range shas {
		commit, err := r.Store.Commit(sha)
		if err != nil {
			return nil, err
		}
		out = append(out, s.CommitJSON(r, commit))
	}
	return out, nil
}

func (s *server) listCommitPulls(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("sha"))
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, i := range api.Page(c.Call, c.Repo.PullsOf(sha)) {
		out = append(out, s.PullJSON(c.Repo, i, false))
	}
	return out, nil
}

// compareCommits compares "base...head", both branches, "owner:branch", tags or SHAs.
func (s *server) compareCommits(c *call) (any, error) {
	from, to, ok := strings.Cut(c.PathValue("basehead"), "...")
	var ends [2]string
	for at, rev := range []string{from, to} {
		r, name, err := c.Repo.Branch(rev, false)
		if err != nil || !ok {
			return nil, world.NotFound("")
		}
		if ends[at], ok = r.Resolve(name); !ok {
			return nil, world.NotFound("")
		}
	}
	base, head := ends[0], ends[1]
	d, err := c.Repo.Diff(base, head)
	if err == nil {
		d, err = c.Repo.WithPatches(d, head)
	}
	if err != nil {
		return nil, world.NotFound("No common ancestor between " + from + " and " + to + ".")
	}
	ahead, behind, err := c.Repo.Apart(base, head)
	if err != nil {
		return nil, err
	}
	address, html := s.RepoAPI(c.Repo)+"/compare/"+from+"..."+to, s.URL+"/"+c.Repo.FullName()+"/compare/"+from+"..."+to
	o := obj{
		"url": address, "html_url": html, "permalink_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "status": world.Comparison(ahead, behind),
		"ahead_by": ahead, "behind_by": behind, "total_commits": len(d.Commits),
	}
	for name, shas := range map[string][]string{"base_commit": {base}, "merge_base_commit": {d.Base}, "commits": api.Page(c.Call, d.Commits)} {
		list, err := s.commitsJSON(c.Repo, shas)
		if err != nil {
			return nil, err
		}
		if o[name] = list; name != "commits" {
			o[name] = list[0]
		}
	}
	files := []obj{}
	for _, f := range d.Files[:min(len(d.Files), 300)] { // GitHub lists no more
		files = append(files, s.fileJSON(c.Repo, head, f))
	}
	o["files"] = files
	return o, nil
}
