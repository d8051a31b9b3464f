package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A thread is the same for many pull requests, and it rarely changes. So each load only
// requests its newest edit and its length, mostly with its first query; the comments are
// read once those change, the latest edited first, down to what is known.

const (
	threadsPerQuery   = 10
	rememberedThreads = 100
	// threadFor limits how long comments are remembered: a reaction isn't an edit, and
	// accounts may be renamed. Long ones are remembered for longer, up to an hour.
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
	all   []commentData // the latest edited first
	rest  string        // where what isn't read yet begins; "": nowhere
}

const stampFields = `comments(first:1,orderBy:{field:UPDATED_AT,direction:DESC}){totalCount nodes{updatedAt}}`

type stampData struct{ Comments stampComments }

type stampComments = gh.Connection[struct{ UpdatedAt time.Time }]

func stampOf(c stampComments) (s stamp) {
	s.total = c.TotalCount
	for _, n := range c.Nodes {
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
		s := stampOf(of.Comments)
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
		thread, err := l.thread(ctx, number, s)
		if err != nil {
			return err
		}
		l.out.Threads[number] = thread
	}
	for number, s := range l.crowded {
		other, looked := l.out.Others[number]
		if !looked {
			continue
		}
		thread, err := l.thread(ctx, number, s)
		if err != nil {
			return err
		}
		maps.Copy(other.Notes, thread.Notes)
		l.out.Others[number] = other
	}
	return nil
}

// thread gives the comments of an issue with this stamp.
func (l *loading) thread(ctx context.Context, number int, s stamp) (pull.Thread, error) {
	key := l.Key.Repository()
	key.Number = number
	known, found := l.from.threads.Get(key)
	if l.Now().Sub(known.at).Abs() > threadFor*time.Duration(1+len(known.all)/500) {
		known = knownThread{}
	}
	if !found || known.stamp != s || known.at.IsZero() || known.rest != "" {
		var err error
		if known, err = l.readThread(ctx, key, known); err != nil {
			return pull.Thread{}, fmt.Errorf("reading the comments on %s: %w", key, err)
		}
		l.from.threads.Add(key, known)
		if known.stamp.edited.Before(s.edited) { // another copy of GitHub's answered
			l.behind(glimpse{at: l.asked})
		}
	}
	return known.Thread, nil
}

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
