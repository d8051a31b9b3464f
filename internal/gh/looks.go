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
	branches, numbers := l.looks.Branches, l.looks.Requests
	if len(branches) > 0 {
		l.out.Branches = map[string]pull.Branch{}
	}
	if len(numbers) > 0 {
		l.out.Others = map[int]pull.Summary{}
	}
	for _, n := range numbers {
		l.out.Others[n] = pull.Summary{}
	}
	// A number that is none cannot be asked for.
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n int) bool { return n <= 0 || n > math.MaxInt32 })
	for len(branches)+len(numbers) > 0 {
		some, few := branches[:min(len(branches), branchesPerQuery)], numbers[:min(len(numbers), requestsPerQuery)]
		if err := l.lookAt(ctx, some, few); err != nil {
			return fmt.Errorf("looking at branches and other pull requests: %w", err)
		}
		branches, numbers = branches[len(some):], numbers[len(few):]
	}
	return nil
}

func (l *loader) lookAt(ctx context.Context, branches []string, numbers []int) error {
	var found struct {
		Repository map[string]json.RawMessage
	}
	query, variables := looksQuery(branches, numbers)
	if err := l.query(ctx, query, variables, &found); err != nil {
		return err
	}
	read := func(name string, i int, into any) error {
		raw, there := found.Repository[fmt.Sprint(name, i)]
		if !there {
			return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer lacks what was asked for"}}
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer has an unknown form: " + tidy(err.Error())}}
		}
		return nil
	}
	for i, name := range branches {
		var tip *struct{ Target tipData }
		var requests list[summaryData]
		if err := read("tip", i, &tip); err != nil {
			return err
		}
		if err := read("from", i, &requests); err != nil {
			return err
		}
		l.out.Branches[name] = branch(tip, requests, l.slug)
	}
	for i, number := range numbers {
		var other *otherData
		if err := read(optional, i, &other); err != nil {
			return err
		}
		if other != nil {
			l.out.Others[number] = other.summary(l.slug)
		}
	}
	return nil
}

// looksQuery holds the names as variables: they are not ours.
func looksQuery(branches []string, numbers []int) (query string, variables map[string]any) {
	var declared, fields strings.Builder
	variables = map[string]any{}
	for i, name := range branches {
		fmt.Fprintf(&declared, ",$ref%d:String!,$branch%d:String!", i, i)
		fmt.Fprintf(&fields, " tip%d:ref(qualifiedName:$ref%d){target{__typename oid}}", i, i)
		fmt.Fprintf(&fields, " from%d:pullRequests(headRefName:$branch%d,first:10,orderBy:{field:CREATED_AT,direction:DESC}){nodes{...Summary}}", i, i)
		variables[fmt.Sprint("ref", i)], variables[fmt.Sprint("branch", i)] = "refs/heads/"+name, name
	}
	other := ""
	for i, number := range numbers {
		fmt.Fprintf(&declared, ",$number%d:Int!", i)
		fmt.Fprintf(&fields, " %s%d:pullRequest(number:$number%d){...Other}", optional, i, i)
		variables[fmt.Sprint("number", i)] = number
		other = "fragment Other on PullRequest{...Summary comments(first:100){nodes{" + noteFields + "}} " +
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
