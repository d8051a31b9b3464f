package world

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// Repo is a repository with its issues and pull requests; the world's lock guards it.
type Repo struct {
	World         *World
	ID            int64
	Owner         *User
	Name          string
	Dir           string
	Store         *gitstore.Store
	Parent        *Repo // of a fork
	Private       bool
	Archived      bool
	Installed     bool
	Deleted       bool
	DefaultBranch string
	Created       time.Time
	Pushed        time.Time

	Refs   map[string]string // full name to object
	onDisk map[string]string // the refs as git has them: behind until save
	Forks  map[string]*Repo  // by lower-case owner
	Labels map[string]*Label // by lower-case name
	last   int               // number of the newest issue or pull request
	Open   int               // how many are
	Issues map[int]*Issue

	Transferred map[int]*Issue // by the number that they had here
	Erased      map[int]bool   // numbers of deleted issues

	Roles       map[*User]string          // of collaborators
	protections map[string]Protection     // by branch or pattern
	reviewRules map[string]RequiredReview // of rulesets, by pattern
	Methods     []string                  // of merging; nil is all
	NoAutoMerge bool
	NoPlan      bool                 // for auto-merge
	waiting     map[int]*Issue       // open pull requests with auto-merge
	Queues      map[string][]*Queued // by base branch, of those that have a merge queue

	Rejection string // what every push is told
	Ruleset   Ruleset
	SecretIn  string // pattern of branches
	NoFilter  bool

	Statuses map[string][]*Status         // by SHA, oldest first
	Checks   []*Check                     // oldest first
	diffs    map[[2]string]*gitstore.Diff // by base and head
	merges   map[[2]string]string         // trees by base and head, "" is a conflict
	asked    map[[2]string]any            // who asked first for the mergeability, by base and head; nil: it is always known
	Writes   []Write
}

type Label struct {
	ID                       int64
	Name, Color, Description string
	Deleted                  bool
}

// RepoOptions say what is not usual about a new repository.
type RepoOptions struct {
	DefaultBranch string                   // "main" when empty
	Private       bool                     // unknown to who has no access
	NotInstalled  bool                     // the App cannot see it
	Files         map[string]gitstore.File // of the first commit; a README.rst when nil
	Labels        map[string]string        // that exist from the start, name to description; others are made as they are used
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

// fork finds or makes the fork of an account; it shares the objects of its parent, as GitHub's forks do.
func (r *Repo) fork(owner string) (*Repo, error) {
	if f := r.Forks[strings.ToLower(owner)]; f != nil {
		return f, nil
	}
	if !filepath.IsLocal(owner) || strings.Contains(owner, "/") || strings.EqualFold(owner, r.Owner.Login) {
		return nil, fmt.Errorf("forking %s: %q cannot own a fork", r.FullName(), owner)
	}
	f := &Repo{Owner: r.World.Account(owner), Name: r.Name, Private: r.Private, DefaultBranch: r.DefaultBranch, Parent: r, Store: r.Store}
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

func (r *Repo) FullName() string { return r.Owner.Login + "/" + r.Name }

// Root is the repository whose pull requests and objects count: of a fork its parent.
func (r *Repo) Root() *Repo {
	if r.Parent != nil {
		return r.Parent
	}
	return r
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
	f, err := r.fork(owner)
	return f, ref, err
}

// Entry finds a path at a revision.
func (r *Repo) Entry(rev, path string) (gitstore.Entry, error) {
	sha, ok := r.Resolve(rev)
	if !ok {
		return gitstore.Entry{}, gitstore.ErrNoObject
	}
	c, err := r.Store.Commit(sha)
	if err != nil {
		return gitstore.Entry{}, err
	}
	return r.Store.Lookup(c.Tree, path)
}

// Label finds or makes a label, whatever the case of its name.
func (r *Repo) Label(name string) *Label {
	l := r.Labels[strings.ToLower(name)]
	if l == nil {
		l = &Label{ID: r.World.nextID(), Name: name, Color: "ededed"}
		r.Labels[strings.ToLower(name)] = l
	}
	return l
}

func (r *Repo) SortedIssues() []*Issue {
	return slices.SortedFunc(maps.Values(r.Issues), func(a, b *Issue) int { return a.Number - b.Number })
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
	if r.Installed {
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

// Repo is the repository of a name, a fork too, or nil.
func (w *World) Repo(fullName string) *Repo { return w.repos[strings.ToLower(fullName)] }

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

// HasBranch reports whether a branch exists.
func (r *Repo) HasBranch(name string) bool { return r.Refs["refs/heads/"+name] != "" }

// FindLabel is nil for one that does not exist.
func (r *Repo) FindLabel(name string) *Label { return r.Labels[strings.ToLower(name)] }
