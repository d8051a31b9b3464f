package graphql

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// query is the root of queries.
func (v view) query() node {
	return node{
		"__typename":   "Query",
		"repository":   resolver(v.repository),
		"organization": resolver(v.organization),
		"viewer":       lazy(func() (any, error) { return v.viewer(), nil }),
		"rateLimit": lazy(func() (any, error) {
			b := v.front.Charge(v.c.Actor, "graphql", 0)
			return node{
				"__typename": "RateLimit", "limit": b.Limit, "cost": v.c.Weight.Points(), "remaining": b.Remaining(), "used": b.Used,
				"nodeCount": v.c.Weight.Nodes, "resetAt": world.Timestamp(b.Reset),
			}, nil
		}),
	}
}

// viewer is who asks. An installation is SLUG[bot] here, as in the REST API, though "Bot.login" is SLUG wherever it acted (recordings of
// PyGithub; fullsend#1953).
func (v view) viewer() any {
	n := v.actor(v.c.Actor.Writer())
	if of, is := n.(node); is {
		of["login"] = v.c.Actor.Writer().Login
	}
	return n
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
		"__typename": "Repository", "id": world.NodeID("R", r.ID), "databaseId": r.ID, "name": r.Name, "nameWithOwner": r.FullName(), "isArchived": r.Archived,
		"isPrivate": r.Private, "isFork": r.Parent != nil, "url": v.w.URL + "/" + r.FullName(), "autoMergeAllowed": !r.NoAutoMerge, "squashMergeAllowed": r.Methods == nil || slices.Contains(r.Methods, "squash"), "forkCount": len(r.Forks), "stargazerCount": 0, "owner": lazy(func() (any, error) { return v.actor(r.Owner), nil }),
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

// octal reads a file mode; GraphQL has it as a number.
func octal(mode string) int {
	n := 0
	for _, c := range mode {
		n = n*8 + int(c-'0')
	}
	return n
}

// object finds an object by oid or by expression: "ref", "ref:path", a SHA, "SHA:path".
func (v view) object(r *world.Repo, args map[string]any) (any, error) {
	if oid := stringArg(args, "oid"); oid != "" {
		return v.objectNode(r, oid)
	}
	rev, path, hasPath := strings.Cut(stringArg(args, "expression"), ":")
	if !hasPath {
		if sha, ok := r.Resolve(rev); ok {
			return v.objectNode(r, sha)
		}
		return v.objectNode(r, rev)
	}
	e, err := r.Entry(rev, path)
	if errors.Is(err, gitstore.ErrNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.objectNode(r, e.SHA)
}

// objectNode is nil for what does not exist.
func (v view) objectNode(r *world.Repo, sha string) (any, error) {
	kind, content, err := r.Store.Read(sha)
	if errors.Is(err, gitstore.ErrNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	base := node{
		"id": "O_" + sha, "oid": sha, "abbreviatedOid": sha[:7], "__interfaces": []string{"GitObject", "Node"},
		"repository": lazy(func() (any, error) { return v.repo(r), nil }),
	}
	switch kind {
	case "blob":
		return blobNode(base, content), nil
	case "commit":
		return v.commitNode(base, r, sha)
	case "tag":
		base["__typename"] = "Tag"
		base["target"] = lazy(func() (any, error) { return v.objectNode(r, r.Peel(sha)) })
		return base, nil
	}
	entries, err := r.Store.Tree(sha)
	if err != nil {
		return nil, err
	}
	base["__typename"] = "Tree"
	base["entries"] = lazy(func() (any, error) {
		list := make([]node, 0, len(entries))
		for _, e := range entries {
			list = append(list, v.entryNode(r, e, e.Name))
		}
		return list, nil
	})
	return base, nil
}

// blobNode has no text when it is binary; what is not UTF-8 is replaced, what is over 512 kB is cut.
func blobNode(n node, content []byte) node {
	const most = 512_000
	binary := gitstore.IsBinary(content)
	n["__typename"], n["byteSize"], n["isBinary"], n["isTruncated"], n["text"] = "Blob", len(content), binary, len(content) > most, nil
	if binary {
		return n
	}
	cut := content[:min(len(content), most)]
	if len(cut) < len(content) {
		for len(cut) > 0 && !utf8.RuneStart(content[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
	}
	n["text"] = strings.ToValidUTF8(string(cut), "\uFFFD")
	return n
}

func (v view) entryNode(r *world.Repo, e gitstore.Entry, path string) node {
	n := node{
		"__typename": "TreeEntry", "name": e.Name, "path": path, "mode": octal(e.Mode), "type": e.ObjectType(), "oid": e.SHA,
		"object": lazy(func() (any, error) { return v.objectNode(r, e.SHA) }), "submodule": nil,
	}
	if e.ObjectType() == "commit" {
		n["submodule"] = node{"__typename": "Submodule", "name": e.Name, "path": path, "subprojectCommitOid": e.SHA, "gitUrl": "", "branch": nil}
	}
	return n
}
