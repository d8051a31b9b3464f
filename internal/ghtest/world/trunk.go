package world

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

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

// Workflow is a run of a workflow.
type Workflow struct {
	ID                 int64
	File, Branch, SHA  string
	Status, Conclusion string
	Attempt            int
	By                 *User
	Created, Updated   time.Time
}

// Dispatch starts a workflow on a branch ("Create a workflow dispatch event").
func (r *Repo) Dispatch(file, ref string, by *User) (*Workflow, error) {
	sha := r.Refs["refs/heads/"+ref]
	e, err := r.Entry(r.DefaultBranch, ".github/workflows/"+file)
	if err != nil {
		return nil, NotFound("")
	}
	if sha == "" {
		return nil, &Refusal{Status: 422, Message: "No ref found for: " + ref}
	}
	text, err := r.Store.Blob(e.SHA)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(text), "workflow_dispatch") {
		return nil, &Refusal{Status: 422, Message: "Workflow does not have 'workflow_dispatch' trigger"}
	}
	now := r.World.Now()
	w := &Workflow{ID: r.World.nextID(), File: file, Branch: ref, SHA: sha, Status: "queued", Attempt: 1, By: by, Created: now, Updated: now}
	r.Workflows = append(r.Workflows, w)
	return w, nil
}

// EndWorkflow ends the newest run of a workflow on a branch. Its job's check run ends with it.
func (r *Repo) EndWorkflow(file, branch, conclusion string) error {
	for _, w := range slices.Backward(r.Workflows) {
		if w.File == file && w.Branch == branch {
			if w.Status == "completed" {
				w.Attempt++
			}
			w.Status, w.Conclusion, w.Updated = "completed", conclusion, r.World.Now()
			return r.OtherCheck(w.SHA, "github-actions", "job of "+file, conclusion)
		}
	}
	return fmt.Errorf("ending %s on %s: it never ran", file, branch)
}
