package world

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// RepoOptions say what is not usual about a new repository.
type RepoOptions struct {
	DefaultBranch string                   // "main" when empty
	Private       bool                     // unknown to who has no access
	NotInstalled  bool                     // the App cannot see it
	Files         map[string]gitstore.File // of the first commit; a README.rst when nil
	Labels        map[string]string        // that exist from the start, name to description; others are made as they are used
}

// NewRepo makes a repository "owner/name" with one commit. The owner is an organization.
func (w *World) NewRepo(fullName string, o RepoOptions) (*Repo, error) {
	owner, name, ok := strings.Cut(fullName, "/")
	if !ok || !filepath.IsLocal(owner) || !filepath.IsLocal(name) || strings.Contains(name, "/") {
		return nil, fmt.Errorf("creating repository %q: not owner/name", fullName)
	}
	if w.Repo(fullName) != nil {
		return nil, fmt.Errorf("creating repository %s: it exists", fullName)
	}
	if o.DefaultBranch == "" {
		o.DefaultBranch = "main"
	}
	if o.Files == nil {
		o.Files = map[string]gitstore.File{"README.rst": {Content: name + "\n"}}
	}
	account := w.Account(owner)
	account.Kind = "Organization"
	r := &Repo{Owner: account, Name: name, Private: o.Private, Installed: !o.NotInstalled, DefaultBranch: o.DefaultBranch}
	if err := w.addRepo(r, ""); err != nil {
		return nil, fmt.Errorf("creating repository %s: %w", fullName, err)
	}
	if r.Installed && !w.App.Missing {
		w.newInstallation(owner)
	}
	for name, description := range o.Labels {
		r.Label(name).Description = description
	}
	sha, err := r.Store.Make(gitstore.Draft{Message: "Initial commit", Author: owner, Files: o.Files}, w.Now())
	if err != nil {
		return nil, err
	}
	return r, r.SetRef("refs/heads/"+o.DefaultBranch, sha)
}

// addRepo fills in what every repository has and lays it out on disk.
func (w *World) addRepo(r *Repo, objects string) error {
	r.World, r.ID, r.Created, r.Pushed = w, w.nextID(), w.Now(), w.Now()
	r.Refs, r.onDisk, r.Forks, r.Labels, r.Issues = map[string]string{}, map[string]string{}, map[string]*Repo{}, map[string]*Label{}, map[int]*Issue{}
	r.Transferred, r.Erased = map[int]*Issue{}, map[int]bool{}
	r.Queues = map[string][]*Queued{}
	r.Roles, r.protections, r.reviewRules, r.waiting = map[*User]string{}, map[string]Protection{}, map[string]RequiredReview{}, map[int]*Issue{}
	r.Statuses, r.diffs, r.merges = map[string][]*Status{}, map[[2]string]*gitstore.Diff{}, map[[2]string]string{}
	r.Dir = filepath.Join(w.Dir, strings.ToLower(r.Owner.Login), strings.ToLower(r.Name)+".git")
	if slices.ContainsFunc(w.RepoList, func(x *Repo) bool { return x.Dir == r.Dir }) { // of one that was renamed or deleted
		r.Dir = strings.TrimSuffix(r.Dir, ".git") + "-" + Decimal(r.ID) + ".git"
	}
	if err := gitstore.InitBare(r.Dir, r.DefaultBranch, objects); err != nil {
		return err
	}
	if r.Store == nil {
		r.Store = gitstore.New(w.Git, r.Dir)
	}
	w.repos[strings.ToLower(r.FullName())] = r
	delete(w.renamed, strings.ToLower(r.FullName()))
	w.RepoList = append(w.RepoList, r)
	return nil
}

// Fork finds or makes the fork of an account, with a name of its own if there's one; it shares the objects of its parent, as GitHub's
// forks do.
func (r *Repo) Fork(owner, name string) (*Repo, error) {
	if f := r.Forks[strings.ToLower(owner)]; f != nil {
		return f, nil
	}
	if !filepath.IsLocal(owner) || strings.Contains(owner, "/") || strings.EqualFold(owner, r.Owner.Login) {
		return nil, fmt.Errorf("forking %s: %q cannot own a fork", r.FullName(), owner)
	}
	if name == "" { // GitHub numbers the name of a fork whose owner has another repository with it
		name = r.Name
		for n := 1; r.World.Repo(owner+"/"+name) != nil; n++ {
			name = fmt.Sprintf("%s-%d", r.Name, n)
		}
	}
	if !filepath.IsLocal(name) || strings.Contains(name, "/") || r.World.Repo(owner+"/"+name) != nil {
		return nil, fmt.Errorf("forking %s: it cannot be %s/%s", r.FullName(), owner, name)
	}
	f := &Repo{Owner: r.World.Account(owner), Name: name, Private: r.Private, DefaultBranch: r.DefaultBranch, Parent: r, Store: r.Store}
	objects, err := filepath.Abs(filepath.Join(r.Dir, "objects"))
	if err != nil {
		return nil, err
	}
	if err := r.World.addRepo(f, objects); err != nil {
		return nil, fmt.Errorf("forking %s for %s: %w", r.FullName(), owner, err)
	}
	r.Forks[strings.ToLower(owner)] = f
	return f, f.SetRef("refs/heads/"+r.DefaultBranch, r.Refs["refs/heads/"+r.DefaultBranch])
}

// Branch splits "owner:branch" and finds the repository it is in.
func (r *Repo) Branch(name string, create bool) (*Repo, string, error) {
	owner, ref, ok := strings.Cut(name, ":")
	if !ok || strings.EqualFold(owner, r.Owner.Login) {
		return r, strings.TrimPrefix(name, r.Owner.Login+":"), nil
	}
	if f := r.Forks[strings.ToLower(owner)]; f != nil {
		return f, ref, nil
	}
	if !create {
		return nil, "", fmt.Errorf("finding %s: %s has no fork of %s", name, owner, r.FullName())
	}
	f, err := r.Fork(owner, "")
	return f, ref, err
}

// DeleteFork deletes an account's fork: pull requests from it stay, without a head repository.
func (r *Repo) DeleteFork(owner string) error {
	f := r.Forks[strings.ToLower(owner)]
	if f == nil {
		return fmt.Errorf("deleting the fork of %s: %s has none", owner, r.FullName())
	}
	f.Deleted = true
	delete(r.Forks, strings.ToLower(owner))
	delete(r.World.repos, strings.ToLower(f.FullName()))
	r.World.RepoList = slices.DeleteFunc(r.World.RepoList, func(x *Repo) bool { return x == f })
	return os.RemoveAll(f.Dir) // the objects are behind a link
}

// Rename gives the repository another name under its owner. The old address leads to the new one until another repository takes it.
func (r *Repo) Rename(name string) error {
	w := r.World
	old, full := r.Name, r.Owner.Login+"/"+name
	if !filepath.IsLocal(name) || strings.Contains(name, "/") || w.Repo(full) != nil || r.Deleted {
		return fmt.Errorf("renaming %s to %q: it cannot have that name", r.FullName(), name)
	}
	delete(w.repos, strings.ToLower(r.FullName()))
	w.renamed[strings.ToLower(r.FullName())] = r
	delete(w.renamed, strings.ToLower(full))
	r.Name, w.repos[strings.ToLower(full)] = name, r
	w.emit(Event{Name: "repository", Action: "renamed", Repo: r, By: r.Owner, Was: map[string]string{"name": old}})
	return nil
}

// Archive makes the repository read-only for everybody, or ends that.
func (r *Repo) Archive(on bool) {
	r.Archived = on
	r.World.emit(Event{Name: "repository", Action: map[bool]string{true: "archived", false: "unarchived"}[on], Repo: r, By: r.Owner})
}

// Remove deletes the repository: no name leads to it now.
func (r *Repo) Remove() error {
	w := r.World
	if r.Deleted || r.Parent != nil {
		return fmt.Errorf("deleting %s: it is gone, or a fork", r.FullName())
	}
	w.emit(Event{Name: "repository", Action: "deleted", Repo: r, By: r.Owner})
	delete(w.repos, strings.ToLower(r.FullName()))
	for name, to := range w.renamed {
		if to == r {
			delete(w.renamed, name)
		}
	}
	r.Deleted, r.Installed = true, false
	return nil
}

// FindLabel is nil for one that does not exist.
func (r *Repo) FindLabel(name string) *Label { return r.Labels[strings.ToLower(name)] }

// Label finds or makes a label, whatever the case of its name.
func (r *Repo) Label(name string) *Label {
	l := r.Labels[strings.ToLower(name)]
	if l == nil {
		l = &Label{ID: r.World.nextID(), Name: name, Color: "ededed"}
		r.Labels[strings.ToLower(name)] = l
	}
	return l
}

// SortedIssues are all issues and pull requests by number.
func (r *Repo) SortedIssues() []*Issue {
	return slices.SortedFunc(maps.Values(r.Issues), func(a, b *Issue) int { return a.Number - b.Number })
}

// PullsWith are the pull requests that have something, in order.
func (r *Repo) PullsWith(has func(*Pull) bool) []*Issue {
	var found []*Issue
	for _, i := range r.Root().Issues {
		if i.Pull != nil && has(i.Pull) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *Issue) int { return a.Number - b.Number })
	return found
}
