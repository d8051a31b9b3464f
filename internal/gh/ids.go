package gh

import (
	"context"
	"fmt"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/pull"
)

// ids are GitHub's own names for things, by which mutations name them. They are
// learned with what is loaded, and asked for where they are not known.
type ids struct {
	subjects *lru.Cache[pull.Key, node]
	labels   *lru.Cache[labelName, string]
	names    *lru.Cache[labelName, string] // the other way round: names by ids
}

type labelName struct {
	repository pull.Key
	name       string // in lower case, or the id
}

// node is a pull request or an issue.
type node struct {
	id    string
	issue bool
}

func newIDs() (*ids, error) {
	subjects, err := lru.New[pull.Key, node](20_000)
	if err != nil {
		return nil, err
	}
	labels, err := lru.New[labelName, string](20_000)
	if err != nil {
		return nil, err
	}
	names, err := lru.New[labelName, string](20_000)
	return &ids{subjects, labels, names}, err
}

// know notes the id of a label, which has no other name any more: whoever added
// it by its old one would add what nobody asked for.
func (i *ids) know(key pull.Key, label, id string) {
	if id == "" {
		return
	}
	of, name := key.Repository(), strings.ToLower(label)
	if old, known := i.names.Peek(labelName{of, id}); known && old != name {
		i.labels.Remove(labelName{of, old})
	}
	i.labels.Add(labelName{of, name}, id)
	i.names.Add(labelName{of, id}, name)
}

// all notes the labels of a repository, and forgets those that are not among
// them: a label that was renamed, or deleted, is not to be set by its old name.
func (i *ids) all(key pull.Key, labels []labelData) {
	there := map[string]bool{}
	for _, l := range labels {
		there[strings.ToLower(l.Name)] = true
		i.know(key, l.Name, l.ID)
	}
	for _, known := range i.labels.Keys() {
		if known.repository == key.Repository() && !there[known.name] {
			i.labels.Remove(known)
		}
	}
}

func (i *ids) label(key pull.Key, name string) (string, bool) {
	return i.labels.Get(labelName{key.Repository(), strings.ToLower(name)})
}

// learn notes what was loaded of a pull request or issue.
func (i *ids) learn(key pull.Key, p *pullData) {
	if p.ID != "" {
		i.subjects.Add(key, node{p.ID, p.Typename == "Issue"})
	}
	for _, l := range p.Labels.Nodes {
		i.know(key, l.Name, l.ID)
	}
}

// forget drops what may be out of date: a label that was deleted and made again
// has another id.
func (i *ids) forget(key pull.Key, labels []string) {
	i.subjects.Remove(key)
	for _, name := range labels {
		i.labels.Remove(labelName{key.Repository(), strings.ToLower(name)})
	}
}

// identify asks for what is not known yet: the subject, and labels. A label that
// the repository does not have stays unknown.
func (r *repository) identify(ctx context.Context, labels []string) error {
	q := text{variables: map[string]any{}}
	if _, known := r.app.ids.subjects.Get(r.key); !known {
		q.request, q.issue = []string{"id"}, []string{"id"}
		q.variables["number"] = r.key.Number
	}
	for i, name := range labels {
		q.declared = append(q.declared, fmt.Sprintf("$label%d:String!", i))
		q.repository = append(q.repository, fmt.Sprintf("label%d:label(name:$label%d){id name}", i, i))
		q.variables[fmt.Sprint("label", i)] = name
	}
	if len(q.variables) == 0 {
		return nil
	}
	var found struct{ Repository answers }
	if err := r.query(ctx, q.String(), q.variables, &found); err != nil {
		return err
	}
	for i, name := range labels {
		var label *struct{ ID string }
		if err := found.Repository.read("label", i, &label); err != nil {
			return err
		}
		if label != nil {
			r.app.ids.know(r.key, name, label.ID)
		}
	}
	if len(q.request) == 0 {
		return nil
	}
	var p pullData
	if err := found.Repository.one(issueOrPull, &p); err != nil {
		return err
	}
	r.app.ids.learn(r.key, &p)
	return nil
}
