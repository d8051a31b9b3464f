package gh

import (
	"errors"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/pull"
)

// IDs are GitHub's node IDs, which mutations need. They are learned from what is loaded.
type IDs struct {
	subjects *lru.Cache[pull.Key, Subject]
	labels   *lru.Cache[labelName, string]
	names    *lru.Cache[labelName, string] // names by ID

	repositories *lru.Cache[pull.Key, string]
	people       *lru.Cache[string, string] // by login in lower case
}

type labelName struct {
	repository pull.Key
	name       string // in lower case, or the ID
}

// Subject is a pull request or an issue.
type Subject struct {
	ID    string
	Issue bool
}

const maxIDs = 20_000

func newIDs() (*IDs, error) {
	var i IDs
	var faults [5]error
	i.subjects, faults[0] = lru.New[pull.Key, Subject](maxIDs)
	i.labels, faults[1] = lru.New[labelName, string](maxIDs)
	i.names, faults[2] = lru.New[labelName, string](maxIDs)
	i.repositories, faults[3] = lru.New[pull.Key, string](maxIDs)
	i.people, faults[4] = lru.New[string, string](maxIDs)
	return &i, errors.Join(faults[:]...)
}

// Subject returns the ID of a pull request or an issue.
func (i *IDs) Subject(key pull.Key) (Subject, bool) { return i.subjects.Get(key) }

// SetSubject remembers it.
func (i *IDs) SetSubject(key pull.Key, s Subject) {
	if s.ID != "" {
		i.subjects.Add(key, s)
	}
}

// ForgetSubject forgets it.
func (i *IDs) ForgetSubject(key pull.Key) { i.subjects.Remove(key) }

// Repository returns the ID of a key's repository.
func (i *IDs) Repository(key pull.Key) (string, bool) { return i.repositories.Get(key.Repository()) }

// SetRepository remembers it.
func (i *IDs) SetRepository(key pull.Key, id string) {
	if id != "" {
		i.repositories.Add(key.Repository(), id)
	}
}

// ForgetRepository forgets it.
func (i *IDs) ForgetRepository(key pull.Key) { i.repositories.Remove(key.Repository()) }

// Label returns the ID of a label.
func (i *IDs) Label(key pull.Key, name string) (string, bool) {
	return i.labels.Get(labelName{key.Repository(), strings.ToLower(name)})
}

// SetLabel remembers the ID of a label, and forgets its former name: adding the label
// by that would add one that nobody requested.
func (i *IDs) SetLabel(key pull.Key, label, id string) {
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

// SetLabels remembers all labels of a repository, IDs by name, and forgets others: a
// label that was renamed or deleted can't be set by its old name.
func (i *IDs) SetLabels(key pull.Key, ids map[string]string) {
	there := map[string]bool{}
	for name, id := range ids {
		there[strings.ToLower(name)] = true
		i.SetLabel(key, name, id)
	}
	for _, known := range i.labels.Keys() {
		if known.repository == key.Repository() && !there[known.name] {
			i.labels.Remove(known)
		}
	}
}

// ForgetLabel forgets the ID of a label.
func (i *IDs) ForgetLabel(key pull.Key, name string) {
	i.labels.Remove(labelName{key.Repository(), strings.ToLower(name)})
}

// Person returns the ID of a person.
func (i *IDs) Person(login string) (string, bool) { return i.people.Get(strings.ToLower(login)) }

// SetPerson remembers it.
func (i *IDs) SetPerson(login, id string) {
	if id != "" {
		i.people.Add(strings.ToLower(login), id)
	}
}

// ForgetPerson forgets it.
func (i *IDs) ForgetPerson(login string) { i.people.Remove(strings.ToLower(login)) }
