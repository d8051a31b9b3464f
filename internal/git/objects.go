package git

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1" // names of objects, no secrets
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// objects reads objects through one process for the whole job.
type objects struct {
	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader

	closing, ended chan struct{}
}

// object is what a name stands for; its kind is "" if there's no such object. Data over
// the limit is cut off.
type object struct {
	id, kind string
	data     []byte
}

func (s *space) open(ctx context.Context) (*objects, error) {
	o := &objects{cmd: s.command(ctx, command{args: []string{"cat-file", "--batch-command", "-z"}}), closing: make(chan struct{}),
		ended: make(chan struct{})}
	var err error
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.out = bufio.NewReader(out)
	started := make(chan error)
	go o.serve(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("running git cat-file: %w", err)
	}
	return o, nil
}

// serve runs the process on a thread of its own; see endWithParent.
func (o *objects) serve(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := o.cmd.Start()
	started <- err
	if err == nil {
		<-o.closing
		_ = o.cmd.Wait()
	}
	close(o.ended)
}

func (o *objects) close() {
	_ = o.in.Close()
	close(o.closing)
	<-o.ended
}

var objectHead = regexp.MustCompile(`^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)\n$`)

// read reads an object by any of its names, up to a limit. It may have to be fetched:
// then the end of ctx ends it, and the process too.
func (o *objects) read(ctx context.Context, name string, limit int64) (object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer context.AfterFunc(ctx, func() { _ = o.cmd.Cancel() })()
	found, size, err := o.ask("contents", name)
	if err == nil && found.kind != "" {
		found.data = make([]byte, min(size, limit))
		if _, err = io.ReadFull(o.out, found.data); err == nil {
			_, err = io.CopyN(io.Discard, o.out, size-int64(len(found.data))+1)
		}
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return object{}, fmt.Errorf("reading object %q: %w", name, err)
	}
	return found, nil
}

// size is an object's size in bytes, without reading it, or 0 if there's no such object.
func (o *objects) size(ctx context.Context, id string) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer context.AfterFunc(ctx, func() { _ = o.cmd.Cancel() })()
	_, size, err := o.ask("info", id)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the size of %s: %w", id, err)
	}
	return size, nil
}

// ask sends a command to "git cat-file --batch-command" and reads the line that answers
// it.
func (o *objects) ask(command, name string) (found object, size int64, err error) {
	if _, err := io.WriteString(o.in, command+" "+name+"\x00"); err != nil {
		return object{}, 0, err
	}
	head, err := o.out.ReadString('\n')
	if err != nil {
		return object{}, 0, err
	}
	m := objectHead.FindStringSubmatch(head)
	if m == nil { // "NAME missing", and the name may have newlines
		for range strings.Count(name, "\n") {
			if _, err := o.out.ReadString('\n'); err != nil {
				return object{}, 0, err
			}
		}
		return object{}, 0, nil
	}
	size, err = strconv.ParseInt(m[3], 10, 64)
	return object{id: m[1], kind: m[2]}, size, err
}

// write adds a commit to the repository as a loose object (gitformat-loose(5)): running
// git hash-object each time would take as long as all the picks.
func (s *space) write(object []byte) (string, error) {
	whole := append(fmt.Appendf(nil, "commit %d\x00", len(object)), object...)
	id := fmt.Sprintf("%x", sha1.Sum(whole))
	dir := filepath.Join(s.path("git"), "objects", id[:2])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "tmp_obj_")
	if err != nil {
		return "", err
	}
	z := zlib.NewWriter(f)
	_, err = z.Write(whole)
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		return "", err
	}
	return id, os.Rename(f.Name(), filepath.Join(dir, id[2:]))
}

// commit is a commit as it's stored. Author and committer are whole lines.
type commit struct {
	id, tree          string
	parents           []string
	author, committer string
	encoding, message string
	name              string // the ref of the commit that's merged instead; "": itself
}

// maxCommit is the most that is read of a commit.
const maxCommit = 1 << 20

// commit reads a commit; its id is "" if there's none with this name.
func (o *objects) commit(ctx context.Context, name string) (commit, error) {
	found, err := o.read(ctx, name, maxCommit)
	if err != nil || found.kind != "commit" {
		return commit{}, err
	}
	c := commit{id: found.id}
	head, message, _ := bytes.Cut(found.data, []byte("\n\n"))
	c.message = string(message)
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.tree = value
		case "parent":
			c.parents = append(c.parents, value)
		case "author":
			c.author = value
		case "committer":
			c.committer = value
		case "encoding":
			c.encoding = value
		}
	}
	return c, nil
}

// base is the commit that a commit is compared with: its first parent, "" for a root.
func (c commit) base() string {
	if len(c.parents) == 0 {
		return ""
	}
	return c.parents[0]
}
