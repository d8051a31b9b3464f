package snapshot

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxOdd is how many files of a tree are read one by one, since GraphQL changes their
// text. The content of others stays unknown.
const maxOdd = 1

// TreeQuery names a directory.
type TreeQuery struct {
	Key          pull.Key
	Installation int64  // 0: look it up
	Ref          string // "refs/heads/3.14", "refs/tags/v3.14.0" or a commit
	Directory    string // "Misc/NEWS.d/next"
}

// Tree reads the files of a directory and of those directly inside, with their contents,
// in the order of GitHub's answer. A deeper directory is its path, with / at the end. Only
// Path and Content are set; Content is nil for what couldn't be read. What doesn't exist
// has no files. It costs one request, and one more for a file that isn't text.
func (l *Loader) Tree(ctx context.Context, q TreeQuery) (files []pull.File, err error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		err = c.Asking("tree", func(s *gh.Size) error {
			t := &treeLoad{Client: c, q: q, odd: maxOdd}
			err := s.Smaller(ctx, t.ask)
			if err == nil && t.found.Repository.Tree != nil {
				err = t.below(ctx, q.Directory, *t.found.Repository.Tree)
			}
			files = t.files
			return err
		})
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return nil, fmt.Errorf("reading %s of %s in %s: %w", q.Directory, q.Ref, q.Key.Repository(), err)
	}
	return files, nil
}

type treeLoad struct {
	*gh.Client
	q     TreeQuery
	found struct{ Repository struct{ Tree *treeData } }
	files []pull.File
	odd   int // how many more to read one by one
}

type treeData struct{ Entries []treeEntry }

type treeEntry struct {
	Name   string
	Mode   int
	Type   string
	Object *treeObject
}

// treeObject is a file or a directory.
type treeObject struct {
	blobData
	treeData
}

func (t *treeLoad) ask(ctx context.Context) error {
	const entry = "name mode type object{__typename ...on Blob{oid byteSize isTruncated text}"
	query := "query($owner:String!,$name:String!,$tree:String!){repository(owner:$owner,name:$name,followRenames:false){" +
		"tree:object(expression:$tree){...on Tree{entries{" + entry + " ...on Tree{entries{" + entry + "}}}}}}}}}"
	return t.Ask(ctx, query, map[string]any{"tree": t.q.Ref + ":" + t.q.Directory}, &t.found)
}

// below takes the files of a directory.
func (t *treeLoad) below(ctx context.Context, directory string, of treeData) error {
	for _, e := range of.Entries {
		path := directory + "/" + e.Name
		switch {
		case e.Type == "commit":
			t.files = append(t.files, pull.File{Path: path, Content: &pull.Content{Kind: pull.Submodule}})
		case e.Type == "tree" && directory == t.q.Directory && e.Object != nil:
			if err := t.below(ctx, path, e.Object.treeData); err != nil {
				return err
			}
		case e.Type == "tree":
			t.files = append(t.files, pull.File{Path: path + "/"})
		default:
			content, err := t.content(ctx, e)
			if err != nil {
				return fmt.Errorf("reading %s: %w", gh.Tidy(path), err)
			}
			t.files = append(t.files, pull.File{Path: path, Content: content})
		}
	}
	return nil
}

func (t *treeLoad) content(ctx context.Context, e treeEntry) (*pull.Content, error) {
	if e.Object == nil || e.Object.Oid == "" || e.Object.ByteSize > pull.MaxContent {
		return nil, nil
	}
	b := e.Object.blobData
	if b.Text != nil && !b.exact() {
		if marked := byteOrderMark + *b.Text; pull.BlobID([]byte(marked), len(b.Oid)) == b.Oid {
			b.Text = &marked
		}
	}
	if !b.exact() {
		if t.odd == 0 {
			return nil, nil
		}
		t.odd--
	}
	data, err := b.content(ctx, t.Client)
	if err != nil {
		return nil, err
	}
	entry := entryData{Mode: e.Mode}
	return &pull.Content{Kind: entry.kind(), Size: b.ByteSize, Data: data}, nil
}

// byteOrderMark may be missing from GraphQL's text.
const byteOrderMark = "\ufeff"

// LastQuery names files of a branch.
type LastQuery struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Branch       string
	Paths        []string
}

// maxLast is for how many paths Last looks.
const maxLast = 20

// Last finds the pull requests whose merges changed files last, by path; files that were
// pushed in other ways are left out, as are all but the first 20. It costs one request.
func (l *Loader) Last(ctx context.Context, q LastQuery) (map[string]int, error) {
	found := map[string]int{}
	q.Paths = first(q.Paths, maxLast)
	if len(q.Paths) == 0 {
		return found, nil
	}
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		err = c.Asking("last", func(s *gh.Size) error {
			return s.Smaller(ctx, func(ctx context.Context) error { return askLast(ctx, c, q, found) })
		})
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return nil, fmt.Errorf("looking for the changes of %d files of %s in %s: %w", len(q.Paths), q.Branch, q.Key.Repository(), err)
	}
	return found, nil
}

type lastData struct {
	Nodes []struct {
		Oid, MessageHeadline   string
		AssociatedPullRequests associatedData
	}
}

func askLast(ctx context.Context, c *gh.Client, q LastQuery, found map[string]int) error {
	variables := map[string]any{"ref": "refs/heads/" + q.Branch}
	var declared, fields strings.Builder
	for i, path := range q.Paths {
		fmt.Fprintf(&declared, ",$p%d:String!", i)
		fmt.Fprintf(&fields, " h%d:history(first:1,path:$p%d){nodes{oid messageHeadline "+associatedFields+"}}", i, i)
		variables[fmt.Sprintf("p%d", i)] = strings.TrimSuffix(path, "/")
	}
	var answer struct {
		Repository struct {
			Ref *struct{ Target map[string]lastData }
		}
	}
	query := "query($owner:String!,$name:String!,$ref:String!" + declared.String() + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){ref(qualifiedName:$ref){target{...on Commit{" + fields.String() + "}}}}}"
	if err := c.Ask(ctx, query, variables, &answer); err != nil || answer.Repository.Ref == nil {
		return err
	}
	for i, path := range q.Paths {
		for _, commit := range answer.Repository.Ref.Target[fmt.Sprintf("h%d", i)].Nodes {
			number := landedBy(landedCommit{q.Branch, commit.Oid, commit.MessageHeadline}, commit.AssociatedPullRequests)
			if number > 0 {
				found[path] = number
			}
		}
	}
	return nil
}

// Has reports whether a branch or commit has a file or directory. It costs one request.
func (l *Loader) Has(ctx context.Context, q TreeQuery) (bool, error) {
	var found struct{ Repository struct{ Object *blobData } }
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		err = c.Asking("tree", func(s *gh.Size) error {
			query := "query($owner:String!,$name:String!,$object:String!){repository(owner:$owner,name:$name,followRenames:false){" +
				"object(expression:$object){__typename oid}}}"
			return c.Ask(ctx, query, map[string]any{"object": q.Ref + ":" + q.Directory}, &found)
		})
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return false, fmt.Errorf("looking for %s of %s in %s: %w", q.Directory, q.Ref, q.Key.Repository(), err)
	}
	return found.Repository.Object != nil, nil
}
