package ghtest

import (
	"strconv"
	"strings"
	"time"
)

// commit is a parsed commit object; it never changes.
type commit struct {
	sha, tree, message        string
	parents                   []string
	author, authorEmail       string
	date                      time.Time // of the author
	committer, committerEmail string
	committed                 time.Time
	authorLine                string // as it is in the object
}

// commit returns the parsed commit, or errNoObject.
func (st *store) commit(sha string) (*commit, error) {
	st.mu.Lock()
	c := st.commits[sha]
	st.mu.Unlock()
	if c != nil {
		return c, nil
	}
	content, err := st.readKind("commit", sha)
	if err != nil {
		return nil, err
	}
	c = parseCommit(sha, string(content))
	st.mu.Lock()
	st.commits[sha] = c
	st.mu.Unlock()
	return c, nil
}

func parseCommit(sha, content string) *commit {
	head, message, _ := strings.Cut(content, "\n\n")
	c := &commit{sha: sha, message: strings.TrimSuffix(message, "\n")}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.tree = value
		case "parent":
			c.parents = append(c.parents, value)
		case "author":
			c.author, c.authorEmail, c.date = parseIdent(value)
			c.authorLine = value
		case "committer":
			c.committer, c.committerEmail, c.committed = parseIdent(value)
		}
	}
	return c
}

func parseIdent(s string) (name, email string, at time.Time) {
	name, rest, _ := strings.Cut(s, " <")
	email, when, _ := strings.Cut(rest, "> ")
	unix, _, _ := strings.Cut(when, " ")
	n, _ := strconv.ParseInt(unix, 10, 64) // a malformed date is the epoch
	return name, email, time.Unix(n, 0).UTC()
}
