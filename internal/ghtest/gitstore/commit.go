package gitstore

import (
	"strconv"
	"strings"
	"time"
)

// Commit is a parsed commit object; it never changes.
type Commit struct {
	SHA, Tree, Message        string
	Parents                   []string
	Author, AuthorEmail       string
	Date                      time.Time // of the author
	Committer, CommitterEmail string
	Committed                 time.Time
	AuthorLine                string // as it is in the object
}

// Commit returns the parsed commit, or ErrNoObject.
func (st *Store) Commit(sha string) (*Commit, error) {
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

func parseCommit(sha, content string) *Commit {
	head, message, _ := strings.Cut(content, "\n\n")
	c := &Commit{SHA: sha, Message: strings.TrimSuffix(message, "\n")}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author, c.AuthorEmail, c.Date = parseIdent(value)
			c.AuthorLine = value
		case "committer":
			c.Committer, c.CommitterEmail, c.Committed = parseIdent(value)
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
