package ghtest

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // git's object names are SHA-1
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// store is the object database that a repository and its forks share: loose objects are read and written
// here, without a process, so that thousands of commits are cheap; packed ones are asked of git cat-file.
type store struct {
	git *git
	dir string // the bare repository that owns the objects

	mu      sync.Mutex
	commits map[string]*commit
	cat     *catFile
}

// commit is a parsed commit object; it never changes.
type commit struct {
	sha, tree, message  string
	parents             []string
	author, authorEmail string
	committer           string
	date                time.Time
}

// subject is the first line of the message.
func (c *commit) subject() string {
	subject, _, _ := strings.Cut(c.message, "\n")
	return subject
}

// treeEntry is one line of a tree object; mode is git's ("40000" is a directory).
type treeEntry struct{ mode, name, sha string }

func (e treeEntry) isDir() bool { return e.mode == "40000" }

func (e treeEntry) objectType() string {
	switch e.mode {
	case "40000":
		return "tree"
	case "160000":
		return "commit"
	}
	return "blob"
}

var errNoObject = errors.New("no such object")

func newStore(g *git, dir string) *store {
	return &store{git: g, dir: dir, commits: map[string]*commit{}}
}

func (st *store) write(kind string, content []byte) (string, error) {
	header := kind + " " + strconv.Itoa(len(content)) + "\x00"
	h := sha1.New() //nolint:gosec // see above
	h.Write([]byte(header))
	h.Write(content)
	sha := hex.EncodeToString(h.Sum(nil))
	path := st.path(sha)
	if _, err := os.Stat(path); err == nil {
		return sha, nil
	}
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	if err != nil {
		return "", err
	}
	_, _ = io.WriteString(z, header) // a bytes.Buffer takes everything
	_, _ = z.Write(content)
	if err := z.Close(); err != nil {
		return "", err
	}
	return sha, writeAtomic(path, packed.Bytes(), 0o444)
}

func (st *store) path(sha string) string { return filepath.Join(st.dir, "objects", sha[:2], sha[2:]) }

func writeAtomic(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "tmp_obj_")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// read returns the kind (blob, tree, commit, tag) and content of an object, or errNoObject.
func (st *store) read(sha string) (string, []byte, error) {
	if !isSHA(sha) {
		return "", nil, errNoObject
	}
	f, err := os.Open(st.path(sha))
	if errors.Is(err, os.ErrNotExist) {
		return st.readPacked(sha)
	}
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	z, err := zlib.NewReader(f)
	if err != nil {
		return "", nil, fmt.Errorf("reading object %s: %w", sha, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return "", nil, fmt.Errorf("reading object %s: %w", sha, err)
	}
	head, content, ok := bytes.Cut(data, []byte{0})
	if !ok {
		return "", nil, fmt.Errorf("reading object %s: no header", sha)
	}
	kind, _, _ := strings.Cut(string(head), " ")
	return kind, content, nil
}

func (st *store) readPacked(sha string) (string, []byte, error) {
	if packs, _ := filepath.Glob(filepath.Join(st.dir, "objects", "pack", "*.pack")); len(packs) == 0 {
		return "", nil, errNoObject
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cat == nil {
		cat, err := st.git.startCatFile(st.dir)
		if err != nil {
			return "", nil, err
		}
		st.cat = cat
	}
	return st.cat.read(sha)
}

func (st *store) close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cat == nil {
		return nil
	}
	return st.cat.close()
}

func (st *store) readKind(want, sha string) ([]byte, error) {
	kind, content, err := st.read(sha)
	if err == nil && kind != want {
		return nil, errNoObject
	}
	return content, err
}

func (st *store) blob(sha string) ([]byte, error) { return st.readKind("blob", sha) }

func (st *store) tree(sha string) ([]treeEntry, error) {
	content, err := st.readKind("tree", sha)
	if err != nil {
		return nil, err
	}
	var entries []treeEntry
	for len(content) > 0 {
		head, rest, ok := bytes.Cut(content, []byte{0})
		mode, name, ok2 := strings.Cut(string(head), " ")
		if !ok || !ok2 || len(rest) < sha1.Size {
			return nil, fmt.Errorf("reading tree %s: malformed", sha)
		}
		entries = append(entries, treeEntry{mode, name, hex.EncodeToString(rest[:sha1.Size])})
		content = rest[sha1.Size:]
	}
	return entries, nil
}

func (st *store) writeTree(entries []treeEntry) (string, error) {
	key := func(e treeEntry) string {
		if e.isDir() {
			return e.name + "/" // git's order
		}
		return e.name
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
	var b bytes.Buffer
	for _, e := range entries {
		raw, err := hex.DecodeString(e.sha)
		if err != nil {
			return "", fmt.Errorf("writing tree: entry %q: %w", e.name, err)
		}
		b.WriteString(e.mode + " " + e.name + "\x00")
		b.Write(raw)
	}
	return st.write("tree", b.Bytes())
}

// commit returns the parsed commit, or errNoObject.
func (st *store) commit(sha string) (*commit, error) {
	st.mu.Lock()
	c := st.commits[sha]
	st.mu.Unlock()
	if c != nil {
		return c, nil
	}
	content, err := st.readKind("commit", sha)
	if err != nil {
		return nil, err
	}
	c = parseCommit(sha, string(content))
	st.mu.Lock()
	st.commits[sha] = c
	st.mu.Unlock()
	return c, nil
}

func parseCommit(sha, content string) *commit {
	head, message, _ := strings.Cut(content, "\n\n")
	c := &commit{sha: sha, message: strings.TrimSuffix(message, "\n")}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.tree = value
		case "parent":
			c.parents = append(c.parents, value)
		case "author":
			c.author, c.authorEmail, c.date = parseIdent(value)
		case "committer":
			c.committer, _, _ = parseIdent(value)
		}
	}
	return c
}

func parseIdent(s string) (name, email string, at time.Time) {
	name, rest, _ := strings.Cut(s, " <")
	email, when, _ := strings.Cut(rest, "> ")
	unix, _, _ := strings.Cut(when, " ")
	n, _ := strconv.ParseInt(unix, 10, 64) // a malformed date is the epoch
	return name, email, time.Unix(n, 0).UTC()
}

func isSHA(s string) bool {
	if len(s) != 40 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// catFile is a running git cat-file --batch; the store's lock guards it.
type catFile struct {
	in   io.WriteCloser
	out  *bufio.Reader
	wait func() error
}

func (c *catFile) read(sha string) (string, []byte, error) {
	if _, err := io.WriteString(c.in, sha+"\n"); err != nil {
		return "", nil, fmt.Errorf("asking git cat-file for %s: %w", sha, err)
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("asking git cat-file for %s: %w", sha, err)
	}
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return "", nil, errNoObject
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return "", nil, fmt.Errorf("asking git cat-file for %s: %w", sha, err)
	}
	content := make([]byte, size+1) // with the newline that ends it
	if _, err := io.ReadFull(c.out, content); err != nil {
		return "", nil, fmt.Errorf("asking git cat-file for %s: %w", sha, err)
	}
	return fields[1], content[:size], nil
}

func (c *catFile) close() error {
	_ = c.in.Close() // the process ends at the end of its input
	return c.wait()
}
