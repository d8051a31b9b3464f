package hooks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Every payload is what GitHub's description of it says.
func TestPayloadsAreGitHubs(t *testing.T) {
	doc := trial.Must(openapi3.NewLoader().LoadFromFile(octokit.Path(t, "openapi", "generated", "api.github.com.json")))(t)
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	everyEvent(t, srv)
	trial.Flush(t, srv)
	short := openapi3.SetSchemaErrorMessageCustomizer(func(e *openapi3.SchemaError) string { return strings.Join(e.JSONPointer(), "/") + ": " + e.Reason })
	for i, data := range rec.Payloads {
		schema := payloadSchema(doc, rec.Events[i])
		if schema == nil {
			t.Errorf("%s is not described", rec.Events[i])
			continue
		}
		var payload any
		trial.OK(t, json.Unmarshal(data, &payload))
		if err := schema.VisitJSON(payload, openapi3.MultiErrors(), short); err != nil {
			t.Errorf("%s: %.1500v", rec.Events[i], err)
		}
	}
}

func payloadSchema(doc *openapi3.T, event string) *openapi3.Schema {
	ref := doc.Components.Schemas["webhook-"+strings.NewReplacer("_", "-", ".", "-").Replace(event)]
	if ref == nil {
		return nil
	}
	return ref.Value
}

// everyEvent does what people do, once.
func everyEvent(t *testing.T, srv *ghtest.Server) {
	t.Helper()
	repo, guide := trial.Must(ghtest.NewCPython(srv))(t), trial.Repo(t, srv, "python/devguide")
	trial.OK(t, repo.Collaborator("barry", "write"))
	issue := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Body: "old", Author: "bob", Labels: []string{"docs"}}))(t)
	trial.OK(t, repo.EditTitleBy(issue, "barry", "A real bug"))
	trial.OK(t, repo.EditBodyBy(issue, "barry", "new"))
	trial.OK(t, repo.Unlabel(issue, "barry", "docs"))
	trial.OK(t, repo.Label(issue, "barry", "docs"))
	trial.OK(t, repo.Lock(issue, "barry", "resolved"))
	trial.OK(t, repo.Unlock(issue, "barry"))
	trial.OK(t, repo.Assign(issue, "barry", "bob"))
	trial.OK(t, repo.CloseAs(issue, "barry", "not_planned"))
	trial.OK(t, repo.Reopen(issue, "barry"))
	comment := trial.Must(repo.Comment(issue, "bob", "first"))(t)
	trial.OK(t, repo.EditComment(issue, "bob", comment, "second"))
	trial.OK(t, repo.DeleteComment(issue, "bob", comment))
	trial.Must(repo.TransferIssue(issue, "barry", guide))(t)
	trial.OK(t, repo.DeleteIssue(trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Spam", Body: "x"}))(t), "barry"))

	pull := trial.OpenPR(t, repo)
	trial.OK(t, repo.EditTitle(pull, "Better"))
	trial.OK(t, repo.EditBody(pull, "Body"))
	trial.OK(t, repo.Label(pull, "barry", "docs"))
	trial.OK(t, repo.Unlabel(pull, "barry", "docs"))
	trial.OK(t, repo.SetDraft(pull, true))
	trial.OK(t, repo.SetDraft(pull, false))
	trial.OK(t, repo.Lock(pull, "barry", "spam"))
	trial.OK(t, repo.Unlock(pull, "barry"))
	trial.OK(t, repo.Assign(pull, "barry", "barry"))
	trial.OK(t, repo.RequestReview(pull, "alice", "barry"))
	trial.OK(t, repo.DismissReview(pull, "barry", trial.Must(repo.Review(pull, "barry", "CHANGES_REQUESTED", "No"))(t), "Yes"))
	trial.Must(repo.Push("alice:fix", ghtest.Commit{}))(t)
	trial.OK(t, repo.SetStatus(repo.Ref("main"), "readthedocs", ghtest.Status{Context: "docs", State: "success", Description: "Built", TargetURL: "https://docs.example/"}))
	trial.OK(t, repo.Close(pull, "alice"))
	trial.OK(t, repo.Reopen(pull, "alice"))
	trial.Must(repo.Queue(pull))(t)
	trial.OK(t, repo.Dequeue(pull))
	trial.Must(repo.Queue(pull))(t)
	trial.Must(repo.MergeQueued(pull))(t)

	trial.OK(t, srv.Team("python", "core", "barry"))
	trial.OK(t, srv.LeaveTeam("python", "core", "barry"))
	trial.OK(t, srv.DeleteTeam("python", "core"))
}
