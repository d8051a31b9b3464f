package ghtest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// Where CONCORDE_OCTOKIT names the directory of npm's @octokit packages, every payload is what GitHub's description of it says.
func TestPayloadsAreGitHubs(t *testing.T) {
	dir := os.Getenv("CONCORDE_OCTOKIT")
	if dir == "" {
		t.Skip("CONCORDE_OCTOKIT is not set")
	}
	doc := must(openapi3.NewLoader().LoadFromFile(filepath.Join(dir, "openapi", "generated", "api.github.com.json")))(t)
	srv := newServer(t, ghtest.Config{})
	rec := newReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	everyEvent(t, srv)
	flush(t, srv)
	short := openapi3.SetSchemaErrorMessageCustomizer(func(e *openapi3.SchemaError) string { return strings.Join(e.JSONPointer(), "/") + ": " + e.Reason })
	for i, data := range rec.payloads {
		schema := payloadSchema(doc, rec.events[i])
		if schema == nil {
			t.Errorf("%s is not described", rec.events[i])
			continue
		}
		var payload any
		ok(t, json.Unmarshal(data, &payload))
		if err := schema.VisitJSON(payload, openapi3.MultiErrors(), short); err != nil {
			t.Errorf("%s: %.1500v", rec.events[i], err)
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
	repo, guide := must(ghtest.NewCPython(srv))(t), newRepo(t, srv, "python/devguide")
	ok(t, repo.Collaborator("barry", "write"))
	issue := must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Body: "old", Author: "bob", Labels: []string{"docs"}}))(t)
	ok(t, repo.EditTitleBy(issue, "barry", "A real bug"))
	ok(t, repo.EditBodyBy(issue, "barry", "new"))
	ok(t, repo.Unlabel(issue, "barry", "docs"))
	ok(t, repo.Label(issue, "barry", "docs"))
	ok(t, repo.Lock(issue, "barry", "resolved"))
	ok(t, repo.Unlock(issue, "barry"))
	ok(t, repo.Assign(issue, "barry", "bob"))
	ok(t, repo.CloseAs(issue, "barry", "not_planned"))
	ok(t, repo.Reopen(issue, "barry"))
	comment := must(repo.Comment(issue, "bob", "first"))(t)
	ok(t, repo.EditComment(issue, "bob", comment, "second"))
	ok(t, repo.DeleteComment(issue, "bob", comment))
	must(repo.TransferIssue(issue, "barry", guide))(t)
	ok(t, repo.DeleteIssue(must(repo.OpenIssue(ghtest.Issue{Title: "Spam", Body: "x"}))(t), "barry"))

	pull := openPR(t, repo)
	ok(t, repo.EditTitle(pull, "Better"))
	ok(t, repo.EditBody(pull, "Body"))
	ok(t, repo.Label(pull, "barry", "docs"))
	ok(t, repo.Unlabel(pull, "barry", "docs"))
	ok(t, repo.SetDraft(pull, true))
	ok(t, repo.SetDraft(pull, false))
	ok(t, repo.Lock(pull, "barry", "spam"))
	ok(t, repo.Unlock(pull, "barry"))
	ok(t, repo.Assign(pull, "barry", "barry"))
	ok(t, repo.RequestReview(pull, "alice", "barry"))
	ok(t, repo.DismissReview(pull, "barry", must(repo.Review(pull, "barry", "CHANGES_REQUESTED", "No"))(t), "Yes"))
	must(repo.Push("alice:fix", ghtest.Commit{}))(t)
	ok(t, repo.SetStatus(repo.Ref("main"), "readthedocs", ghtest.Status{Context: "docs", State: "success", Description: "Built", TargetURL: "https://docs.example/"}))
	ok(t, repo.Close(pull, "alice"))
	ok(t, repo.Reopen(pull, "alice"))
	must(repo.Queue(pull))(t)
	ok(t, repo.Dequeue(pull))
	must(repo.Queue(pull))(t)
	must(repo.MergeQueued(pull))(t)

	ok(t, srv.Team("python", "core", "barry"))
	ok(t, srv.LeaveTeam("python", "core", "barry"))
	ok(t, srv.DeleteTeam("python", "core"))
}
