package ghtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// In an instant that does not move, the history is in the order in which things happened; of commits it knows the date alone.
func TestTimeline(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := newServer(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := newRepo(t, srv, "python/cpython")
	file := func(text string) map[string]ghtest.File {
		return map[string]ghtest.File{"Lib/os.py": ghtest.Text(text)}
	}
	must(repo.Push("alice:fix", ghtest.Commit{Message: "one", Files: file("1\n")}))(t)
	number := must(repo.OpenPR(ghtest.PR{Title: "Fix", Head: "alice:fix", Draft: true}))(t)
	ok(t, repo.Collaborator("bob", "write"))
	review := must(repo.Review(number, "bob", "CHANGES_REQUESTED", "No"))(t)
	must(repo.Push("alice:fix", ghtest.Commit{Message: "two", Files: file("2\n")}))(t)
	must(repo.Comment(number, "alice", "done"))(t)
	ok(t, repo.DismissReview(number, "bob", review, "Yes"))
	ok(t, repo.SetDraft(number, false))
	ok(t, repo.SetDraft(number, true))
	ok(t, repo.Close(number, "bob"))
	ok(t, repo.Reopen(number, "alice"))
	before := graphql(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){timelineItems(first:20){nodes{__typename
		...on PullRequestCommit{commit{messageHeadline committedDate}} ...on PullRequestReview{state author{login} commit{messageHeadline}}
		...on ReviewDismissedEvent{previousReviewState review{author{login}}} ...on IssueComment{body}}}}}}`, nil)
	var got []string
	for i := range 10 {
		n := at(before, "data", "repository", "pullRequest", "timelineItems", "nodes", i)
		parts := []string{fmt.Sprint(at(n, "__typename"))}
		for _, path := range [][]any{{"commit", "messageHeadline"}, {"commit", "committedDate"}, {"state"}, {"author", "login"}, {"previousReviewState"}, {"review", "author", "login"}, {"body"}} {
			if x := at(n, path...); x != nil {
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
	tip := must(repo.ForcePush("alice:fix", "main", ghtest.Commit{Message: "three", Files: file("3\n")}))(t)
	after := graphql(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){additions deletions
		timelineItems(first:1,itemTypes:[PULL_REQUEST_COMMIT,HEAD_REF_FORCE_PUSHED_EVENT]){totalCount pageInfo{endCursor} nodes{...on PullRequestCommit{commit{oid}}}}}}}`, nil)
	p := at(after, "data", "repository", "pullRequest")
	wantForced := map[string]any{"createdAt": "2026-01-02T12:00:00Z", "actor": map[string]any{"login": "alice"}, "beforeCommit": map[string]any{"messageHeadline": "two"}, "afterCommit": map[string]any{"oid": tip}}
	if at(p, "timelineItems", "nodes", 0, "commit", "oid") != tip || at(p, "timelineItems", "totalCount") != 2.0 || at(p, "additions") != 1.0 || at(p, "deletions") != 0.0 {
		t.Errorf("the first page is %v", after)
	}
	next := graphql(t, srv, srv.UserToken("alice"), `query($after:String!){repository(owner:"python",name:"cpython"){pullRequest(number:1){
		timelineItems(first:1,after:$after,itemTypes:[PULL_REQUEST_COMMIT,HEAD_REF_FORCE_PUSHED_EVENT]){pageInfo{hasNextPage} nodes{...on HeadRefForcePushedEvent{createdAt actor{login} beforeCommit{messageHeadline} afterCommit{oid}}}}}}}`,
		map[string]any{"after": at(p, "timelineItems", "pageInfo", "endCursor")})
	items := at(next, "data", "repository", "pullRequest", "timelineItems")
	if d := cmp.Diff(wantForced, at(items, "nodes", 0)); d != "" || at(items, "pageInfo", "hasNextPage") != false {
		t.Errorf("forced (-want +got):\n%s\n%v", d, next)
	}
}

// Commits stand in a timeline by the date that their committer chose, not by their push, and a force push by GitHub's clock
// (isaacs/github#974; palantir/policy-bot#37 and #56, which had to date pushes by its own statuses).
func TestCommitsStandByTheirDate(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := newServer(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := newRepo(t, srv, "python/cpython")
	commit := func(message string, date time.Time) ghtest.Commit {
		return ghtest.Commit{Message: message, Date: date, Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text(message)}}
	}
	must(repo.Push("alice:fix", commit("honest", time.Time{})))(t)
	number := must(repo.OpenPR(ghtest.PR{Title: "Fix", Head: "alice:fix"}))(t)
	srv.Advance(time.Hour)
	ok(t, repo.Label(number, "carol", "awaiting merge"))
	srv.Advance(time.Hour)
	must(repo.Push("alice:fix", commit("backdated", noon.AddDate(-9, 0, 0)), commit("of the future", noon.AddDate(9, 0, 0))))(t)
	ok(t, repo.Label(number, "carol", "docs"))
	timeline := func() []string {
		answer := graphql(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){timelineItems(first:20){nodes{__typename
			...on PullRequestCommit{commit{messageHeadline}} ...on LabeledEvent{label{name}} ...on HeadRefForcePushedEvent{createdAt}}}}}}`, nil)
		nodes, _ := at(answer, "data", "repository", "pullRequest", "timelineItems", "nodes").([]any)
		var all []string
		for _, n := range nodes {
			for _, path := range [][]any{{"commit", "messageHeadline"}, {"label", "name"}, {"createdAt"}} {
				if x := at(n, path...); x != nil {
					all = append(all, fmt.Sprint(x))
				}
			}
		}
		return all
	}
	if d := cmp.Diff([]string{"backdated", "honest", "awaiting merge", "docs", "of the future"}, timeline()); d != "" {
		t.Errorf("the timeline (-want +got):\n%s", d)
	}
	must(repo.ForcePush("alice:fix", "main", commit("forced", noon.AddDate(-9, 0, 0))))(t)
	if d := cmp.Diff([]string{"forced", "awaiting merge", "docs", "2026-01-02T14:00:00Z"}, timeline()); d != "" {
		t.Errorf("the timeline after a force push (-want +got):\n%s", d)
	}
}

// Issues and pull requests are asked for in one query, each with its own fields, and lists go on where they ended.
func TestIssueOrPullRequest(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := newRepo(t, srv, "python/cpython")
	number := openPR(t, repo)
	issue := must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	for _, text := range []string{"one", "two", "three"} {
		must(repo.Comment(number, "alice", text))(t)
		must(repo.Comment(issue, srv.BotLogin(), text))(t)
	}
	st := must(repo.PR(number))(t)
	ok(t, repo.EditComment(number, "barry", st.Comments[1].ID, "TWO"))
	ok(t, repo.React(number, "alice", st.Comments[1].ID, "eyes"))
	ok(t, repo.Collaborator("bob", "write"))
	must(repo.Review(number, "bob", "COMMENTED", "Hm"))(t)
	must(repo.Review(number, "bob", "APPROVED", ""))(t)
	const query = `query($pull:String,$issue:String){repository(owner:"python",name:"cpython"){
		p1:issueOrPullRequest(number:1){...F} i2:issueOrPullRequest(number:2){...F}}}
		fragment F on Node{__typename ...on Comment{author{__typename login}}
			...on PullRequest{isDraft comments(first:2,after:$pull){...C} reviews(first:9,states:[APPROVED,CHANGES_REQUESTED]){nodes{author{login} state submittedAt commit{oid}}}}
			...on Issue{title comments(first:2,after:$issue){...C}}}
		fragment C on IssueCommentConnection{nodes{body author{__typename login} editor{login} lastEditedAt reactionGroups{content viewerHasReacted}} pageInfo{hasNextPage endCursor}}`
	token := srv.UserToken("alice")
	out := graphql(t, srv, token, query, nil)
	p, i := at(out, "data", "repository", "p1"), at(out, "data", "repository", "i2")
	edited := at(p, "comments", "nodes", 1)
	for name, c := range map[string]struct{ got, want any }{
		"types":    {fmt.Sprint(at(p, "__typename"), at(i, "__typename"), at(p, "isDraft"), at(i, "title")), "PullRequestIssuefalseA bug"},
		"authors":  {[]any{at(p, "author"), at(i, "author")}, []any{map[string]any{"__typename": "User", "login": "alice"}, map[string]any{"__typename": "User", "login": "bob"}}},
		"bot":      {at(i, "comments", "nodes", 0, "author"), map[string]any{"__typename": "Bot", "login": "concorde"}},
		"edited":   {fmt.Sprint(at(edited, "body"), at(edited, "editor", "login"), at(edited, "lastEditedAt") != nil), "TWObarrytrue"},
		"original": {fmt.Sprint(at(p, "comments", "nodes", 0, "editor"), at(p, "comments", "nodes", 0, "lastEditedAt")), "<nil> <nil>"},
		"eyes":     {at(edited, "reactionGroups", 7), map[string]any{"content": "EYES", "viewerHasReacted": true}},
		"heart":    {at(edited, "reactionGroups", 5), map[string]any{"content": "HEART", "viewerHasReacted": false}},
		"reviews":  {fmt.Sprint(at(p, "reviews", "nodes", 0, "state"), at(p, "reviews", "nodes", 0, "commit", "oid"), at(p, "reviews", "nodes", 1)), "APPROVED" + st.HeadSHA + "<nil>"},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s\n%v", name, d, out["errors"])
		}
	}
	out = graphql(t, srv, token, query, map[string]any{"pull": at(p, "comments", "pageInfo", "endCursor"), "issue": at(i, "comments", "pageInfo", "endCursor")})
	for _, alias := range []string{"p1", "i2"} {
		list := at(out, "data", "repository", alias, "comments")
		if at(list, "nodes", 0, "body") != "three" || at(list, "nodes", 1) != nil || at(list, "pageInfo", "hasNextPage") != false {
			t.Errorf("the second page of %s is %v", alias, list)
		}
	}
}

// What is mentioned knows it, once for each that mentions it; code, quoted text of programs and comments of HTML mention nothing.
func TestCrossReferences(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo, other := newRepo(t, srv, "python/cpython"), newRepo(t, srv, "python/devguide")
	must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob", Body: "see #1, which is me"}))(t)
	number := must(openWith(repo, "fix", ghtest.PR{Title: "gh-1: Fix", Body: "Nothing more.\n"}))(t)
	ok(t, repo.EditBody(number, "* Issue: gh-1\n")) // again
	quiet := must(openWith(repo, "quiet", ghtest.PR{Title: "Quiet", Body: "`#1` and <!-- #1 -->\n```\n#1\n```\nLib/gh-1 x#1 12#1 #1a #99 nobody/nothing#1 " + strings.Repeat("#1x ", 3)}))(t)
	must(other.OpenIssue(ghtest.Issue{Title: "Elsewhere", Author: "carol", Body: "see python/cpython#1"}))(t)
	must(repo.OpenIssue(ghtest.Issue{Title: "Twin", Author: "carol", Body: "like " + srv.URL + "/python/cpython/issues/1#issuecomment-7"}))(t)
	must(repo.Comment(4, "dave", "and (GH-2)"))(t)
	const query = `query($n:Int!){repository(owner:"python",name:"cpython"){it:issueOrPullRequest(number:$n){...on Issue{...I} ...on PullRequest{...P}}}}
		fragment I on Issue{timelineItems(first:20,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{...E}}}
		fragment P on PullRequest{timelineItems(first:20,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{...E}}}
		fragment E on CrossReferencedEvent{actor{login} isCrossRepository source{__typename ...on PullRequest{number title body state repository{nameWithOwner}} ...on Issue{number repository{nameWithOwner}}} target{...on Issue{number}}}`
	sources := func(token string, n int) []string {
		out := graphql(t, srv, token, query, map[string]any{"n": n})
		var found []string
		for i := 0; at(out, "data", "repository", "it", "timelineItems", "nodes", i) != nil; i++ {
			e := at(out, "data", "repository", "it", "timelineItems", "nodes", i)
			found = append(found, fmt.Sprint(at(e, "actor", "login"), ": ", at(e, "source", "__typename"), " ", at(e, "source", "repository", "nameWithOwner"), "#", at(e, "source", "number"), " ", at(e, "isCrossRepository")))
		}
		return found
	}
	want := []string{"alice: PullRequest python/cpython#2 false", "carol: Issue python/devguide#1 true", "carol: Issue python/cpython#4 false"}
	if d := cmp.Diff(want, sources(srv.UserToken("alice"), 1)); d != "" {
		t.Errorf("references of the issue (-want +got):\n%s", d)
	}
	narrow := appToken(t, srv, `{"repositories":["cpython"]}`)
	if d := cmp.Diff([]string{want[0], want[2]}, sources(narrow, 1)); d != "" {
		t.Errorf("seen without the other repository (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"dave: Issue python/cpython#4 false"}, sources(narrow, number)); d != "" {
		t.Errorf("references of the pull request (-want +got):\n%s", d)
	}
	if found := sources(narrow, quiet); found != nil {
		t.Errorf("references of the quiet one: %v", found)
	}
	if out := send(t, srv, narrow, "GET /repos/python/cpython/issues/1/events", ""); at(out.body, 0) != nil || out.status != 200 {
		t.Errorf("events by the REST API: %+v", out)
	}
}

// openWith opens a pull request from a branch of alice's fork.
func openWith(repo *ghtest.Repo, branch string, pr ghtest.PR) (int, error) {
	if _, err := repo.Push("alice:"+branch, ghtest.Commit{Files: map[string]ghtest.File{branch: ghtest.Text(branch)}}); err != nil {
		return 0, err
	}
	pr.Head = "alice:" + branch
	return repo.OpenPR(pr)
}
