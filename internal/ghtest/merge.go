package ghtest

import (
	"errors"
	"fmt"
	"strings"
)

// Merge squashes a pull request into its base branch, "Title (#N)", and returns the commit.
func (r *Repo) Merge(number int, by string) (string, error) {
	sha := ""
	err := r.actPull(number, "merging", func(i *issue) error {
		var err error
		sha, err = r.merge(i, r.srv.account(by), fmt.Sprintf("%s (#%d)", i.title, i.number))
		return err
	})
	return sha, err
}

var errConflict = errors.New("it conflicts with its base")

func (r *Repo) merge(i *issue, by *user, message string) (string, error) {
	p := i.pull
	base := r.refs["refs/heads/"+p.baseRef]
	if i.state != "open" || p.draft || base == "" {
		return "", errors.New("it is closed, a draft, or without a base")
	}
	tree, err := r.mergedTree(base, p.headSHA)
	if err != nil {
		return "", err
	}
	sha, err := r.store.writeCommit(Commit{Message: message, Author: i.author.login}, tree, r.srv.now(), base)
	if err != nil {
		return "", err
	}
	if err := r.setRef("refs/heads/"+p.baseRef, sha); err != nil {
		return "", err
	}
	p.mergedAt, p.mergedBy, p.mergeSHA = r.srv.now(), by, sha
	r.happened(i, event{kind: "Merged", actor: by, to: sha})
	r.close(i, by)
	return sha, r.moved("refs/heads/"+p.baseRef, base, sha, by)
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
	out, err := st.run("merge-tree", "--write-tree", "--no-messages", base, head)
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
