package rest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// The endpoints of git's objects ("Git database"): they make what a push would bring, and no ref moves.
var gitDataRoutes = []route{
	{"POST /repos/{owner}/{repo}/git/blobs", "contents:write", (*server).createBlob},
	{"POST /repos/{owner}/{repo}/git/trees", "contents:write", (*server).createTree},
	{"POST /repos/{owner}/{repo}/git/commits", "contents:write", (*server).createCommit},
}

func (s *server) createBlob(c *call) (any, error) {
	var in struct{ Content, Encoding string }
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	data := []byte(in.Content)
	if in.Encoding == "base64" {
		var err error
		if data, err = base64.StdEncoding.DecodeString(in.Content); err != nil {
			return nil, world.Unprocessable("content is not valid Base64")
		}
	}
	sha, err := c.Repo.Store.WriteObject("blob", data)
	c.Status = http.StatusCreated
	return obj{"sha": sha, "url": s.RepoAPI(c.Repo) + "/git/blobs/" + sha}, err
}

// treeInput is an entry to set; with neither a SHA nor a content it is deleted.
type treeInput struct {
	Path, Mode, Type string
	SHA, Content     *string
}

func (s *server) createTree(c *call) (any, error) {
	var in struct {
		Base string `json:"base_tree"`
		Tree []treeInput
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	files := map[string]gitstore.File{}
	for _, e := range in.Tree {
		f, err := e.file(c.Repo.Store)
		if err != nil {
			return nil, err
		}
		files[e.Path] = f
	}
	if base, err := c.Repo.Store.Commit(in.Base); err == nil {
		in.Base = base.Tree
	}
	sha, err := c.Repo.Store.Edit(in.Base, files)
	if err != nil {
		return nil, world.Unprocessable("GitRPC::BadObjectState")
	}
	c.Status = http.StatusCreated
	return obj{"sha": sha, "url": s.RepoAPI(c.Repo) + "/git/trees/" + sha, "tree": []obj{}, "truncated": false}, nil
}

func (e treeInput) file(store *gitstore.Store) (gitstore.File, error) {
	f := gitstore.File{Mode: e.Mode}
	switch {
	case e.SHA != nil && e.Mode == "160000":
		f.Content = *e.SHA
	case e.SHA != nil:
		data, err := store.Blob(*e.SHA)
		if err != nil {
			return f, world.Unprocessable(fmt.Sprintf("tree.sha %s is not a valid blob", *e.SHA))
		}
		f.Content = string(data)
	case e.Content != nil:
		f.Content = *e.Content
	default:
		f.Delete = true
	}
	return f, nil
}

// ident is an author or a committer; what is left out is the actor, now.
type ident struct {
	Name, Email string
	Date        time.Time
}

func (i *ident) line(c *call, now time.Time) (who string, at time.Time) {
	if i == nil || i.Name == "" {
		login := c.Actor.Writer().Login
		return login + " <" + gitstore.Noreply(login) + ">", now
	}
	if i.Date.IsZero() {
		i.Date = now
	}
	return i.Name + " <" + i.Email + ">", i.Date
}

func (s *server) createCommit(c *call) (any, error) {
	var in struct {
		Message, Tree     string
		Parents           []string
		Author, Committer *ident
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := c.Repo.Store.Tree(in.Tree); err != nil {
		return nil, world.Unprocessable("Tree SHA does not exist")
	}
	for _, parent := range in.Parents {
		if _, err := c.Repo.Store.Commit(parent); err != nil {
			return nil, world.Unprocessable("Parent SHA does not exist or is not a commit object")
		}
	}
	now := s.World.Now()
	author, written := in.Author.line(c, now)
	if in.Committer == nil {
		in.Committer = in.Author
	}
	committer, at := in.Committer.line(c, now)
	sha, err := c.Repo.Store.WriteCommit(gitstore.Draft{
		Message: in.Message, AuthorLine: fmt.Sprintf("%s %d +0000", author, written.Unix()), Ident: committer, Date: at,
	}, in.Tree, now, in.Parents...)
	if err != nil {
		return nil, err
	}
	commit, err := c.Repo.Store.Commit(sha)
	if err != nil {
		return nil, err
	}
	c.Status = http.StatusCreated
	return s.GitCommitJSON(c.Repo, commit), nil
}
