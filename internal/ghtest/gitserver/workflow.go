package gitserver

import (
	"io"
	"maps"
	"os"
	"path"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

const workflows = ".github/workflows"

// workflowIn finds a workflow that a push creates or changes. One that a branch has with the same content doesn't count, as on GitHub.
func workflowIn(r *world.Repo, in pushed, file *os.File) string {
	known := map[gitstore.Entry]bool{}
	args := []string{"rev-list"}
	for _, u := range in.updates {
		if u.new != gitstore.ZeroSHA {
			args = append(args, u.new)
		}
	}
	if len(args) == 1 {
		return ""
	}
	if _, err := file.Seek(in.rest, io.SeekStart); err == nil {
		_, _ = r.World.Git.Feed(r.Store.Dir, file, "index-pack", "--stdin", "--fix-thin") // without a pack the objects are there already
	}
	args = append(args, "--not")
	for ref, sha := range r.Refs {
		args = append(args, sha)
		if c, err := r.Store.Commit(sha); err == nil && strings.HasPrefix(ref, "refs/heads/") {
			for _, e := range workflowsOf(r.Store, c.Tree) {
				known[e] = true
			}
		}
	}
	out, err := r.Store.Run(args...)
	if err != nil {
		return ""
	}
	for _, sha := range strings.Fields(string(out)) {
		if name := newWorkflow(r.Store, sha, known); name != "" {
			return path.Join(workflows, name)
		}
	}
	return ""
}

// newWorkflow is one that a commit has, but neither its parents nor the known ones; "" without any.
func newWorkflow(st *gitstore.Store, sha string, known map[gitstore.Entry]bool) string {
	c, err := st.Commit(sha)
	if err != nil {
		return ""
	}
	before := maps.Clone(known)
	for _, parent := range c.Parents {
		if p, err := st.Commit(parent); err == nil {
			for _, e := range workflowsOf(st, p.Tree) {
				before[e] = true
			}
		}
	}
	for _, e := range workflowsOf(st, c.Tree) {
		if !before[e] {
			return e.Name
		}
	}
	return ""
}

// workflowsOf returns the entries of that directory in a tree.
func workflowsOf(st *gitstore.Store, tree string) []gitstore.Entry {
	dir, err := st.Lookup(tree, workflows)
	if err != nil {
		return nil
	}
	entries, err := st.Tree(dir.SHA)
	if err != nil {
		return nil
	}
	return entries
}
