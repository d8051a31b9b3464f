package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

	repositories *lru.Cache[pull.Key, string]
	people       *lru.Cache[string, string] // by login in lower case
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
	var i ids
	var faults [5]error
	i.subjects, faults[0] = lru.New[pull.Key, node](maxIDs)
	i.labels, faults[1] = lru.New[labelName, string](maxIDs)
	i.names, faults[2] = lru.New[labelName, string](maxIDs)
	i.repositories, faults[3] = lru.New[pull.Key, string](maxIDs)
	i.people, faults[4] = lru.New[string, string](maxIDs)
	return &i, errors.Join(faults[:]...)
}

const maxIDs = 20_000

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
	i.meet(p.Author, p.MergedBy)
}

// meet notes the ids of people. Those of bots are of no use: nobody asks them for
// anything.
func (i *ids) meet(people ...*actorData) {
	for _, a := range people {
		if a != nil && a.ID != "" && a.person() {
			i.people.Add(strings.ToLower(a.Login), a.ID)
		}
	}
}

func (i *ids) person(login string) (id string, known bool) {
	return i.people.Get(strings.ToLower(login))
}

// forgets drops the ids that an action was sent with, which may be out of date: a
// label that was deleted and made again has another one. It tells whether another
// try may go better.
func (i *ids) forgets(key pull.Key, a pull.Action) bool {
	switch a := a.(type) {
	case pull.AddLabel, pull.RemoveLabel:
		i.labels.Remove(labelName{key.Repository(), strings.ToLower(pull.LabelOf(a))})
	case pull.RequestReview:
		i.people.Remove(strings.ToLower(a.Login))
	case pull.Assign:
		i.people.Remove(strings.ToLower(a.Login))
	case pull.SetCheck:
		i.repositories.Remove(key.Repository())
		return false // it may be the commit that isn't there (yet)
	default:
		return false
	}
	i.subjects.Remove(key)
	return true
}

// identities are what ids are needed of, the subject aside.
type identities struct {
	labels     []string
	repository bool
}

// identify asks for what is not known yet. A label that the repository does not
// have stays unknown.
func (r *repository) identify(ctx context.Context, of identities) error {
	q := text{variables: map[string]any{}}
	if _, known := r.app.ids.subjects.Get(r.key); !known {
		q.request, q.issue = []string{"id"}, []string{"id"}
		q.variables["number"] = r.key.Number
	}
	if _, known := r.app.ids.repositories.Get(r.key.Repository()); of.repository && !known {
		q.repository = []string{"id"}
	}
	labels := slices.DeleteFunc(of.labels, func(name string) bool { _, known := r.app.ids.label(r.key, name); return known })
	for i, name := range labels {
		q.declared = append(q.declared, fmt.Sprintf("$label%d:String!", i))
		q.repository = append(q.repository, fmt.Sprintf("label%d:label(name:$label%d){id name}", i, i))
		q.variables[fmt.Sprint("label", i)] = name
	}
	if len(q.variables)+len(q.repository) == 0 {
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
	if _, asked := found.Repository["id"]; asked {
		var id string
		if err := found.Repository.one("id", &id); err != nil {
			return err
		}
		r.app.ids.repositories.Add(r.key.Repository(), id)
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
