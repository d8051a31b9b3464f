package gh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Query says what to load.
type Query struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Needs        pull.Facts
	Memo         *pull.Memo // becomes pull.Request.Memo
	// Reads picks changed files whose contents are loaded, Looks what is loaded
	// from outside of the pull request; nil: none. They see the rest of it.
	Reads        func(r *pull.Request, path string) bool
	Looks        func(*pull.Request) pull.Looks
	SettingsPath string // ".github/concorde.yml"; "": Settings stay nil
	// LabelRulesPath is ".github/labeler.yml"; "": LabelRules stay nil.
	LabelRulesPath string
	// Pointers are what becomes pull.Request.Pointers.
	Pointers []int
	// Listed are what becomes pull.Request.Listed.
	Listed []int
	// Team is that of the core developers, as SLUG or ORGANISATION/SLUG; "": nobody
	// is one.
	Team string
}

// maxCommits is what GitHub lists of a pull request (REST API, "List commits on
// a pull request"). Of files it lists 3,000.
const maxCommits = 250

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Load reads a pull request or issue as it is now. The errors are those of this
// package, or the context's. A pull request of up to 100 files, commits and
// comments costs one request, one more for contents, one more where files are
// renamed, and one more where Looks names something. However many it costs, all of them together take at most as long
// as two that are not answered.
func (a *App) Load(ctx context.Context, q Query) (*pull.Request, error) {
	whole := 2 * a.cfg.Timeout
	bounded, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	r, err := a.load(bounded, q)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = &Temporary{Answer{Message: fmt.Sprintf("GitHub's answers took longer than %s", whole), timeout: true}}
	}
	if err != nil {
		a.forget(q.Key, err)
		return nil, fmt.Errorf("loading %s: %w", q.Key, err)
	}
	return r, nil
}

func (a *App) load(ctx context.Context, q Query) (*pull.Request, error) {
	if q.Key.Number == 0 {
		return nil, &Rejected{Answer{Message: "the key names no pull request or issue"}}
	}
	repo, err := a.repository(ctx, q.Key, q.Installation)
	if err != nil {
		return nil, err
	}
	var out *pull.Request
	err = a.asking(question{q.Key, "load"}, func(s *size) error {
		l := &loader{repository: repo, Query: q, size: s, asked: a.cfg.Now()}
		l.out = &pull.Request{Key: q.Key, Now: l.asked, BodyAt: l.asked, Facts: q.Needs, Memo: q.Memo, Pointers: q.Pointers, Listed: q.Listed}
		for _, part := range []func(context.Context) error{l.first, l.files, l.team, l.point, l.around} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		l.glimpsed()
		out = l.out
		return nil
	})
	return out, err
}

// loader loads one pull request.
type loader struct {
	*repository
	Query
	*size
	out     *pull.Request
	slug    string    // the App's login without "[bot]"
	asked   time.Time // when the question was sent that is being read
	changed int       // files, as GitHub counts them
	looks   pull.Looks
	left    allowance
	moved   bool // a changed file is not in the head commit

	foreseen pull.Looks // that the first query asked for
	brought  answers    // its answer

	asksFor []string             // the files whose hashes the first query asked for
	entries map[string]knownFile // those that it brought
	history reading
}

// first sends the query for everything that isn't known already, or for everything
// where what was known is no longer so.
func (l *loader) first(ctx context.Context) error {
	blank := *l.out
	known := l.app.pasts.of(l.Query, blank.Now)
	err := l.after(ctx, known)
	if err == nil && known != nil && !l.history.whole() {
		*l.out = blank
		err = l.after(ctx, nil)
	}
	if err != nil || !l.history.whole() {
		l.app.pasts.forget(l.Key)
		return err
	}
	l.keepsHistory()
	return nil
}

// after sends the query, and again for the connections that have more pages.
func (l *loader) after(ctx context.Context, known *past) error {
	var p overviewData
	err := l.smaller(ctx, func(ctx context.Context) error {
		l.recall(known)
		q := overview(l.Query, *l.size)
		known.continues(&q)
		l.foresee(&q)
		return l.ask(ctx, q, &p)
	})
	if err != nil {
		l.app.reads.Remove(l.Key)
		l.app.looked.Remove(l.Key) // it may have been too much for one query
		return err
	}
	l.brought = p.Repository.all
	var pages map[string]string // by list, where its next page begins
	if *l.size == apart {
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

// lists asks, one by one, for the lists of which one page does, and names the
// others, of which none was asked for yet.
func (l *loader) lists(ctx context.Context, p *overviewData) (pages map[string]string, err error) {
	issue := p.Repository.Subject.Typename == "Issue"
	for _, selection := range onePage(l.Needs) {
		if issue {
			break
		}
		err := l.smaller(ctx, func(ctx context.Context) error {
			return l.ask(ctx, text{request: []string{selection}, variables: map[string]any{}}, p)
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

// further takes the next page of lists, one list at a time where they are asked
// for apart, and says which go on.
func (l *loader) further(ctx context.Context, pages map[string]string) (more map[string]string, err error) {
	err = l.smaller(ctx, func(ctx context.Context) error {
		asked := pages
		more = map[string]string{}
		if *l.size == apart {
			name := slices.Min(slices.Collect(maps.Keys(pages)))
			asked = map[string]string{name: pages[name]}
			more = maps.Clone(pages)
			delete(more, name)
		}
		var p overviewData
		if err := l.ask(ctx, furtherPages(l.Query, asked, *l.size), &p); err != nil {
			return err
		}
		maps.Copy(more, l.take(p.Repository.Subject))
		return nil
	})
	return more, err
}

func (l *loader) ask(ctx context.Context, q text, p *overviewData) error {
	q.variables["number"] = l.Key.Number
	if q.uses("$app") {
		q.variables["app"] = l.app.cfg.AppID
	}
	if err := l.query(ctx, q.String(), q.variables, p); err != nil {
		return err
	}
	if p.Repository == nil || p.Repository.Subject == nil {
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer names no pull request or issue"}}
	}
	return nil
}
