package snapshot

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What the rules look at is only known once the pull request is loaded, but it's mostly
// the same as the last time. So the first query requests that, too, and a second one is
// only needed for what's new.

// prefetch adds to the first query what the rules looked at the last time.
func (l *loading) prefetch(q *gh.Query) {
	l.prefetchFiles(q)
	l.prefetched = pull.Looks{}
	last, found := l.from.looked.Get(l.Key)
	if !found || l.Looks == nil || *l.Size != gh.Whole {
		return
	}
	q.Add(looksQuery(last))
	l.prefetched = last
}

// known takes what the first query brought, and returns what's still needed.
func (l *loading) known(at pull.Looks) (pull.Looks, error) {
	aside := &loading{Client: l.Client, from: l.from, Query: l.Query, slug: l.slug, asked: l.out.Now, out: &pull.Request{}}
	aside.blank(l.prefetched)
	if err := aside.seen(l.brought, l.prefetched); err != nil {
		return at, err
	}
	l.behind(glimpse{at: aside.out.Behind})
	at.Branches = move(at.Branches, aside.out.Branches, l.out.Branches)
	at.Requests = move(at.Requests, aside.out.Others, l.out.Others)
	l.crowded = aside.crowded
	at.Into = move(at.Into, aside.out.Into, l.out.Into)
	at.Issues = move(at.Issues, aside.out.Issues, l.out.Issues)
	at.Guarded = move(at.Guarded, aside.out.Guarded, l.out.Guarded)
	at.Blobs = move(at.Blobs, aside.out.Blobs, l.out.Blobs)
	at.Threads = move(at.Threads, aside.stamps, l.stamps)
	at.Labels = slices.DeleteFunc(slices.Clone(at.Labels), func(name string) bool { // most are known from the repository
		_, l.out.Known[name] = l.IDs.Label(l.Key, name)
		return l.out.Known[name]
	})
	return at, nil
}

// move takes the values that exist, and returns the keys of the others.
func move[K comparable, V any](keys []K, from, to map[K]V) []K {
	return slices.DeleteFunc(slices.Clone(keys), func(key K) bool {
		value, found := from[key]
		if found {
			to[key] = value
		}
		return found
	})
}

// remembersLooks remembers what to prefetch: at most what fits in one query, and nothing
// that depends on the head.
func (l *loading) remembersLooks() {
	none := func(n int) bool { return !number(n) }
	l.from.looked.Add(l.Key, pull.Looks{
		Branches: first(l.looks.Branches, branchesPerQuery), Into: first(l.looks.Into, intoPerQuery),
		Requests: first(slices.DeleteFunc(slices.Clone(l.looks.Requests), none), requestsPerQuery),
		Issues:   first(slices.DeleteFunc(slices.Clone(l.looks.Issues), none), issuesPerQuery),
		Guarded:  first(l.looks.Guarded, guardedPerQuery),
		Blobs:    first(l.looks.Blobs, blobsPerQuery),
		Threads:  first(slices.DeleteFunc(slices.Clone(l.looks.Threads), none), threadsPerQuery),
	})
}
