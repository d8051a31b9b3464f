package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// facts takes what only the first query requests.
func (l *loading) facts(ctx context.Context, d *overviewData) error {
	p, r := d.Repository.Subject, l.out
	r.Issue = p.Typename == "Issue"
	if !r.Issue && !gh.IsCommit(p.HeadRefOid) || d.Viewer.Login == "" {
		return gh.BadAnswer("the answer names no head commit, or not who asked")
	}
	l.slug = strings.TrimSuffix(d.Viewer.Login, "[bot]")
	l.from.app.Introduce(l.slug)
	l.learn(l.Key, p)
	l.IDs.SetRepository(l.Key, d.Repository.ID)
	r.Title, r.Body, r.Me = p.Title, p.Body, l.slug
	r.CreatedAt, r.UpdatedAt, r.ClosedAt = p.CreatedAt, p.UpdatedAt, p.ClosedAt
	r.Author, r.Bot, r.Own, r.Association = p.Author.login(), !p.Author.person(), p.Author.is(l.slug), p.AuthorAssociation
	r.Public = d.Repository.IsPrivate != nil && !*d.Repository.IsPrivate
	if d.Repository.DefaultBranchRef != nil {
		r.DefaultBranch = d.Repository.DefaultBranchRef.Name
	}
	var err error
	if r.Settings, err = onDefault(ctx, l.Client, d.Repository.Settings, l.SettingsPath); err != nil {
		return err
	}
	if r.LabelRules, err = onDefault(ctx, l.Client, d.Repository.LabelRules, l.LabelRulesPath); err != nil {
		return err
	}
	if r.Issue {
		r.State = pull.State(strings.ToLower(p.IssueState))
		return nil
	}
	l.request(p)
	return l.tip(ctx, p)
}

// request takes what only pull requests have.
func (l *loading) request(p *pullData) {
	r := l.out
	l.changed = p.ChangedFiles
	l.takeFiles(p)
	r.State, r.Draft = p.state(), p.IsDraft
	r.Base, r.Head, r.HeadBranch = p.BaseRefName, p.HeadRefOid, p.HeadRefName
	if p.HeadRepository != nil {
		r.HeadOwner = p.HeadRepository.Owner.login()
	}
	r.Merge = p.merge()
	if l.Needs&pull.Reviews != 0 {
		r.Reviews, r.Approvals = p.reviews(), p.approvals(p.HeadRefOid)
		r.Reviewers, r.Assignees = p.people()
	}
	if l.Needs&pull.Merging != 0 {
		r.MergeState = mergeState(p.MergeStateStatus)
		if auto := p.AutoMergeRequest; auto != nil {
			r.AutoMerge, r.AutoMergeMine = true, auto.EnabledBy.is(l.slug)
		}
	}
	if l.Needs&pull.Mentions != 0 {
		r.Closes, r.MoreCloses = closed(p.Closes, l.Key)
	}
	if l.Needs&pull.Files != 0 {
		r.Additions, r.Deletions = p.Added, p.Removed
		for _, f := range p.Files.Nodes {
			r.Files = append(r.Files, pull.File{Path: f.Path, Change: f.ChangeType.change()})
		}
	}
}

// tip takes the head's statuses and check runs. The last listed commit is the head, unless
// there are too many to list, or none.
func (l *loading) tip(ctx context.Context, p *pullData) error {
	if l.Needs&(pull.Statuses|pull.Checks|pull.Events|pull.Merging) == 0 {
		return nil
	}
	var head *tipData
	if nodes := p.Tip.Nodes; len(nodes) == 1 && nodes[0].Commit.Oid == p.HeadRefOid {
		head = &nodes[0].Commit
	} else {
		q := tipOf(l.Query, p.HeadRefOid)
		if q.Uses("$app") {
			q.Variables["app"] = l.AppID()
		}
		var d overviewData
		if err := l.Smaller(ctx, func(ctx context.Context) error { return l.Ask(ctx, q.String(), q.Variables, &d) }); err != nil {
			return err
		}
		if d.Repository == nil || d.Repository.Tip == nil {
			return gh.BadAnswer("the head commit is not there (yet)")
		}
		head = d.Repository.Tip
	}
	if l.Needs&pull.Statuses != 0 {
		l.out.Statuses, l.out.EarlierStatuses = head.Status.statuses(), map[string]bool{}
		for context := range l.out.Statuses {
			l.out.EarlierStatuses[context] = true
		}
	}
	if l.Needs&pull.Checks != 0 {
		l.out.Checks = head.checks()
	}
	if l.Needs&pull.Merging != 0 {
		l.out.Heard = head.heard(l.slug, l.AppID())
	}
	if l.Needs&pull.Events != 0 {
		l.out.HeadSeen, l.out.HeadDated = head.seen(l.slug), head.CommittedDate
	}
	return nil
}

// take adds one page of each list, and returns the cursors of those with more.
func (l *loading) take(p *pullData) map[string]string {
	r, more := l.out, map[string]string{}
	next := func(name string, page gh.PageInfo) {
		if page.HasNextPage && page.EndCursor != "" {
			more[name] = page.EndCursor
		}
	}
	r.Labels = append(r.Labels, p.labels()...)
	next("labels", p.Labels.PageInfo)
	for _, n := range p.Commits.Nodes {
		r.Commits = append(r.Commits, pull.Commit{SHA: n.Commit.Oid, Message: n.Commit.Message, Author: n.Commit.credit(),
			Merge: n.Commit.Parents.TotalCount > 1})
		for context := range n.Commit.Status.statuses() {
			if r.EarlierStatuses != nil {
				r.EarlierStatuses[context] = true
			}
		}
	}
	r.CommitsOmitted = max(p.Commits.TotalCount, r.CommitsOmitted)
	if len(r.Commits) < maxCommits {
		next("commits", p.Commits.PageInfo)
	}
	l.said(p.Comments.Nodes)
	l.history.commented(p.Comments)
	r.NotesHidden = r.NotesHidden || len(p.Comments.Nodes) < p.Comments.Entries
	next("comments", p.Comments.PageInfo)
	for _, n := range p.Deletions.Nodes {
		if n.DeletedCommentAuthor.is(l.slug) {
			r.NotesDeleted++
		}
	}
	l.history.grown("deletions", p.Deletions.Entries, p.Deletions.PageInfo, p.Deletions.TotalCount)
	next("deletions", p.Deletions.PageInfo)
	r.Events = append(r.Events, p.events(l.slug)...)
	l.history.grown("events", p.Events.Entries, p.Events.PageInfo, p.Events.TotalCount)
	next("events", p.Events.PageInfo)
	r.Opinions = append(r.Opinions, p.opinions()...)
	for _, n := range p.historyData.Reviews.Nodes {
		l.meet(n.Author)
	}
	l.history.grown("reviews", p.historyData.Reviews.Entries, p.historyData.Reviews.PageInfo, p.historyData.Reviews.TotalCount)
	next("reviews", p.historyData.Reviews.PageInfo)
	for _, s := range p.mentions(l.Key, l.slug) {
		if !slices.ContainsFunc(r.Mentions, func(known pull.Summary) bool { return known.Number == s.Number }) {
			r.Mentions = append(r.Mentions, s)
		}
	}
	next("mentions", p.Mentions.PageInfo)
	return more
}

// said takes comments.
func (l *loading) said(comments []commentData) {
	if l.Needs&pull.Notes != 0 {
		if l.out.Notes == nil {
			l.out.Notes = map[string]pull.PostedNote{}
		}
		notesIn(comments, l.slug, l.out.Notes)
	}
	l.history.all = append(l.history.all, comments...)
	spare(l.history.all, l.slug, maxSaid)
}

// trim keeps only the facts that were requested.
func (l *loading) trim() {
	r := l.out
	if l.Needs&pull.Comments != 0 {
		r.Comments = saidIn(l.history.all, l.slug)
	}
	if l.Needs&pull.Commits == 0 {
		r.Commits, r.CommitsOmitted = nil, 0
		return
	}
	r.Commits = r.Commits[:min(len(r.Commits), maxCommits)]
	r.CommitsOmitted = max(r.CommitsOmitted-len(r.Commits), 0)
}

// files lists the changed files if the first query couldn't: if they don't fit in a page,
// or some are renamed, since GraphQL has no old paths.
func (l *loading) files(ctx context.Context) error {
	renamed := slices.ContainsFunc(l.out.Files, func(f pull.File) bool { return f.Change == pull.Renamed })
	if l.Needs&pull.Files == 0 || l.out.Issue || len(l.out.Files) == l.changed && !renamed {
		return nil
	}
	listed, err := gh.AllPages(func(o *github.ListOptions) ([]*github.CommitFile, *github.Response, error) {
		return l.REST.PullRequests.ListFiles(ctx, l.Key.Owner, l.Key.Repo, l.Key.Number, o)
	})
	if err != nil {
		return fmt.Errorf("listing files: %w", err)
	}
	l.out.Files = nil
	for _, f := range listed {
		l.out.Files = append(l.out.Files, pull.File{
			Path: f.GetFilename(), Previous: f.GetPreviousFilename(), Change: changeType(f.GetStatus()).change(),
		})
	}
	l.out.FilesOmitted = max(l.changed-len(listed), 0)
	return nil
}

// learn remembers the IDs of a pull request or issue, its labels and its author.
func (l *loading) learn(key pull.Key, p *pullData) {
	l.IDs.SetSubject(key, gh.Subject{ID: p.ID, Issue: p.Typename == "Issue"})
	for _, label := range p.Labels.Nodes {
		l.IDs.SetLabel(key, label.Name, label.ID)
	}
	l.meet(p.Author, p.MergedBy)
}

// meet remembers people's IDs. Bots' aren't needed: no one assigns them.
func (l *loading) meet(people ...*actorData) {
	for _, a := range people {
		if a != nil && a.person() {
			l.IDs.SetPerson(a.Login, a.ID)
		}
	}
}
