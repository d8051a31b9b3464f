package graphql_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// A pull request goes into the merge queue of its base by its id, and out of it; a branch without a queue takes none ("Mutations":
// enqueuePullRequest, dequeuePullRequest).
func TestQueueByMutation(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := trial.AppToken(t, srv, "")
	vars := trial.IDs(t, srv, "pull:pullRequest(number:1){id}")
	do := func(mutation string) map[string]any {
		t.Helper()
		return trial.GraphQL(t, srv, token, "mutation($pull:ID!){"+mutation+"{mergeQueueEntry{position pullRequest{number}}}}", vars)
	}
	const enqueue, dequeue = "enqueuePullRequest(input:{pullRequestId:$pull})", "dequeuePullRequest(input:{id:$pull})"
	for _, early := range []string{enqueue, dequeue} {
		if kind := trial.At(do(early), "errors", 0, "type"); kind != "UNPROCESSABLE" {
			t.Errorf("%s without a queue: %v", early, kind)
		}
	}
	trial.OK(t, repo.Protect("main", ghtest.Protection{MergeQueue: true}))
	for _, c := range []struct {
		name, mutation string
		waits          int
	}{{"enqueuePullRequest", enqueue, 1}, {"dequeuePullRequest", dequeue, 0}} {
		out := do(c.mutation)
		if got := trial.At(out, "data", c.name, "mergeQueueEntry", "pullRequest", "number"); got != float64(number) {
			t.Errorf("%s answers %v", c.name, out)
		}
		length := trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){mergeQueue(branch:"main"){entries{totalCount}}}}`, nil)
		if got := trial.At(length, "data", "repository", "mergeQueue", "entries", "totalCount"); got != float64(c.waits) {
			t.Errorf("after %s %v wait", c.name, got)
		}
	}
}
