package world

import (
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// MergeOptions say how a pull request is merged.
type MergeOptions struct {
	By     string // login
	Method string // squash, merge, rebase; squash when empty
	Title  string // first line of the message: "Title (#N)" of a squash, "Merge pull request #N from …" of a merge when empty
	Body   string // the rest of the message
	SHA    string // the head that is expected; "" is any
}

// Merge merges an open pull request whose base exists.
func (r *Repo) Merge(i *Issue, o MergeOptions) (string, error) {
	base := r.Refs["refs/heads/"+i.Pull.BaseRef]
	made, err := r.mergeCommits(i, o, base)
	if err != nil {
		return "", err
	}
	return made[len(made)-1], r.land(i, r.World.Account(o.By), made)
}

// land moves the base to the last of the commits, and the pull request is merged.
func (r *Repo) land(i *Issue, by *User, made []string) error {
	p, sha := i.Pull, made[len(made)-1]
	base := r.Refs["refs/heads/"+p.BaseRef]
	if err := r.SetRef("refs/heads/"+p.BaseRef, sha); err != nil {
		return err
	}
	p.MergedAt, p.MergedBy, p.MergeSHA, p.introduced, p.BaseSHA = r.World.Now(), by, sha, made, base
	r.happened(i, TimelineEvent{Kind: "Merged", Actor: by, To: sha})
	r.Close(i, by)
	r.closeIssues(i, by)
	return r.RefMoved("refs/heads/"+p.BaseRef, base, sha, by)
}

// mergeCommits makes the commits that the method puts on the base, oldest first.
func (r *Repo) mergeCommits(i *Issue, o MergeOptions, base string) ([]string, error) {
	p, at := i.Pull, r.World.Now()
	tree, err := r.mergedTree(base, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	c := gitstore.Draft{Author: i.Author.Login, Message: o.Title}
	parents := []string{base}
	switch o.Method {
	case "", "squash":
		if c.Message == "" {
			c.Message = fmt.Sprintf("%s (#%d)", i.Title, i.Number)
		}
	case "merge":
		c.Author, parents = r.World.Account(o.By).Login, append(parents, p.HeadSHA)
		if c.Message == "" {
			c.Message = fmt.Sprintf("Merge pull request #%d from %s/%s", i.Number, p.HeadOwner.Login, p.HeadRef)
			if o.Body == "" {
				o.Body = i.Title
			}
		}
	case "rebase":
		return r.rebased(p, base, r.World.Account(o.By))
	default:
		return nil, fmt.Errorf("there is no method %q", o.Method)
	}
	if o.Body != "" {
		c.Message += "\n\n" + o.Body
	}
	sha, err := r.Store.WriteCommit(c, tree, at, parents...)
	return []string{sha}, err
}

// rebased applies each commit of a pull request to a base.
func (r *Repo) rebased(p *Pull, tip string, by *User) ([]string, error) {
	_, commits, err := r.Store.Between(tip, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	var made []string
	for _, sha := range commits {
		c, err := r.Store.Commit(sha)
		if err != nil {
			return nil, err
		}
		tree, err := r.Store.Pick(tip, c)
		if err != nil {
			return nil, err
		}
		tip, err = r.Store.WriteCommit(gitstore.Draft{Message: c.Message, AuthorLine: c.AuthorLine, Committer: by.Login}, tree, r.World.Now(), tip)
		if err != nil {
			return nil, err
		}
		made = append(made, tip)
	}
	if made == nil {
		return nil, gitstore.ErrConflict
	}
	return made, nil
}
