package ghtest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Repo is a repository with its issues and pull requests. The server's lock guards it; exported methods take it.
type Repo struct {
	srv           *Server
	id            int64
	owner         *user
	name          string
	dir           string
	store         *store
	parent        *Repo // of a fork
	private       bool
	archived      bool
	installed     bool
	deleted       bool
	defaultBranch string
	created       time.Time
	pushed        time.Time

	refs   map[string]string // full name to object
	onDisk map[string]string // the refs as git has them: behind until save
	forks  map[string]*Repo  // by lower-case owner
	labels map[string]*label // by lower-case name
	last   int               // number of the newest issue or pull request
	open   int               // how many are
	issues map[int]*issue

	transferred map[int]*issue // by the number that they had here
	erased      map[int]bool   // numbers of deleted issues

	roles       map[*user]string          // of collaborators
	protections map[string]Protection     // by branch or pattern
	reviewRules map[string]RequiredReview // of rulesets, by pattern
	methods     []string                  // of merging; nil is all
	noAutoMerge bool
	noPlan      bool                 // for auto-merge
	waiting     map[int]*issue       // open pull requests with auto-merge
	queues      map[string][]*queued // by base branch, of those that have a merge queue

	rejection string // what every push is told
	ruleset   ruleset
	secretIn  string // pattern of branches
	noFilter  bool

	statuses map[string][]*status // by SHA, oldest first
	checks   []*check             // oldest first
	diffs    map[[2]string]*diff  // by base and head
	merges   map[[2]string]string // trees by base and head, "" is a conflict
	asked    map[[2]string]*call  // who asked first for the mergeability, by base and head; nil: it is always known
	writes   []Write
}

type label struct {
	id                       int64
	name, color, description string
	deleted                  bool
}

// RepoOptions say what is not usual about a new repository.
type RepoOptions struct {
	DefaultBranch string            // "main" when empty
	Private       bool              // unknown to who has no access
	NotInstalled  bool              // the App cannot see it
	Files         map[string]File   // of the first commit; a README.rst when nil
	Labels        map[string]string // that exist from the start, name to description; others are made as they are used
}

// Repo makes a repository "owner/name" with one commit. The owner is an organization.
func (s *Server) Repo(fullName string, o RepoOptions) (*Repo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner, name, ok := strings.Cut(fullName, "/")
	if !ok || !filepath.IsLocal(owner) || !filepath.IsLocal(name) || strings.Contains(name, "/") {
		return nil, fmt.Errorf("creating repository %q: not owner/name", fullName)
	}
	if s.repos[strings.ToLower(fullName)] != nil {
		return nil, fmt.Errorf("creating repository %s: it exists", fullName)
	}
	if o.DefaultBranch == "" {
		o.DefaultBranch = "main"
	}
	if o.Files == nil {
		o.Files = map[string]File{"README.rst": Text(name + "\n")}
	}
	account := s.account(owner)
	account.kind = "Organization"
	r := &Repo{owner: account, name: name, private: o.Private, installed: !o.NotInstalled, defaultBranch: o.DefaultBranch}
	if err := s.addRepo(r, ""); err != nil {
		return nil, fmt.Errorf("creating repository %s: %w", fullName, err)
	}
	if r.installed {
		s.install(owner)
	}
	for name, description := range o.Labels {
		r.label(name).description = description
	}
	sha, err := r.store.make(Commit{Message: "Initial commit", Author: owner, Files: o.Files}, s.now())
	if err != nil {
		return nil, err
	}
	return r, r.setRef("refs/heads/"+o.DefaultBranch, sha)
}

// addRepo fills in what every repository has and lays it out on disk.
func (s *Server) addRepo(r *Repo, objects string) error {
	r.srv, r.id, r.created, r.pushed = s, s.nextID(), s.now(), s.now()
	r.refs, r.onDisk, r.forks, r.labels, r.issues = map[string]string{}, map[string]string{}, map[string]*Repo{}, map[string]*label{}, map[int]*issue{}
	r.transferred, r.erased = map[int]*issue{}, map[int]bool{}
	r.queues = map[string][]*queued{}
	r.roles, r.protections, r.reviewRules, r.waiting = map[*user]string{}, map[string]Protection{}, map[string]RequiredReview{}, map[int]*issue{}
	r.statuses, r.diffs, r.merges = map[string][]*status{}, map[[2]string]*diff{}, map[[2]string]string{}
	r.dir = filepath.Join(s.dir, strings.ToLower(r.owner.login), strings.ToLower(r.name)+".git")
	if slices.ContainsFunc(s.repoList, func(x *Repo) bool { return x.dir == r.dir }) { // of one that was renamed or deleted
		r.dir = strings.TrimSuffix(r.dir, ".git") + "-" + itoa(r.id) + ".git"
	}
	if err := initBare(r.dir, r.defaultBranch, objects); err != nil {
		return err
	}
	if r.store == nil {
		r.store = newStore(s.git, r.dir)
	}
	s.repos[strings.ToLower(r.fullName())] = r
	delete(s.renamed, strings.ToLower(r.fullName()))
	s.repoList = append(s.repoList, r)
	return nil
}

// FindRepo returns a repository, a fork too, or nil.
func (s *Server) FindRepo(fullName string) *Repo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repos[strings.ToLower(fullName)]
}

// fork finds or makes the fork of an account; it shares the objects of its parent, as GitHub's forks do.
func (r *Repo) fork(owner string) (*Repo, error) {
	if f := r.forks[strings.ToLower(owner)]; f != nil {
		return f, nil
	}
	if !filepath.IsLocal(owner) || strings.Contains(owner, "/") || strings.EqualFold(owner, r.owner.login) {
		return nil, fmt.Errorf("forking %s: %q cannot own a fork", r.fullName(), owner)
	}
	f := &Repo{owner: r.srv.account(owner), name: r.name, private: r.private, defaultBranch: r.defaultBranch, parent: r, store: r.store}
	objects, err := filepath.Abs(filepath.Join(r.dir, "objects"))
	if err != nil {
		return nil, err
	}
	if err := r.srv.addRepo(f, objects); err != nil {
		return nil, fmt.Errorf("forking %s for %s: %w", r.fullName(), owner, err)
	}
	r.forks[strings.ToLower(owner)] = f
	return f, f.setRef("refs/heads/"+r.defaultBranch, r.refs["refs/heads/"+r.defaultBranch])
}

// DeleteFork deletes an account's fork: pull requests from it stay, without a head repository.
func (r *Repo) DeleteFork(owner string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	f := r.forks[strings.ToLower(owner)]
	if f == nil {
		return fmt.Errorf("deleting the fork of %s: %s has none", owner, r.fullName())
	}
	f.deleted = true
	delete(r.forks, strings.ToLower(owner))
	delete(r.srv.repos, strings.ToLower(f.fullName()))
	r.srv.repoList = slices.DeleteFunc(r.srv.repoList, func(x *Repo) bool { return x == f })
	return os.RemoveAll(f.dir) // the objects are behind a link
}

func (r *Repo) fullName() string { return r.owner.login + "/" + r.name }

// root is the repository whose pull requests and objects count: of a fork its parent.
func (r *Repo) root() *Repo {
	if r.parent != nil {
		return r.parent
	}
	return r
}

// Name is "owner/name".
func (r *Repo) Name() string {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	return r.fullName()
}

// ID is the number of the repository.
func (r *Repo) ID() int64 { return r.id }

// Dir is the bare git repository on disk, with all that was done until now. Where it cannot be written, git will say so.
func (r *Repo) Dir() string {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	_ = r.save()
	return r.dir
}

// CloneURL is where git clones and pushes.
func (r *Repo) CloneURL() string { return r.srv.URL + "/" + r.Name() + ".git" }

// Ref is the commit of a branch ("main", "alice:fix"), a tag, a full ref ("refs/pull/7/head") or a SHA; "" if there is none.
func (r *Repo) Ref(name string) string {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	from, ref, err := r.branch(name, false)
	if err != nil {
		return ""
	}
	sha, _ := from.resolve(ref)
	return sha
}

// branch splits "owner:branch" and finds the repository it is in.
func (r *Repo) branch(name string, create bool) (*Repo, string, error) {
	owner, ref, ok := strings.Cut(name, ":")
	if !ok || strings.EqualFold(owner, r.owner.login) {
		return r, strings.TrimPrefix(name, r.owner.login+":"), nil
	}
	if f := r.forks[strings.ToLower(owner)]; f != nil {
		return f, ref, nil
	}
	if !create {
		return nil, "", fmt.Errorf("finding %s: %s has no fork of %s", name, owner, r.fullName())
	}
	f, err := r.fork(owner)
	return f, ref, err
}

// ReadFile returns a file at a branch, tag or SHA.
func (r *Repo) ReadFile(rev, path string) ([]byte, error) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	from, ref, err := r.branch(rev, false)
	if err != nil {
		return nil, err
	}
	e, err := from.entry(ref, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s at %s: %w", path, rev, err)
	}
	return r.store.blob(e.sha)
}

// entry finds a path at a revision.
func (r *Repo) entry(rev, path string) (treeEntry, error) {
	sha, ok := r.resolve(rev)
	if !ok {
		return treeEntry{}, errNoObject
	}
	c, err := r.store.commit(sha)
	if err != nil {
		return treeEntry{}, err
	}
	return r.store.lookup(c.tree, path)
}

// label finds or makes a label, whatever the case of its name.
func (r *Repo) label(name string) *label {
	l := r.labels[strings.ToLower(name)]
	if l == nil {
		l = &label{id: r.srv.nextID(), name: name, color: "ededed"}
		r.labels[strings.ToLower(name)] = l
	}
	return l
}

func (r *Repo) sortedIssues() []*issue {
	return slices.SortedFunc(maps.Values(r.issues), func(a, b *issue) int { return a.number - b.number })
}
