package world

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// HasBranch reports whether a branch exists.
func (r *Repo) HasBranch(name string) bool { return r.Refs["refs/heads/"+name] != "" }

// Branches are the names of all branches, sorted.
func (r *Repo) Branches() []string {
	var names []string
	for _, ref := range slices.Sorted(maps.Keys(r.Refs)) {
		if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Resolve finds the commit that a branch, tag, full ref, HEAD, SHA, any of them with ^ for its first parent, or "tree-ish:path"-less expression names.
func (r *Repo) Resolve(rev string) (string, bool) {
	if child, ok := strings.CutSuffix(rev, "^"); ok {
		sha, _ := r.Resolve(child)
		c, err := r.Store.Commit(sha)
		if err != nil || len(c.Parents) == 0 {
			return "", false
		}
		return c.Parents[0], true
	}
	switch {
	case rev == "" || rev == "HEAD":
		rev = "refs/heads/" + r.DefaultBranch
	case gitstore.IsSHA(rev):
		_, err := r.Store.Commit(rev)
		return rev, err == nil
	}
	for _, name := range []string{rev, "refs/" + rev, "refs/heads/" + rev, "refs/tags/" + rev} {
		if sha, ok := r.Refs[name]; ok {
			return r.Peel(sha), true
		}
	}
	return "", false
}

// Peel follows an annotated tag to its commit.
func (r *Repo) Peel(sha string) string {
	kind, content, err := r.Store.Read(sha)
	if err != nil || kind != "tag" {
		return sha
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return r.Peel(strings.TrimPrefix(line, "object "))
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

// SetRef points a ref at a commit; "" deletes it. It is written to disk when git needs it.
func (r *Repo) SetRef(ref, sha string) error {
	if !ValidRef(ref) {
		return fmt.Errorf("updating %s of %s: not a valid ref", ref, r.FullName())
	}
	if sha == "" {
		delete(r.Refs, ref)
		return nil
	}
	r.Refs[ref] = sha
	return nil
}

// ValidRef reports whether git takes a name as a full ref.
func ValidRef(ref string) bool {
	return strings.HasPrefix(ref, "refs/") && filepath.IsLocal(ref) && filepath.Clean(ref) == ref &&
		!strings.ContainsAny(ref, " ~^:?*[\\\x7f") && !strings.Contains(ref, "..") && !strings.HasSuffix(ref, ".lock")
}

// Save brings objects and refs to disk.
func (r *Repo) Save() error {
	if err := r.Store.Save(); err != nil {
		return err
	}
	for ref, sha := range r.Refs {
		if r.onDisk[ref] != sha {
			if err := r.saveRef(ref, sha); err != nil {
				return fmt.Errorf("updating %s of %s: %w", ref, r.FullName(), err)
			}
		}
	}
	for ref := range r.onDisk {
		if _, ok := r.Refs[ref]; !ok {
			if err := r.saveRef(ref, ""); err != nil {
				return fmt.Errorf("deleting %s of %s: %w", ref, r.FullName(), err)
			}
		}
	}
	return nil
}

func (r *Repo) saveRef(ref, sha string) error {
	path := filepath.Join(r.Dir, filepath.FromSlash(ref))
	unlock, err := lockRef(path)
	if err != nil {
		return err
	}
	defer unlock()
	if sha == "" {
		delete(r.onDisk, ref)
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	r.onDisk[ref] = sha
	if err := os.WriteFile(path+".lock", []byte(sha+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".lock", path)
}

// lockRef takes git's own lock of a ref, so that a push at the same time is refused by git instead of lost.
func lockRef(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	for range 200 {
		f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err == nil {
			return func() { _ = os.Remove(path + ".lock") }, f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		time.Sleep(5 * time.Millisecond) // a push holds it for the moment of its update
	}
	return nil, errors.New("the ref stays locked")
}

// diskRefs reads all refs as git left them after a push.
func (r *Repo) diskRefs() (map[string]string, error) {
	refs := map[string]string{}
	err := filepath.WalkDir(filepath.Join(r.Dir, "refs"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		name, rel := filepath.Rel(r.Dir, path)
		refs[filepath.ToSlash(name)] = strings.TrimSpace(string(data))
		return errors.Join(err, rel)
	})
	return refs, err
}
