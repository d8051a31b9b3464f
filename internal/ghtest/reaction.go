package ghtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

var reactionRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/reactions", "issues|pull_requests:read", (*Server).listIssueReactions},
	{"POST /repos/{owner}/{repo}/issues/{number}/reactions", "issues|pull_requests:write", (*Server).createIssueReaction},
	{"GET /repos/{owner}/{repo}/issues/comments/{id}/reactions", "issues|pull_requests:read", (*Server).listCommentReactions},
	{"POST /repos/{owner}/{repo}/issues/comments/{id}/reactions", "issues|pull_requests:write", (*Server).createCommentReaction},
}

// reaction is somebody's emoji on an issue, a pull request or a comment. It fires no event, and changes no time.
type reaction struct {
	id      int64
	content string // as the REST API names it
	user    *user
	at      time.Time
}

// reactionNames are the contents in the REST API and in GraphQL, in GitHub's order.
var reactionNames = []struct{ rest, graphql string }{
	{"+1", "THUMBS_UP"}, {"-1", "THUMBS_DOWN"}, {"laugh", "LAUGH"}, {"hooray", "HOORAY"},
	{"confused", "CONFUSED"}, {"heart", "HEART"}, {"rocket", "ROCKET"}, {"eyes", "EYES"},
}

// React puts an emoji ("+1", "eyes", …) on a comment, or with comment 0 on the issue or pull request itself, by a person.
func (r *Repo) React(number int, by string, comment int64, content string) error {
	return r.act(number, "reacting to", func(i *issue) error {
		list := &i.reactions
		if comment != 0 {
			c, err := i.comment(comment)
			if err != nil {
				return err
			}
			list = &c.reactions
		}
		who := r.srv.account(by)
		if !r.mayTalk(i, who) || graphqlContent(content) == "" {
			return fmt.Errorf("it is locked, or there is no %q", content)
		}
		r.react(list, who, content)
		r.srv.keep(i)
		return nil
	})
}

// react reports whether the reaction is new: a second one of the same user and kind is the first.
func (r *Repo) react(list *[]*reaction, by *user, content string) (*reaction, bool) {
	for _, x := range *list {
		if x.user == by && x.content == content {
			return x, false
		}
	}
	x := &reaction{id: r.srv.nextID(), content: content, user: by, at: r.srv.now()}
	*list = append(*list, x)
	return x, true
}

// react is Repo.react as the actor; key is the id of the comment, or empty.
func (c *call) react(r *Repo, i *issue, key string, list *[]*reaction, content string) (*reaction, bool, error) {
	switch {
	case graphqlContent(content) == "":
		return nil, false, invalid("Reaction", "content", "invalid", "")
	case !r.mayTalk(i, c.writer()):
		return nil, false, lockedError("Unable to create reaction because issue is locked.")
	}
	x, made := r.react(list, c.writer(), content)
	r.srv.keep(i)
	if made && c.byApp() {
		r.wrote(Write{Kind: "react", Number: i.number, Key: key, Text: content})
	}
	return x, made, nil
}

// graphqlContent is "" for what is no content.
func graphqlContent(rest string) string {
	for _, name := range reactionNames {
		if name.rest == rest {
			return name.graphql
		}
	}
	return ""
}

func restContent(graphql string) string {
	for _, name := range reactionNames {
		if name.graphql == graphql {
			return name.rest
		}
	}
	return ""
}

func (s *Server) listIssueReactions(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.reactionList(c, i.reactions), nil
}

func (s *Server) listCommentReactions(c *call) (any, error) {
	_, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.reactionList(c, x.reactions), nil
}

func (s *Server) reactionList(c *call, list []*reaction) []obj {
	content := c.URL.Query().Get("content")
	list = slices.DeleteFunc(slices.Clone(list), func(x *reaction) bool { return content != "" && x.content != content })
	out := []obj{}
	for _, x := range page(c, list) {
		out = append(out, s.reactionJSON(x))
	}
	return out
}

func (s *Server) createIssueReaction(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.createReaction(c, i, "", &i.reactions)
}

func (s *Server) createCommentReaction(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.createReaction(c, i, itoa(x.id), &x.reactions)
}

func (s *Server) createReaction(c *call, i *issue, key string, list *[]*reaction) (any, error) {
	var in struct {
		Content string `json:"content"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	x, made, err := c.react(c.repo, i, key, list, in.Content)
	if err != nil {
		return nil, err
	}
	if made {
		c.status = http.StatusCreated
	}
	return s.reactionJSON(x), nil
}

func (s *Server) reactionJSON(x *reaction) obj {
	return obj{"id": x.id, "node_id": nodeID("REA", x.id), "user": s.userJSON(x.user), "content": x.content, "created_at": timestamp(x.at)}
}

// reactionsJSON counts them.
func reactionsJSON(api string, list []*reaction) obj {
	o := obj{"url": api + "/reactions", "total_count": len(list)}
	for _, name := range reactionNames {
		o[name.rest] = 0
	}
	for _, x := range list {
		n, _ := o[x.content].(int)
		o[x.content] = n + 1
	}
	return o
}

// reactionGroups always has all contents.
func (v view) reactionGroups(list []*reaction, subject func() node) []node {
	groups := make([]node, 0, len(reactionNames))
	for _, name := range reactionNames {
		of := slices.DeleteFunc(slices.Clone(list), func(x *reaction) bool { return x.content != name.rest })
		n := node{
			"__typename": "ReactionGroup", "content": name.graphql, "createdAt": nil, "subject": lazy(func() (any, error) { return subject(), nil }),
			"viewerHasReacted": slices.ContainsFunc(of, func(x *reaction) bool { return x.user == v.c.writer() }),
			"reactors":         nodesOf("reactors", "Reactor", of, func(x *reaction) node { n, _ := v.actor(x.user).(node); return n }),
		}
		if len(of) > 0 {
			n["createdAt"] = timestamp(of[0].at)
		}
		groups = append(groups, n)
	}
	return groups
}

func (v view) reaction(x *reaction, subject func() node) node {
	return node{
		"__typename": "Reaction", "__interfaces": []string{"Node"}, "id": nodeID("REA", x.id), "databaseId": x.id, "content": graphqlContent(x.content),
		"createdAt": timestamp(x.at), "user": v.person(x.user), "reactable": lazy(func() (any, error) { return subject(), nil }),
	}
}
