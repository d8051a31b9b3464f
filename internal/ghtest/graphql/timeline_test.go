package graphql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// In an instant that does not move, the history is in the order in which things happened; of commits it knows the date alone.
func TestTimeline(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := trial.Server(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := trial.Repo(t, srv, "python/cpython")
	file := func(text string) map[string]ghtest.File {
		return map[string]ghtest.File{"Lib/os.py": ghtest.Text(text)}
	}
	trial.Must(repo.Push("alice:fix", ghtest.Commit{Message: "one", Files: file("1\n")}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix", Head: "alice:fix", Draft: true}))(t)
	trial.OK(t, repo.Collaborator("bob", "write"))
	review := trial.Must(repo.Review(number, "bob", "CHANGES_REQUESTED", "No"))(t)
	trial.Must(repo.Push("alice:fix", ghtest.Commit{Message: "two", Files: file("2\n")}))(t)
	trial.Must(repo.Comment(number, "alice", "done"))(t)
	trial.OK(t, repo.DismissReview(number, "bob", review, "Yes"))
	trial.OK(t, repo.SetDraft(number, false))
	trial.OK(t, repo.SetDraft(number, true))
	trial.OK(t, repo.Close(number, "bob"))
	trial.OK(t, repo.Reopen(number, "alice"))
	before := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){timelineItems(first:20){nodes{__typename
		...on PullRequestCommit{commit{messageHeadline committedDate}} ...on PullRequestReview{state author{login} commit{messageHeadline}}
		...on ReviewDismissedEvent{previousReviewState review{author{login}}} ...on IssueComment{body}}}}}}`, nil)
	var got []string
	for i := range 10 {
		n := trial.At(before, "data", "repository", "pullRequest", "timelineItems", "nodes", i)
		parts := []string{fmt.Sprint(trial.At(n, "__typename"))}
		for _, path := range [][]any{{"commit", "messageHeadline"}, {"commit", "committedDate"}, {"state"}, {"author", "login"}, {"previousReviewState"}, {"review", "author", "login"}, {"body"}} {
			if x := trial.At(n, path...); x != nil {
				parts = append(parts, fmt.Sprint(x))
			}
		}
		got = append(got, strings.Join(parts, " "))
	}
	want := []string{
		"PullRequestCommit one 2026-01-02T12:00:00Z", "PullRequestCommit two 2026-01-02T12:00:00Z", "PullRequestReview one DISMISSED bob", "IssueComment done",
		"ReviewDismissedEvent CHANGES_REQUESTED bob", "ReadyForReviewEvent", "ConvertToDraftEvent", "ClosedEvent", "ReopenedEvent", "<nil>",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("history (-want +got):\n%s\n%v", d, before["errors"])
	}
	tip := trial.Must(repo.ForcePush("alice:fix", "main", ghtest.Commit{Message: "three", Files: file("3\n")}))(t)
	after := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){additions deletions
		timelineItems(first:1,itemTypes:[PULL_REQUEST_COMMIT,HEAD_REF_FORCE_PUSHED_EVENT]){totalCount pageInfo{endCursor} nodes{...on PullRequestCommit{commit{oid}}}}}}}`, nil)
	p := trial.At(after, "data", "repository", "pullRequest")
	wantForced := map[string]any{"createdAt": "2026-01-02T12:00:00Z", "actor": map[string]any{"login": "alice"}, "beforeCommit": map[string]any{"messageHeadline": "two"}, "afterCommit": map[string]any{"oid": tip}}
	if trial.At(p, "timelineItems", "nodes", 0, "commit", "oid") != tip || trial.At(p, "timelineItems", "totalCount") != 2.0 || trial.At(p, "additions") != 1.0 || trial.At(p, "deletions") != 0.0 {
		t.Errorf("the first page is %v", after)
	}
	next := trial.GraphQL(t, srv, srv.UserToken("alice"), `query($after:String!){repository(owner:"python",name:"cpython"){pullRequest(number:1){
		timelineItems(first:1,after:$after,itemTypes:[PULL_REQUEST_COMMIT,HEAD_REF_FORCE_PUSHED_EVENT]){pageInfo{hasNextPage} nodes{...on HeadRefForcePushedEvent{createdAt actor{login} beforeCommit{messageHeadline} afterCommit{oid}}}}}}}`,
		map[string]any{"after": trial.At(p, "timelineItems", "pageInfo", "endCursor")})
	items := trial.At(next, "data", "repository", "pullRequest", "timelineItems")
	if d := cmp.Diff(wantForced, trial.At(items, "nodes", 0)); d != "" || trial.At(items, "pageInfo", "hasNextPage") != false {
		t.Errorf("forced (-want +got):\n%s\n%v", d, next)
	}
}

// Commits stand in a timeline by the date that their committer chose, not by their push, and a force push by GitHub's clock
// (isaacs/github#974; palantir/policy-bot#37 and #56, which had to date pushes by its own statuses).
func TestCommitsStandByTheirDate(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := trial.Server(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := trial.Repo(t, srv, "python/cpython")
	commit := func(message string, date time.Time) ghtest.Commit {
		return ghtest.Commit{Message: message, Date: date, Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text(message)}}
	}
	trial.Must(repo.Push("alice:fix", commit("honest", time.Time{})))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix", Head: "alice:fix"}))(t)
	srv.Advance(time.Hour)
	trial.OK(t, repo.Label(number, "carol", "awaiting merge"))
	srv.Advance(time.Hour)
	trial.Must(repo.Push("alice:fix", commit("backdated", noon.AddDate(-9, 0, 0)), commit("of the future", noon.AddDate(9, 0, 0))))(t)
	trial.OK(t, repo.Label(number, "carol", "docs"))
	timeline := func() []string {
		answer := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){timelineItems(first:20){nodes{__typename
			...on PullRequestCommit{commit{messageHeadline}} ...on LabeledEvent{label{name}} ...on HeadRefForcePushedEvent{createdAt}}}}}}`, nil)
		nodes, _ := trial.At(answer, "data", "repository", "pullRequest", "timelineItems", "nodes").([]any)
		var all []string
		for _, n := range nodes {
			for _, path := range [][]any{{"commit", "messageHeadline"}, {"label", "name"}, {"createdAt"}} {
				if x := trial.At(n, path...); x != nil {
					all = append(all, fmt.Sprint(x))
				}
			}
		}
		return all
	}
	if d := cmp.Diff([]string{"backdated", "honest", "awaiting merge", "docs", "of the future"}, timeline()); d != "" {
		t.Errorf("the timeline (-want +got):\n%s", d)
	}
	trial.Must(repo.ForcePush("alice:fix", "main", commit("forced", noon.AddDate(-9, 0, 0))))(t)
	if d := cmp.Diff([]string{"forced", "awaiting merge", "docs", "2026-01-02T14:00:00Z"}, timeline()); d != "" {
		t.Errorf("the timeline after a force push (-want +got):\n%s", d)
	}
}

// Issues and pull requests are asked for in one query, each with its own fields, and lists go on where they ended.
func TestIssueOrPullRequest(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	issue := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	for _, text := range []string{"one", "two", "three"} {
		trial.Must(repo.Comment(number, "alice", text))(t)
		trial.Must(repo.Comment(issue, srv.BotLogin(), text))(t)
	}
	st := trial.Must(repo.PR(number))(t)
	trial.OK(t, repo.EditComment(number, "barry", st.Comments[1].ID, "TWO"))
	trial.OK(t, repo.React(number, "alice", st.Comments[1].ID, "eyes"))
	trial.OK(t, repo.Collaborator("bob", "write"))
	trial.Must(repo.Review(number, "bob", "COMMENTED", "Hm"))(t)
	trial.Must(repo.Review(number, "bob", "APPROVED", ""))(t)
	const query = `query($pull:String,$issue:String){repository(owner:"python",name:"cpython"){
		p1:issueOrPullRequest(number:1){...F} i2:issueOrPullRequest(number:2){...F}}}
		fragment F on Node{__typename ...on Comment{author{__typename login}}
			...on PullRequest{isDraft comments(first:2,after:$pull){...C} reviews(first:9,states:[APPROVED,CHANGES_REQUESTED]){nodes{author{login} state submittedAt commit{oid}}}}
			...on Issue{title comments(first:2,after:$issue){...C}}}
		fragment C on IssueCommentConnection{nodes{body author{__typename login} editor{login} lastEditedAt reactionGroups{content viewerHasReacted}} pageInfo{hasNextPage endCursor}}`
	token := srv.UserToken("alice")
	out := trial.GraphQL(t, srv, token, query, nil)
	p, i := trial.At(out, "data", "repository", "p1"), trial.At(out, "data", "repository", "i2")
	edited := trial.At(p, "comments", "nodes", 1)
	for name, c := range map[string]struct{ got, want any }{
		"types":    {fmt.Sprint(trial.At(p, "__typename"), trial.At(i, "__typename"), trial.At(p, "isDraft"), trial.At(i, "title")), "PullRequestIssuefalseA bug"},
		"authors":  {[]any{trial.At(p, "author"), trial.At(i, "author")}, []any{map[string]any{"__typename": "User", "login": "alice"}, map[string]any{"__typename": "User", "login": "bob"}}},
		"bot":      {trial.At(i, "comments", "nodes", 0, "author"), map[string]any{"__typename": "Bot", "login": "concorde"}},
		"edited":   {fmt.Sprint(trial.At(edited, "body"), trial.At(edited, "editor", "login"), trial.At(edited, "lastEditedAt") != nil), "TWObarrytrue"},
		"original": {fmt.Sprint(trial.At(p, "comments", "nodes", 0, "editor"), trial.At(p, "comments", "nodes", 0, "lastEditedAt")), "<nil> <nil>"},
		"eyes":     {trial.At(edited, "reactionGroups", 7), map[string]any{"content": "EYES", "viewerHasReacted": true}},
		"heart":    {trial.At(edited, "reactionGroups", 5), map[string]any{"content": "HEART", "viewerHasReacted": false}},
		"reviews":  {fmt.Sprint(trial.At(p, "reviews", "nodes", 0, "state"), trial.At(p, "reviews", "nodes", 0, "commit", "oid"), trial.At(p, "reviews", "nodes", 1)), "APPROVED" + st.HeadSHA + "<nil>"},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s\n%v", name, d, out["errors"])
		}
	}
	out = trial.GraphQL(t, srv, token, query, map[string]any{"pull": trial.At(p, "comments", "pageInfo", "endCursor"), "issue": trial.At(i, "comments", "pageInfo", "endCursor")})
	for _, alias := range []string{"p1", "i2"} {
		list := trial.At(out, "data", "repository", alias, "comments")
		if trial.At(list, "nodes", 0, "body") != "three" || trial.At(list, "nodes", 1) != nil || trial.At(list, "pageInfo", "hasNextPage") != false {
			t.Errorf("the second page of %s is %v", alias, list)
		}
	}
}

// What is mentioned knows it, once for each that mentions it; code, quoted text of programs and comments of HTML mention nothing.
func TestCrossReferences(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo, other := trial.Repo(t, srv, "python/cpython"), trial.Repo(t, srv, "python/devguide")
	trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob", Body: "see #1, which is me"}))(t)
	number := trial.Must(trial.OpenWith(repo, "fix", ghtest.PR{Title: "gh-1: Fix", Body: "Nothing more.\n"}))(t)
	trial.OK(t, repo.EditBody(number, "* Issue: gh-1\n")) // again
	quiet := trial.Must(trial.OpenWith(repo, "quiet", ghtest.PR{Title: "Quiet", Body: "`#1` and <!-- #1 -->\n```\n#1\n```\nLib/gh-1 x#1 12#1 #1a #99 nobody/nothing#1 " + strings.Repeat("#1x ", 3)}))(t)
	trial.Must(other.OpenIssue(ghtest.Issue{Title: "Elsewhere", Author: "carol", Body: "see python/cpython#1"}))(t)
	trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Twin", Author: "carol", Body: "like " + srv.URL + "/python/cpython/issues/1#issuecomment-7"}))(t)
	trial.Must(repo.Comment(4, "dave", "and (GH-2)"))(t)
	const query = `query($n:Int!){repository(owner:"python",name:"cpython"){it:issueOrPullRequest(number:$n){...on Issue{...I} ...on PullRequest{...P}}}}
		fragment I on Issue{timelineItems(first:20,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{...E}}}
		fragment P on PullRequest{timelineItems(first:20,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{...E}}}
		fragment E on CrossReferencedEvent{actor{login} isCrossRepository source{__typename ...on PullRequest{number title body state repository{nameWithOwner}} ...on Issue{number repository{nameWithOwner}}} target{...on Issue{number}}}`
	sources := func(token string, n int) []string {
		out := trial.GraphQL(t, srv, token, query, map[string]any{"n": n})
		var found []string
		for i := 0; trial.At(out, "data", "repository", "it", "timelineItems", "nodes", i) != nil; i++ {
			e := trial.At(out, "data", "repository", "it", "timelineItems", "nodes", i)
			found = append(found, fmt.Sprint(trial.At(e, "actor", "login"), ": ", trial.At(e, "source", "__typename"), " ", trial.At(e, "source", "repository", "nameWithOwner"), "#", trial.At(e, "source", "number"), " ", trial.At(e, "isCrossRepository")))
		}
		return found
	}
	want := []string{"alice: PullRequest python/cpython#2 false", "carol: Issue python/devguide#1 true", "carol: Issue python/cpython#4 false"}
	if d := cmp.Diff(want, sources(srv.UserToken("alice"), 1)); d != "" {
		t.Errorf("references of the issue (-want +got):\n%s", d)
	}
	narrow := trial.AppToken(t, srv, `{"repositories":["cpython"]}`)
	if d := cmp.Diff([]string{want[0], want[2]}, sources(narrow, 1)); d != "" {
		t.Errorf("seen without the other repository (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"dave: Issue python/cpython#4 false"}, sources(narrow, number)); d != "" {
		t.Errorf("references of the pull request (-want +got):\n%s", d)
	}
	if found := sources(narrow, quiet); found != nil {
		t.Errorf("references of the quiet one: %v", found)
	}
	if out := trial.Send(t, srv, narrow, "GET /repos/python/cpython/issues/1/events", ""); trial.At(out.Body, 0) != nil || out.Status != 200 {
		t.Errorf("events by the REST API: %+v", out)
	}
}
