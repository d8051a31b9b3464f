// Package ghtest is a small GitHub for tests and for the demo: a stateful server on a loopback port that speaks real HTTP. It has
// App authentication, the REST and GraphQL requests that Concorde makes, signed webhooks, paging, permissions, conditional requests,
// rate limits, faults on demand, and real git repositories over smart HTTP.
//
// It answers as GitHub is documented to answer; where it is stricter, the code says so. It must not know Concorde: it imports nothing
// of this module but its own parts, and no rule, text or label of the workflow is in it, except in the sample repository of NewCPython.
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
// This package is the door: Server and Repo take the lock, find what a number or a name means, and have it changed. The parts, each
// knowing only those above it in this list:
//
//   - gitstore: git objects, in memory until git needs them
//   - world: the state and its lock, every change of it by people, the App or GitHub itself, and the events that these emit
//   - object: the JSON objects that the REST API and webhooks share
//   - api: what each request meets before and after its endpoint: faults, authentication, permissions, limits, the record
//   - rest, graphql: the two APIs; each answers from the world
//   - gitserver: real git over HTTP, and which pushes are refused
//   - hooks: payloads made of events, and their delivery
//   - pages: the pages that a browser sees while an App is set up
package ghtest
