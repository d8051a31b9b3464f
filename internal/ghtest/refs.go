package ghtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// setRef points a ref at a commit; "" deletes it. It is written to disk when git needs it.
func (r *Repo) setRef(ref, sha string) error {
	if !validRef(ref) {
		return fmt.Errorf("updating %s of %s: not a valid ref", ref, r.fullName())
	}
	if sha == "" {
		delete(r.refs, ref)
		return nil
	}
	r.refs[ref] = sha
	return nil
}

// save brings objects and refs to disk.
func (r *Repo) save() error {
	if err := r.store.save(); err != nil {
		return err
	}
	for ref, sha := range r.refs {
		if r.onDisk[ref] != sha {
			if err := r.saveRef(ref, sha); err != nil {
				return fmt.Errorf("updating %s of %s: %w", ref, r.fullName(), err)
			}
		}
	}
	for ref := range r.onDisk {
		if _, ok := r.refs[ref]; !ok {
			if err := r.saveRef(ref, ""); err != nil {
				return fmt.Errorf("deleting %s of %s: %w", ref, r.fullName(), err)
			}
		}
	}
	return nil
}

func (r *Repo) saveRef(ref, sha string) error {
	path := filepath.Join(r.dir, filepath.FromSlash(ref))
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

// lockRef takes git's own lock of a ref, so that a push at the same time is refused by git and not lost.
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

func validRef(ref string) bool {
	return strings.HasPrefix(ref, "refs/") && filepath.IsLocal(ref) && filepath.Clean(ref) == ref &&
		!strings.ContainsAny(ref, " ~^:?*[\\\x7f") && !strings.Contains(ref, "..") && !strings.HasSuffix(ref, ".lock")
}

// diskRefs reads all refs as git left them after a push.
func (r *Repo) diskRefs() (map[string]string, error) {
	refs := map[string]string{}
	err := filepath.WalkDir(filepath.Join(r.dir, "refs"), func(path string, d fs.DirEntry, err error) error {
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
		name, rel := filepath.Rel(r.dir, path)
		refs[filepath.ToSlash(name)] = strings.TrimSpace(string(data))
		return errors.Join(err, rel)
	})
	return refs, err
}

// resolve finds the commit that a branch, tag, full ref, HEAD, SHA, any of them with ^ for its first parent, or "tree-ish:path"-less expression names.
func (r *Repo) resolve(rev string) (string, bool) {
	if child, ok := strings.CutSuffix(rev, "^"); ok {
		sha, _ := r.resolve(child)
		c, err := r.store.commit(sha)
		if err != nil || len(c.parents) == 0 {
			return "", false
		}
		return c.parents[0], true
	}
	switch {
	case rev == "" || rev == "HEAD":
		rev = "refs/heads/" + r.defaultBranch
	case isSHA(rev):
		_, err := r.store.commit(rev)
		return rev, err == nil
	}
	for _, name := range []string{rev, "refs/" + rev, "refs/heads/" + rev, "refs/tags/" + rev} {
		if sha, ok := r.refs[name]; ok {
			return r.peel(sha), true
		}
	}
	return "", false
}

// peel follows an annotated tag to its commit.
func (r *Repo) peel(sha string) string {
	kind, content, err := r.store.read(sha)
	if err != nil || kind != "tag" {
		return sha
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return r.peel(strings.TrimPrefix(line, "object "))
}
