package graphql

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// checkApp is the App that made a run.
func (v view) checkApp(k *world.Check) node {
	a := v.w.AppOf(k)
	return node{"__typename": "App", "id": world.NodeID("A", a.ID), "databaseId": a.ID, "slug": a.Slug, "name": a.Slug}
}

// checkSuites has one suite for each App that made check runs on the commit.
func (v view) checkSuites(r *world.Repo, sha string, args map[string]any) (any, error) {
	r = r.Root()
	var suites [][]*world.Check
	for _, k := range r.ChecksAt(sha, "") {
		if k.Started.After(v.asOf()) || !v.wants(k, args) {
			continue
		}
		at := 0
		for at < len(suites) && suites[at][0].App != k.App {
			at++
		}
		if at == len(suites) {
			suites = append(suites, nil)
		}
		suites[at] = append(suites[at], k)
	}
	return nodesOf("checkSuites", "CheckSuite", suites, func(all []*world.Check) node { return v.checkSuite(sha, all) })(args)
}

func (v view) checkSuite(sha string, all []*world.Check) node {
	return node{
		"__typename": "CheckSuite", "__interfaces": []string{"Node"}, "id": "CS_" + sha + world.Decimal(v.w.AppOf(all[0]).ID), "app": v.checkApp(all[0]),
		"checkRuns": resolver(func(args map[string]any) (any, error) {
			var found []*world.Check
			for _, k := range world.LatestChecks(all) {
				if v.wants(k, args) {
					found = append(found, k)
				}
			}
			return nodesOf("checkRuns", "CheckRun", found, v.checkRun)(args)
		}),
	}
}

// wants tells whether filterBy takes a run.
func (v view) wants(k *world.Check, args map[string]any) bool {
	filter, _ := args["filterBy"].(map[string]any)
	id, byApp := intArg(filter, "appId")
	name := stringArg(filter, "checkName")
	return (!byApp || int64(id) == v.w.AppOf(k).ID) && (name == "" || name == k.Name)
}
