package gitstore

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// readPacked asks git cat-file for an object that was pushed in a pack.
func (st *Store) readPacked(sha string) (string, []byte, error) {
	if packs, _ := filepath.Glob(filepath.Join(st.Dir, "objects", "pack", "*.pack")); len(packs) == 0 {
		return "", nil, ErrNoObject
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cat == nil {
		cat, err := st.git.startCatFile(st.Dir)
		if err != nil {
			return "", nil, err
		}
		st.cat = cat
	}
	return st.cat.read(sha)
}

// Close ends the process that reads packs.
func (st *Store) Close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cat == nil {
		return nil
	}
	return st.cat.close()
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
		return "", nil, ErrNoObject
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
