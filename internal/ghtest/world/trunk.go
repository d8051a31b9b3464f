package world

import "fmt"

// trunkLength is how far back BranchesWith looks along first parents.
const trunkLength = 300

// BranchesWith are up to ten branches with a commit, whether it's their head or not ("status", webhook events: "the SHA may or may not be
// the head of the branch").
func (r *Repo) BranchesWith(sha string) (names []string) {
	for _, name := range r.Branches() {
		if len(names) < 10 && r.trunk(r.Refs["refs/heads/"+name])[sha] {
			names = append(names, name)
		}
	}
	return names
}

// trunk are the commits that lead to a tip.
func (r *Repo) trunk(tip string) map[string]bool {
	if known := r.trunks[tip]; known != nil {
		return known
	}
	commits := map[string]bool{}
	for at := tip; at != "" && len(commits) < trunkLength; {
		commits[at] = true
		c, err := r.Store.Commit(at)
		if err != nil || len(c.Parents) == 0 {
			break
		}
		at = c.Parents[0]
	}
	if r.trunks == nil || len(r.trunks) > 100 {
		r.trunks = map[string]map[string]bool{}
	}
	r.trunks[tip] = commits
	return commits
}

// CommentOnCommit posts a comment on a commit.
func (r *Repo) CommentOnCommit(sha string, by *User, body string) error {
	c, err := r.Store.Commit(sha)
	if err == nil {
		err = CheckComment(body)
	}
	if err != nil {
		return fmt.Errorf("commenting on %s: %w", sha, err)
	}
	now := r.World.Now()
	x := &Comment{ID: r.World.nextID(), Author: by, Body: body, Created: now, Updated: now}
	if r.CommitComments == nil {
		r.CommitComments = map[string][]*Comment{}
	}
	r.CommitComments[sha] = append(r.CommitComments[sha], x)
	r.World.emit(Event{Name: "commit_comment", Action: "created", Repo: r, By: by, Comment: x, Commit: c})
	return nil
}
