package world

import (
	"fmt"
)

// ReactionNames are the contents in the REST API and in GraphQL, in GitHub's order.
var ReactionNames = []struct{ Rest, Graphql string }{
	{"+1", "THUMBS_UP"}, {"-1", "THUMBS_DOWN"}, {"laugh", "LAUGH"}, {"hooray", "HOORAY"},
	{"confused", "CONFUSED"}, {"heart", "HEART"}, {"rocket", "ROCKET"}, {"eyes", "EYES"},
}

// GraphQLReaction is "" for what is no content.
func GraphQLReaction(rest string) string {
	for _, name := range ReactionNames {
		if name.Rest == rest {
			return name.Graphql
		}
	}
	return ""
}

// RESTReaction is "" for what is no content.
func RESTReaction(graphql string) string {
	for _, name := range ReactionNames {
		if name.Graphql == graphql {
			return name.Rest
		}
	}
	return ""
}

// react reports whether the reaction is new: a second one of the same user and kind is the first.
func (r *Repo) react(list *[]*Reaction, by *User, content string) (*Reaction, bool) {
	for _, x := range *list {
		if x.User == by && x.Content == content {
			return x, false
		}
	}
	x := &Reaction{ID: r.World.nextID(), Content: content, User: by, At: r.World.Now()}
	*list = append(*list, x)
	return x, true
}

// ReactTo puts an emoji on a comment, or with comment 0 on the issue or pull request itself.
func (r *Repo) ReactTo(i *Issue, comment int64, by *User, content string) error {
	list := &i.Reactions
	if comment != 0 {
		c, err := i.Comment(comment)
		if err != nil {
			return err
		}
		list = &c.Reactions
	}
	if !r.MayTalk(i, by) || GraphQLReaction(content) == "" {
		return fmt.Errorf("it is locked, or there is no %q", content)
	}
	r.react(list, by, content)
	r.World.keep(i)
	return nil
}
