package graphql

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// reactionGroups always has all contents.
func (v view) reactionGroups(list []*world.Reaction, subject func() node) []node {
	groups := make([]node, 0, len(world.ReactionNames))
	for _, name := range world.ReactionNames {
		of := slices.DeleteFunc(slices.Clone(list), func(x *world.Reaction) bool { return x.Content != name.Rest })
		n := node{
			"__typename": "ReactionGroup", "content": name.Graphql, "createdAt": nil, "subject": lazy(func() (any, error) { return subject(), nil }),
			"viewerHasReacted": slices.ContainsFunc(of, func(x *world.Reaction) bool { return x.User == v.c.Actor.Writer() }),
			"reactors":         nodesOf("reactors", "Reactor", of, func(x *world.Reaction) node { n, _ := v.actor(x.User).(node); return n }),
		}
		if len(of) > 0 {
			n["createdAt"] = world.Timestamp(of[0].At)
		}
		groups = append(groups, n)
	}
	return groups
}

func (v view) reaction(x *world.Reaction, subject func() node) node {
	return node{
		"__typename": "Reaction", "__interfaces": []string{"Node"}, "id": world.NodeID("REA", x.ID), "databaseId": x.ID, "content": world.GraphQLReaction(x.Content),
		"createdAt": world.Timestamp(x.At), "user": v.person(x.User), "reactable": lazy(func() (any, error) { return subject(), nil }),
	}
}
