package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Limits of a check run ("CheckRunOutput", GraphQL API; "Create a check run", REST
// API).
const (
	annotationsPerWrite  = 50
	maxAnnotationTitle   = 255   // characters
	maxAnnotationMessage = 64000 // bytes, of 64 KB
)

// checkChange creates a check run. Its digest comes with the last annotations, so the next
// run writes an incomplete one again.
func (t *target) checkChange(s pull.SetCheck) (*change, error) {
	if !gh.IsCommit(s.SHA) {
		return nil, gh.Rejectf("%q isn't a commit ID", s.SHA)
	}
	input, err := t.checkInput(s, s.Annotations[:min(len(s.Annotations), annotationsPerWrite)])
	if err != nil {
		return nil, err
	}
	input["headSha"], input["status"], input["conclusion"] = s.SHA, "COMPLETED", strings.ToUpper(string(s.Conclusion))
	if s.URL != "" {
		input["detailsUrl"] = s.URL
	}
	if oneWrite(s) {
		input["externalId"] = s.Digest()
	}
	return &change{name: "createCheckRun", input: input, permission: writesChecks}, nil
}

func (t *target) checkInput(s pull.SetCheck, part []pull.Annotation) (map[string]any, error) {
	id, known := t.IDs.Repository(t.About)
	if !known {
		return nil, gh.BadAnswer("the answer has no id for the repository")
	}
	return map[string]any{
		"repositoryId": id, "name": s.Name,
		"output": map[string]any{"title": s.Title, "summary": s.Summary, "annotations": annotations(part)},
	}, nil
}

// setCheck writes a check run with more annotations than fit in one write: GitHub's answer
// has its ID, and another request adds the rest.
func (t *target) setCheck(ctx context.Context, s pull.SetCheck) error {
	ctx = gh.Together(ctx, (len(s.Annotations)+annotationsPerWrite-1)/annotationsPerWrite)
	if err := t.identify(ctx, identities{repository: true}); err != nil {
		return err
	}
	first, err := t.checkChange(s)
	if err != nil {
		return err
	}
	var made struct {
		Change0 struct{ CheckRun struct{ ID string } }
	}
	if err := first.outcome(0, t.mutations(ctx, []change{*first}, "checkRun{id}", &made)); err != nil {
		return err
	}
	if made.Change0.CheckRun.ID == "" {
		return gh.BadAnswer("the answer has no id for the check run")
	}
	var more []change
	for part := range slices.Chunk(s.Annotations[annotationsPerWrite:], annotationsPerWrite) {
		input, err := t.checkInput(s, part)
		if err != nil {
			return err
		}
		input["checkRunId"] = made.Change0.CheckRun.ID
		more = append(more, change{name: "updateCheckRun", input: input, permission: writesChecks})
	}
	more[len(more)-1].input["externalId"] = s.Digest()
	err = t.mutations(ctx, more, "", &struct{}{})
	for i, c := range more {
		if fault := c.outcome(i, err); fault != nil {
			return fault
		}
	}
	return nil
}

func annotations(all []pull.Annotation) []map[string]any {
	out := []map[string]any{}
	for _, a := range all {
		line := max(a.Line, 1)
		at := map[string]any{"startLine": line, "endLine": line}
		if a.Column > 0 {
			at["startColumn"], at["endColumn"] = a.Column, a.Column
		}
		out = append(out, map[string]any{
			"path": a.Path, "location": at, "annotationLevel": strings.ToUpper(string(a.Level)),
			"title": gh.Shorten(a.Title, maxAnnotationTitle), "message": gh.Shorten(a.Message, maxAnnotationMessage),
		})
	}
	return out
}
