package snapshot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Load reads a pull request or issue as it is now. Errors are package gh's or the
// context's. A pull request of up to 100 files, commits and comments costs one request,
// and one more each for contents, renamed files, and what Looks requests. All requests
// together take at most as long as two that get no answer.
func (a *Loader) Load(ctx context.Context, q Query) (*pull.Request, error) {
	whole := 2 * a.app.Timeout()
	bounded, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	r, err := a.load(bounded, q)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = gh.TimedOut(fmt.Sprintf("GitHub's answers took longer than %s", whole))
	}
	if err != nil {
		a.app.Forget(q.Key, err)
		return nil, fmt.Errorf("loading %s: %w", q.Key, err)
	}
	return r, nil
}

func (a *Loader) load(ctx context.Context, q Query) (*pull.Request, error) {
	if q.Key.Number == 0 {
		return nil, gh.Rejectf("the key names no pull request or issue")
	}
	c, err := a.app.Client(ctx, q.Key, q.Installation)
	if err != nil {
		return nil, err
	}
	var out *pull.Request
	err = c.Asking("load", func(s *gh.Size) error {
		l := &loading{Client: c, from: a, Query: q, Size: s, asked: c.Now()}
		l.out = &pull.Request{Key: q.Key, Now: l.asked, BodyAt: l.asked, Facts: q.Needs, Memo: q.Memo, Pointers: q.Pointers, Listed: q.Listed}
		for _, part := range []func(context.Context) error{l.first, l.files, l.team, l.point, l.around} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		l.glimpsed()
		l.spoke()
		out = l.out
		return nil
	})
	return out, err
}

// first sends the query for everything that's new, or for everything if what was known is
// outdated.
func (l *loading) first(ctx context.Context) error {
	blank := *l.out
	known := l.from.pasts.of(l.Key, l.Needs, blank.Now)
	err := l.after(ctx, known)
	if err == nil && known != nil && !l.history.whole() {
		*l.out = blank
		err = l.after(ctx, nil)
	}
	switch {
	case err == nil && l.history.whole(), err != nil && l.history.recounted:
		l.keepsHistory() // after an error, the next attempt goes on where this one ended
	default:
		l.from.pasts.forget(l.Key)
	}
	return err
}

// after sends the query, and further ones for the lists with more pages.
func (l *loading) after(ctx context.Context, known *past) error {
	var p overviewData
	err := l.Smaller(ctx, func(ctx context.Context) error {
		l.recall(known)
		q := overview(l.Query, *l.Size)
		known.continues(&q)
		l.prefetch(&q)
		return l.question(ctx, q, &p)
	})
	if err != nil {
		l.from.reads.Remove(l.Key)
		l.from.looked.Remove(l.Key) // the prefetch may have made it too heavy
		return err
	}
	l.brought = p.Repository.all
	var pages map[string]string // by list, where its next page begins
	if *l.Size == gh.Apart {
		if pages, err = l.lists(ctx, &p); err != nil {
			return err
		}
	}
	if err := l.facts(ctx, &p); err != nil {
		return err
	}
	if known.edited(p.Repository.Subject.Touched.Nodes) {
		l.history.broken = true
		return nil
	}
	l.recount(known)
	if pages == nil {
		pages = l.take(p.Repository.Subject)
	}
	for len(pages) > 0 {
		if pages, err = l.further(ctx, pages); err != nil {
			return err
		}
	}
	l.trim()
	return nil
}

// lists requests the lists that need only one page, one by one, and returns the others,
// none of which has been requested yet.
func (l *loading) lists(ctx context.Context, p *overviewData) (pages map[string]string, err error) {
	issue := p.Repository.Subject.Typename == "Issue"
	for _, selection := range onePage(l.Needs) {
		if issue {
			break
		}
		err := l.Smaller(ctx, func(ctx context.Context) error {
			return l.question(ctx, gh.Query{Pull: []string{selection}, Variables: map[string]any{}}, p)
		})
		if err != nil {
			return nil, err
		}
	}
	pages = map[string]string{}
	for _, c := range connections(l.Needs) {
		if issue && c.issues != "" || !issue && c.selection != "" {
			pages[c.name] = l.history.read[c.name].cursor
		}
	}
	return pages, nil
}

// further takes the next page of the lists, one list at a time if the size is Apart, and
// returns those with more pages.
func (l *loading) further(ctx context.Context, pages map[string]string) (more map[string]string, err error) {
	err = l.Smaller(ctx, func(ctx context.Context) error {
		asked := pages
		more = map[string]string{}
		if *l.Size == gh.Apart {
			name := slices.Min(slices.Collect(maps.Keys(pages)))
			asked = map[string]string{name: pages[name]}
			more = maps.Clone(pages)
			delete(more, name)
		}
		var p overviewData
		if err := l.question(ctx, furtherPages(l.Query, asked, *l.Size), &p); err != nil {
			return err
		}
		maps.Copy(more, l.take(p.Repository.Subject))
		return nil
	})
	return more, err
}

func (l *loading) question(ctx context.Context, q gh.Query, p *overviewData) error {
	q.Variables["number"] = l.Key.Number
	if q.Uses("$app") {
		q.Variables["app"] = l.AppID()
	}
	if err := l.Ask(ctx, q.String(), q.Variables, p); err != nil {
		return err
	}
	if p.Repository == nil || p.Repository.Subject == nil {
		return gh.BadAnswer("the answer names no pull request or issue")
	}
	return nil
}
