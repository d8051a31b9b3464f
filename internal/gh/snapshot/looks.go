package snapshot

import (
	"errors"
	"fmt"
	"math"

	"github.com/concorde-bot/concorde/internal/gh"
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
	blobsPerQuery    = 20
)

// number reports whether GitHub may have this number.
func number(n int) bool { return n > 0 && n <= math.MaxInt32 }

// blank makes the maps for what was requested.
func (l *loading) blank(at pull.Looks) {
	l.out.Branches, l.out.Into = blank[pull.Branch](at.Branches), blank[[]pull.Summary](at.Into)
	l.out.Others, l.out.Issues = blank[pull.Summary](at.Requests), blank[pull.Issue](at.Issues)
	l.out.Blobs = blank[string](at.Blobs)
	l.stamps, l.crowded = map[int]stamp{}, map[int]stamp{}
	l.out.Compared, l.out.Known, l.out.Guarded = blank[pull.Comparison](at.Compared), blank[bool](at.Labels), blank[bool](at.Guarded)
	l.out.Checked = blank[pull.BranchChecks](at.Checked)
}

// seen takes what was found.
func (l *loading) seen(found gh.Fields, at pull.Looks) error {
	for i, name := range at.Into {
		var requests gh.Connection[summaryData]
		if err := found.ReadNth("into", i, &requests); err != nil {
			return err
		}
		l.compare(requests.Nodes...)
		l.out.Into[name] = branch(nil, requests, l.slug).Requests
	}
	for i, name := range at.Branches {
		var tip *struct{ Target tipData }
		var requests gh.Connection[summaryData]
		if err := found.ReadNth("tip", i, &tip); err != nil {
			return err
		}
		if err := found.ReadNth("from", i, &requests); err != nil {
			return err
		}
		l.compare(requests.Nodes...)
		l.out.Branches[name] = branch(tip, requests, l.slug)
	}
	for i, name := range at.Guarded {
		var of *guardData
		if err := found.ReadNth(gh.Optional+"Guarded", i, &of); err != nil {
			return err
		}
		l.out.Guarded[name] = of != nil && of.holds()
	}
	for i, file := range at.Blobs {
		var of *blobData
		if err := found.ReadNth("blob", i, &of); err != nil {
			return err
		}
		if of != nil {
			l.out.Blobs[file] = of.Oid
		}
	}
	return errors.Join(l.seenOthers(found, at.Requests), l.stamped(found, at.Threads), l.seenIssues(found, at))
}

func (l *loading) seenOthers(found gh.Fields, numbers []int) error {
	for i, number := range numbers {
		var other *otherData
		if err := found.ReadNth(gh.Optional, i, &other); err != nil {
			return err
		}
		if other != nil {
			l.compare(other.summaryData)
			l.out.Others[number] = other.summary(l.slug)
			if s := stampOf(other.Newest); s.total > other.Comments.Entries {
				l.crowded[number] = s
			}
			l.meet(other.Author, other.MergedBy)
		}
	}
	return nil
}

func (l *loading) seenIssues(found gh.Fields, at pull.Looks) error {
	for i, number := range at.Issues {
		var of *issueData
		if err := found.ReadNth(gh.Optional+"Issue", i, &of); err != nil {
			return err
		}
		if of != nil {
			l.out.Issues[number] = pull.Issue{
				Exists: true, Pull: of.Typename == "PullRequest", Closed: of.IssueState == "CLOSED", Title: of.Title, Body: of.Body, At: l.asked,
			}
			l.learn(pull.Key{Owner: l.Key.Owner, Repo: l.Key.Repo, Number: number}, &pullData{Typename: of.Typename, ID: of.ID})
		}
	}
	for i, name := range at.Labels {
		var of *labelData
		if err := found.ReadNth("label", i, &of); err != nil {
			return err
		}
		if of != nil {
			l.out.Known[name] = true
			l.IDs.SetLabel(l.Key, name, of.ID)
		}
	}
	for i, name := range at.Compared {
		var of *struct {
			Compare *struct{ AheadBy, BehindBy int }
		}
		if err := found.ReadNth(gh.Optional+"Compared", i, &of); err != nil {
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

// looksQuery passes the names as variables, since strangers choose them.
func looksQuery(at pull.Looks) gh.Query {
	q := gh.Query{Variables: map[string]any{}}
	ask := func(form, kind string, i int, value any) {
		name := fmt.Sprint(kind, i)
		q.Declared = append(q.Declared, "$"+name+":"+form)
		q.Variables[name] = value
	}
	field := func(format string, args ...any) { q.Repository = append(q.Repository, fmt.Sprintf(format, args...)) }
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
		field("%s%d:pullRequest(number:$other%d){...Other}", gh.Optional, i, i)
	}
	for i, number := range at.Issues {
		ask("Int!", "issue", i, number)
		field("%sIssue%d:issueOrPullRequest(number:$issue%d){__typename ...on Issue{id title body issueState:state} ...on PullRequest{title}}",
			gh.Optional, i, i)
	}
	for i, name := range at.Compared {
		ask("String!", "compared", i, "refs/heads/"+name)
		field("%sCompared%d:ref(qualifiedName:$compared%d){compare(headRef:$compareTo){aheadBy behindBy}}", gh.Optional, i, i)
	}
	for i, name := range at.Guarded {
		ask("String!", "guarded", i, "refs/heads/"+name)
		field("%sGuarded%d:ref(qualifiedName:$guarded%d){"+guardFields+"}", gh.Optional, i, i)
	}
	for i, file := range at.Blobs {
		ask("String!", "blob", i, "refs/heads/"+file)
		field("blob%d:object(expression:$blob%d){__typename oid}", i, i)
	}
	for i, number := range at.Threads {
		ask("Int!", "thread", i, number)
		field("%sThread%d:issueOrPullRequest(number:$thread%d){...on Issue{"+stampFields+"} ...on PullRequest{"+stampFields+"}}", gh.Optional, i, i)
	}
	for i, name := range at.Labels {
		ask("String!", "label", i, name)
		field("label%d:label(name:$label%d){id name}", i, i)
	}
	if len(at.Requests) > 0 {
		q.Fragments = append(q.Fragments, "fragment Other on PullRequest{...Summary"+summaryLabels+"comments(last:100){nodes{"+noteFields+"}} "+
			"newest:"+stampFields+" events:timelineItems(last:100,itemTypes:[LABELED_EVENT,UNLABELED_EVENT,"+queuedEvent+"]){nodes{"+labelEvents+queuedFields+"}} "+
			"opinions:latestOpinionatedReviews(first:30,writersOnly:true){nodes{author"+person+" state}}}")
	}
	if len(at.Requests)+len(at.Branches)+len(at.Into) > 0 {
		q.Fragments = append(q.Fragments, summaryFragment)
	}
	return q
}

func branch(tip *struct{ Target tipData }, requests gh.Connection[summaryData], slug string) pull.Branch {
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
	Newest stampComments
}

func (o *otherData) summary(slug string) pull.Summary {
	s := o.summaryData.summary(slug)
	s.Notes = map[string]pull.PostedNote{}
	notesIn(o.Comments.Nodes, slug, s.Notes)
	s.Events, s.Reviews = o.events(slug), o.reviews()
	return s
}
