package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// LandedQuery says what to list of what came to a branch since a tag.
type LandedQuery struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Branch, Tag  string
	Paths        []string // files whose changes are told apart
	Compared     []string // those of Paths whose contents are read
	Commits      int      // most of them, and most changes of one path
}

const (
	// changesPerPage is how many changes of one path a question asks for.
	changesPerPage = 50
	// pathsPerQuery limits a question: each path makes it heavier.
	pathsPerQuery = 25
)

// Landed lists what came to a branch since a tag. It costs a request for each hundred
// commits, and two for every 25 paths, and more for paths that changed often.
func (l *Loader) Landed(ctx context.Context, q LandedQuery) (out pull.Landed, err error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		err = c.Asking("landed", func(s *gh.Size) error {
			out, err = (&landedLoad{c, q, s}).load(ctx)
			return err
		})
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return pull.Landed{}, fmt.Errorf("listing what came to %s of %s since %s: %w", q.Branch, q.Key.Repository(), q.Tag, err)
	}
	return out, nil
}

type landedLoad struct {
	*gh.Client
	q LandedQuery
	*gh.Size
}

type taggedData struct {
	Typename string `json:"__typename"`
	Oid      string
	Target   *struct {
		Typename string `json:"__typename"`
		Oid      string
	} // of an annotated tag
}

// commit is "" for the tag of something else.
func (d taggedData) commit() string {
	switch {
	case d.Typename == "Commit":
		return d.Oid
	case d.Target != nil && d.Target.Typename == "Commit":
		return d.Target.Oid
	}
	return ""
}

func (l *landedLoad) load(ctx context.Context) (out pull.Landed, err error) {
	out.Before, out.After = map[string][]byte{}, map[string][]byte{}
	tag, err := l.ends(ctx, &out)
	if err != nil || !out.Tagged || !out.Branch {
		return out, err
	}
	walk := landedWalk{landedLoad: l, tag: tag}
	if err = walk.commits(ctx, &out); err == nil && len(out.Commits) > 0 {
		err = walk.files(ctx, &out)
	}
	if out.Hidden {
		out.Commits, out.Reached, out.Complete = nil, false, false
	}
	return out, err
}

// inParts asks about everything, a few at a time, and at least once.
func inParts[T any](ctx context.Context, l *landedLoad, rest []T, ask func(context.Context, []T) error) error {
	for {
		asked := 0
		err := l.Smaller(ctx, func(ctx context.Context) error {
			asked = min(len(rest), l.Part(pathsPerQuery))
			return ask(ctx, rest[:asked])
		})
		if rest = rest[asked:]; err != nil || len(rest) == 0 {
			return err
		}
	}
}

// endsQuery requests the tag, and both states of the paths.
func (q LandedQuery) endsQuery(paths []string) (query string, variables map[string]any) {
	variables = map[string]any{"tag": "refs/tags/" + q.Tag, "branch": "refs/heads/" + q.Branch}
	var declared, fields strings.Builder
	for i, path := range paths {
		fmt.Fprintf(&declared, ",$a%d:String!,$b%d:String!", i, i)
		of := "__typename oid" // a dump of the ABI is large
		if slices.Contains(q.Compared, path) {
			of = blobFields
		}
		fmt.Fprintf(&fields, " a%d:object(expression:$a%d){%s} b%d:object(expression:$b%d){%s}", i, i, of, i, i, of)
		variables[fmt.Sprint("a", i)] = "refs/tags/" + q.Tag + ":" + path
		variables[fmt.Sprint("b", i)] = "refs/heads/" + q.Branch + ":" + path
	}
	return "query($owner:String!,$name:String!,$tag:String!,$branch:String!" + declared.String() + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){tag:ref(qualifiedName:$tag){target{__typename oid " +
		"...on Tag{target{__typename oid}}}} branch:ref(qualifiedName:$branch){target{__typename oid}}" + fields.String() + "}}", variables
}

// ends reads the tag's commit, and both states of the paths.
func (l *landedLoad) ends(ctx context.Context, out *pull.Landed) (since string, err error) {
	err = inParts(ctx, l, l.q.Paths, func(ctx context.Context, paths []string) error {
		query, variables := l.q.endsQuery(paths)
		var answer struct{ Repository gh.Fields }
		if err := l.Ask(ctx, query, variables, &answer); err != nil {
			return err
		}
		var tag, branch *struct{ Target taggedData }
		if err := answer.Repository.Read("tag", &tag); err != nil {
			return err
		}
		if err := answer.Repository.Read("branch", &branch); err != nil {
			return err
		}
		if out.Branch = branch != nil; tag != nil {
			since = tag.Target.commit()
		}
		out.Tagged = since != ""
		return readStates(answer.Repository, paths, out)
	})
	return since, err
}

func readStates(found gh.Fields, paths []string, out *pull.Landed) error {
	for i, path := range paths {
		for prefix, to := range map[string]map[string][]byte{"a": out.Before, "b": out.After} {
			var b *blobData
			if err := found.ReadNth(prefix, i, &b); err != nil {
				return err
			}
			if b != nil && b.Typename == "Blob" && b.exact() {
				to[path] = []byte(*b.Text)
			} else if b != nil {
				to[path] = nil // it exists
			}
		}
	}
	return nil
}
