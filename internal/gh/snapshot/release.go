package snapshot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// commitsPerQuery is how many commits of a branch are read: GitHub computes the state of
// each one's checks.
const commitsPerQuery = 30

// ReleaseQuery says which release to load.
type ReleaseQuery struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	pull.ReleaseLook
}

// Release loads what GitHub shows about the next release of a version. It costs one
// request, one for each hundred commits since the last release, up to two for NEWS entries,
// and, for a branch that takes backports, one for each hundred open pull requests into it,
// merged ones with each label, and touched ones.
func (l *Loader) Release(ctx context.Context, q ReleaseQuery) (pull.Release, error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err != nil {
		return pull.Release{}, fmt.Errorf("loading the release of %s: %w", q.Version, err)
	}
	var out pull.Release
	err = c.Asking("release", func(s *gh.Size) error {
		return s.Smaller(ctx, func(ctx context.Context) error {
			var d releaseData
			query := releaseQuery(q.ReleaseLook, *s)
			if err := c.Ask(ctx, query.String(), query.Variables, &d); err != nil {
				return err
			}
			if d.Repository == nil {
				return gh.BadAnswer("the answer names no repository")
			}
			branch := q.Branch
			if q.Uncut && d.Repository.Branch == nil {
				branch, d.Repository.Branch = q.Default, d.Repository.Uncut
			}
			out = d.Repository.release(branch)
			out.Branch = branch
			return d.Repository.tag(q.Tags, &out)
		})
	})
	if err == nil && out.Tip != "" {
		err = l.lists(ctx, q, c.Now(), &out)
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return pull.Release{}, fmt.Errorf("loading the release of %s: %w", q.Version, err)
	}
	return out, nil
}

// releaseQuery requests blockers, the branch and the tag.
func releaseQuery(of pull.ReleaseLook, s gh.Size) gh.Query {
	const blocker = "nodes{number title createdAt labels(first:50){nodes{name}} milestone{title}"
	list := func(alias, kind, label, more string) string {
		return fmt.Sprintf("%s:%s(labels:[$%s],states:OPEN,first:$first,orderBy:{field:CREATED_AT,direction:ASC}){%s%s} pageInfo{hasNextPage}}",
			alias, kind, label, blocker, more)
	}
	q := gh.Query{
		Repository: []string{
			list("blockers", "issues", "blocker", ""), list("deferred", "issues", "later", ""),
			list("blockerPulls", "pullRequests", "blocker", " baseRefName"), list("deferredPulls", "pullRequests", "later", " baseRefName"),
		},
		Declared:  []string{"$blocker:String!", "$later:String!"},
		Variables: map[string]any{"blocker": of.Blocker, "later": of.Deferred, "first": s.Page()},
	}
	branch := func(alias, name string) {
		q.Repository = append(q.Repository, alias+":ref(qualifiedName:$"+alias+"){target{__typename oid ...on Commit{"+
			"history(first:$history){nodes{oid messageHeadline committedDate statusCheckRollup{state} "+associatedFields+"}}}}}")
		q.Declared, q.Variables[alias] = append(q.Declared, "$"+alias+":String!"), "refs/heads/"+name
	}
	if of.Branch != "" {
		q.Declared, q.Variables["history"] = append(q.Declared, "$history:Int!"), s.Part(commitsPerQuery)
		branch("branch", of.Branch)
	}
	if of.Uncut {
		branch("uncut", of.Default)
	}
	for i, tag := range of.Tags {
		alias := fmt.Sprint("tag", i)
		q.Repository = append(q.Repository, alias+":ref(qualifiedName:$"+alias+"){target{__typename oid ...on Tag{target{__typename oid}}}}")
		q.Declared, q.Variables[alias] = append(q.Declared, "$"+alias+":String!"), "refs/tags/"+tag
	}
	return q
}

type releaseData struct{ Repository *releaseAnswer }

type releaseAnswer struct {
	tags gh.Fields

	Blockers, Deferred, BlockerPulls, DeferredPulls gh.Connection[blockerData]
	Branch, Uncut                                   *releaseBranch
}

// UnmarshalJSON also keeps the tags.
func (d *releaseAnswer) UnmarshalJSON(data []byte) error {
	type named releaseAnswer
	if err := json.Unmarshal(data, (*named)(d)); err != nil {
		return err
	}
	return json.Unmarshal(data, &d.tags)
}

// tag takes the first one that exists.
func (d *releaseAnswer) tag(tags []string, out *pull.Release) error {
	for i, tag := range tags {
		var found *struct{ Target taggedData }
		if err := d.tags.ReadNth("tag", i, &found); err != nil {
			return err
		}
		if found == nil {
			continue
		}
		if out.Tag, out.Tagged = tag, found.Target.Oid; found.Target.Target != nil {
			out.Tagged = found.Target.Target.Oid
		}
		break
	}
	return nil
}

type releaseBranch struct {
	Target struct {
		Oid     string
		History gh.Connection[branchCommitData]
	}
}

type blockerData struct {
	Number             int
	Title, BaseRefName string
	CreatedAt          time.Time
	Labels             gh.Connection[struct{ Name string }]
	Milestone          *struct{ Title string }
}

type branchCommitData struct {
	Oid, MessageHeadline   string
	CommittedDate          time.Time
	StatusCheckRollup      *struct{ State string }
	AssociatedPullRequests associatedData
}

func (d *releaseAnswer) release(branch string) (out pull.Release) {
	for _, list := range []struct {
		of             gh.Connection[blockerData]
		pull, deferred bool
	}{{d.Blockers, false, false}, {d.BlockerPulls, true, false}, {d.Deferred, false, true}, {d.DeferredPulls, true, true}} {
		out.MoreBlockers = out.MoreBlockers || list.of.PageInfo.HasNextPage || len(list.of.Nodes) < list.of.Entries
		for _, n := range list.of.Nodes {
			b := pull.Blocker{Number: n.Number, Pull: list.pull, Deferred: list.deferred, Title: n.Title, Base: n.BaseRefName, Created: n.CreatedAt}
			for _, label := range n.Labels.Nodes {
				b.Labels = append(b.Labels, label.Name)
			}
			if n.Milestone != nil {
				b.Milestone = n.Milestone.Title
			}
			out.Blockers = append(out.Blockers, b)
		}
	}
	slices.SortStableFunc(out.Blockers, func(a, b pull.Blocker) int { return a.Created.Compare(b.Created) })
	if d.Branch != nil {
		out.Tip = d.Branch.Target.Oid
		for _, n := range d.Branch.Target.History.Nodes {
			c := pull.BranchCommit{SHA: n.Oid, Subject: n.MessageHeadline, At: n.CommittedDate}
			if n.StatusCheckRollup != nil {
				c.Checks = pull.Rollup(n.StatusCheckRollup.State)
			}
			c.Pull = landedBy(landedCommit{branch, n.Oid, n.MessageHeadline}, n.AssociatedPullRequests)
			out.Commits = append(out.Commits, c)
		}
		if len(out.Commits) == 0 || out.Commits[0].SHA != out.Tip { // GitHub hides it, or what was reported on it
			out.Commits = append([]pull.BranchCommit{{SHA: out.Tip}}, out.Commits...)
		}
	}
	return out
}

// releases loads what the rules look at of releases.
func (l *loading) releases(ctx context.Context) error {
	if len(l.looks.Releases) == 0 {
		return nil
	}
	l.out.Releases = map[string]pull.Release{}
	for _, look := range l.looks.Releases {
		of, err := l.from.Release(ctx, ReleaseQuery{Key: l.Key, Installation: l.Installation, ReleaseLook: look})
		if err != nil {
			return err
		}
		l.out.Releases[look.Version] = of
	}
	return nil
}
