package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// query is the root of queries.
func (v view) query() node {
	return node{
		"__typename":   "Query",
		"repository":   resolver(v.repository),
		"organization": resolver(v.organization),
		"viewer":       lazy(func() (any, error) { return v.actor(v.c.Actor.Writer()), nil }),
		"rateLimit": lazy(func() (any, error) {
			b := v.front.Charge(v.c.Actor, "graphql", 0)
			return node{
				"__typename": "RateLimit", "limit": b.Limit, "cost": v.c.Weight.Points(), "remaining": b.Remaining(), "used": b.Used,
				"nodeCount": v.c.Weight.Nodes, "resetAt": world.Timestamp(b.Reset),
			}, nil
		}),
	}
}

func (v view) repository(args map[string]any) (any, error) {
	owner, name := stringArg(args, "owner"), stringArg(args, "name")
	r := v.w.Repo(owner + "/" + name)
	if r == nil && args["followRenames"] != false {
		r = v.w.RenamedRepo(owner + "/" + name)
	}
	if r == nil || !v.c.Actor.Sees(r) {
		return nil, missing("Could not resolve to a Repository with the name '%s/%s'.", owner, name)
	}
	return v.repo(r), nil
}

// repo is a repository, complete.
func (v view) repo(r *world.Repo) node {
	n := v.repoShort(r)
	v.lists(n, r)
	n["object"] = v.needs("contents:read", func(args map[string]any) (any, error) { return v.object(r, args) })
	n["ref"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		return v.refNode(r, stringArg(args, "qualifiedName")), nil
	})
	n["label"] = resolver(func(args map[string]any) (any, error) {
		if l := r.FindLabel(stringArg(args, "name")); l != nil {
			return v.label(l), nil
		}
		return nil, nil
	})
	n["mergeQueue"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		branch := stringArg(args, "branch")
		if branch == "" {
			branch = r.DefaultBranch
		}
		return v.mergeQueue(r, branch), nil
	})
	v.byNumber(n, r)
	return n
}

// byNumber adds the fields that find an issue or a pull request.
func (v view) byNumber(n node, r *world.Repo) {
	n["pullRequest"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		if i := r.Issues[number]; i != nil && i.Pull != nil {
			return v.pull(r, i), nil
		}
		return nil, missing("Could not resolve to a PullRequest with the number of %d.", number)
	})
	n["issue"] = v.needs("issues|pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		if i := r.Issues[number]; i != nil && i.Pull == nil {
			return v.issue(r, i), nil
		}
		return nil, missing("Could not resolve to an Issue with the number of %d.", number)
	})
	n["issueOrPullRequest"] = v.needs("issues|pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		switch i := r.Issues[number]; {
		case i == nil:
			return nil, missing("Could not resolve to an issue or pull request with the number of %d.", number)
		case i.Pull != nil:
			return v.pull(r, i), nil
		default:
			return v.issue(r, i), nil
		}
	})
}

func (v view) repoShort(r *world.Repo) node {
	return node{
		"__typename": "Repository", "id": world.NodeID("R", r.ID), "databaseId": r.ID, "name": r.Name, "nameWithOwner": r.FullName(), "isArchived": false,
		"isPrivate": r.Private, "isFork": r.Parent != nil, "url": v.w.URL + "/" + r.FullName(), "autoMergeAllowed": !r.NoAutoMerge, "owner": lazy(func() (any, error) { return v.actor(r.Owner), nil }),
		"defaultBranchRef": lazy(func() (any, error) { return v.refNode(r, "refs/heads/"+r.DefaultBranch), nil }),
	}
}

func (v view) refNode(r *world.Repo, name string) any {
	for _, full := range []string{name, "refs/heads/" + name, "refs/tags/" + name} {
		if _, ok := r.Refs[full]; !ok || !strings.HasPrefix(full, "refs/") {
			continue
		}
		return v.refAt(r, full, full[:strings.Index(full[5:], "/")+6])
	}
	return nil
}

// refAt is a ref that exists; prefix is what its name does not show.
func (v view) refAt(r *world.Repo, full, prefix string) node {
	n := node{
		"__typename": "Ref", "__interfaces": []string{"Node"}, "id": "REF_" + full, "name": strings.TrimPrefix(full, prefix), "prefix": prefix,
		"target":     lazy(func() (any, error) { return v.objectNode(r, r.Refs[full]) }),
		"repository": lazy(func() (any, error) { return v.repo(r), nil }),
		"compare":    resolver(func(args map[string]any) (any, error) { return v.compareRef(r, full, args) }),
	}
	v.protecting(n, r, strings.TrimPrefix(full, "refs/heads/"))
	return n
}

func (v view) label(l *world.Label) node {
	return node{"__typename": "Label", "id": world.NodeID("LA", l.ID), "name": l.Name, "color": l.Color, "description": world.Nullable(l.Description)}
}
