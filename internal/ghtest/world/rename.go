package world

import (
	"fmt"
	"path/filepath"
	"strings"
)

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

// Remove deletes the repository: it is found nowhere any more, by no name.
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

// RenamedRepo is the repository that had a name until it was renamed, or nil.
func (w *World) RenamedRepo(fullName string) *Repo { return w.renamed[strings.ToLower(fullName)] }
