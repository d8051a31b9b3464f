package snapshot

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What the rules look at shows only once the pull request itself is loaded, but it
// is mostly what they looked at the last time. So the first query asks for that as
// well, and a second one is needed only for what is new.

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

// known takes over what the first query brought along, and gives what is left to
// ask for.
func (l *loading) known(at pull.Looks) (pull.Looks, error) {
	aside := &loading{Client: l.Client, from: l.from, Query: l.Query, slug: l.slug, asked: l.out.Now, out: &pull.Request{}}
	aside.blank(l.prefetched)
	if err := aside.seen(l.brought, l.prefetched); err != nil {
		return at, err
	}
	l.out.Behind = l.out.Behind || aside.out.Behind
	at.Branches = move(at.Branches, aside.out.Branches, l.out.Branches)
	at.Requests = move(at.Requests, aside.out.Others, l.out.Others)
	at.Into = move(at.Into, aside.out.Into, l.out.Into)
	at.Issues = move(at.Issues, aside.out.Issues, l.out.Issues)
	at.Guarded = move(at.Guarded, aside.out.Guarded, l.out.Guarded)
	at.Labels = slices.DeleteFunc(slices.Clone(at.Labels), func(name string) bool { // most were seen with the repository
		_, l.out.Known[name] = l.IDs.Label(l.Key, name)
		return l.out.Known[name]
	})
	return at, nil
}

// move takes over what is there, and gives the keys of what is not.
func move[K comparable, V any](keys []K, from, to map[K]V) []K {
	return slices.DeleteFunc(slices.Clone(keys), func(key K) bool {
		value, found := from[key]
		if found {
			to[key] = value
		}
		return found
	})
}

// remembersLooks notes what to ask for the next time: as much as one query holds,
// and nothing that depends on the head.
func (l *loading) remembersLooks() {
	none := func(n int) bool { return !number(n) }
	l.from.looked.Add(l.Key, pull.Looks{
		Branches: first(l.looks.Branches, branchesPerQuery), Into: first(l.looks.Into, intoPerQuery),
		Requests: first(slices.DeleteFunc(slices.Clone(l.looks.Requests), none), requestsPerQuery),
		Issues:   first(slices.DeleteFunc(slices.Clone(l.looks.Issues), none), issuesPerQuery),
		Guarded:  first(l.looks.Guarded, guardedPerQuery),
	})
}
