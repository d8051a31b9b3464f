package ghtest

import (
	"slices"
	"strings"
	"time"
)

var compareRoutes = []route{
	{"GET /repos/{owner}/{repo}/commits", "contents:read", (*Server).listCommits},
	{"GET /repos/{owner}/{repo}/commits/{sha}/pulls", "pull_requests:read", (*Server).listCommitPulls},
	{"GET /repos/{owner}/{repo}/compare/{basehead...}", "contents:read", (*Server).compareCommits},
}

// historyOptions choose commits.
type historyOptions struct {
	path         string
	since, until string // RFC 3339
}

// history lists a commit and its ancestors, newest first.
func (st *store) history(sha string, o historyOptions) ([]string, error) {
	args := []string{"rev-list"}
	for name, text := range map[string]string{"--max-age=": o.since, "--min-age=": o.until} {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			args = append(args, name+itoa(at.Unix()))
		}
	}
	args = append(args, sha, "--")
	if o.path != "" {
		args = append(args, ":(literal)"+o.path)
	}
	out, err := st.run(args...)
	return strings.Fields(string(out)), err
}

func (s *Server) listCommits(c *call) (any, error) {
	q := c.URL.Query()
	sha, ok := c.repo.resolve(q.Get("sha"))
	if !ok {
		return nil, notFound("")
	}
	shas, err := c.repo.store.history(sha, historyOptions{path: q.Get("path"), since: q.Get("since"), until: q.Get("until")})
	if err != nil {
		return nil, err
	}
	return s.commitsJSON(c.repo, page(c, shas))
}

func (s *Server) commitsJSON(r *Repo, shas []string) ([]obj, error) {
	out := []obj{}
	for _, sha := range shas {
		commit, err := r.store.commit(sha)
		if err != nil {
			return nil, err
		}
		out = append(out, s.commitJSON(r, commit))
	}
	return out, nil
}

// pullsOf are the pull requests that brought a commit, and the open ones that have it.
func (r *Repo) pullsOf(sha string) []*issue {
	var found []*issue
	for _, i := range r.root().sortedIssues() {
		switch p := i.pull; {
		case p == nil:
		case slices.Contains(p.introduced, sha):
			found = append(found, i)
		case i.state == "open" || p.merged():
			if d, err := r.root().pullDiff(p); err == nil && slices.Contains(d.commits, sha) {
				found = append(found, i)
			}
		}
	}
	return found
}

func (s *Server) listCommitPulls(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("sha"))
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, i := range page(c, c.repo.pullsOf(sha)) {
		out = append(out, s.pullJSON(c.repo, i, false))
	}
	return out, nil
}

// compareCommits compares "base...head", both branches, "owner:branch", tags or SHAs.
func (s *Server) compareCommits(c *call) (any, error) {
	from, to, ok := strings.Cut(c.PathValue("basehead"), "...")
	var ends [2]string
	for at, rev := range []string{from, to} {
		r, name, err := c.repo.branch(rev, false)
		if err != nil || !ok {
			return nil, notFound("")
		}
		if ends[at], ok = r.resolve(name); !ok {
			return nil, notFound("")
		}
	}
	base, head := ends[0], ends[1]
	d, err := c.repo.diff(base, head)
	if err == nil {
		d, err = c.repo.withPatches(d, head)
	}
	if err != nil {
		return nil, notFound("No common ancestor between " + from + " and " + to + ".")
	}
	_, behind, err := c.repo.store.between(head, base)
	if err != nil {
		return nil, err
	}
	status := map[[2]bool]string{{false, false}: "identical", {true, false}: "ahead", {false, true}: "behind", {true, true}: "diverged"}[[2]bool{len(d.commits) > 0, len(behind) > 0}]
	api, html := s.repoAPI(c.repo)+"/compare/"+from+"..."+to, s.URL+"/"+c.repo.fullName()+"/compare/"+from+"..."+to
	o := obj{
		"url": api, "html_url": html, "permalink_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "status": status,
		"ahead_by": len(d.commits), "behind_by": len(behind), "total_commits": len(d.commits),
	}
	for name, shas := range map[string][]string{"base_commit": {base}, "merge_base_commit": {d.base}, "commits": page(c, d.commits)} {
		list, err := s.commitsJSON(c.repo, shas)
		if err != nil {
			return nil, err
		}
		if o[name] = list; name != "commits" {
			o[name] = list[0]
		}
	}
	files := []obj{}
	for _, f := range d.files[:min(len(d.files), 300)] { // GitHub lists no more
		files = append(files, s.fileJSON(c.repo, head, f))
	}
	o["files"] = files
	return o, nil
}
