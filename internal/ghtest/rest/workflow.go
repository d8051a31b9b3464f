package rest

import (
	"net/http"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var workflowRoutes = []route{
	{"POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches", "actions:write", (*server).dispatch},
	{"GET /repos/{owner}/{repo}/actions/workflows/{file}/runs", "actions:read", (*server).listWorkflowRuns},
}

// dispatch answers 204 without a body; the run's number isn't told.
func (s *server) dispatch(c *call) (any, error) {
	var in struct {
		Ref string `json:"ref"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := c.Repo.Dispatch(c.PathValue("file"), in.Ref, c.Actor.Writer()); err != nil {
		return nil, err
	}
	c.Repo.Record(world.Write{Kind: "dispatch", Key: c.PathValue("file"), Text: in.Ref})
	c.Status = http.StatusNoContent
	return nil, nil
}

// listWorkflowRuns lists them newest first. A branch's have those of forks' branches of that name, too: "branch: Returns workflow runs
// associated with a branch. Use the name of the branch of the push" (REST API, "List workflow runs for a workflow"), and each run has a
// head_repository beside its head_branch.
func (s *server) listWorkflowRuns(c *call) (any, error) {
	file, branch := c.PathValue("file"), c.URL.Query().Get("branch")
	if _, err := c.Repo.Entry(c.Repo.DefaultBranch, ".github/workflows/"+file); err != nil {
		return nil, world.NotFound("")
	}
	found := slices.DeleteFunc(slices.Clone(c.Repo.Workflows), func(w *world.Workflow) bool {
		return w.File != file || branch != "" && w.Branch != branch
	})
	slices.Reverse(found)
	runs := []obj{}
	for _, w := range api.Page(c.Call, found) {
		run, err := s.workflowRun(c.Repo, w)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return obj{"total_count": len(found), "workflow_runs": runs}, nil
}

// headRepository is null once the fork is gone.
func (s *server) headRepository(w *world.Workflow) any {
	if w.Head.Deleted {
		return nil
	}
	return s.RepoJSON(w.Head)
}

func (s *server) workflowRun(r *world.Repo, w *world.Workflow) (obj, error) {
	c, err := r.Store.Commit(w.SHA)
	if err != nil {
		return nil, err
	}
	id := world.Decimal(w.ID)
	api := s.RepoAPI(r) + "/actions/runs/" + id
	workflow := s.RepoAPI(r) + "/actions/workflows/1"
	return obj{
		"id": w.ID, "node_id": world.NodeID("WFR", w.ID), "name": w.File, "head_branch": w.Branch, "head_sha": w.SHA, "path": ".github/workflows/" + w.File,
		"run_number": 1, "run_attempt": w.Attempt, "event": w.Event, "display_title": w.File, "status": w.Status,
		"conclusion": world.Nullable(w.Conclusion), "workflow_id": 1, "check_suite_id": w.ID, "check_suite_node_id": world.NodeID("CS", w.ID), "url": api,
		"html_url": s.URL + "/" + r.FullName() + "/actions/runs/" + id, "pull_requests": []obj{}, "created_at": world.Timestamp(w.Created),
		"updated_at": world.Timestamp(w.Updated), "run_started_at": world.Timestamp(w.Created), "actor": s.UserJSON(w.By), "triggering_actor": s.UserJSON(w.By),
		"jobs_url": api + "/jobs", "logs_url": api + "/logs", "check_suite_url": s.RepoAPI(r) + "/check-suites/" + id, "artifacts_url": api + "/artifacts",
		"cancel_url": api + "/cancel", "rerun_url": api + "/rerun", "previous_attempt_url": nil, "workflow_url": workflow, "referenced_workflows": []obj{},
		"head_commit": obj{
			"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": world.Timestamp(c.Committed),
			"author": obj{"name": c.Author, "email": c.AuthorEmail}, "committer": obj{"name": c.Committer, "email": c.CommitterEmail},
		},
		"repository": s.RepoJSON(r), "head_repository": s.headRepository(w),
	}, nil
}
