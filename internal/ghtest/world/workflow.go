package world

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Workflow is a run of a workflow.
type Workflow struct {
	ID                 int64
	Event              string // "workflow_dispatch", "pull_request"
	Head               *Repo  // that has the branch
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
	w := &Workflow{ID: r.World.nextID(), Event: "workflow_dispatch", Head: r, File: file, Branch: ref, SHA: sha, Status: "queued", Attempt: 1,
		By: by, Created: now, Updated: now}
	r.Workflows = append(r.Workflows, w)
	return w, nil
}

// propose runs the workflows that a pull request triggers. They run in the base's repository, on the head's branch and commit, which may be
// a fork's.
func (r *Repo) propose(i *Issue, by *User) error {
	p := i.Pull
	dir, err := r.Entry(p.BaseRef, ".github/workflows")
	if err != nil {
		return nil // it has none
	}
	files, err := r.Store.Tree(dir.SHA)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := r.Store.Blob(file.SHA)
		if err != nil {
			return err
		}
		if now := r.World.Now(); strings.Contains(string(text), "pull_request") {
			r.Workflows = append(r.Workflows, &Workflow{ID: r.World.nextID(), Event: "pull_request", Head: p.HeadRepo, File: file.Name,
				Branch: p.HeadRef, SHA: p.HeadSHA, Status: "queued", Attempt: 1, By: by, Created: now, Updated: now})
		}
	}
	return nil
}

// EndWorkflow ends the newest run of a workflow on a branch. Its job's check run ends with it.
func (r *Repo) EndWorkflow(file, branch, conclusion string) error {
	for _, w := range slices.Backward(r.Workflows) {
		if w.File == file && w.Branch == branch && w.Head == r {
			if w.Status == "completed" {
				w.Attempt++
			}
			w.Status, w.Conclusion, w.Updated = "completed", conclusion, r.World.Now()
			return r.OtherCheck(w.SHA, "github-actions", "job of "+file, conclusion)
		}
	}
	return fmt.Errorf("ending %s on %s: it never ran", file, branch)
}
