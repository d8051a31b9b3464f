package graphql

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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
