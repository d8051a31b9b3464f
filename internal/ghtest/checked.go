package ghtest

// CommentOnCommit posts a comment on a commit, as buildbots do.
func (r *Repo) CommentOnCommit(sha, by, body string) error {
	defer r.lock()()
	return r.repo.CommentOnCommit(sha, r.srv.world.Account(by), body)
}

// Workflow is a run of a workflow, as it stands.
type Workflow struct{ File, Branch, SHA, Status, Conclusion, By string }

// Workflows are all runs of workflows, oldest first.
func (r *Repo) Workflows() (all []Workflow) {
	defer r.lock()()
	for _, w := range r.repo.Workflows {
		all = append(all, Workflow{w.File, w.Branch, w.SHA, w.Status, w.Conclusion, w.By.Login})
	}
	return all
}

// EndWorkflow ends the newest run of a workflow on a branch; one that has ended was run again.
func (r *Repo) EndWorkflow(file, branch, conclusion string) error {
	defer r.lock()()
	return r.repo.EndWorkflow(file, branch, conclusion)
}

// Dispatch starts a workflow, as a person does.
func (r *Repo) Dispatch(file, branch, by string) error {
	defer r.lock()()
	_, err := r.repo.Dispatch(file, branch, r.srv.world.Account(by))
	return err
}
