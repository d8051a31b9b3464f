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

// landedWalk walks a branch's history down to a tag's commit. Dates don't tell what came
// since: what was committed before the tag may have been merged after it.
type landedWalk struct {
	*landedLoad
	tag    string    // its commit
	oldest time.Time // date of what came since
}

type landedData struct {
	Oid, Message  string
	CommittedDate time.Time
	Parents       gh.Connection[struct{ Oid string }]
	Merged        gh.Connection[struct {
		Number      int
		BaseRefName string
		MergeCommit *struct{ Oid string }
	}]
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

// walkQuery requests a page of commits; the first one says how many came since the tag, too.
func walkQuery(first bool) string {
	declared, compared := "", ""
	if first {
		declared, compared = ",$tag:String!", "compare(headRef:$tag){aheadBy behindBy} "
	}
	return "query($owner:String!,$name:String!,$ref:String!,$first:Int!,$after:String" + declared + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){ref(qualifiedName:$ref){" + compared + "target{...on Commit{" +
		"all:history(first:$first,after:$after){nodes{oid message committedDate parents(first:10){nodes{oid}} " +
		"merged:associatedPullRequests(first:3){nodes{number baseRefName mergeCommit{oid}}}} " + pageFields + "}}}}}}"
}

// walkPage is nil if the branch is gone.
type walkPage *struct {
	Compare *struct{ AheadBy, BehindBy int }
	Target  struct{ All gh.Connection[landedData] }
}

func (l *landedWalk) page(ctx context.Context, after string) (walkPage, error) {
	var answer struct{ Repository struct{ Ref walkPage } }
	variables := map[string]any{"ref": "refs/heads/" + l.q.Branch}
	if after == "" {
		variables["tag"] = l.tag
	} else {
		variables["after"] = after
	}
	err := l.Smaller(ctx, func(ctx context.Context) error {
		variables["first"] = l.Page()
		return l.Ask(ctx, walkQuery(after == ""), variables, &answer)
	})
	return answer.Repository.Ref, err
}

// commits lists the commits that the tag doesn't have.
func (l *landedWalk) commits(ctx context.Context, out *pull.Landed) error {
	page, err := l.page(ctx, "")
	if err != nil || page == nil {
		return err
	}
	if out.Hidden = page.Compare == nil; out.Hidden {
		return nil
	}
	want := page.Compare.BehindBy
	out.Complete = want <= l.q.Commits
	if page.Compare.AheadBy > 0 || !out.Complete { // the tag is elsewhere, or too far
		return nil
	}
	var listed []landedData
	for {
		all := page.Target.All
		listed = append(listed, all.Nodes...)
		if out.Hidden = hides(all); out.Hidden || l.reached(listed, want, out) {
			return nil
		}
		if out.Hidden = ends(all); out.Hidden { // it doesn't list what it counted
			return nil
		}
		if out.Complete = len(listed) < l.q.Commits; !out.Complete {
			return nil
		}
		if page, err = l.page(ctx, all.PageInfo.EndCursor); err != nil || page == nil {
			return err
		}
	}
}

// hides reports whether GitHub leaves out commits of a page, or their parents.
func hides(page gh.Connection[landedData]) bool {
	return len(page.Nodes) < page.Entries ||
		slices.ContainsFunc(page.Nodes, func(d landedData) bool { return len(d.Parents.Nodes) < d.Parents.Entries })
}

// ends reports whether no page follows.
func ends(page gh.Connection[landedData]) bool {
	return page.Entries == 0 || !page.PageInfo.HasNextPage || page.PageInfo.EndCursor == ""
}

// reached takes the commits, the oldest first, if those listed have all that came since.
func (l *landedWalk) reached(listed []landedData, want int, out *pull.Landed) bool {
	parents := map[string][]struct{ Oid string }{}
	for _, d := range listed {
		parents[d.Oid] = d.Parents.Nodes
	}
	had := map[string]bool{} // by the tag
	for next := []string{l.tag}; len(next) > 0; {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		if !had[id] {
			had[id] = true
			for _, p := range parents[id] {
				next = append(next, p.Oid)
			}
		}
	}
	since := slices.DeleteFunc(slices.Clone(listed), func(d landedData) bool { return had[d.Oid] })
	unlisted := func(p struct{ Oid string }) bool { _, is := parents[p.Oid]; return !is && !had[p.Oid] }
	if len(since) != want || slices.ContainsFunc(since, func(d landedData) bool { return slices.ContainsFunc(d.Parents.Nodes, unlisted) }) {
		return false
	}
	for _, d := range slices.Backward(since) {
		out.Commits = append(out.Commits, d.landed(l.q.Branch))
		if l.oldest.IsZero() || d.CommittedDate.Before(l.oldest) {
			l.oldest = d.CommittedDate
		}
	}
	out.Reached = true
	return true
}

// pathPage is where the changes of a path are read on.
type pathPage struct{ path, after string }

// pathsQuery requests the changes of some paths.
func (l *landedWalk) pathsQuery(pages []pathPage) (query string, variables map[string]any) {
	from := l.oldest.Add(-time.Second).UTC() // whether GitHub lists what has this very time isn't documented
	variables = map[string]any{"ref": "refs/heads/" + l.q.Branch, "since": from.Format(time.RFC3339)}
	var declared, fields strings.Builder
	for i, p := range pages {
		variables[fmt.Sprint("p", i)] = p.path
		if p.after != "" {
			variables[fmt.Sprint("c", i)] = p.after
		}
		fmt.Fprintf(&declared, ",$p%d:String!,$c%d:String", i, i)
		fmt.Fprintf(&fields, " h%d:history(first:%d,after:$c%d,since:$since,path:$p%d){nodes{oid} %s}", i, changesPerPage, i, i, pageFields)
	}
	return "query($owner:String!,$name:String!,$ref:String!,$since:GitTimestamp!" + declared.String() + "){" +
		"repository(owner:$owner,name:$name,followRenames:false){ref(qualifiedName:$ref){target{...on Commit{" +
		fields.String() + "}}}}}", variables
}

// files tells which of the paths each commit changed.
func (l *landedWalk) files(ctx context.Context, out *pull.Landed) (err error) {
	var rest []pathPage
	for _, path := range l.q.Paths {
		rest = append(rest, pathPage{path: path})
	}
	files := map[string][]string{} // by commit
	for read := 0; err == nil && len(rest) > 0; read += changesPerPage {
		if read >= l.q.Commits {
			out.Commits, out.Reached, out.Complete = nil, false, false
			return nil
		}
		var more []pathPage
		err = inParts(ctx, l.landedLoad, rest, func(ctx context.Context, pages []pathPage) error {
			query, variables := l.pathsQuery(pages)
			var answer struct {
				Repository struct{ Ref *struct{ Target gh.Fields } }
			}
			if err := l.Ask(ctx, query, variables, &answer); err != nil {
				return err
			}
			if answer.Repository.Ref == nil { // the branch is gone
				out.Hidden = true
				return nil
			}
			further, err := readChanged(answer.Repository.Ref.Target, pages, files, out)
			more = append(more, further...)
			return err
		})
		rest = more
	}
	for i, c := range out.Commits {
		out.Commits[i].Files = files[c.SHA]
	}
	return err
}

// readChanged returns where there's more.
func readChanged(found gh.Fields, pages []pathPage, files map[string][]string, out *pull.Landed) (more []pathPage, err error) {
	for i, p := range pages {
		var of gh.Connection[struct{ Oid string }]
		if err := found.ReadNth("h", i, &of); err != nil {
			return nil, err
		}
		for _, n := range of.Nodes {
			files[n.Oid] = append(files[n.Oid], p.path)
		}
		next := of.PageInfo
		out.Hidden = out.Hidden || len(of.Nodes) < of.Entries || next.HasNextPage && (of.Entries == 0 || next.EndCursor == "")
		if next.HasNextPage {
			more = append(more, pathPage{p.path, next.EndCursor})
		}
	}
	if out.Hidden {
		return nil, nil // what's missing makes the rest useless
	}
	return more, nil
}
