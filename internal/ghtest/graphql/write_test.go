package graphql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// One document writes all that a run has to write: each mutation does what the REST API does, and one that fails leaves the others alone.
func TestMutations(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	issue := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob", Labels: []string{"docs", "old"}}))(t)
	comment := trial.Must(repo.Comment(issue, "bob", "please"))(t)
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	vars := trial.IDs(t, srv, `pull:pullRequest(number:1){id} issue:issue(number:2){id} docs:label(name:"docs"){id} bug:label(name:"type-bug"){id} old:label(name:"old"){id}`)
	comments := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){issue(number:2){comments(first:1){nodes{id}}}}}`, nil)
	vars["comment"] = trial.At(comments, "data", "repository", "issue", "comments", "nodes", 0, "id")
	vars["body"] = "<!-- a & b -->"
	trial.Send(t, srv, trial.AppToken(t, srv, ""), "DELETE /repos/python/cpython/labels/old", "")
	out := trial.GraphQL(t, srv, trial.AppToken(t, srv, ""), `mutation($pull:ID!,$issue:ID!,$docs:ID!,$bug:ID!,$old:ID!,$comment:ID!,$body:String!){
		a:addLabelsToLabelable(input:{labelableId:$pull,labelIds:[$docs]}){labelable{...on PullRequest{labels(first:9){nodes{name}}}}}
		gone:addLabelsToLabelable(input:{labelableId:$pull,labelIds:[$docs,$old]}){clientMutationId}
		b:removeLabelsFromLabelable(input:{labelableId:$pull,labelIds:[$bug,$bug]}){labelable{__typename}}
		nowhere:addComment(input:{subjectId:"PR_x",body:"x"}){subject{id}}
		c:addComment(input:{clientMutationId:"7",subjectId:$pull,body:$body}){clientMutationId commentEdge{node{body author{__typename login}}} subject{...on PullRequest{number}}}
		d:addReaction(input:{subjectId:$comment,content:THUMBS_UP}){reaction{content} reactionGroups{content viewerHasReacted}}
		again:addReaction(input:{subjectId:$comment,content:THUMBS_UP}){subject{...on IssueComment{body}}}
		e:updatePullRequest(input:{pullRequestId:$pull,body:$body}){pullRequest{body} actor{login}}
		f:updateIssue(input:{id:$issue,body:"new"}){issue{body lastEditedAt editor{login}}}
		empty:addComment(input:{subjectId:$issue,body:""}){subject{id}}
		g:closePullRequest(input:{pullRequestId:$pull}){pullRequest{state}}
	}`, vars)
	app := map[string]any{"login": "concorde"}
	groups := []any{}
	for _, content := range []string{"THUMBS_UP", "THUMBS_DOWN", "LAUGH", "HOORAY", "CONFUSED", "HEART", "ROCKET", "EYES"} {
		groups = append(groups, map[string]any{"content": content, "viewerHasReacted": content == "THUMBS_UP"})
	}
	edited, _ := trial.At(out, "data", "f", "issue", "lastEditedAt").(string)
	want := map[string]any{
		"a": map[string]any{"labelable": map[string]any{"labels": map[string]any{"nodes": []any{map[string]any{"name": "type-bug"}, map[string]any{"name": "docs"}}}}},
		"b": map[string]any{"labelable": map[string]any{"__typename": "PullRequest"}},
		"c": map[string]any{"clientMutationId": "7", "subject": map[string]any{"number": 1.0}, "commentEdge": map[string]any{"node": map[string]any{"body": vars["body"], "author": map[string]any{"__typename": "Bot", "login": "concorde"}}}},
		"d": map[string]any{"reaction": map[string]any{"content": "THUMBS_UP"}, "reactionGroups": groups}, "again": map[string]any{"subject": map[string]any{"body": "please"}},
		"e": map[string]any{"pullRequest": map[string]any{"body": vars["body"]}, "actor": app}, "f": map[string]any{"issue": map[string]any{"body": "new", "lastEditedAt": edited, "editor": app}},
		"g": map[string]any{"pullRequest": map[string]any{"state": "CLOSED"}}, "gone": nil, "nowhere": nil, "empty": nil,
	}
	if d := cmp.Diff(want, out["data"]); d != "" || edited == "" {
		t.Errorf("data (-want +got):\n%s\n%v", d, out["errors"])
	}
	var failed []string
	for i := range 3 {
		failed = append(failed, fmt.Sprint(trial.At(out, "errors", i, "path", 0), " ", trial.At(out, "errors", i, "type")))
	}
	if got := strings.Join(failed, ", "); got != "gone NOT_FOUND, nowhere NOT_FOUND, empty UNPROCESSABLE" || trial.At(out, "errors", 3) != nil {
		t.Errorf("errors are %v", out["errors"])
	}
	var writes []string
	for _, w := range repo.Writes() {
		writes = append(writes, fmt.Sprintf("%s %d %s", w.Kind, w.Number, w.Key))
	}
	state := trial.Must(repo.PR(number))(t)
	wantWrites := []string{"label-delete 0 old", "label 1 docs", "unlabel 1 type-bug", fmt.Sprintf("comment 1 %d", state.Comments[0].ID), fmt.Sprintf("react 2 %d", comment), "pull-edit 1 body", "issue-edit 2 body", "close 1 "}
	if d := cmp.Diff(wantWrites, writes); d != "" || repo.Writes()[5].Text != `{"body":"<!-- a & b -->"}`+"\n" {
		t.Errorf("writes (-want +got):\n%s\n%q", d, repo.Writes()[5].Text)
	}
	trial.Flush(t, srv)
	wantEvents := []string{"pull_request.labeled", "pull_request.unlabeled", "issue_comment.created", "pull_request.edited", "issues.edited", "pull_request.closed"}
	if d := cmp.Diff(wantEvents, rec.Events); d != "" || !strings.Contains(string(rec.Payloads[3]), `"login":"concorde[bot]"`) {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

// Without the permission a mutation is forbidden, and each costs a write of the minute.
func TestMutationsRefused(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{Permissions: map[string]string{"metadata": "read", "issues": "read", "pull_requests": "read"}, ContentPerMinute: 5})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.OpenPR(t, repo)
	vars := trial.IDs(t, srv, `pull:pullRequest(number:1){id} bug:label(name:"type-bug"){id}`)
	out := trial.GraphQL(t, srv, trial.AppToken(t, srv, ""), `mutation($pull:ID!,$bug:ID!){a:removeLabelsFromLabelable(input:{labelableId:$pull,labelIds:[$bug]}){clientMutationId}
		b:addComment(input:{subjectId:$pull,body:"x"}){clientMutationId} c:updatePullRequest(input:{pullRequestId:$pull,body:"x"}){clientMutationId}
		d:closePullRequest(input:{pullRequestId:$pull}){clientMutationId} e:addReaction(input:{subjectId:$pull,content:EYES}){clientMutationId}}`, vars)
	for i, alias := range []string{"a", "b", "c", "d", "e"} {
		if trial.At(out, "errors", i, "type") != "FORBIDDEN" || trial.At(out, "errors", i, "message") != "Resource not accessible by integration" || trial.At(out, "errors", i, "path", 0) != alias {
			t.Errorf("%s: %v", alias, trial.At(out, "errors", i))
		}
	}
	out = trial.GraphQL(t, srv, trial.AppToken(t, srv, ""), `mutation{a:closePullRequest(input:{pullRequestId:"x"}){clientMutationId}}`, nil)
	if message, _ := out["message"].(string); !strings.Contains(message, "secondary rate limit") || len(repo.Writes()) != 0 {
		t.Errorf("the second: %v, writes %v", out, repo.Writes())
	}
}

// Where a conversation is locked, only people who may write can talk.
func TestLocked(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	comment := trial.Must(repo.Comment(number, "alice", "hello"))(t)
	trial.OK(t, repo.Collaborator("barry", "write"))
	trial.OK(t, repo.Lock(number, "barry", "too heated"))
	token := trial.AppToken(t, srv, "")
	trial.WantProblem(t, srv, token, "POST /repos/python/cpython/issues/1/comments", `{"body":"x"}`, "403 Unable to create comment because issue is locked.")
	trial.WantProblem(t, srv, token, fmt.Sprintf("POST /repos/python/cpython/issues/comments/%d/reactions", comment), `{"content":"eyes"}`, "403 Unable to create reaction because issue is locked.")
	if _, err := repo.Comment(number, "alice", "x"); err == nil {
		t.Error("the author commented")
	}
	trial.Must(repo.Comment(number, "barry", "Be kind."))(t)
	vars := trial.IDs(t, srv, `pull:pullRequest(number:1){id}`)
	out := trial.GraphQL(t, srv, token, `mutation($pull:ID!){a:addComment(input:{subjectId:$pull,body:"x"}){clientMutationId}}`, vars)
	if trial.At(out, "errors", 0, "type") != "UNPROCESSABLE" || trial.At(out, "errors", 0, "message") != "Unable to create comment because issue is locked" {
		t.Errorf("locked: %v", out)
	}
	out = trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){pullRequest(number:1){locked activeLockReason timelineItems(last:9,itemTypes:[LOCKED_EVENT]){nodes{...on LockedEvent{lockReason actor{login}}}}}}}`, nil)
	want := map[string]any{"locked": true, "activeLockReason": "TOO_HEATED", "timelineItems": map[string]any{"nodes": []any{map[string]any{"lockReason": "TOO_HEATED", "actor": map[string]any{"login": "barry"}}}}}
	if d := cmp.Diff(want, trial.At(out, "data", "repository", "pullRequest")); d != "" {
		t.Errorf("pull request (-want +got):\n%s", d)
	}
	trial.OK(t, repo.Unlock(number, "barry"))
	trial.OK(t, repo.React(number, "alice", comment, "heart"))
	trial.OK(t, repo.React(number, "barry", 0, "+1"))
	reactions := fmt.Sprintf("POST /repos/python/cpython/issues/comments/%d/reactions", comment)
	for _, status := range []int{201, 200} {
		if out := trial.Send(t, srv, token, reactions, `{"content":"eyes"}`); out.Status != status {
			t.Errorf("reaction: %+v, want %d", out, status)
		}
	}
	st := trial.Must(repo.PR(number))(t)
	if d := cmp.Diff([]ghtest.Reaction{{By: "alice", Content: "heart"}, {By: "concorde[bot]", Content: "eyes"}}, st.Comments[0].Reactions); d != "" || st.Locked {
		t.Errorf("reactions (-want +got):\n%s", d)
	}
	if got := trial.Send(t, srv, token, fmt.Sprintf("GET /repos/python/cpython/issues/comments/%d", comment), ""); trial.At(got.Body, "reactions", "total_count") != 2.0 || trial.At(got.Body, "reactions", "eyes") != 1.0 {
		t.Errorf("comment: %+v", got.Body)
	}
	for name, err := range map[string]error{
		"unlock": repo.Unlock(number, "barry"), "reason": repo.Lock(number, "barry", "boring"), "content": repo.React(number, "x", 0, "rofl"), "comment": repo.React(number, "x", 99, "eyes"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
