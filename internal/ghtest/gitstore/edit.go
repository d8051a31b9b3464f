package gitstore

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// File is one path of a commit. A zero File is an empty regular file.
type File struct {
	Content string // the bytes; for a symlink (Mode "120000") its target, for a submodule ("160000") a commit's SHA
	Mode    string // "100644" when empty
	Delete  bool   // the path goes away; all else is ignored
}

// Draft is one commit to make.
type Draft struct {
	Message string          // whole message; "Change files" when empty
	Author  string          // login; the owner of the branch when empty
	Files   map[string]File // by path from the top; what is not named stays
	Ident   string          // the author as "Name <mail>", in any encoding; made of Author when empty
	Date    time.Time       // of the author and the committer, who choose it as they like; now when zero
	From    string          // where a branch that does not exist yet starts: a branch, full ref or SHA; the default branch when empty

	AuthorLine string // of a commit that is applied again: name, mail and date as they were
	Committer  string // login; the author when empty
}

// Make writes a commit on top of parents (the first one's tree is edited; none: an empty tree).
func (st *Store) Make(c Draft, at time.Time, parents ...string) (string, error) {
	tree := ""
	if len(parents) > 0 {
		parent, err := st.Commit(parents[0])
		if err != nil {
			return "", fmt.Errorf("reading parent %s: %w", parents[0], err)
		}
		tree = parent.Tree
	}
	for name := range c.Files {
		if name == "" || path.Clean(name) != name || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") || name == "." {
			return "", fmt.Errorf("making a commit: path %q is not clean", name)
		}
	}
	tree, err := st.Edit(tree, c.Files)
	if err != nil {
		return "", err
	}
	return st.WriteCommit(c, tree, at, parents...)
}

// WriteCommit makes a commit of a tree that is there already.
func (st *Store) WriteCommit(c Draft, tree string, at time.Time, parents ...string) (string, error) {
	if c.Message == "" {
		c.Message = "Change files"
	}
	if c.Author == "" {
		c.Author = "ghost"
	}
	if c.Ident == "" {
		c.Ident = c.Author + " <" + Noreply(c.Author) + ">"
	}
	if !c.Date.IsZero() {
		at = c.Date
	}
	when := fmt.Sprintf(" %d +0000", at.Unix())
	author, committer := c.Ident+when, c.Ident+when
	if c.AuthorLine != "" {
		author = c.AuthorLine
	}
	if c.Committer != "" {
		committer = c.Committer + " <" + Noreply(c.Committer) + ">" + when
	}
	var b strings.Builder
	b.WriteString("tree " + tree + "\n")
	for _, p := range parents {
		b.WriteString("parent " + p + "\n")
	}
	b.WriteString("author " + author + "\ncommitter " + committer + "\n\n" + strings.TrimSuffix(c.Message, "\n") + "\n")
	return st.WriteObject("commit", []byte(b.String()))
}

// Noreply is the mail address that GitHub gives an account.
func Noreply(login string) string { return login + "@users.noreply.github.com" }

// Edit applies files to a tree, and returns the new one.
func (st *Store) Edit(tree string, files map[string]File) (string, error) {
	edited, err := st.edit(tree, files)
	if err == nil && edited == "" {
		return st.writeTree(nil)
	}
	return edited, err
}

// edit applies files to a tree and returns the new one; "" is the empty tree, which git does not keep in a directory.
func (st *Store) edit(tree string, files map[string]File) (string, error) {
	entries, err := st.entries(tree)
	if err != nil {
		return "", err
	}
	here, below := split(files)
	for name, f := range here {
		if f.Delete {
			delete(entries, name)
			continue
		}
		if entries[name], err = st.fileEntry(name, f); err != nil {
			return "", err
		}
	}
	for dir, files := range below {
		sub := ""
		if e := entries[dir]; e.IsDir() {
			sub = e.SHA
		}
		sha, err := st.edit(sub, files)
		if err != nil {
			return "", err
		}
		if delete(entries, dir); sha != "" {
			entries[dir] = Entry{"40000", dir, sha}
		}
	}
	if len(entries) == 0 {
		return "", nil
	}
	return st.writeTree(slices.Collect(maps.Values(entries)))
}

// split separates the files of a directory from those of the directories in it.
func split(files map[string]File) (here map[string]File, below map[string]map[string]File) {
	here, below = map[string]File{}, map[string]map[string]File{}
	for name, f := range files {
		dir, rest, nested := strings.Cut(name, "/")
		switch {
		case !nested:
			here[name] = f
		case below[dir] == nil:
			below[dir] = map[string]File{rest: f}
		default:
			below[dir][rest] = f
		}
	}
	return here, below
}

// entries are those of a tree by name; "" has none.
func (st *Store) entries(tree string) (map[string]Entry, error) {
	entries := map[string]Entry{}
	if tree == "" {
		return entries, nil
	}
	list, err := st.Tree(tree)
	if err != nil {
		return nil, fmt.Errorf("reading tree %s: %w", tree, err)
	}
	for _, e := range list {
		entries[e.Name] = e
	}
	return entries, nil
}

func (st *Store) fileEntry(name string, f File) (Entry, error) {
	e := Entry{Mode: f.Mode, Name: name}
	switch f.Mode {
	case "":
		e.Mode = "100644"
	case "100644", "100755", "120000":
	case "160000":
		if !IsSHA(f.Content) {
			return e, fmt.Errorf("making a commit: submodule %q needs a SHA, not %q", name, f.Content)
		}
		e.SHA = f.Content
		return e, nil
	default:
		return e, fmt.Errorf("making a commit: file %q has mode %q", name, f.Mode)
	}
	sha, err := st.WriteObject("blob", []byte(f.Content))
	e.SHA = sha
	return e, err
}

// Lookup finds a path in a tree; the entry of "" is the tree itself.
func (st *Store) Lookup(tree, name string) (Entry, error) {
	e := Entry{Mode: "40000", SHA: tree}
	for part := range strings.SplitSeq(strings.Trim(name, "/"), "/") {
		if part == "" {
			continue
		}
		entries, err := st.Tree(e.SHA)
		if err != nil {
			return e, err
		}
		found := false
		for _, sub := range entries {
			if sub.Name == part {
				e, found = sub, true
				break
			}
		}
		if !found {
			return e, ErrNoObject
		}
	}
	return e, nil
}
