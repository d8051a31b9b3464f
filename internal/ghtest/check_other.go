package ghtest

import (
	"fmt"
)

// CheckRun makes, or changes, a check run of another App on a commit, as CI does: by its slug ("github-actions") and the run's name. No
// conclusion is one in progress. GitHub tells of it by check_suite once all of that App's runs on the commit are completed.
func (r *Repo) CheckRun(sha, app, name, conclusion string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	in := checkInput{Name: &name, HeadSHA: sha}
	if conclusion != "" {
		in.Conclusion = &conclusion
	}
	by := r.srv.otherApp(app)
	k := &check{app: by, sha: sha, status: "in_progress", started: r.srv.now()}
	_, err := r.store.commit(sha)
	if err == nil {
		err = k.apply(in, r.srv.now())
	}
	if err != nil {
		return fmt.Errorf("making the check run %s of %s on %s: %w", name, app, sha, err)
	}
	k.id = r.srv.nextID()
	r.checks = append(r.checks, k)
	if suite, done := r.suite(sha, by); done {
		r.srv.hooks.checkSuite(r, sha, by, suite)
	}
	return r.settle()
}

// otherApp is an App that isn't the one under test.
func (s *Server) otherApp(slug string) *app {
	if s.others[slug] == nil {
		if s.others == nil {
			s.others = map[string]*app{}
		}
		s.others[slug] = &app{id: s.nextID(), slug: slug, bot: s.account(slug + "[bot]")}
	}
	return s.others[slug]
}

func (s *Server) appOf(k *check) *app {
	if k.app == nil {
		return s.app
	}
	return k.app
}

// suite is the conclusion of an App's newest runs on a commit, and whether all are completed.
func (r *Repo) suite(sha string, by *app) (conclusion string, done bool) {
	conclusion = "success"
	for _, k := range latestChecks(r.checksAt(sha, "")) {
		switch {
		case k.app != by:
		case k.status != "completed":
			return "", false
		case k.state() == "FAILURE":
			conclusion = "failure"
		}
	}
	return conclusion, true
}

func (h *hooks) checkSuite(r *Repo, sha string, by *app, conclusion string) {
	h.fire("check_suite", r, by.bot, obj{"action": "completed", "check_suite": obj{
		"id": by.id, "head_sha": sha, "status": "completed", "conclusion": conclusion, "app": obj{"id": by.id, "slug": by.slug, "name": by.slug},
		"pull_requests": r.checkPulls(sha),
	}})
}

// checkApp is the App that made a run.
func (v view) checkApp(k *check) node {
	a := v.s.appOf(k)
	return node{"__typename": "App", "id": nodeID("A", a.id), "databaseId": a.id, "slug": a.slug, "name": a.slug}
}

// checkSuites has one suite for each App that made check runs on the commit.
func (v view) checkSuites(r *Repo, sha string, args map[string]any) (any, error) {
	r = r.root()
	var suites [][]*check
	for _, k := range r.checksAt(sha, "") {
		if k.started.After(v.asOf()) || !v.wants(k, args) {
			continue
		}
		at := 0
		for at < len(suites) && suites[at][0].app != k.app {
			at++
		}
		if at == len(suites) {
			suites = append(suites, nil)
		}
		suites[at] = append(suites[at], k)
	}
	return nodesOf("checkSuites", "CheckSuite", suites, func(all []*check) node { return v.checkSuite(sha, all) })(args)
}

func (v view) checkSuite(sha string, all []*check) node {
	return node{
		"__typename": "CheckSuite", "__interfaces": []string{"Node"}, "id": "CS_" + sha + itoa(v.s.appOf(all[0]).id), "app": v.checkApp(all[0]),
		"checkRuns": resolver(func(args map[string]any) (any, error) {
			var found []*check
			for _, k := range latestChecks(all) {
				if v.wants(k, args) {
					found = append(found, k)
				}
			}
			return nodesOf("checkRuns", "CheckRun", found, v.checkRun)(args)
		}),
	}
}

// wants tells whether filterBy takes a run.
func (v view) wants(k *check, args map[string]any) bool {
	filter, _ := args["filterBy"].(map[string]any)
	id, byApp := intArg(filter, "appId")
	name := stringArg(filter, "checkName")
	return (!byApp || int64(id) == v.s.appOf(k).id) && (name == "" || name == k.name)
}
