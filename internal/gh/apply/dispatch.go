package apply

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Dispatch starts a workflow on a branch ("Create a workflow dispatch event"). The workflow
// needs the trigger workflow_dispatch.
func (w *Writer) Dispatch(ctx context.Context, installation int64, key pull.Key, d pull.Dispatch) error {
	t, err := w.target(ctx, key, installation)
	if err == nil {
		_, err = t.REST.Actions.CreateWorkflowDispatchEventByFileName(gh.Writing(ctx, key.Repository()), key.Owner, key.Repo, d.Workflow,
			github.CreateWorkflowDispatchEventRequest{Ref: d.Branch})
		err = gh.Settle(err)
	}
	if err != nil {
		w.app.Forget(key, err)
		return fmt.Errorf("starting %s on %s in %s: %w", d.Workflow, d.Branch, key.Repository(), err)
	}
	return nil
}
