package gh

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// A rule looks at a few things; more than these take further queries.
const (
	branchesPerQuery = 40
	requestsPerQuery = 20
	intoPerQuery     = 20
)

// point finds out what the rules look at, before they could see any of it.
func (l *loader) point(context.Context) error {
	if l.Looks != nil {
		l.looks = l.Looks(l.out)
	}
	return nil
}

// look loads branches and other pull requests. All that was asked for is in
// the maps then, as a zero value where it is not there.
func (l *loader) look(ctx context.Context) error {
	branches, numbers, into := l.looks.Branches, l.looks.Requests, l.looks.Into
	if len(branches) > 0 {
		l.out.Branches = map[string]pull.Branch{}
	}
	if len(numbers) > 0 {
		l.out.Others = map[int]pull.Summary{}
	}
	if len(into) > 0 {
		l.out.Into = map[string][]pull.Summary{}
	}
	for _, n := range numbers {
		l.out.Others[n] = pull.Summary{}
	}
	// A number that is none cannot be asked for.
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n int) bool { return n <= 0 || n > math.MaxInt32 })
	for len(branches)+len(numbers)+len(into) > 0 {
		some := pull.Looks{
			Branches: branches[:min(len(branches), branchesPerQuery)], Requests: numbers[:min(len(numbers), requestsPerQuery)], Into: into[:min(len(into), intoPerQuery)],
		}
		if err := l.lookAt(ctx, some); err != nil {
			return fmt.Errorf("looking at branches and other pull requests: %w", err)
		}
		branches, numbers, into = branches[len(some.Branches):], numbers[len(some.Requests):], into[len(some.Into):]
	}
	return nil
}

func (l *loader) lookAt(ctx context.Context, at pull.Looks) error {
	var found struct{ Repository answers }
	query, variables := looksQuery(at)
	if err := l.query(ctx, query, variables, &found); err != nil {
		return err
	}
	for i, name := range at.Into {
		var requests list[summaryData]
		if err := found.Repository.read("into", i, &requests); err != nil {
			return err
		}
		l.out.Into[name] = branch(nil, requests, l.slug).Requests
	}
	for i, name := range at.Branches {
		var tip *struct{ Target tipData }
		var requests list[summaryData]
		if err := found.Repository.read("tip", i, &tip); err != nil {
			return err
		}
		if err := found.Repository.read("from", i, &requests); err != nil {
			return err
		}
		l.out.Branches[name] = branch(tip, requests, l.slug)
	}
	for i, number := range at.Requests {
		var other *otherData
		if err := found.Repository.read(optional, i, &other); err != nil {
			return err
		}
		if other != nil {
			l.out.Others[number] = other.summary(l.slug)
		}
	}
	return nil
}

// answers are those to fields of several kinds, by kind and place.
type answers map[string]json.RawMessage

func (a answers) read(kind string, i int, into any) error {
	raw, there := a[fmt.Sprint(kind, i)]
	if !there {
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer lacks what was asked for"}}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer has an unknown form: " + tidy(err.Error())}}
	}
	return nil
}

// looksQuery holds the names as variables: they are not ours.
func looksQuery(at pull.Looks) (query string, variables map[string]any) {
	var declared, fields strings.Builder
	variables = map[string]any{}
	for i, name := range at.Into {
		fmt.Fprintf(&declared, ",$into%d:String!", i)
		fmt.Fprintf(&fields, " into%d:pullRequests(baseRefName:$into%d,first:30,orderBy:{field:CREATED_AT,direction:DESC}){nodes{...Summary}}", i, i)
		variables[fmt.Sprint("into", i)] = name
	}
	for i, name := range at.Branches {
		fmt.Fprintf(&declared, ",$ref%d:String!,$branch%d:String!", i, i)
		fmt.Fprintf(&fields, " tip%d:ref(qualifiedName:$ref%d){target{__typename oid}}", i, i)
		fmt.Fprintf(&fields, " from%d:pullRequests(headRefName:$branch%d,first:10,orderBy:{field:CREATED_AT,direction:DESC}){nodes{...Summary}}", i, i)
		variables[fmt.Sprint("ref", i)], variables[fmt.Sprint("branch", i)] = "refs/heads/"+name, name
	}
	other := ""
	for i, number := range at.Requests {
		fmt.Fprintf(&declared, ",$number%d:Int!", i)
		fmt.Fprintf(&fields, " %s%d:pullRequest(number:$number%d){...Other}", optional, i, i)
		variables[fmt.Sprint("number", i)] = number
		other = "fragment Other on PullRequest{...Summary comments(last:100){nodes{" + noteFields + "}} " +
			"events:timelineItems(last:100,itemTypes:[LABELED_EVENT,UNLABELED_EVENT]){nodes{" + eventFields + "}}}"
	}
	return "query($owner:String!,$name:String!" + declared.String() + "){repository(owner:$owner,name:$name,followRenames:false){" +
		fields.String() + "}}" + summaryFragment + other, variables
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
}

func (o *otherData) summary(slug string) pull.Summary {
	s := o.summaryData.summary(slug)
	s.Notes = map[string]pull.PostedNote{}
	o.notes(s.Notes)
	s.Events = o.events(slug)
	return s
}
