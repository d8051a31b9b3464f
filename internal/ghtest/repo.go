package ghtest

import (
	"errors"
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Repo is a repository. Its methods are what people do there, and take the lock of the server's world.
type Repo struct {
	srv  *Server
	repo *world.Repo
}

// Repo makes a repository "owner/name" with one commit. The owner is an organization.
func (s *Server) Repo(fullName string, o RepoOptions) (*Repo, error) {
	s.world.Lock()
	defer s.world.Unlock()
	r, err := s.world.NewRepo(fullName, o)
	if err != nil {
		return nil, err
	}
	return &Repo{s, r}, nil
}

// FindRepo returns a repository, a fork too, or nil.
func (s *Server) FindRepo(fullName string) *Repo {
	s.world.Lock()
	defer s.world.Unlock()
	if r := s.world.Repo(fullName); r != nil {
		return &Repo{s, r}
	}
	return nil
}

// lock takes the lock of the world, and returns what gives it back.
func (r *Repo) lock() (unlock func()) {
	r.srv.world.Lock()
	return r.srv.world.Unlock
}

// act finds an issue or pull request and runs a change under the lock.
func (r *Repo) act(number int, doing string, change func(*world.Issue) error) error {
	defer r.lock()()
	i := r.repo.Issues[number]
	if i == nil {
		return fmt.Errorf("%s %s#%d: there is none", doing, r.repo.FullName(), number)
	}
	if err := change(i); err != nil {
		return fmt.Errorf("%s %s#%d: %w", doing, r.repo.FullName(), number, err)
	}
	return nil
}

// actPull is act for pull requests only.
func (r *Repo) actPull(number int, doing string, change func(*world.Issue) error) error {
	return r.act(number, doing, func(i *world.Issue) error {
		if i.Pull == nil {
			return errors.New("it is an issue")
		}
		return change(i)
	})
}

// Name is "owner/name".
func (r *Repo) Name() string {
	defer r.lock()()
	return r.repo.FullName()
}

// ID is the number of the repository.
func (r *Repo) ID() int64 { return r.repo.ID }

// Dir is the bare git repository on disk, with all that was done until now. Where it cannot be written, git will say so.
func (r *Repo) Dir() string {
	defer r.lock()()
	_ = r.repo.Save()
	return r.repo.Dir
}

// CloneURL is where git clones and pushes.
func (r *Repo) CloneURL() string { return r.srv.URL + "/" + r.Name() + ".git" }

// Ref is the commit of a branch ("main", "alice:fix"), a tag, a full ref ("refs/pull/7/head") or a SHA; "" if there is none.
func (r *Repo) Ref(name string) string {
	defer r.lock()()
	from, ref, err := r.repo.Branch(name, false)
	if err != nil {
		return ""
	}
	sha, _ := from.Resolve(ref)
	return sha
}

// ReadFile returns a file at a branch, tag or SHA.
func (r *Repo) ReadFile(rev, path string) ([]byte, error) {
	defer r.lock()()
	from, ref, err := r.repo.Branch(rev, false)
	if err != nil {
		return nil, err
	}
	e, err := from.Entry(ref, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s at %s: %w", path, rev, err)
	}
	return r.repo.Store.Blob(e.SHA)
}

// Rename gives the repository another name under its owner. The old address leads to the new one until another repository takes it.
func (r *Repo) Rename(name string) error {
	defer r.lock()()
	return r.repo.Rename(name)
}

// Delete deletes the repository: no name leads to it now.
func (r *Repo) Delete() error {
	defer r.lock()()
	return r.repo.Remove()
}

// DeleteFork deletes an account's fork: pull requests from it stay, without a head repository.
func (r *Repo) DeleteFork(owner string) error {
	defer r.lock()()
	return r.repo.DeleteFork(owner)
}

// Push adds commits to a branch ("main", or "alice:fix" in alice's fork, which is made on demand) and returns the new tip.
func (r *Repo) Push(branch string, commits ...Commit) (string, error) {
	defer r.lock()()
	return r.repo.Push(branch, "", commits)
}

// ForcePush resets a branch to onto (a branch, "user:branch", ref or SHA), adds commits, and returns the new tip.
func (r *Repo) ForcePush(branch, onto string, commits ...Commit) (string, error) {
	defer r.lock()()
	return r.repo.Push(branch, onto, commits)
}

// DeleteBranch deletes a branch; open pull requests from it close, as on GitHub.
func (r *Repo) DeleteBranch(branch string) error {
	defer r.lock()()
	return r.repo.DeleteBranch(branch)
}

// RestoreBranch puts the head branch of a closed pull request back, as its button does, by the author.
func (r *Repo) RestoreBranch(number int) error {
	return r.actPull(number, "restoring the branch of", r.repo.RestoreBranch)
}

// Tag makes a lightweight tag.
func (r *Repo) Tag(name, rev string) error {
	defer r.lock()()
	return r.repo.Tag(name, rev)
}
