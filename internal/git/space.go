package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// space is a job's directory, with the repository ("git"), an empty home and the
// attributes for each pick. A file beside it, "NAME.lock", is locked while its process
// lives.
type space struct {
	dir       string
	git       string // the program
	protocols string
	limits    limits // of each process
	lock      *os.File
	env       []string // of each command
	shared    bool     // commands stay in the terminal's process group, since they may ask for a password
	secrets   []string // alternating with their replacements in output
}

func (s *space) path(name string) string { return filepath.Join(s.dir, name) }

const prefix = "job-"

// newSpace makes a job's directory. A concurrent cleanup doesn't see one that isn't
// locked yet: both hold Dir's lock.
func (e *Engine) newSpace(in string) (*space, error) {
	done, err := own(in)
	if err != nil {
		return nil, err
	}
	defer done()
	dir, err := os.MkdirTemp(in, prefix)
	if err != nil {
		return nil, err
	}
	s := &space{dir: dir, git: e.git, protocols: e.protocols, limits: limits{e.cfg.MaxMemory, e.cfg.MaxDisk, e.cfg.MaxCPU}}
	s.lock, err = os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err == nil {
		_, err = lock(s.lock, false)
	}
	for _, name := range []string{"git", "home"} {
		err = errors.Join(err, os.Mkdir(s.path(name), 0o700))
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// remove deletes the directory. A killed git may still be writing to it for a moment.
func (s *space) remove() error {
	var err error
	for range 5 {
		if err = os.RemoveAll(s.dir); err == nil {
			break
		}
	}
	if err == nil {
		if err = os.Remove(s.dir + ".lock"); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// own takes a directory's lock until done is called.
func own(dir string) (done func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := lock(f, true); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// Clean removes the repositories of dead processes, in this directory and in the random
// ones in the temporary directory. Call it hourly.
func (e *Engine) Clean(ctx context.Context) error {
	removed, err := sweepPlaces()
	for _, name := range removed {
		e.cfg.Log.Info().Str("dir", name).Msg("removing a dead process's files")
	}
	if err != nil {
		return fmt.Errorf("cleaning %s: %w", os.TempDir(), err)
	}
	dir, err := e.place.ready()
	if err != nil {
		return err
	}
	done, err := own(dir)
	if err != nil {
		return fmt.Errorf("cleaning %s: %w", dir, err)
	}
	defer done()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cleaning %s: %w", dir, err)
	}
	var faults []error
	seen := map[string]bool{}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".lock")
		if !strings.HasPrefix(name, prefix) || seen[name] {
			continue
		}
		seen[name] = true
		if ctx.Err() != nil {
			faults = append(faults, ctx.Err())
			break
		}
		if err := e.removeDead(filepath.Join(dir, name)); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("cleaning %s: %w", dir, err)
	}
	return nil
}

func (e *Engine) removeDead(dir string) error {
	s := &space{dir: dir}
	var err error
	if s.lock, err = os.OpenFile(s.dir+".lock", os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	dead, err := lock(s.lock, false)
	if !dead || err != nil {
		return errors.Join(err, s.lock.Close())
	}
	e.cfg.Log.Info().Str("dir", filepath.Base(dir)).Msg("removing a dead process's files")
	return s.remove()
}

// used is the total size of the files in a directory, in bytes. Files that vanish
// meanwhile don't count.
func used(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// watch ends a job that uses too much disk space.
func (s *space) watch(ctx context.Context, most int64, end context.CancelCauseFunc) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if n := used(s.dir); n > most {
				end(&Failure{Kind: TooLarge, Err: fmt.Errorf("picking uses %d bytes of disk space, more than %d", n, most)})
				return
			}
		}
	}
}
