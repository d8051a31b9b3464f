package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// point asks the rules what they look at, before any of it is loaded.
func (l *loading) point(context.Context) error {
	if l.Looks != nil {
		l.looks = l.Looks(l.out)
	}
	return nil
}

// around loads changed files' contents and what is outside of the pull request, in as few
// queries as possible. Afterwards the maps have everything that was requested, as a zero
// value if it doesn't exist.
func (l *loading) around(ctx context.Context) error {
	files := l.unread() // before the rules see the rest
	l.blank(l.looks)
	at, err := l.known(l.looks)
	if err != nil {
		return err
	}
	// GitHub has no such numbers.
	none := func(n int) bool { return !number(n) }
	at.Requests = slices.DeleteFunc(slices.Clone(at.Requests), none)
	at.Issues = slices.DeleteFunc(slices.Clone(at.Issues), none)
	at.Threads = slices.DeleteFunc(slices.Clone(at.Threads), none)
	l.left = allowance{bytes: maxContents, raw: maxRaw}
	todo := portion{at, files}
	for !todo.empty() {
		err := l.Smaller(ctx, func(ctx context.Context) error {
			some, rest := todo.cut(*l.Size)
			if err := l.lookAt(ctx, some); err != nil {
				return err
			}
			todo = rest
			return nil
		})
		if err != nil {
			return fmt.Errorf("looking at files and at what is around: %w", err)
		}
	}
	if l.moved {
		return gh.BadAnswer("a changed file is not in the head commit: the pull request changed meanwhile")
	}
	l.remembersLooks()
	if err := l.checks(ctx); err != nil {
		return err
	}
	if err := l.releases(ctx); err != nil {
		return err
	}
	return errors.Join(l.threads(ctx), l.open(ctx), l.awaiting(ctx), l.people(ctx))
}

// portion is what one query requests.
type portion struct {
	pull.Looks // but for people and lists of open pull requests
	files      []*pull.File
}

func (p portion) empty() bool {
	return len(p.files)+len(p.Branches)+len(p.Requests)+len(p.Into)+len(p.Issues)+len(p.Compared)+len(p.Guarded)+len(p.Labels)+
		len(p.Blobs)+len(p.Threads) == 0
}

// cut splits off what fits in one query, of one kind only if the size is Apart.
func (p portion) cut(s gh.Size) (some, rest portion) {
	for _, kind := range []func(){
		func() { some.Branches = cutOff(&p.Branches, s.Part(branchesPerQuery)) },
		func() { some.Requests = cutOff(&p.Requests, s.Part(requestsPerQuery)) },
		func() { some.Into = cutOff(&p.Into, s.Part(intoPerQuery)) },
		func() { some.Issues = cutOff(&p.Issues, s.Part(issuesPerQuery)) },
		func() { some.Compared = cutOff(&p.Compared, s.Part(comparedPerQuery)) },
		func() { some.Guarded = cutOff(&p.Guarded, s.Part(guardedPerQuery)) },
		func() { some.Threads = cutOff(&p.Threads, s.Part(threadsPerQuery)) },
		func() { some.Labels = cutOff(&p.Labels, s.Part(labelsPerQuery)) },
		func() { some.Blobs = cutOff(&p.Blobs, s.Part(blobsPerQuery)) },
		func() { some.files = cutOff(&p.files, s.Part(entriesPerQuery)) },
	} {
		if kind(); s == gh.Apart && !some.empty() {
			break
		}
	}
	return some, p
}

// cutOff removes up to n items from the front.
func cutOff[T any](from *[]T, n int) []T {
	some := (*from)[:min(len(*from), n)]
	*from = (*from)[len(some):]
	return some
}

func (l *loading) lookAt(ctx context.Context, p portion) error {
	at, files := p.Looks, p.files
	query := looksQuery(at)
	if len(at.Compared) > 0 {
		query.Variables["compareTo"] = l.out.Head
		if l.out.Merge != nil {
			query.Variables["compareTo"] = l.out.Merge.SHA
		}
	}
	if len(files) > 0 {
		query.Add(entriesQuery(files, l.out.Head, l.left.bytes > 0))
	}
	query.Pull, query.Issue, query.Variables["number"] = []string{"body"}, []string{"body"}, l.Key.Number
	l.asked = l.Now()
	var found struct{ Repository gh.Fields }
	if err := l.Ask(ctx, query.String(), query.Variables, &found); err != nil {
		return err
	}
	l.again(found.Repository)
	return errors.Join(l.seen(found.Repository, at), l.contents(ctx, found.Repository, files))
}

// again checks whether the body is unchanged, so that a rule's part can be written without
// another read.
func (l *loading) again(found gh.Fields) {
	var p pullData
	l.out.BodyAt = l.asked
	if err := found.Read(gh.IssueOrPull, &p); err != nil || p.Body != l.out.Body {
		l.out.BodyAt = time.Time{}
	}
}
