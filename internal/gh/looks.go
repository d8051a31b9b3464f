package gh

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// A rule looks at a few things; more than these take further queries.
const (
	branchesPerQuery = 40
	requestsPerQuery = 20
	intoPerQuery     = 20
	issuesPerQuery   = 50
	comparedPerQuery = 10
	guardedPerQuery  = 10
	labelsPerQuery   = 50
)

// point finds out what the rules look at, before they could see any of it.
func (l *loader) point(context.Context) error {
	if l.Looks != nil {
		l.looks = l.Looks(l.out)
	}
	return nil
}

// around loads, in as few queries as hold it, the contents of changed files and
// what is outside of the pull request. All that was looked at is in the maps
// then, as a zero value where it is not there.
func (l *loader) around(ctx context.Context) error {
	files := l.unread() // before what is around shows
	l.blank(l.looks)
	at, err := l.known(l.looks)
	if err != nil {
		return err
	}
	// A number that is none cannot be asked for.
	none := func(n int) bool { return !number(n) }
	at.Requests = slices.DeleteFunc(slices.Clone(at.Requests), none)
	at.Issues = slices.DeleteFunc(slices.Clone(at.Issues), none)
	l.left = allowance{bytes: maxContents, raw: maxRaw}
	todo := portion{at, files}
	for !todo.empty() {
		err := l.smaller(ctx, func(ctx context.Context) error {
			some, rest := todo.cut(*l.size)
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
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "a changed file is not in the head commit: the pull request changed meanwhile"}}
	}
	l.remembersLooks()
	return l.people(ctx)
}

// portion is what one query looks at.
type portion struct {
	pull.Looks // but for people
	files      []*pull.File
}

func (p portion) empty() bool {
	return len(p.files)+len(p.Branches)+len(p.Requests)+len(p.Into)+len(p.Issues)+len(p.Compared)+len(p.Guarded)+len(p.Labels) == 0
}

// cut splits off what one query holds, of one kind alone where things are asked for
// apart.
func (p portion) cut(s size) (some, rest portion) {
	for _, kind := range []func(){
		func() { some.Branches = take(&p.Branches, s.part(branchesPerQuery)) },
		func() { some.Requests = take(&p.Requests, s.part(requestsPerQuery)) },
		func() { some.Into = take(&p.Into, s.part(intoPerQuery)) },
		func() { some.Issues = take(&p.Issues, s.part(issuesPerQuery)) },
		func() { some.Compared = take(&p.Compared, s.part(comparedPerQuery)) },
		func() { some.Guarded = take(&p.Guarded, s.part(guardedPerQuery)) },
		func() { some.Labels = take(&p.Labels, s.part(labelsPerQuery)) },
		func() { some.files = take(&p.files, s.part(entriesPerQuery)) },
	} {
		if kind(); s == apart && !some.empty() {
			break
		}
	}
	return some, p
}

// number tells what GitHub may have for a number.
func number(n int) bool { return n > 0 && n <= math.MaxInt32 }

// take cuts up to n off the front.
func take[T any](from *[]T, n int) []T {
	some := (*from)[:min(len(*from), n)]
	*from = (*from)[len(some):]
	return some
}

// blank makes the maps for what is asked for.
func (l *loader) blank(at pull.Looks) {
	l.out.Branches, l.out.Others, l.out.Into = blank[pull.Branch](at.Branches), blank[pull.Summary](at.Requests), blank[[]pull.Summary](at.Into)
	l.out.Issues, l.out.Compared, l.out.Known = blank[pull.Issue](at.Issues), blank[pull.Comparison](at.Compared), blank[bool](at.Labels)
	l.out.Guarded = blank[bool](at.Guarded)
}

func blank[V any, K comparable](keys []K) map[K]V {
	if len(keys) == 0 {
		return nil
	}
	all := map[K]V{}
	for _, key := range keys {
		var zero V
		all[key] = zero
	}
	return all
}

func (l *loader) lookAt(ctx context.Context, p portion) error {
	at, files := p.Looks, p.files
	query := looksQuery(at)
	if len(at.Compared) > 0 {
		query.variables["compareTo"] = l.out.Head
		if l.out.Merge != nil {
			query.variables["compareTo"] = l.out.Merge.SHA
		}
	}
	if len(files) > 0 {
		query.add(entriesQuery(files, l.out.Head, l.left.bytes > 0))
	}
	query.request, query.issue, query.variables["number"] = []string{"body"}, []string{"body"}, l.Key.Number
	l.asked = l.app.cfg.Now()
	var found struct{ Repository answers }
	if err := l.query(ctx, query.String(), query.variables, &found); err != nil {
		return err
	}
	l.again(found.Repository)
	return errors.Join(l.seen(found.Repository, at), l.contents(ctx, found.Repository, files))
}

// again sees whether the body is still the same, so that a rule's part of it is
// written without another look.
func (l *loader) again(found answers) {
	var p pullData
	l.out.BodyAt = l.asked
	if err := found.one(issueOrPull, &p); err != nil || p.Body != l.out.Body {
		l.out.BodyAt = time.Time{}
	}
}

// seen takes over what was found.
func (l *loader) seen(found answers, at pull.Looks) error {
	for i, name := range at.Into {
		var requests list[summaryData]
		if err := found.read("into", i, &requests); err != nil {
			return err
		}
		l.compare(requests.Nodes...)
		l.out.Into[name] = branch(nil, requests, l.slug).Requests
	}
	for i, name := range at.Branches {
		var tip *struct{ Target tipData }
		var requests list[summaryData]
		if err := found.read("tip", i, &tip); err != nil {
			return err
		}
		if err := found.read("from", i, &requests); err != nil {
			return err
		}
		l.compare(requests.Nodes...)
		l.out.Branches[name] = branch(tip, requests, l.slug)
	}
	for i, number := range at.Requests {
		var other *otherData
		if err := found.read(optional, i, &other); err != nil {
			return err
		}
		if other != nil {
			l.compare(other.summaryData)
			l.out.Others[number] = other.summary(l.slug)
			l.app.ids.meet(other.Author, other.MergedBy)
		}
	}
	for i, name := range at.Guarded {
		var of *guardData
		if err := found.read(optional+"Guarded", i, &of); err != nil {
			return err
		}
		l.out.Guarded[name] = of != nil && of.holds()
	}
	return l.seenIssues(found, at)
}

func (l *loader) seenIssues(found answers, at pull.Looks) error {
	for i, number := range at.Issues {
		var of *issueData
		if err := found.read(optional+"Issue", i, &of); err != nil {
			return err
		}
		if of != nil {
			l.out.Issues[number] = pull.Issue{
				Exists: true, Pull: of.Typename == "PullRequest", Closed: of.IssueState == "CLOSED", Title: of.Title, Body: of.Body, At: l.asked,
			}
			l.app.ids.learn(pull.Key{Owner: l.Key.Owner, Repo: l.Key.Repo, Number: number}, &pullData{Typename: of.Typename, ID: of.ID})
		}
	}
	for i, name := range at.Labels {
		var of *labelData
		if err := found.read("label", i, &of); err != nil {
			return err
		}
		if of != nil {
			l.out.Known[name] = true
			l.app.ids.know(l.Key, name, of.ID)
		}
	}
	for i, name := range at.Compared {
		var of *struct {
			Compare *struct{ AheadBy, BehindBy int }
		}
		if err := found.read(optional+"Compared", i, &of); err != nil {
			return err
		}
		if of != nil && of.Compare != nil {
			l.out.Compared[name] = pull.Comparison{Known: true, Ahead: of.Compare.AheadBy, Behind: of.Compare.BehindBy}
		}
	}
	return nil
}

type issueData struct {
	Typename                    string `json:"__typename"`
	ID, Title, Body, IssueState string
}

// looksQuery holds the names as variables: they are not ours.
func looksQuery(at pull.Looks) text {
	q := text{variables: map[string]any{}}
	ask := func(form, kind string, i int, value any) {
		name := fmt.Sprint(kind, i)
		q.declared = append(q.declared, "$"+name+":"+form)
		q.variables[name] = value
	}
	field := func(format string, args ...any) { q.repository = append(q.repository, fmt.Sprintf(format, args...)) }
	for i, name := range at.Into {
		ask("String!", "into", i, name)
		field("into%d:pullRequests(baseRefName:$into%d,first:30,orderBy:{field:CREATED_AT,direction:DESC}){nodes{...Summary}}", i, i)
	}
	for i, name := range at.Branches {
		ask("String!", "ref", i, "refs/heads/"+name)
		ask("String!", "branch", i, name)
		field("tip%d:ref(qualifiedName:$ref%d){target{__typename oid}}", i, i)
		field("from%d:pullRequests(headRefName:$branch%d,first:10,orderBy:{field:CREATED_AT,direction:DESC}){nodes{...Summary}}", i, i)
	}
	for i, number := range at.Requests {
		ask("Int!", "other", i, number)
		field("%s%d:pullRequest(number:$other%d){...Other}", optional, i, i)
	}
	for i, number := range at.Issues {
		ask("Int!", "issue", i, number)
		field("%sIssue%d:issueOrPullRequest(number:$issue%d){__typename ...on Issue{id title body issueState:state} ...on PullRequest{title}}", optional, i, i)
	}
	for i, name := range at.Compared {
		ask("String!", "compared", i, "refs/heads/"+name)
		field("%sCompared%d:ref(qualifiedName:$compared%d){compare(headRef:$compareTo){aheadBy behindBy}}", optional, i, i)
	}
	for i, name := range at.Guarded {
		ask("String!", "guarded", i, "refs/heads/"+name)
		field("%sGuarded%d:ref(qualifiedName:$guarded%d){"+guardFields+"}", optional, i, i)
	}
	for i, name := range at.Labels {
		ask("String!", "label", i, name)
		field("label%d:label(name:$label%d){id name}", i, i)
	}
	if len(at.Requests) > 0 {
		q.fragments = append(q.fragments, "fragment Other on PullRequest{...Summary"+summaryLabels+"comments(last:100){nodes{"+noteFields+"}} "+
			"events:timelineItems(last:100,itemTypes:[LABELED_EVENT,UNLABELED_EVENT,"+queuedEvent+"]){nodes{"+labelEvents+queuedFields+"}} "+
			"opinions:latestOpinionatedReviews(first:30,writersOnly:true){nodes{author"+person+" state}}}")
	}
	if len(at.Requests)+len(at.Branches)+len(at.Into) > 0 {
		q.fragments = append(q.fragments, summaryFragment)
	}
	return q
}

func branch(tip *struct{ Target tipData }, requests list[summaryData], slug string) pull.Branch {
	var b pull.Branch
	if tip != nil {
		b.Tip = tip.Target.Oid
	}
	for _, r := range requests.Nodes {
		b.Requests = append(b.Requests, r.summary(slug))
	}
	return b
}

type otherData struct {
	summaryData
	historyData
	reviewData
}

func (o *otherData) summary(slug string) pull.Summary {
	s := o.summaryData.summary(slug)
	s.Notes = map[string]pull.PostedNote{}
	o.notes(slug, s.Notes)
	s.Events, s.Reviews = o.events(slug), o.reviews()
	return s
}
