package gh

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// text is a GraphQL query that is put together from what is needed. GitHub
// refuses variables that are declared and not used.
type Query struct {
	Repository, Pull, Issue []string // selections
	Fragments               []string
	Viewer                  bool
	Variables               map[string]any
	Declared                []string // of variables that types does not have: "$a1:String!"
}

var types = map[string]string{
	"owner": "String!", "name": "String!", "number": "Int!", "app": "Int!", "settings": "String!", "labelRules": "String!", "head": "GitObjectID!", "compareTo": "String!",
	"first": "Int!", "labels": "String", "commits": "String", "comments": "String", "deletions": "String", "events": "String", "reviews": "String", "mentions": "String",
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

// String is the query as it is sent.
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

// add puts another query of the repository into this one.
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
	Entries    int // of this page, with those that GitHub leaves out
}

// UnmarshalJSON implements json.Unmarshaler. An entry that GitHub leaves out is
// null, and no entry here.
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

// answers are those to fields of several kinds, by kind and place.
type Fields map[string]json.RawMessage

func (a Fields) ReadNth(kind string, i int, into any) error { return a.Read(fmt.Sprint(kind, i), into) }

// one reads a field that has no number.
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
