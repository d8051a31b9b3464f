package world_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

// People close, open, edit and label issues, and each is told.
func TestLifeOfAnIssue(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	number := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Body: "old", Author: "bob"}))(t)
	trial.OK(t, repo.CloseAs(number, "carol", "not_planned"))
	trial.OK(t, repo.Reopen(number, "bob"))
	trial.OK(t, repo.EditTitleBy(number, "carol", "A real bug"))
	trial.OK(t, repo.EditBodyBy(number, "carol", "new"))
	trial.OK(t, repo.Label(number, "carol", "docs"))
	trial.OK(t, repo.Unlabel(number, "carol", "docs"))
	comment := trial.Must(repo.Comment(number, "bob", "first"))(t)
	trial.OK(t, repo.EditComment(number, "bob", comment, "second"))
	trial.OK(t, repo.EditComment(number, "carol", comment, "third"))
	trial.OK(t, repo.Close(number, "bob"))
	trial.Flush(t, srv)
	var got []string
	for i, payload := range rec.Payloads {
		switch e := trial.Must(github.ParseWebHook(rec.Headers[i].Get("X-GitHub-Event"), payload))(t).(type) {
		case *github.IssuesEvent:
			got = append(got, fmt.Sprintf("%s by %s: %s %s, was %q %q %s", e.GetAction(), e.GetSender().GetLogin(), e.GetIssue().GetState(), e.GetIssue().GetStateReason(),
				e.GetChanges().GetTitle().GetFrom(), e.GetChanges().GetBody().GetFrom(), e.GetLabel().GetName()))
		case *github.IssueCommentEvent:
			got = append(got, fmt.Sprintf("comment %s by %s: %s, was %q", e.GetAction(), e.GetSender().GetLogin(), e.GetComment().GetBody(), e.GetChanges().GetBody().GetFrom()))
		}
	}
	want := []string{
		`opened by bob: open , was "" "" `, `closed by carol: closed not_planned, was "" "" `, `reopened by bob: open reopened, was "" "" `, `edited by carol: open reopened, was "A bug" "" `,
		`edited by carol: open reopened, was "" "old" `, `labeled by carol: open reopened, was "" "" docs`, `unlabeled by carol: open reopened, was "" "" docs`,
		`comment created by bob: first, was ""`, `comment edited by bob: second, was "first"`, `comment edited by carol: third, was "second"`, `closed by bob: closed completed, was "" "" `,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	out := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){issue(number:1){state stateReason editor{login} comments(first:1){nodes{body editor{login}}}
		timelineItems(first:9,itemTypes:[CLOSED_EVENT,REOPENED_EVENT]){nodes{__typename ...on ClosedEvent{stateReason actor{login}}}}}}}`, nil)
	wantNode := map[string]any{
		"state": "CLOSED", "stateReason": "COMPLETED", "editor": map[string]any{"login": "carol"}, "comments": map[string]any{"nodes": []any{map[string]any{"body": "third", "editor": map[string]any{"login": "carol"}}}},
		"timelineItems": map[string]any{"nodes": []any{
			map[string]any{"__typename": "ClosedEvent", "stateReason": "NOT_PLANNED", "actor": map[string]any{"login": "carol"}}, map[string]any{"__typename": "ReopenedEvent"},
			map[string]any{"__typename": "ClosedEvent", "stateReason": "COMPLETED", "actor": map[string]any{"login": "bob"}},
		}},
	}
	if d := cmp.Diff(wantNode, trial.At(out, "data", "repository", "issue")); d != "" {
		t.Errorf("issue (-want +got):\n%s\n%v", d, out["errors"])
	}
	token := trial.AppToken(t, srv, "")
	const path = "PATCH /repos/python/cpython/issues/1"
	trial.Send(t, srv, token, path, `{"state":"open"}`)
	if out := trial.Send(t, srv, token, path, `{"state":"closed","state_reason":"not_planned"}`); trial.At(out.Body, "state_reason") != "not_planned" || repo.Writes()[1].Kind != "issue-edit" || repo.Writes()[1].Key != "state,state_reason" {
		t.Errorf("closed: %+v, writes %v", out, repo.Writes())
	}
	trial.WantProblem(t, srv, token, path, `{"state":"gone"}`, "422 Validation Failed Issue state invalid")
	trial.WantProblem(t, srv, token, path, `{"state_reason":"boring"}`, "422 Validation Failed Issue state_reason invalid")
	for name, err := range map[string]error{"closed": repo.Close(number, "bob"), "reason": repo.CloseAs(number, "bob", "boring"), "comment": repo.EditComment(number, "bob", 99, "x")} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A transferred issue is found at its new place, a deleted one nowhere.
func TestTransferAndDelete(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo, guide := trial.Repo(t, srv, "python/cpython"), trial.Repo(t, srv, "python/devguide")
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	number := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Moves", Author: "bob", Labels: []string{"docs", "only here"}}))(t)
	gone := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Goes", Body: "see #1 and #3", Author: "bob"}))(t)
	pull := trial.Must(trial.OpenWith(repo, "fix", ghtest.PR{Title: "gh-1: Fix"}))(t)
	trial.Must(repo.Comment(number, "bob", "hello"))(t)
	trial.OK(t, guide.SetLabel(ghtest.Label{Name: "docs"}))
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	vars := trial.IDs(t, srv, `issue:issue(number:1){id}`)
	moved := trial.Must(repo.TransferIssue(number, "barry", guide))(t)
	trial.OK(t, repo.DeleteIssue(gone, "barry"))
	trial.Flush(t, srv)
	if d := cmp.Diff([]string{"issues.transferred", "issues.opened", "issues.deleted"}, rec.Events); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	for i, want := range []string{`"new_repository"`, `"old_issue"`, `"number":2`} {
		if !strings.Contains(string(rec.Payloads[i]), want) || srv.Deliveries()[i].Repo != []string{"python/cpython", "python/devguide", "python/cpython"}[i] {
			t.Errorf("payload %d of %s is %.2000s", i, srv.Deliveries()[i].Repo, rec.Payloads[i])
		}
	}
	token := trial.AppToken(t, srv, "")
	for what, want := range map[string]string{"GET /repos/python/cpython/issues/1": "", "GET /repos/python/cpython/issues/1/comments?per_page=5": "/comments?per_page=5"} {
		out := trial.Send(t, srv, token, what, "")
		if address := fmt.Sprintf("%s/repositories/%d/issues/%d%s", srv.URL, guide.ID(), moved, want); out.Status != 301 || out.Header.Get("Location") != address {
			t.Errorf("%s: %d to %s, want %s", what, out.Status, out.Header.Get("Location"), address)
		}
	}
	trial.WantProblem(t, srv, token, "GET /repos/python/cpython/issues/2", "", "410 This issue was deleted")
	trial.WantProblem(t, srv, token, "POST /repos/python/cpython/issues/2/labels", `["x"]`, "410 This issue was deleted")
	trial.WantProblem(t, srv, token, "GET /repos/python/cpython/pulls/1", "", "404 Not Found")
	trial.WantProblem(t, srv, trial.AppToken(t, srv, `{"repositories":["cpython"]}`), "GET /repos/python/cpython/issues/1", "", "404 Not Found")
	issue, _, err := trial.Client(t, srv, "python").Issues.Get(t.Context(), "python", "cpython", number) // follows
	trial.OK(t, err)
	if issue.GetTitle() != "Moves" || len(issue.Labels) != 1 || issue.GetComments() != 1 || issue.GetNumber() != moved {
		t.Errorf("the moved issue is %v", issue)
	}
	out := trial.GraphQL(t, srv, token, `query($issue:ID!){a:repository(owner:"python",name:"cpython"){one:issue(number:1){id} two:issueOrPullRequest(number:2){__typename}}
		b:repository(owner:"python",name:"devguide"){issue(number:1){id timelineItems(first:9,itemTypes:[TRANSFERRED_EVENT,CROSS_REFERENCED_EVENT]){nodes{__typename ...on TransferredEvent{fromRepository{nameWithOwner}}}}}}}`, vars)
	wantItems := []any{map[string]any{"__typename": "TransferredEvent", "fromRepository": map[string]any{"nameWithOwner": "python/cpython"}}}
	if d := cmp.Diff(wantItems, trial.At(out, "data", "b", "issue", "timelineItems", "nodes")); d != "" || trial.At(out, "errors", 0, "type") != "NOT_FOUND" || trial.At(out, "errors", 1, "type") != "NOT_FOUND" ||
		trial.At(out, "data", "b", "issue", "id") == vars["issue"] {
		t.Errorf("moved (-want +got):\n%s\n%v", d, out)
	}
	out = trial.GraphQL(t, srv, token, `mutation($issue:ID!){updateIssue(input:{id:$issue,body:"x"}){issue{id}}}`, vars)
	if trial.At(out, "errors", 0, "type") != "NOT_FOUND" {
		t.Errorf("the old id: %v", out)
	}
	foreign := trial.Must(srv.Repo("psf/black", ghtest.RepoOptions{}))(t)
	for name, err := range map[string]error{
		"to itself": second(guide.TransferIssue(moved, "x", guide)), "another owner": second(guide.TransferIssue(moved, "x", foreign)), "a pull request": second(repo.TransferIssue(pull, "x", guide)),
		"twice": second(repo.TransferIssue(number, "x", guide)), "deleted twice": repo.DeleteIssue(gone, "x"), "delete a pull request": repo.DeleteIssue(pull, "x"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if next := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Next"}))(t); next != 4 {
		t.Errorf("the next number is %d", next)
	}
}

// A repository lists its issues by what changed, a page at a time, without pull requests.
func TestIssueList(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := trial.Server(t, ghtest.Config{Now: func() time.Time { return now }})
	repo := trial.Repo(t, srv, "python/cpython")
	for _, title := range []string{"one", "two", "three", "four"} {
		trial.Must(repo.OpenIssue(ghtest.Issue{Title: title, Author: "bob", Labels: []string{title}}))(t)
		srv.Advance(time.Hour)
	}
	trial.OpenPR(t, repo)
	trial.Must(repo.Comment(2, "bob", "still there?"))(t)
	trial.OK(t, repo.Close(4, "bob"))
	token := srv.UserToken("alice")
	list := func(args string) []any {
		out := trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){issues(`+args+`){totalCount nodes{title} pageInfo{endCursor}}}}`, nil)
		if out["errors"] != nil {
			t.Fatalf("%s: %v", args, out["errors"])
		}
		var titles []any
		for i := 0; trial.At(out, "data", "repository", "issues", "nodes", i) != nil; i++ {
			titles = append(titles, trial.At(out, "data", "repository", "issues", "nodes", i, "title"))
		}
		return titles
	}
	for args, want := range map[string][]any{
		"first:9":               {"one", "two", "three", "four"},
		"first:2,states:[OPEN]": {"one", "two"},
		"first:2,states:[OPEN],after:\"" + "Y3Vyc29yOnYyOjE=" + "\"":         {"three"},
		"first:9,orderBy:{field:UPDATED_AT,direction:DESC}":                  {"four", "two", "three", "one"},
		"first:9,filterBy:{since:\"2026-01-02T14:00:00Z\",states:[OPEN]}":    {"two", "three"},
		"first:9,filterBy:{labels:[\"ONE\"],createdBy:\"Bob\"}":              {"one"},
		"last:1,states:[CLOSED]":                                             {"four"},
		"first:1,orderBy:{field:COMMENTS,direction:DESC},labels:[\"two\"]":   {"two"},
		"first:9,filterBy:{createdBy:\"alice\"},orderBy:{field:UPDATED_AT}":  nil,
		"first:9,filterBy:{since:\"2026-01-02T16:00:01Z\"},states:[CLOSED]":  nil,
		"first:9,filterBy:{since:\"2026-01-02T16:00:00Z\"},labels:[\"two\"]": {"two"},
	} {
		if d := cmp.Diff(want, list(args)); d != "" {
			t.Errorf("%s (-want +got):\n%s", args, d)
		}
	}
	out := trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){issues(first:1,filterBy:{mentioned:"x"}){totalCount}}}`, nil)
	if trial.At(out, "errors", 0, "type") != "UNPROCESSABLE" {
		t.Errorf("an unknown filter: %v", out)
	}
}
