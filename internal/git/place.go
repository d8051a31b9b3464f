package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// place is the directory of an engine. Whoever else could write there would choose what
// is picked.
type place struct {
	named string // absolute; "" where nobody named it

	mu    sync.Mutex
	alive *os.File // a directory that nobody named, locked
}

// temporary begins the names of the directories that nobody named.
const temporary = "concorde-picks-"

// ready gives the directory, which it makes if it's missing, as after a machine cleaned
// its temporary directory. The error says what is wrong with it.
func (p *place) ready() (string, error) {
	if p.named != "" {
		return p.named, private(p.named)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alive != nil {
		if still(p.alive) == nil {
			return p.alive.Name(), nil
		}
		_ = p.alive.Close() // what it was is gone
	}
	var err error
	p.alive, err = settle()
	if err != nil {
		return "", fmt.Errorf("making a directory of picks: %w", err)
	}
	return p.alive.Name(), nil
}

// settle makes a directory of a random name, which nobody can take beforehand, and
// locks it. Until then another process may take it for one of a dead process.
func settle() (f *os.File, err error) {
	for range 10 {
		var dir string
		if dir, err = os.MkdirTemp("", temporary); err == nil {
			dir, err = filepath.Abs(dir)
		}
		if err != nil {
			return nil, err
		}
		if f, err = hold(dir); err == nil {
			return f, nil
		}
	}
	return nil, err
}

var errHeld = errors.New("another process has it")

// hold opens and locks a directory, which is still the one at its path.
func hold(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	alone, err := lock(f, false)
	if err == nil && !alone {
		err = errHeld
	}
	if err == nil {
		err = still(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// still tells whether an open directory is the one at its path.
func still(f *os.File) error {
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	there, err := os.Lstat(f.Name())
	if err == nil && !os.SameFile(opened, there) {
		err = fs.ErrNotExist
	}
	return err
}

// private makes a directory if it's missing, and says what is wrong with one that's there.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	const advice = "name one that doesn't exist yet, and it's made"
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("the directory of picks %s is a symbolic link: name the directory itself, which must be the bot's alone", dir)
	case !info.IsDir():
		return fmt.Errorf("the directory of picks %s is a file: %s", dir, advice)
	case !mine(info):
		return fmt.Errorf("the directory of picks %s belongs to another user than the bot's (%d): %s", dir, os.Geteuid(), advice)
	case info.Mode()&0o077 != 0:
		return fmt.Errorf("the directory of picks %s is open to other users (mode %04o): run chmod 700 on it if they put nothing there, or %s", dir, info.Mode().Perm(), advice)
	}
	return nil
}

// leave removes a directory that nobody named.
func (p *place) leave() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alive == nil {
		return nil
	}
	err := errors.Join(os.RemoveAll(p.alive.Name()), p.alive.Close())
	p.alive = nil
	return err
}

// sweepPlaces removes the directories that nobody named of processes of this user that are
// gone, and gives their names.
func sweepPlaces() (removed []string, err error) {
	root := os.TempDir()
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, entry := range entries {
		info, err := entry.Info() // of a link, the link
		if err != nil || !info.IsDir() || !strings.HasPrefix(entry.Name(), temporary) || !mine(info) {
			continue
		}
		dir := filepath.Join(root, entry.Name())
		f, err := hold(dir)
		if err != nil {
			continue // it lives, or is gone by now
		}
		if err := errors.Join(os.RemoveAll(dir), f.Close()); err != nil {
			faults = append(faults, err)
		}
		removed = append(removed, entry.Name())
	}
	return removed, errors.Join(faults...)
}
