package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func (v view) commitNode(n node, r *world.Repo, sha string) (any, error) {
	c, err := r.Store.Commit(sha)
	if err != nil {
		return nil, err
	}
	headline, rest, _ := strings.Cut(c.Message, "\n")
	n["__typename"], n["message"], n["messageHeadline"], n["messageBody"] = "Commit", c.Message, headline, strings.TrimLeft(rest, "\n")
	n["committedDate"], n["authoredDate"], n["url"] = world.Timestamp(c.Committed), world.Timestamp(c.Date), v.w.URL+"/"+r.FullName()+"/commit/"+sha
	n["author"] = node{"__typename": "GitActor", "name": c.Author, "email": c.AuthorEmail, "date": world.Timestamp(c.Date), "user": v.byEmail(c.AuthorEmail)}
	n["committer"] = node{"__typename": "GitActor", "name": c.Committer, "email": c.CommitterEmail, "date": world.Timestamp(c.Committed), "user": v.byEmail(c.CommitterEmail)}
	n["tree"] = lazy(func() (any, error) { return v.objectNode(r, c.Tree) })
	n["parents"] = connection("parents", "Commit", len(c.Parents), func(i int) (node, error) {
		parent, err := v.objectNode(r, c.Parents[i])
		found, _ := parent.(node)
		return found, err
	})
	n["file"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		path := strings.Trim(stringArg(args, "path"), "/")
		e, err := r.Store.Lookup(c.Tree, path)
		if err != nil || path == "" {
			return nil, missing("Could not resolve file for path '%s'.", path) // where object(expression:) is silently null
		}
		return v.entryNode(r, e, path), nil
	})
	n["status"] = v.needs("statuses:read", func(map[string]any) (any, error) { return v.statusNode(r, sha), nil })
	n["checkSuites"] = v.needs("checks:read", func(args map[string]any) (any, error) { return v.checkSuites(r, sha, args) })
	n["statusCheckRollup"] = v.needs("statuses|checks:read", func(map[string]any) (any, error) { return v.rollup(r, sha), nil })
	n["comments"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		return nodesOf("comments", "CommitComment", r.Root().CommitComments[sha], func(x *world.Comment) node {
			return node{
				"__typename": "CommitComment", "__interfaces": []string{"Node"}, "id": world.NodeID("CC", x.ID), "body": x.Body,
				"createdAt": world.Timestamp(x.Created), "author": v.actor(x.Author),
				"url": v.w.URL + "/" + r.FullName() + "/commit/" + sha + "#commitcomment-" + world.Decimal(x.ID),
			}
		})(args)
	})
	v.history(n, r, sha)
	return n, nil
}

// history adds the fields of a commit that lead to others.
func (v view) history(n node, r *world.Repo, sha string) {
	n["history"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		shas, err := r.Store.History(sha, gitstore.HistoryOptions{Path: stringArg(args, "path"), Since: stringArg(args, "since"), Until: stringArg(args, "until")})
		if err != nil {
			return nil, err
		}
		return connection("history", "CommitHistory", len(shas), func(i int) (node, error) {
			found, err := v.objectNode(r, shas[i])
			c, _ := found.(node)
			return c, err
		})(args)
	})
	n["associatedPullRequests"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		return nodesOf("associatedPullRequests", "PullRequest", r.PullsOf(sha), func(i *world.Issue) node { return v.pull(r.Root(), i) })(args)
	})
}

func (v view) pullCommit(r *world.Repo, i *world.Issue, sha string) node {
	path := "/" + r.FullName() + "/pull/" + world.Decimal(int64(i.Number)) + "/commits/" + sha
	return node{
		"__typename": "PullRequestCommit", "__interfaces": []string{"Node", "UniformResourceLocatable"}, "id": "PRC_" + sha, "url": v.w.URL + path, "resourcePath": path,
		"commit":      lazy(func() (any, error) { return v.objectNode(r, sha) }),
		"pullRequest": lazy(func() (any, error) { return v.pull(r, i), nil }),
	}
}

// statusNode is null for a commit without statuses, as on GitHub.
func (v view) statusNode(r *world.Repo, sha string) any {
	r = r.Root()
	contexts := v.statusContexts(r, sha)
	if len(contexts) == 0 {
		return nil
	}
	byName := resolver(func(args map[string]any) (any, error) {
		for _, n := range contexts {
			if n["context"] == stringArg(args, "name") {
				return n, nil
			}
		}
		return nil, nil
	})
	return node{"__typename": "Status", "id": "ST_" + sha, "state": strings.ToUpper(world.CombinedState(r.LatestStatuses(sha))), "contexts": contexts, "context": byName}
}

// statusContexts are the newest statuses of a commit, by name.
func (v view) statusContexts(r *world.Repo, sha string) []node {
	latest := slices.DeleteFunc(slices.Clone(r.Statuses[sha]), func(x *world.Status) bool { return x.Created.After(v.asOf()) })
	latest = world.LatestStatuses(latest)
	slices.SortFunc(latest, func(a, b *world.Status) int { return strings.Compare(a.Context, b.Context) })
	contexts := make([]node, 0, len(latest))
	for _, st := range latest {
		contexts = append(contexts, node{
			"__typename": "StatusContext", "id": world.NodeID("SC", st.ID), "context": st.Context, "state": strings.ToUpper(st.State), "description": world.Nullable(st.Description),
			"targetUrl": world.Nullable(st.TargetURL), "creator": v.actor(st.Creator), "createdAt": world.Timestamp(st.Created),
		})
	}
	return contexts
}

// rollup is the node of a commit's statuses and check runs together, null without any.
func (v view) rollup(r *world.Repo, sha string) any {
	r = r.Root()
	state := r.Rollup(sha)
	if state == "" {
		return nil
	}
	contexts := v.statusContexts(r, sha)
	for _, k := range world.LatestChecks(r.ChecksAt(sha, "")) {
		contexts = append(contexts, v.checkRun(k))
	}
	return node{
		"__typename": "StatusCheckRollup", "__interfaces": []string{"Node"}, "id": "SCR_" + sha, "state": state,
		"contexts": nodesOf("contexts", "StatusCheckRollupContext", contexts, func(n node) node { return n }),
	}
}

func (v view) checkRun(k *world.Check) node {
	var conclusion any
	if k.Conclusion != "" {
		conclusion = strings.ToUpper(k.Conclusion)
	}
	return node{
		"__typename": "CheckRun", "id": world.NodeID("CR", k.ID), "databaseId": k.ID, "name": k.Name, "status": strings.ToUpper(k.Status), "conclusion": conclusion,
		"externalId": world.Nullable(k.ExternalID), "checkSuite": lazy(func() (any, error) { return v.checkSuite(k.SHA, []*world.Check{k}), nil }), "title": nilable(k.Title), "summary": nilable(k.Summary), "text": nilable(k.Text), "detailsUrl": world.Nullable(k.DetailsURL),
		"startedAt": world.Timestamp(k.Started), "completedAt": world.Timestamp(k.Completed),
		"annotations": nodesOf("annotations", "CheckAnnotation", k.Annotations, func(a world.Annotation) node {
			return node{"__typename": "CheckAnnotation", "path": a.Path, "message": a.Message, "title": nilable(a.Title), "annotationLevel": strings.ToUpper(a.AnnotationLevel)}
		}),
	}
}

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

// wants reports whether filterBy selects a run.
func (v view) wants(k *world.Check, args map[string]any) bool {
	filter, _ := args["filterBy"].(map[string]any)
	id, byApp := intArg(filter, "appId")
	name := stringArg(filter, "checkName")
	return (!byApp || int64(id) == v.w.AppOf(k).ID) && (name == "" || name == k.Name)
}
