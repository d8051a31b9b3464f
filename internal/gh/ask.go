package gh

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Query is a GraphQL query about a repository, put together from parts. GitHub refuses
// variables that are declared and not used, so they are declared by use.
type Query struct {
	Repository, Pull, Issue []string // selections
	Fragments               []string
	Viewer                  bool
	Variables               map[string]any
	Declared                []string // of variables that types doesn't have: "$a1:String!"
}

var types = map[string]string{
	"owner": "String!", "name": "String!", "number": "Int!", "app": "Int!", "settings": "String!", "labelRules": "String!",
	"head": "GitObjectID!", "compareTo": "String!",
	"first": "Int!", "labels": "String", "commits": "String", "comments": "String", "deletions": "String", "events": "String",
	"reviews": "String", "mentions": "String",
}

func (q Query) body() string {
	var b strings.Builder
	if q.Viewer {
		b.WriteString("viewer{login} ")
	}
	b.WriteString("repository(owner:$owner,name:$name,followRenames:false){" + strings.Join(q.Repository, " "))
	if len(q.Pull)+len(q.Issue) > 0 {
		b.WriteString(" " + IssueOrPull + "(number:$number){__typename")
		if len(q.Pull) > 0 {
			b.WriteString(" ...on PullRequest{" + strings.Join(q.Pull, " ") + "}")
		}
		if len(q.Issue) > 0 {
			b.WriteString(" ...on Issue{" + strings.Join(q.Issue, " ") + "}")
		}
		b.WriteString("}")
	}
	b.WriteString("}}" + strings.Join(q.Fragments, ""))
	return b.String()
}

func (q Query) Uses(variable string) bool { return strings.Contains(q.body(), variable) }

// String returns the query's text.
func (q Query) String() string {
	body := q.body()
	declared := slices.Clone(q.Declared)
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if strings.Contains(body, "$"+name) {
			declared = append(declared, "$"+name+":"+types[name])
		}
	}
	return "query(" + strings.Join(declared, ",") + "){" + body
}

// Add adds another query of the repository to this one.
func (t *Query) Add(other Query) {
	t.Repository = append(t.Repository, other.Repository...)
	t.Fragments = append(t.Fragments, other.Fragments...)
	t.Declared = append(t.Declared, other.Declared...)
	maps.Copy(t.Variables, other.Variables)
}

type Connection[T any] struct {
	Nodes      []T
	PageInfo   PageInfo
	TotalCount int
	Entries    int // of this page, including those that GitHub leaves out
}

// UnmarshalJSON implements json.Unmarshaler. It drops entries that GitHub leaves out,
// which are null.
func (l *Connection[T]) UnmarshalJSON(text []byte) error {
	var there struct {
		Nodes      []*T
		PageInfo   PageInfo
		TotalCount int
	}
	if err := json.Unmarshal(text, &there); err != nil {
		return err
	}
	*l = Connection[T]{PageInfo: there.PageInfo, TotalCount: there.TotalCount, Entries: len(there.Nodes)}
	for _, n := range there.Nodes {
		if n != nil {
			l.Nodes = append(l.Nodes, *n)
		}
	}
	return nil
}

type PageInfo struct {
	HasNextPage bool
	EndCursor   string
}

// Fields are the answers to fields of several kinds, by name: a kind and a number.
type Fields map[string]json.RawMessage

func (a Fields) ReadNth(kind string, i int, into any) error { return a.Read(fmt.Sprint(kind, i), into) }

// Read reads a field that has no number.
func (a Fields) Read(name string, into any) error {
	raw, there := a[name]
	if !there {
		return BadAnswer("the answer lacks what was asked for")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return BadAnswer("the answer has an unknown form: " + Tidy(err.Error()))
	}
	return nil
}
