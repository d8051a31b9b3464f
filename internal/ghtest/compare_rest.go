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
	ahead, behind, err := c.repo.apart(base, head)
	if err != nil {
		return nil, err
	}
	api, html := s.repoAPI(c.repo)+"/compare/"+from+"..."+to, s.URL+"/"+c.repo.fullName()+"/compare/"+from+"..."+to
	o := obj{
		"url": api, "html_url": html, "permalink_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "status": comparison(ahead, behind),
		"ahead_by": ahead, "behind_by": behind, "total_commits": len(d.commits),
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

// apart counts the commits that only the head has, and those that only the base has.
func (r *Repo) apart(base, head string) (ahead, behind int, err error) {
	_, onHead, err := r.store.between(base, head)
	if err != nil {
		return 0, 0, err
	}
	_, onBase, err := r.store.between(head, base)
	return len(onHead), len(onBase), err
}

// comparison is the word for it.
func comparison(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}

// compareRef compares a ref with a head: a branch, "owner:branch", a tag or a SHA.
func (v view) compareRef(r *Repo, full string, args map[string]any) (any, error) {
	base, name := r.peel(r.refs[full]), stringArg(args, "headRef")
	in, rev, err := r.branch(name, false)
	head, ok := "", false
	if err == nil && rev != "" {
		head, ok = in.resolve(rev)
	}
	if !ok {
		return nil, missing("Could not resolve to a ref or commit with the name '%s'.", name)
	}
	ahead, behind, err := r.apart(base, head)
	if err != nil {
		return nil, missing("There is no common ancestor of '%s' and '%s'.", full, name)
	}
	return node{
		"__typename": "Comparison", "__interfaces": []string{"Node"}, "id": "CMP_" + base + head, "aheadBy": ahead, "behindBy": behind, "status": strings.ToUpper(comparison(ahead, behind)),
		"baseTarget": lazy(func() (any, error) { return v.objectNode(r, base) }), "headTarget": lazy(func() (any, error) { return v.objectNode(r, head) }),
	}, nil
}
