package ghtest

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// MergeOptions say how a pull request is merged.
type MergeOptions struct {
	By     string // login
	Method string // squash, merge, rebase; squash when empty
	Title  string // first line of the message: "Title (#N)" of a squash, "Merge pull request #N from …" of a merge when empty
	Body   string // the rest of the message
	SHA    string // the head that is expected; "" is any
}

// Merge squashes a pull request into its base branch, "Title (#N)", and returns the commit.
func (r *Repo) Merge(number int, by string) (string, error) {
	return r.MergeWith(number, MergeOptions{By: by})
}

// MergeBy merges by a method: squash, merge (a commit with two parents) or rebase (each commit anew; the last one is returned).
func (r *Repo) MergeBy(number int, by, method string) (string, error) {
	return r.MergeWith(number, MergeOptions{By: by, Method: method})
}

// MergeWith merges with a message of choice, as people who may pass by protections do, and returns the commit.
func (r *Repo) MergeWith(number int, o MergeOptions) (string, error) {
	sha := ""
	err := r.actPull(number, "merging", func(i *issue) error {
		p := i.pull
		if i.state != "open" || p.draft || r.refs["refs/heads/"+p.baseRef] == "" {
			return errors.New("it is closed, a draft, or without a base")
		}
		if o.SHA != "" && o.SHA != p.headSHA {
			return errors.New("its head is not the expected one")
		}
		var err error
		sha, err = r.merge(i, o)
		return err
	})
	return sha, err
}

var errConflict = errors.New("it conflicts with its base")

// merge merges an open pull request whose base exists.
func (r *Repo) merge(i *issue, o MergeOptions) (string, error) {
	base := r.refs["refs/heads/"+i.pull.baseRef]
	made, err := r.mergeCommits(i, o, base)
	if err != nil {
		return "", err
	}
	return made[len(made)-1], r.land(i, r.srv.account(o.By), made)
}

// land moves the base to the last of the commits, and the pull request is merged.
func (r *Repo) land(i *issue, by *user, made []string) error {
	p, sha := i.pull, made[len(made)-1]
	base := r.refs["refs/heads/"+p.baseRef]
	if err := r.setRef("refs/heads/"+p.baseRef, sha); err != nil {
		return err
	}
	p.mergedAt, p.mergedBy, p.mergeSHA, p.introduced, p.baseSHA = r.srv.now(), by, sha, made, base
	r.happened(i, event{kind: "Merged", actor: by, to: sha})
	r.close(i, by)
	r.closeIssues(i, by)
	return r.moved("refs/heads/"+p.baseRef, base, sha, by)
}

// mergeCommits makes the commits that the method puts on the base, oldest first.
func (r *Repo) mergeCommits(i *issue, o MergeOptions, base string) ([]string, error) {
	p, at := i.pull, r.srv.now()
	tree, err := r.mergedTree(base, p.headSHA)
	if err != nil {
		return nil, err
	}
	c := Commit{Author: i.author.login, Message: o.Title}
	parents := []string{base}
	switch o.Method {
	case "", "squash":
		if c.Message == "" {
			c.Message = fmt.Sprintf("%s (#%d)", i.title, i.number)
		}
	case "merge":
		c.Author, parents = r.srv.account(o.By).login, append(parents, p.headSHA)
		if c.Message == "" {
			c.Message = fmt.Sprintf("Merge pull request #%d from %s/%s", i.number, p.headOwner.login, p.headRef)
			if o.Body == "" {
				o.Body = i.title
			}
		}
	case "rebase":
		return r.rebased(p, base, r.srv.account(o.By))
	default:
		return nil, fmt.Errorf("there is no method %q", o.Method)
	}
	if o.Body != "" {
		c.Message += "\n\n" + o.Body
	}
	sha, err := r.store.writeCommit(c, tree, at, parents...)
	return []string{sha}, err
}

// rebased applies each commit of a pull request to a base.
func (r *Repo) rebased(p *pull, tip string, by *user) ([]string, error) {
	_, commits, err := r.store.between(tip, p.headSHA)
	if err != nil {
		return nil, err
	}
	var made []string
	for _, sha := range commits {
		c, err := r.store.commit(sha)
		if err != nil {
			return nil, err
		}
		tree, err := r.store.pick(tip, c)
		if err != nil {
			return nil, err
		}
		tip, err = r.store.writeCommit(Commit{Message: c.message, authorLine: c.authorLine, committer: by}, tree, r.srv.now(), tip)
		if err != nil {
			return nil, err
		}
		made = append(made, tip)
	}
	if made == nil {
		return nil, errConflict
	}
	return made, nil
}

// pick is the tree of a commit applied to another one; errConflict if it cannot be, or has more than one parent.
func (st *store) pick(onto string, c *commit) (string, error) {
	if len(c.parents) != 1 {
		return "", errConflict
	}
	to, err := st.commit(onto)
	if err != nil {
		return "", err
	}
	from, err := st.commit(c.parents[0])
	if err != nil {
		return "", err
	}
	if from.tree == to.tree {
		return c.tree, nil
	}
	// A commit on top of the parent makes that the merge base; the late date keeps git from walking the history.
	stand, err := st.writeCommit(Commit{Message: "onto"}, to.tree, time.Unix(4000000000, 0), from.sha)
	if err != nil {
		return "", err
	}
	return st.mergeTree(stand, c.sha)
}

// mergedTree merges two commits with git's own merge; errConflict if they do not. The outcome is kept.
func (r *Repo) mergedTree(base, head string) (string, error) {
	key := [2]string{base, head}
	tree, known := r.merges[key]
	if !known {
		var err error
		if tree, err = r.store.merge(base, head); err != nil && !errors.Is(err, errConflict) {
			return "", fmt.Errorf("merging %s into %s: %w", head, base, err)
		}
		r.merges[key] = tree
	}
	if tree == "" {
		return "", errConflict
	}
	return tree, nil
}

func (st *store) merge(base, head string) (string, error) {
	mergeBase, _, err := st.between(base, head)
	if err != nil {
		return "", err
	}
	if mergeBase == base {
		c, err := st.commit(head)
		if err != nil {
			return "", err
		}
		return c.tree, nil
	}
	if tree, ok, err := st.mergeApart(mergeBase, base, head); ok || err != nil {
		return tree, err
	}
	return st.mergeTree(base, head)
}

func (st *store) mergeTree(ours, theirs string) (string, error) {
	out, err := st.run("merge-tree", "--write-tree", "--no-messages", ours, theirs)
	tree, _, _ := strings.Cut(string(out), "\n")
	if err != nil && isSHA(tree) { // of the files with conflict marks in them
		return "", errConflict
	}
	return tree, err
}

// mergeable is GraphQL's word for whether the pull request can be merged.
func (r *Repo) mergeable(i *issue) string {
	base := r.refs["refs/heads/"+i.pull.baseRef]
	if i.state != "open" || base == "" {
		return "UNKNOWN"
	}
	switch _, err := r.mergedTree(base, i.pull.headSHA); {
	case errors.Is(err, errConflict):
		return "CONFLICTING"
	case err != nil:
		return "UNKNOWN"
	}
	return "MERGEABLE"
}

// LazyMergeability says whether GitHub is slow: then "mergeable" is unknown to the first request that asks for it after the head or
// the base moved, and the question is what makes GitHub find it out.
func (r *Repo) LazyMergeability(lazy bool) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	if r.asked = nil; lazy {
		r.asked = map[[2]string]*call{}
	}
}

// told is what a request is told of the mergeability: UNKNOWN in all fields of the first that asks.
func (r *Repo) told(c *call, i *issue, state func(*issue) string) string {
	if r.asked == nil || i.state != "open" {
		return state(i)
	}
	key := [2]string{r.refs["refs/heads/"+i.pull.baseRef], i.pull.headSHA}
	if first, known := r.asked[key]; !known || first == c {
		r.asked[key] = c
		return "UNKNOWN"
	}
	return state(i)
}
