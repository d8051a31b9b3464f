package ghtest

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// view makes the nodes of one query: who asks decides what is seen.
type view struct {
	s *Server
	c *call
}

// needs makes a field that a missing permission forbids.
func (v view) needs(permission string, resolve resolver) resolver {
	return func(args map[string]any) (any, error) {
		if !v.c.actor.may(permission) {
			return nil, &graphqlError{"FORBIDDEN", "Resource not accessible by integration"}
		}
		return resolve(args)
	}
}

// lazy is a field that is only computed when it is asked for.
func lazy(build func() (any, error)) resolver {
	return func(map[string]any) (any, error) { return build() }
}

func (s *Server) gqlQuery(c *call) node {
	v := view{s, c}
	return node{
		"__typename":   "Query",
		"repository":   resolver(v.repository),
		"organization": resolver(v.organization),
		"viewer":       lazy(func() (any, error) { return v.actor(c.writer()), nil }),
		"rateLimit": lazy(func() (any, error) {
			b := s.bucketFor(c.actor, "graphql")
			return node{"__typename": "RateLimit", "limit": b.limit, "cost": c.weight.points(), "remaining": b.limit - b.used, "used": b.used, "nodeCount": c.weight.nodes, "resetAt": timestamp(b.reset)}, nil
		}),
	}
}

func (v view) repository(args map[string]any) (any, error) {
	owner, name := stringArg(args, "owner"), stringArg(args, "name")
	r := v.s.repos[strings.ToLower(owner+"/"+name)]
	if r == nil && args["followRenames"] != false {
		r = v.s.renamed[strings.ToLower(owner+"/"+name)]
	}
	if r == nil || !v.c.actor.sees(r) {
		return nil, missing("Could not resolve to a Repository with the name '%s/%s'.", owner, name)
	}
	return v.repo(r), nil
}

// repo is a repository, complete.
func (v view) repo(r *Repo) node {
	n := v.repoShort(r)
	v.lists(n, r)
	n["object"] = v.needs("contents:read", func(args map[string]any) (any, error) { return v.object(r, args) })
	n["ref"] = v.needs("contents:read", func(args map[string]any) (any, error) {
		return v.refNode(r, stringArg(args, "qualifiedName")), nil
	})
	n["label"] = resolver(func(args map[string]any) (any, error) {
		if l := r.labels[strings.ToLower(stringArg(args, "name"))]; l != nil {
			return v.label(l), nil
		}
		return nil, nil
	})
	n["mergeQueue"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		branch := stringArg(args, "branch")
		if branch == "" {
			branch = r.defaultBranch
		}
		return v.mergeQueue(r, branch), nil
	})
	n["pullRequest"] = v.needs("pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		if i := r.issues[number]; i != nil && i.pull != nil {
			return v.pull(r, i), nil
		}
		return nil, missing("Could not resolve to a PullRequest with the number of %d.", number)
	})
	n["issue"] = v.needs("issues|pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		if i := r.issues[number]; i != nil && i.pull == nil {
			return v.issue(r, i), nil
		}
		return nil, missing("Could not resolve to an Issue with the number of %d.", number)
	})
	n["issueOrPullRequest"] = v.needs("issues|pull_requests:read", func(args map[string]any) (any, error) {
		number, _ := intArg(args, "number")
		switch i := r.issues[number]; {
		case i == nil:
			return nil, missing("Could not resolve to an issue or pull request with the number of %d.", number)
		case i.pull != nil:
			return v.pull(r, i), nil
		default:
			return v.issue(r, i), nil
		}
	})
	return n
}

func (v view) repoShort(r *Repo) node {
	return node{
		"__typename": "Repository", "id": nodeID("R", r.id), "databaseId": r.id, "name": r.name, "nameWithOwner": r.fullName(), "isArchived": r.archived,
		"isPrivate": r.private, "isFork": r.parent != nil, "url": v.s.URL + "/" + r.fullName(), "autoMergeAllowed": !r.noAutoMerge, "owner": lazy(func() (any, error) { return v.actor(r.owner), nil }),
		"defaultBranchRef": lazy(func() (any, error) { return v.refNode(r, "refs/heads/"+r.defaultBranch), nil }),
	}
}

func (v view) refNode(r *Repo, name string) any {
	for _, full := range []string{name, "refs/heads/" + name, "refs/tags/" + name} {
		if _, ok := r.refs[full]; !ok || !strings.HasPrefix(full, "refs/") {
			continue
		}
		return v.refAt(r, full, full[:strings.Index(full[5:], "/")+6])
	}
	return nil
}

// refAt is a ref that exists; prefix is what its name does not show.
func (v view) refAt(r *Repo, full, prefix string) node {
	n := node{
		"__typename": "Ref", "__interfaces": []string{"Node"}, "id": "REF_" + full, "name": strings.TrimPrefix(full, prefix), "prefix": prefix,
		"target":     lazy(func() (any, error) { return v.objectNode(r, r.refs[full]) }),
		"repository": lazy(func() (any, error) { return v.repo(r), nil }),
		"compare":    resolver(func(args map[string]any) (any, error) { return v.compareRef(r, full, args) }),
	}
	v.protecting(n, r, strings.TrimPrefix(full, "refs/heads/"))
	return n
}

// object finds an object by oid or by expression: "ref", "ref:path", a SHA, "SHA:path".
func (v view) object(r *Repo, args map[string]any) (any, error) {
	if oid := stringArg(args, "oid"); oid != "" {
		return v.objectNode(r, oid)
	}
	rev, path, hasPath := strings.Cut(stringArg(args, "expression"), ":")
	if !hasPath {
		if sha, ok := r.resolve(rev); ok {
			return v.objectNode(r, sha)
		}
		return v.objectNode(r, rev)
	}
	e, err := r.entry(rev, path)
	if errors.Is(err, errNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.objectNode(r, e.sha)
}

// objectNode is nil for what does not exist.
func (v view) objectNode(r *Repo, sha string) (any, error) {
	kind, content, err := r.store.read(sha)
	if errors.Is(err, errNoObject) {
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
		base["target"] = lazy(func() (any, error) { return v.objectNode(r, r.peel(sha)) })
		return base, nil
	}
	entries, err := r.store.tree(sha)
	if err != nil {
		return nil, err
	}
	base["__typename"] = "Tree"
	base["entries"] = lazy(func() (any, error) {
		list := make([]node, 0, len(entries))
		for _, e := range entries {
			list = append(list, v.entryNode(r, e, e.name))
		}
		return list, nil
	})
	return base, nil
}

// blobNode has no text when it is binary; what is not UTF-8 is replaced, what is over 512 kB is cut.
func blobNode(n node, content []byte) node {
	const most = 512_000
	binary := isBinary(content)
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

func (v view) entryNode(r *Repo, e treeEntry, path string) node {
	n := node{
		"__typename": "TreeEntry", "name": e.name, "path": path, "mode": octal(e.mode), "type": e.objectType(), "oid": e.sha,
		"object": lazy(func() (any, error) { return v.objectNode(r, e.sha) }), "submodule": nil,
	}
	if e.objectType() == "commit" {
		n["submodule"] = node{"__typename": "Submodule", "name": e.name, "path": path, "subprojectCommitOid": e.sha, "gitUrl": "", "branch": nil}
	}
	return n
}

// octal reads a file mode; GraphQL has it as a number.
func octal(mode string) int {
	n := 0
	for _, c := range mode {
		n = n*8 + int(c-'0')
	}
	return n
}

func (v view) label(l *label) node {
	return node{"__typename": "Label", "id": nodeID("LA", l.id), "name": l.name, "color": l.color, "description": body(l.description)}
}

// actor is a user, bot or organization; a bot's login has no "[bot]" here.
func (v view) actor(u *user) any {
	if u == nil {
		return nil
	}
	return node{
		"__typename": u.kind, "__interfaces": []string{"Actor", "Node", "RepositoryOwner"}, "id": nodeID("U", u.id), "databaseId": u.id,
		"login": strings.TrimSuffix(u.login, "[bot]"), "url": v.s.URL + "/" + u.login, "avatarUrl": v.s.URL + "/avatars/" + itoa(u.id),
	}
}
