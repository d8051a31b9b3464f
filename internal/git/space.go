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

// space is the directory of one job, with the repository ("git"), an empty home
// and the attributes that are in force for each pick. A file beside it, "NAME.lock",
// is locked as long as its process lives.
type space struct {
	dir       string
	git       string // the program
	protocols string
	limits    limits // of each process
	lock      *os.File
	env       []string // of each command
	shared    bool     // commands stay in the process group of the terminal, which they may ask for a password
	secrets   []string // and what is printed in their place
}

func (s *space) path(name string) string { return filepath.Join(s.dir, name) }

const prefix = "job-"

// newSpace makes the directory of a job. Whoever cleans at the same moment does
// not see one that is not locked yet: both hold the lock of Dir.
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

// remove deletes the directory. A killed git may still be at work in it for a
// moment.
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

// own takes the lock of a directory of picks until done is called.
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

// Clean removes the repositories of processes that are gone, in this directory and in
// those of their own in the temporary one. Call it hourly.
func (e *Engine) Clean(ctx context.Context) error {
	removed, err := sweepPlaces()
	for _, name := range removed {
		e.cfg.Log.Info().Str("dir", name).Msg("removing what a dead process left")
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
	e.cfg.Log.Info().Str("dir", filepath.Base(dir)).Msg("removing what a dead process left")
	return s.remove()
}

// used is how many bytes the files in a directory have. What vanishes meanwhile
// does not count.
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

// watch ends a job that takes too much of the disk.
func (s *space) watch(ctx context.Context, most int64, end context.CancelCauseFunc) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if n := used(s.dir); n > most {
				end(&Trouble{Kind: TooLarge, Err: fmt.Errorf("picking takes %d bytes of the disk, more than %d", n, most)})
				return
			}
		}
	}
}
