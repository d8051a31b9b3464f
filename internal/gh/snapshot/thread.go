package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A thread is the same for many pull requests, and it rarely changes. So each load only
// requests its newest edit and its length, mostly with its first query; the comments are
// read again once those change.

const (
	threadsPerQuery   = 10
	rememberedThreads = 200
	// threadFor limits how long comments are remembered: a reaction isn't an edit, and
	// accounts may be renamed.
	threadFor = 10 * time.Minute
)

// stamp changes with every comment that is written, edited or deleted.
type stamp struct {
	edited time.Time
	total  int
}

// knownThread is a thread as it was read.
type knownThread struct {
	pull.Thread
	stamp stamp
	at    time.Time
}

const stampFields = `comments(first:1,orderBy:{field:UPDATED_AT,direction:DESC}){totalCount nodes{updatedAt}}`

type stampData struct {
	Comments gh.Connection[struct{ UpdatedAt time.Time }]
}

func (d *stampData) stamp() (s stamp) {
	s.total = d.Comments.TotalCount
	for _, n := range d.Comments.Nodes {
		s.edited = n.UpdatedAt
	}
	return s
}

// stamped takes the stamps of threads. GitHub's copies lag behind each other: if an issue's
// own load saw a newer comment lately, this answer is old.
func (l *loading) stamped(found gh.Fields, numbers []int) error {
	for i, number := range numbers {
		var of *stampData
		if err := found.ReadNth(gh.Optional+"Thread", i, &of); err != nil {
			return err
		}
		if of == nil { // it doesn't exist
			l.stamps[number] = stamp{}
			continue
		}
		s := of.stamp()
		key := l.Key.Repository()
		key.Number = number
		if known, found := l.from.spoken.Get(key); found && l.asked.Sub(known.at).Abs() <= gh.Lag && s.edited.Before(known.updated) {
			l.behind(known)
		}
		l.stamps[number] = s
	}
	return nil
}

// spoke remembers the newest comment that this load of an issue saw.
func (l *loading) spoke() {
	if !l.out.Issue || l.Needs&pull.Comments == 0 {
		return
	}
	known, found := l.from.spoken.Get(l.Key)
	if newest := l.history.touched; !found || newest.After(known.updated) || l.asked.Sub(known.at) > gh.Lag {
		l.from.spoken.Add(l.Key, glimpse{updated: newest, at: l.asked})
	}
}

// threads takes the comments that are known, and reads the others.
func (l *loading) threads(ctx context.Context) error {
	l.out.Threads = blank[pull.Thread](l.looks.Threads)
	for number, s := range l.stamps {
		key := l.Key.Repository()
		key.Number = number
		known, found := l.from.threads.Get(key)
		if !found || known.stamp != s || l.Now().Sub(known.at).Abs() > threadFor {
			var err error
			if known, err = l.readThread(ctx, key); err != nil {
				return fmt.Errorf("reading the comments on %s: %w", key, err)
			}
			l.from.threads.Add(key, known)
			if known.stamp.edited.Before(s.edited) { // another copy of GitHub's answered
				l.behind(glimpse{at: l.asked})
			}
		}
		l.out.Threads[number] = known.Thread
	}
	return nil
}

// readThread reads an issue's comments, the latest edited first.
func (l *loading) readThread(ctx context.Context, key pull.Key) (out knownThread, err error) {
	query := "query($owner:String!,$name:String!,$number:Int!,$first:Int!,$after:String){repository(owner:$owner,name:$name," +
		"followRenames:false){" + gh.Optional + "Thread:issueOrPullRequest(number:$number){__typename ...on Issue{" + pageOfThread + "} ...on " +
		"PullRequest{" + pageOfThread + "}}}}"
	variables := map[string]any{"number": key.Number}
	var all []commentData
	out.at = l.Now()
	for len(all) < pull.MaxThread {
		var page struct {
			Repository *struct {
				Thread *historyData `json:"maybeThread"`
			}
		}
		err := l.Smaller(ctx, func(ctx context.Context) error {
			variables["first"] = l.Page()
			return l.Ask(ctx, query, variables, &page)
		})
		if err != nil {
			return out, err
		}
		if page.Repository == nil || page.Repository.Thread == nil { // it's gone
			break
		}
		of := page.Repository.Thread.Comments
		out.More = out.More || len(of.Nodes) < of.Entries
		if len(all) == 0 && len(of.Nodes) > 0 {
			out.stamp = stamp{of.Nodes[0].UpdatedAt, of.TotalCount}
		}
		all = append(all, of.Nodes...)
		spare(all, l.slug, maxSaid)
		if !of.PageInfo.HasNextPage || of.PageInfo.EndCursor == variables["after"] {
			break
		}
		variables["after"] = of.PageInfo.EndCursor
		out.More = out.More || len(all) >= pull.MaxThread
	}
	slices.SortStableFunc(all, func(a, b commentData) int {
		before, _ := a.FullDatabaseID.Int64()
		after, _ := b.FullDatabaseID.Int64()
		return cmp.Or(cmp.Compare(a.CreatedAt.Unix(), b.CreatedAt.Unix()), cmp.Compare(before, after))
	})
	out.Notes = map[string]pull.PostedNote{}
	notesIn(all, l.slug, out.Notes)
	out.Comments = saidIn(all, l.slug)
	return out, nil
}

const pageOfThread = `comments(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{` + commentFields + `} ` +
	growing + `}`

// open lists the open pull requests into branches, with their heads' statuses.
func (l *loading) open(ctx context.Context) error {
	l.out.Open = blank[[]pull.OpenSummary](l.looks.Open)
	for _, branch := range l.looks.Open {
		of := List{Key: l.Key, Installation: l.Installation, Base: branch, States: []pull.State{pull.Open}}
		entry := entryFields{"number updatedAt author" + person + " tip:commits(last:1){nodes{commit{status{contexts{context state description " +
			"targetUrl}}}}}", ""}
		_, err := eachPull(ctx, l.from, of, entry, func(d summaryData) {
			s := pull.OpenSummary{Number: d.Number, Author: d.Author.login()}
			for _, n := range d.Tip.Nodes {
				s.Statuses = n.Commit.Status.statuses()
			}
			l.out.Open[branch] = append(l.out.Open[branch], s)
		})
		if err != nil {
			return err
		}
		slices.SortFunc(l.out.Open[branch], func(a, b pull.OpenSummary) int { return cmp.Compare(a.Number, b.Number) })
	}
	return nil
}

// awaiting lists the merged pull requests with labels.
func (l *loading) awaiting(ctx context.Context) error {
	l.out.Awaiting = blank[[]int](l.looks.Awaiting)
	for _, label := range l.looks.Awaiting {
		numbers, err := l.from.Awaiting(ctx, List{Key: l.Key, Installation: l.Installation, Labels: []string{label}}, l.Now())
		if err != nil {
			return err
		}
		slices.Sort(numbers)
		l.out.Awaiting[label] = numbers
	}
	return nil
}
