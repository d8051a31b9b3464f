package ghtest

import "slices"

var issueRoutes = []route{
	{"PATCH /repos/{owner}/{repo}/issues/{number}", "issues|pull_requests:write", (*Server).updateIssue},
}

// updateIssue changes title, body and state, of a pull request too; labels and assignees have endpoints of their own here.
func (s *Server) updateIssue(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	var in pullInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.editIssue(c.repo, i, in, Write{Key: c.fields(), Text: string(c.body)}); err != nil {
		return nil, err
	}
	return s.issueJSON(c.repo, i), nil
}

// editIssue changes an issue; the write says how that was asked for.
func (c *call) editIssue(r *Repo, i *issue, in pullInput, as Write) error {
	if i.pull != nil {
		in.Base = nil
		return c.editPull(r, i, in, as)
	}
	if err := in.texts(); err != nil {
		return err
	}
	if in.State != nil && !slices.Contains([]string{"open", "closed"}, *in.State) {
		return invalid("Issue", "state", "invalid", "")
	}
	reason := "completed"
	if set(&reason, in.Reason); !slices.Contains(append(closeReasons, "reopened"), reason) {
		return invalid("Issue", "state_reason", "invalid", "")
	}
	r.edit(i, c.writer(), edit{title: in.Title, body: in.Body})
	if in.State != nil && *in.State != i.state {
		if i.state == "open" {
			r.closeAs(i, c.writer(), reason)
		} else if err := r.reopen(i, c.writer()); err != nil {
			return err
		}
	}
	if c.byApp() {
		as.Kind, as.Number = "issue-edit", i.number
		r.wrote(as)
	}
	return nil
}
