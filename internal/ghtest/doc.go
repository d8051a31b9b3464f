// Package ghtest is a small GitHub for tests and for the demo: a stateful server on a loopback port that speaks real HTTP. It has
// App authentication, the REST and GraphQL requests that Concorde makes, signed webhooks, paging, permissions, conditional requests,
// rate limits, faults on demand, and real git repositories over smart HTTP.
//
// It answers as GitHub is documented to answer; where it is stricter, the code says so. It must not know Concorde: it imports nothing
// of this module, and no rule, text or label of the workflow is in it, except in the sample repository of NewCPython.
//
//	srv, err := ghtest.New(ghtest.Config{})
//	if err != nil {
//		return err // git is not installed, say
//	}
//	defer srv.Close()
//	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{})
//	if err != nil {
//		return err
//	}
//	srv.SetHook(ghtest.Hook{URL: "http://127.0.0.1:8080/webhook"}) // sign with srv.WebhookSecret()
//
//	_, err = repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("…")}})
//	number, err := repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Head: "alice:fix"}) // fires pull_request.opened
//	err = srv.Flush(ctx)                                                            // every delivery was answered
//	state, err := repo.PR(number)                                                   // labels, statuses, check runs, comments
//
// The parts: serve.go takes a request in, route.go finds its endpoint and runs it under the server's one lock; *_rest.go are the REST
// endpoints, each table a list of lines to add to; graphql.go executes queries over the nodes of gql_*.go, and the mutations of
// gql_write.go; hook.go sends what payload.go builds; people.go, comment.go, reaction.go, lock.go, review.go, close.go, transfer.go,
// team.go, push.go and merge.go are what people do; protect.go says what may be merged and pushed, automerge.go and queue.go merge by
// themselves; timeline.go and reference.go are the history; gitpush.go answers pushes, ruleset.go declines some; store.go, edit.go, diff.go and treemerge.go are git.
package ghtest
