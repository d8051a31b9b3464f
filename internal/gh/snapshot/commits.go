package snapshot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	historyPaths  = 5
	historyLength = 20 // commits of each path
)

// HistoryRequest says which commits to list.
type HistoryRequest struct {
	Key          pull.Key
	Installation int64    // 0: look it up
	Revisions    []string // a few: ids of commits, also with ^ at the end for the parent, or branches
	Paths        []string // of files; more than five are left out
}

// PathCommit is a commit that touched a file.
type PathCommit struct {
	SHA              string
	Subject, Message string // the first line, and all of it
	Number           int    // of its pull request, as the end of Subject says; 0: it does not
	At               time.Time
}

// History returns the newest 20 commits that touched each path, for each revision, newest
// first. It costs one request. A revision that doesn't exist has none.
func (l *Loader) History(ctx context.Context, h HistoryRequest) (map[string]map[string][]PathCommit, error) {
	all, err := l.history(ctx, h)
	if err != nil {
		l.app.Forget(h.Key, err)
		return nil, fmt.Errorf("reading the history of %s: %w", h.Key.Repository(), err)
	}
	return all, nil
}

func (l *Loader) history(ctx context.Context, h HistoryRequest) (map[string]map[string][]PathCommit, error) {
	c, err := l.app.Client(ctx, h.Key.Repository(), h.Installation)
	if err != nil {
		return nil, err
	}
	h.Paths = h.Paths[:min(len(h.Paths), historyPaths)]
	all := map[string]map[string][]PathCommit{}
	for _, revision := range h.Revisions {
		all[revision] = map[string][]PathCommit{}
	}
	err = c.Asking("history", func(s *gh.Size) error {
		return s.Smaller(ctx, func(ctx context.Context) error {
			for _, part := range h.parts(*s) {
				if err := part.read(ctx, c, all); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return all, err
}

// parts splits the request for a size: everything, one path, or one path of one revision.
func (h HistoryRequest) parts(s gh.Size) []HistoryRequest {
	var parts []HistoryRequest
	revisions, paths := [][]string{h.Revisions}, [][]string{h.Paths}
	if s >= gh.Small {
		paths = slices.Collect(slices.Chunk(h.Paths, 1))
	}
	if s == gh.Apart {
		revisions = slices.Collect(slices.Chunk(h.Revisions, 1))
	}
	for _, h.Revisions = range revisions {
		for _, h.Paths = range paths {
			if len(h.Revisions) > 0 && len(h.Paths) > 0 {
				parts = append(parts, h)
			}
		}
	}
	return parts
}

// read reads one part.
func (h HistoryRequest) read(ctx context.Context, c *gh.Client, into map[string]map[string][]PathCommit) error {
	var found struct {
		Repository map[string]map[string]gh.Connection[historyCommit]
	}
	query, variables := h.query()
	if err := c.Ask(ctx, query, variables, &found); err != nil {
		return err
	}
	for i, revision := range h.Revisions {
		for j, path := range h.Paths {
			var commits []PathCommit
			for _, c := range found.Repository[fmt.Sprint("r", i)][fmt.Sprint("p", j)].Nodes {
				commits = append(commits, c.commit())
			}
			if commits != nil {
				into[revision][path] = commits
			}
		}
	}
	return nil
}

func (h HistoryRequest) query() (query string, variables map[string]any) {
	var declared, fields, paths strings.Builder
	variables = map[string]any{}
	for i, revision := range h.Revisions {
		fmt.Fprintf(&declared, ",$r%d:String!", i)
		fmt.Fprintf(&fields, " r%d:object(expression:$r%d){...Past}", i, i)
		if !gh.IsCommit(strings.TrimSuffix(revision, "^")) && !strings.HasPrefix(revision, "refs/heads/") {
			revision = "refs/heads/" + revision // a tag may have the same name
		}
		variables[fmt.Sprint("r", i)] = revision
	}
	for j, path := range h.Paths {
		fmt.Fprintf(&declared, ",$p%d:String!", j)
		fmt.Fprintf(&paths, " p%d:history(first:%d,path:$p%d){nodes{oid message committedDate}}", j, historyLength, j)
		variables[fmt.Sprint("p", j)] = path
	}
	return "query($owner:String!,$name:String!" + declared.String() + "){repository(owner:$owner,name:$name,followRenames:false){" +
		fields.String() + "}}fragment Past on Commit{" + paths.String() + "}", variables
}

type historyCommit struct {
	Oid, Message  string
	CommittedDate time.Time
}

// ending is what a squash merge appends to a subject. CPython writes GH instead of #.
var ending = regexp.MustCompile(`\((?i:gh-|#)([0-9]{1,9})\)$`)

// commit takes the subject from the message: GitHub shortens a long messageHeadline, which
// then lacks the number.
func (c historyCommit) commit() PathCommit {
	subject, _, _ := strings.Cut(c.Message, "\n")
	out := PathCommit{SHA: c.Oid, Subject: strings.TrimSpace(subject), Message: strings.TrimRight(c.Message, "\n"), At: c.CommittedDate}
	if m := ending.FindStringSubmatch(out.Subject); m != nil {
		out.Number, _ = strconv.Atoi(m[1]) // at most nine digits
	}
	return out
}
