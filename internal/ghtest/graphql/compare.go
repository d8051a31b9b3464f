package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// compareRef compares a ref with a head: a branch, "owner:branch", a tag or a SHA.
func (v view) compareRef(r *world.Repo, full string, args map[string]any) (any, error) {
	base, name := r.Peel(r.Refs[full]), stringArg(args, "headRef")
	in, rev, err := r.Branch(name, false)
	head, ok := "", false
	if err == nil && rev != "" {
		head, ok = in.Resolve(rev)
	}
	if !ok {
		return nil, missing("Could not resolve to a ref or commit with the name '%s'.", name)
	}
	ahead, behind, err := r.Apart(base, head)
	if err != nil {
		return nil, missing("There is no common ancestor of '%s' and '%s'.", full, name)
	}
	return node{
		"__typename": "Comparison", "__interfaces": []string{"Node"}, "id": "CMP_" + base + head, "aheadBy": ahead, "behindBy": behind, "status": strings.ToUpper(world.Comparison(ahead, behind)),
		"baseTarget": lazy(func() (any, error) { return v.objectNode(r, base) }), "headTarget": lazy(func() (any, error) { return v.objectNode(r, head) }),
	}, nil
}
