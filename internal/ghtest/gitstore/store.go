package gitstore

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
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
)

// ErrNoObject is the error of reading what is not there, or is of another kind.
var ErrNoObject = errors.New("no such object")

// ZeroSHA is the name of no object.
const ZeroSHA = "0000000000000000000000000000000000000000"

// Store is the object database that a repository and its forks share. What is made here stays in memory, and is written
// to disk when git needs it: so thousands of commits cost neither files nor processes. What is pushed is read from disk.
type Store struct {
	git *Git
	Dir string // the bare repository that owns the objects

	mu      sync.Mutex
	made    map[string]object
	unsaved []string // names of the made objects that are not on disk
	commits map[string]*Commit
	cat     *catFile
	zip     *zlib.Writer
}

type object struct {
	kind    string // blob, tree, commit, tag
	content []byte
}

// Entry is one line of a tree object; mode is git's ("40000" is a directory).
type Entry struct{ Mode, Name, SHA string }

// IsDir reports whether the entry is a directory.
func (e Entry) IsDir() bool { return e.Mode == "40000" }

// ObjectType is blob, tree, or commit for a submodule.
func (e Entry) ObjectType() string {
	switch e.Mode {
	case "40000":
		return "tree"
	case "160000":
		return "commit"
	}
	return "blob"
}

// New makes one whose objects are saved in a bare repository.
func New(g *Git, dir string) *Store {
	return &Store{git: g, Dir: dir, made: map[string]object{}, commits: map[string]*Commit{}}
}

// WriteObject keeps an object (a blob, tree, commit or tag), and returns its name.
func (st *Store) WriteObject(kind string, content []byte) (string, error) {
	h := sha1.New() //nolint:gosec // see above
	_, _ = fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	sha := hex.EncodeToString(h.Sum(nil))
	st.mu.Lock()
	defer st.mu.Unlock()
	if _, ok := st.made[sha]; !ok {
		st.made[sha] = object{kind, content}
		st.unsaved = append(st.unsaved, sha)
	}
	return sha, nil
}

// Run runs git on the objects, all of them.
func (st *Store) Run(args ...string) ([]byte, error) {
	if err := st.Save(); err != nil {
		return nil, err
	}
	return st.git.run(st.Dir, nil, args...)
}

// Save brings the made objects to disk: a few as loose files, many as a pack.
func (st *Store) Save() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	const few = 8
	var err error
	if len(st.unsaved) > few {
		err = st.savePack()
	} else {
		for _, sha := range st.unsaved {
			err = errors.Join(err, st.saveLoose(sha))
		}
	}
	if err != nil {
		return fmt.Errorf("saving objects: %w", err)
	}
	st.unsaved = nil
	return nil
}

func (st *Store) saveLoose(sha string) error {
	o := st.made[sha]
	header := o.kind + " " + strconv.Itoa(len(o.content)) + "\x00"
	return writeAtomic(filepath.Join(st.Dir, "objects", sha[:2], sha[2:]), st.deflate([]byte(header), o.content))
}

// savePack lets git store a pack in git's format (gitformat-pack): a header, the objects, a checksum.
func (st *Store) savePack() error {
	kinds := map[string]byte{"commit": 1, "tree": 2, "blob": 3, "tag": 4}
	pack := append([]byte("PACK\x00\x00\x00\x02"), binary.BigEndian.AppendUint32(nil, uint32(len(st.unsaved)))...)
	for _, sha := range st.unsaved {
		o := st.made[sha]
		size := len(o.content)
		first := kinds[o.kind]<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			pack = append(pack, first|0x80)
			first = byte(size & 0x7f)
		}
		pack = append(append(pack, first), st.deflate(o.content)...)
	}
	sum := sha1.Sum(pack) //nolint:gosec // see above
	_, err := st.git.run(st.Dir, append(pack, sum[:]...), "index-pack", "--stdin")
	return err
}

// deflate compresses with one writer for all objects: each has tables of a megabyte. The store's lock guards it.
func (st *Store) deflate(parts ...[]byte) []byte {
	var b bytes.Buffer
	if st.zip == nil {
		st.zip, _ = zlib.NewWriterLevel(&b, zlib.BestSpeed) // the level is valid
	}
	st.zip.Reset(&b)
	for _, p := range parts {
		_, _ = st.zip.Write(p) // a bytes.Buffer takes everything
	}
	_ = st.zip.Close()
	return b.Bytes()
}

func writeAtomic(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "tmp_obj_")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o444), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Read returns the kind (blob, tree, commit, tag) and content of an object, or ErrNoObject.
func (st *Store) Read(sha string) (string, []byte, error) {
	if !IsSHA(sha) {
		return "", nil, ErrNoObject
	}
	st.mu.Lock()
	o, ok := st.made[sha]
	st.mu.Unlock()
	if ok {
		return o.kind, o.content, nil
	}
	f, err := os.Open(filepath.Join(st.Dir, "objects", sha[:2], sha[2:]))
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

func (st *Store) readKind(want, sha string) ([]byte, error) {
	kind, content, err := st.Read(sha)
	if err == nil && kind != want {
		return nil, ErrNoObject
	}
	return content, err
}

// Blob is the content of a file, or ErrNoObject.
func (st *Store) Blob(sha string) ([]byte, error) { return st.readKind("blob", sha) }

// Tree is the content of a directory, or ErrNoObject.
func (st *Store) Tree(sha string) ([]Entry, error) {
	content, err := st.readKind("tree", sha)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for len(content) > 0 {
		head, rest, ok := bytes.Cut(content, []byte{0})
		mode, name, ok2 := strings.Cut(string(head), " ")
		if !ok || !ok2 || len(rest) < sha1.Size {
			return nil, fmt.Errorf("reading tree %s: malformed", sha)
		}
		entries = append(entries, Entry{mode, name, hex.EncodeToString(rest[:sha1.Size])})
		content = rest[sha1.Size:]
	}
	return entries, nil
}

func (st *Store) writeTree(entries []Entry) (string, error) {
	key := func(e Entry) string {
		if e.IsDir() {
			return e.Name + "/" // git's order
		}
		return e.Name
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
	var b bytes.Buffer
	for _, e := range entries {
		raw, err := hex.DecodeString(e.SHA)
		if err != nil {
			return "", fmt.Errorf("writing tree: entry %q: %w", e.Name, err)
		}
		b.WriteString(e.Mode + " " + e.Name + "\x00")
		b.Write(raw)
	}
	return st.WriteObject("tree", b.Bytes())
}

// IsSHA reports whether a text is a full SHA-1 in small letters.
func IsSHA(s string) bool {
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
