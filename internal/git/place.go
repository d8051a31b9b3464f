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

// place is an engine's directory. Anyone else who could write there would choose what is
// picked.
type place struct {
	named string // absolute; "" if it wasn't configured

	mu    sync.Mutex
	alive *os.File // a directory with a random name, locked
}

// temporary starts the names of directories that weren't configured.
const temporary = "concorde-picks-"

// ready returns the directory, and makes it if it's missing, for example after the
// machine cleaned its temporary directory. The error says what's wrong with it.
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
		_ = p.alive.Close() // the old one is gone
	}
	var err error
	p.alive, err = settle()
	if err != nil {
		return "", fmt.Errorf("making a directory of picks: %w", err)
	}
	return p.alive.Name(), nil
}

// settle makes a directory with a random name, which no one can take beforehand, and
// locks it. Until then, another process may take it for a dead process's.
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

// hold opens and locks a directory, and checks that it's still the one at its path.
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

// still reports whether an open directory is the one at its path.
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

// private makes a directory if it's missing, or checks an existing one.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	const advice = "choose one that doesn't exist yet: the bot creates it"
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("the directory of picks %s is a symbolic link: use the directory itself, which must belong to the bot alone", dir)
	case !info.IsDir():
		return fmt.Errorf("the directory of picks %s is a file: %s", dir, advice)
	case !mine(info):
		return fmt.Errorf("the directory of picks %s belongs to another user than the bot's (%d): %s", dir, os.Geteuid(), advice)
	case info.Mode()&0o077 != 0:
		return fmt.Errorf("the directory of picks %s is open to other users (mode %04o): run chmod 700 on it if they put nothing there, or %s",
			dir, info.Mode().Perm(), advice)
	}
	return nil
}

// leave removes a directory with a random name.
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

// sweepPlaces removes directories with random names that belong to this user's dead
// processes, and returns their names.
func sweepPlaces() (removed []string, err error) {
	root := os.TempDir()
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, entry := range entries {
		info, err := entry.Info() // of the link itself, for a link
		if err != nil || !info.IsDir() || !strings.HasPrefix(entry.Name(), temporary) || !mine(info) {
			continue
		}
		dir := filepath.Join(root, entry.Name())
		f, err := hold(dir)
		if err != nil {
			continue // its process lives, or it's gone by now
		}
		if err := errors.Join(os.RemoveAll(dir), f.Close()); err != nil {
			faults = append(faults, err)
		}
		removed = append(removed, entry.Name())
	}
	return removed, errors.Join(faults...)
}
