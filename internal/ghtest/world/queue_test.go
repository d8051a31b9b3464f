package world_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// queueServer has a repository whose main asks for the status "ci", and three pull requests that have it.
func queueServer(t *testing.T) (*ghtest.Server, *ghtest.Repo) {
	t.Helper()
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.OK(t, repo.Protect("main", ghtest.Protection{RequiredContexts: []string{"ci"}, MergeQueue: true}))
	for _, name := range []string{"one", "two", "three"} {
		number := trial.Must(trial.OpenWith(repo, name, ghtest.PR{Title: name}))(t)
		trial.OK(t, repo.SetStatus(trial.Must(repo.PR(number))(t).HeadSHA, "ci", ghtest.Status{Context: "ci", State: "success"}))
	}
	return srv, repo
}

// groups are the merge groups that were told, in short: "checks_requested 1", "destroyed 1 merged".
func groups(t *testing.T, rec *trial.Receiver) []string {
	t.Helper()
	var got []string
	for i, data := range rec.Payloads {
		if rec.Headers[i].Get("X-GitHub-Event") != "merge_group" {
			continue
		}
		var p struct {
			Action, Reason string
			Group          struct {
				HeadSHA string                       `json:"head_sha"`
				HeadRef string                       `json:"head_ref"`
				BaseSHA string                       `json:"base_sha"`
				BaseRef string                       `json:"base_ref"`
				Commit  struct{ ID, Message string } `json:"head_commit"`
			} `json:"merge_group"`
		}
		trial.OK(t, json.Unmarshal(data, &p))
		g := p.Group
		number, found := strings.CutPrefix(g.HeadRef, "refs/heads/gh-readonly-queue/main/pr-")
		number, found2 := strings.CutSuffix(number, "-"+g.BaseSHA)
		if !found || !found2 || g.BaseRef != "refs/heads/main" || g.Commit.ID != g.HeadSHA || g.Commit.Message == "" {
			t.Errorf("group is %s", data)
		}
		got = append(got, strings.TrimSpace(p.Action+" "+number+" "+p.Reason))
	}
	return got
}

// Each group is on top of the one before, and is merged when its checks are successful; who fails goes, and those after are made anew.
func TestMergeQueue(t *testing.T) {
	srv, repo := queueServer(t)
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	token := trial.AppToken(t, srv, "")
	heads := []string{trial.Must(repo.Queue(1))(t), trial.Must(repo.Queue(2))(t), trial.Must(repo.Queue(3))(t)}
	trial.WantProblem(t, srv, token, "PUT /repos/python/cpython/pulls/1/merge", "", "405 Changes must be made through the merge queue")
	trial.Send(t, srv, token, "POST /repos/python/cpython/statuses/"+heads[0], `{"state":"pending","context":"ci"}`)
	const query = `query($after:String){repository(owner:"python",name:"cpython"){none:mergeQueue(branch:"3.99"){id} pullRequest(number:2){isInMergeQueue mergeQueueEntry{position}}
		mergeQueue(branch:"main"){entries(first:2,after:$after){totalCount pageInfo{hasNextPage endCursor} nodes{position state pullRequest{number} baseCommit{oid} headCommit{oid status{contexts{context state}} checkSuites(first:1){totalCount}}}}}}}`
	out := trial.GraphQL(t, srv, token, query, nil)
	r := trial.At(out, "data", "repository")
	entries := trial.At(r, "mergeQueue", "entries")
	want := []any{
		map[string]any{"position": 1.0, "state": "AWAITING_CHECKS", "pullRequest": map[string]any{"number": 1.0}, "baseCommit": map[string]any{"oid": repo.Ref("main")},
			"headCommit": map[string]any{"oid": heads[0], "status": map[string]any{"contexts": []any{map[string]any{"context": "ci", "state": "PENDING"}}}, "checkSuites": map[string]any{"totalCount": 0.0}}},
		map[string]any{"position": 2.0, "state": "AWAITING_CHECKS", "pullRequest": map[string]any{"number": 2.0}, "baseCommit": map[string]any{"oid": heads[0]},
			"headCommit": map[string]any{"oid": heads[1], "status": nil, "checkSuites": map[string]any{"totalCount": 0.0}}},
	}
	if d := cmp.Diff(want, trial.At(entries, "nodes")); d != "" || trial.At(entries, "pageInfo", "hasNextPage") != true || trial.At(r, "none") != nil || trial.At(r, "pullRequest", "mergeQueueEntry", "position") != 2.0 {
		t.Errorf("queue (-want +got):\n%s\n%v", d, out["errors"])
	}
	out = trial.GraphQL(t, srv, token, query, map[string]any{"after": trial.At(entries, "pageInfo", "endCursor")})
	if trial.At(out, "data", "repository", "mergeQueue", "entries", "nodes", 0, "pullRequest", "number") != 3.0 {
		t.Errorf("the second page is %v", out)
	}
	status := func(sha, state string) {
		trial.Send(t, srv, token, "POST /repos/python/cpython/statuses/"+sha, `{"state":"`+state+`","context":"ci"}`)
	}
	status(heads[1], "failure") // it waits for the one before
	status(heads[0], "success")
	if st := trial.Must(repo.PR(1))(t); !st.Merged || st.MergeSHA != heads[0] || repo.Ref("main") != heads[0] || st.MergedBy != "github-merge-queue[bot]" {
		t.Errorf("the first is %+v", st)
	}
	if st := trial.Must(repo.PR(2))(t); st.State != "open" {
		t.Errorf("the second is %+v", st)
	}
	out = trial.GraphQL(t, srv, token, query, nil)
	entry := trial.At(out, "data", "repository", "mergeQueue", "entries", "nodes", 0)
	if trial.At(entry, "pullRequest", "number") != 3.0 || trial.At(entry, "baseCommit", "oid") != heads[0] || trial.At(entry, "headCommit", "oid") == heads[2] {
		t.Errorf("the third is not made anew: %v", out)
	}
	last, _ := trial.At(entry, "headCommit", "oid").(string)
	status(last, "success")
	if repo.Ref("main") != last || slices.ContainsFunc(repo.Branches(), func(b string) bool { return strings.HasPrefix(b, "gh-readonly-queue/") }) {
		t.Errorf("main is at %s, branches are %v", repo.Ref("main"), repo.Branches())
	}
	trial.Flush(t, srv)
	wantGroups := []string{
		"checks_requested 1", "checks_requested 2", "checks_requested 3", "destroyed 1 merged", "destroyed 2 dequeued", "destroyed 3 invalidated", "checks_requested 3", "destroyed 3 merged",
	}
	if d := cmp.Diff(wantGroups, groups(t, rec)); d != "" {
		t.Errorf("groups (-want +got):\n%s", d)
	}
	var pulls []string
	for _, event := range rec.Events {
		if strings.HasPrefix(event, "pull_request.") {
			pulls = append(pulls, strings.TrimPrefix(event, "pull_request."))
		}
	}
	if got := strings.Join(pulls, " "); got != "enqueued enqueued enqueued dequeued closed dequeued dequeued closed" {
		t.Errorf("events of pull requests are %s", got)
	}
	pr := pullOf(t, srv, token, 2, `isInMergeQueue timelineItems(first:9,itemTypes:[ADDED_TO_MERGE_QUEUE_EVENT,REMOVED_FROM_MERGE_QUEUE_EVENT]){nodes{__typename ...on RemovedFromMergeQueueEvent{reason}}}`)
	if trial.At(pr, "isInMergeQueue") != false || trial.At(pr, "timelineItems", "nodes", 1, "reason") != "CI_FAILURE" {
		t.Errorf("the second is %v", pr)
	}
}

// What happens to a pull request in the queue takes it out; what happens to the branch makes the groups anew.
func TestLeavingTheQueue(t *testing.T) {
	srv, repo := queueServer(t)
	queue := func(number int) { t.Helper(); trial.Must(repo.Queue(number))(t) }
	queued := func() string {
		out := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){defaultBranchRef{target{oid}} mergeQueue{entries(first:9){nodes{pullRequest{number} baseCommit{oid} headCommit{oid}}}}}}`, nil)
		base, numbers := trial.At(out, "data", "repository", "defaultBranchRef", "target", "oid"), ""
		for i := 0; trial.At(out, "data", "repository", "mergeQueue", "entries", "nodes", i) != nil; i++ {
			e := trial.At(out, "data", "repository", "mergeQueue", "entries", "nodes", i)
			if trial.At(e, "baseCommit", "oid") != base {
				t.Errorf("#%v is not on top of what is before it", trial.At(e, "pullRequest", "number"))
			}
			base, numbers = trial.At(e, "headCommit", "oid"), numbers+fmt.Sprint(trial.At(e, "pullRequest", "number"))
		}
		return numbers
	}
	queue(1)
	queue(2)
	queue(3)
	trial.OK(t, repo.Close(1, "alice"))
	if got := queued(); got != "23" {
		t.Errorf("after the first was closed: %s", got)
	}
	trial.Must(repo.Push("main", ghtest.Commit{Files: map[string]ghtest.File{"three": ghtest.Text("other\n")}}))(t)
	if got := queued(); got != "2" {
		t.Errorf("after a push in conflict with the third: %s", got)
	}
	trial.Must(repo.Push("alice:two", ghtest.Commit{}))(t)
	if got := queued(); got != "" {
		t.Errorf("after a push to the second: %s", got)
	}
	sha := trial.Must(repo.PR(2))(t).HeadSHA
	for name, err := range map[string]error{
		"without the status": second(repo.Queue(2)), "closed": second(repo.Queue(1)), "conflict": second(repo.Queue(3)), "dequeue": repo.Dequeue(2), "merge": second(repo.MergeQueued(2)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	trial.OK(t, repo.SetStatus(sha, "ci", ghtest.Status{Context: "ci", State: "success"}))
	queue(2)
	if err := second(repo.Queue(2)); err == nil {
		t.Error("it was queued twice")
	}
	trial.OK(t, repo.Dequeue(2))
	trial.Must(repo.Push("3.14", ghtest.Commit{From: "main", Files: map[string]ghtest.File{"a": {}}}))(t)
	queue(2)
	trial.OK(t, repo.EditBase(2, "3.14"))
	if got := queued(); got != "" {
		t.Errorf("after the base changed: %s", got)
	}
	head := trial.Must(repo.Queue(2))(t) // 3.14 asks for nothing, and has a queue from now on
	if merged := trial.Must(repo.MergeQueued(2))(t); merged != head || repo.Ref("3.14") != head {
		t.Errorf("merged as %s, want %s", merged, head)
	}
}
