package object

import (
	"maps"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// CommitJSON is a commit, with the accounts of its author and committer where their mail addresses name them.
func (m Maker) CommitJSON(r *world.Repo, c *gitstore.Commit) obj {
	api, html := m.RepoAPI(r), m.URL+"/"+r.FullName()+"/commit/"
	parents := []obj{}
	for _, p := range c.Parents {
		parents = append(parents, obj{"sha": p, "url": api + "/commits/" + p, "html_url": html + p})
	}
	account := func(email string) any {
		if login, ok := strings.CutSuffix(email, "@users.noreply.github.com"); ok && m.User(login) != nil {
			return m.UserJSON(m.Account(login))
		}
		return nil
	}
	return obj{
		"sha": c.SHA, "node_id": "C_" + c.SHA, "url": api + "/commits/" + c.SHA, "html_url": html + c.SHA, "comments_url": api + "/commits/" + c.SHA + "/comments",
		"author": account(c.AuthorEmail), "committer": account(c.CommitterEmail), "parents": parents,
		"commit": plus(m.written(r, c), obj{"comment_count": 0}),
	}
}

// GitCommitJSON is a commit as git has it.
func (m Maker) GitCommitJSON(r *world.Repo, c *gitstore.Commit) obj {
	api, html := m.RepoAPI(r)+"/git/commits/", m.URL+"/"+r.FullName()+"/commit/"
	parents := []obj{}
	for _, p := range c.Parents {
		parents = append(parents, obj{"sha": p, "url": api + p, "html_url": html + p})
	}
	return plus(m.written(r, c), obj{"sha": c.SHA, "node_id": "C_" + c.SHA, "html_url": html + c.SHA, "parents": parents})
}

// written is what both forms of a commit have in common.
func (m Maker) written(r *world.Repo, c *gitstore.Commit) obj {
	api := m.RepoAPI(r) + "/git"
	return obj{
		"message": c.Message, "author": obj{"name": c.Author, "email": c.AuthorEmail, "date": world.Timestamp(c.Date)},
		"committer": obj{"name": c.Committer, "email": c.CommitterEmail, "date": world.Timestamp(c.Committed)},
		"tree":      obj{"sha": c.Tree, "url": api + "/trees/" + c.Tree}, "url": api + "/commits/" + c.SHA,
		"verification": obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
	}
}

func plus(o, more obj) obj {
	maps.Copy(o, more)
	return o
}
