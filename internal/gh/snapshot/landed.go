package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	Pages        int      // most pages of a hundred commits
}

// maxPathCommits is how many changes of one path are told apart.
const maxPathCommits = 50

// Landed lists what came to a branch after the date of a tag's commit. It costs two
// requests, and one for each further hundred commits.
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
	Oid           string
	CommittedDate *time.Time
	Target        *struct {
		Oid           string
		CommittedDate *time.Time
	} // of an annotated tag
}

// commit is zero for the tag of something else.
func (d taggedData) commit() tagged {
	switch {
	case d.CommittedDate != nil:
		return tagged{d.Oid, *d.CommittedDate}
	case d.Target != nil && d.Target.CommittedDate != nil:
		return tagged{d.Target.Oid, *d.Target.CommittedDate}
	}
	return tagged{}
}

func (l *landedLoad) load(ctx context.Context) (out pull.Landed, err error) {
	out.Before, out.After = map[string][]byte{}, map[string][]byte{}
	tag, err := l.ends(ctx, &out)
	if err != nil || !out.Tagged || !out.Branch {
		return out, err
	}
	files, err := l.commits(ctx, tag, &out)
	if out.Hidden {
		out.Commits, out.Reached, out.Complete = nil, false, false
	}
	for i := range out.Commits {
		out.Commits[i].Files = files[out.Commits[i].SHA]
	}
	return out, err
}

// tagged is a tag's commit.
type tagged struct {
	id string
	at time.Time
}

// endsQuery requests the tag, and both states of the paths.
func (q LandedQuery) endsQuery() (query string, variables map[string]any) {
	variables = map[string]any{"tag": "refs/tags/" + q.Tag, "branch": "refs/heads/" + q.Branch}
	var declared, fields strings.Builder
	for i, path := range q.Paths {
		fmt.Fprintf(&declared, ",$a%d:String!,$b%d:String!", i, i)
		of := "__typename oid" // a dump of the ABI is large
		if slices.Contains(q.Compared, path) {
			of = blobFields
		}
		fmt.Fprintf(&fields, " a%d:object(expression:$a%d){%s} b%d:object(expression:$b%d){%s}", i, i, of, i, i, of)
		variables[fmt.Sprint("a", i)] = "refs/tags/" + q.Tag + ":" + path
		variables[fmt.Sprint("b", i)] = "refs/heads/" + q.Branch + ":" + path
	}
	const date = "oid ...on Commit{committedDate}"
	return "query($owner:String!,$name:String!,$tag:String!,$branch:String!" + declared.String() + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){tag:ref(qualifiedName:$tag){target{__typename " + date +
		" ...on Tag{target{__typename " + date + "}}}} branch:ref(qualifiedName:$branch){target{__typename oid}}" + fields.String() + "}}", variables
}

// ends reads the tag, and both states of the paths.
func (l *landedLoad) ends(ctx context.Context, out *pull.Landed) (since tagged, err error) {
	query, variables := l.q.endsQuery()
	var answer struct{ Repository gh.Fields }
	if err := l.Ask(ctx, query, variables, &answer); err != nil {
		return since, err
	}
	var tag, branch *struct{ Target taggedData }
	if err := answer.Repository.Read("tag", &tag); err != nil {
		return since, err
	}
	if err := answer.Repository.Read("branch", &branch); err != nil {
		return since, err
	}
	if tag != nil {
		since = tag.Target.commit()
		out.Tagged = since.id != ""
	}
	out.Branch = branch != nil
	for i, path := range l.q.Paths {
		for prefix, to := range map[string]map[string][]byte{"a": out.Before, "b": out.After} {
			var b *blobData
			if err := answer.Repository.ReadNth(prefix, i, &b); err != nil {
				return since, err
			}
			if b != nil && b.Typename == "Blob" && b.exact() {
				to[path] = []byte(*b.Text)
			} else if b != nil {
				to[path] = nil // it exists
			}
		}
	}
	return since, nil
}

type landedData struct {
	Oid, Message string
	Merged       gh.Connection[struct {
		Number      int
		BaseRefName string
		MergeCommit *struct{ Oid string }
	}]
}

// commits lists the branch's commits, and those that changed each path.
func (l *landedLoad) commits(ctx context.Context, since tagged, out *pull.Landed) (files map[string][]string, err error) {
	files = map[string][]string{}
	from := since.at.Add(-time.Second).UTC() // whether GitHub lists what has this very time isn't documented
	variables := map[string]any{"ref": "refs/heads/" + l.q.Branch, "since": from.Format(time.RFC3339)}
	var newest []pull.LandedCommit
	for page := range max(1, l.q.Pages) {
		var answer struct {
			Repository struct{ Ref *struct{ Target gh.Fields } }
		}
		err := l.Smaller(ctx, func(ctx context.Context) error {
			variables["first"] = l.Page()
			return l.Ask(ctx, l.query(page == 0, variables), variables, &answer)
		})
		if err != nil || answer.Repository.Ref == nil {
			return files, err
		}
		var all gh.Connection[landedData]
		if err := answer.Repository.Ref.Target.Read("all", &all); err != nil {
			return files, err
		}
		out.Hidden = out.Hidden || len(all.Nodes) < all.Entries
		for _, n := range all.Nodes {
			if out.Reached = n.Oid == since.id; out.Reached {
				break
			}
			newest = append(newest, n.landed(l.q.Branch))
		}
		if page == 0 {
			if err := l.changed(answer.Repository.Ref.Target, files, out); err != nil {
				return files, err
			}
		}
		if out.Complete = out.Reached || !all.PageInfo.HasNextPage; out.Complete {
			break
		}
		variables["after"] = all.PageInfo.EndCursor
	}
	for i := len(newest) - 1; i >= 0; i-- {
		out.Commits = append(out.Commits, newest[i])
	}
	return files, nil
}

func (d landedData) landed(branch string) pull.LandedCommit {
	c := pull.LandedCommit{SHA: d.Oid, Message: d.Message}
	for _, of := range d.Merged.Nodes {
		if of.MergeCommit != nil && of.MergeCommit.Oid == d.Oid && of.BaseRefName == branch {
			c.Pull = of.Number
		}
	}
	return c
}

// query requests a page of commits; the first one has those of each path, too.
func (l *landedLoad) query(first bool, variables map[string]any) string {
	var declared, fields strings.Builder
	for i, path := range l.q.Paths {
		name := fmt.Sprint("p", i)
		delete(variables, name)
		if !first {
			continue
		}
		variables[name] = path
		declared.WriteString(",$" + name + ":String!")
		fmt.Fprintf(&fields, " h%d:history(first:%d,since:$since,path:$p%d){nodes{oid}}", i, maxPathCommits, i)
	}
	return "query($owner:String!,$name:String!,$ref:String!,$since:GitTimestamp!,$first:Int!,$after:String" + declared.String() + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){ref(qualifiedName:$ref){target{...on Commit{" +
		"all:history(first:$first,after:$after,since:$since){nodes{oid message merged:associatedPullRequests(first:3){nodes{number baseRefName " +
		"mergeCommit{oid}}}} " + pageFields + "}" + fields.String() + "}}}}}"
}

func (l *landedLoad) changed(found gh.Fields, files map[string][]string, out *pull.Landed) error {
	for i, path := range l.q.Paths {
		var of gh.Connection[struct{ Oid string }]
		if err := found.ReadNth("h", i, &of); err != nil {
			return err
		}
		out.Hidden = out.Hidden || len(of.Nodes) < of.Entries
		for _, n := range of.Nodes {
			files[n.Oid] = append(files[n.Oid], path)
		}
	}
	return nil
}
