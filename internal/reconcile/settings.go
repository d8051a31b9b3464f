package reconcile

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/pull"
)

// settings knows which rules are in force where: the central ones, above them
// those of the repository's own file, and its file of label rules. While a file
// is broken, its last good version stays in force, over a restart too.
type settings struct {
	central *config.Config
	build   func(config.Rules) []pull.Rule
	inForce []pull.Rule // where a repository has no files of its own
	store   Store       // nil: nothing is remembered over a restart
	log     zerolog.Logger

	mu           sync.Mutex
	byRepository map[pull.Key]effective
}

// files are a repository's own, as they are on its default branch; nil where
// there is none.
type files struct{ settings, labelRules []byte }

func (f files) same(other files) bool {
	return same(f.settings, other.settings) && same(f.labelRules, other.labelRules)
}

// effective is what is in force in a repository.
type effective struct {
	files    files // as they were read, good or not
	settings config.Rules
	rules    []pull.Rule
	leftOut  []string // files with faults, of which no good version is known here
}

// LeftOut are the files of a repository that count for nothing, as far as this
// process has seen: they have faults, and it knows no good version of them. Without
// a Store it never knows one.
func (r *Reconciler) LeftOut(repository pull.Key) []string {
	return r.settings.known(repository).leftOut
}

// InForce gives the settings of a repository, as far as this process has seen its
// own files by now.
func (r *Reconciler) InForce(repository pull.Key) (set config.Rules, seen bool) {
	r.settings.mu.Lock()
	defer r.settings.mu.Unlock()
	e, seen := r.settings.byRepository[repository.Repository()]
	return e.settings, seen
}

// known is what was last seen in force for the repository of a key.
func (s *settings) known(key pull.Key) effective {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, found := s.byRepository[key.Repository()]; found {
		return e
	}
	return effective{settings: s.central.Rules, rules: s.inForce}
}

// update takes the files as they are on the default branch now. changed means
// that something else is in force than known said.
func (s *settings) update(ctx context.Context, key pull.Key, now files) (e effective, changed bool, err error) {
	repository := key.Repository()
	s.mu.Lock()
	defer s.mu.Unlock()
	before, seen := s.byRepository[repository]
	if seen && before.files.same(now) {
		return before, false, nil
	}
	if e, err = s.read(ctx, repository, now); err != nil {
		return effective{}, false, err
	}
	s.byRepository[repository] = e
	own := now.settings != nil || now.labelRules != nil
	return e, own || seen && (before.files.settings != nil || before.files.labelRules != nil), nil
}

// read gives what a repository's files put in force, each in its last good version.
func (s *settings) read(ctx context.Context, repository pull.Key, now files) (effective, error) {
	e := effective{files: now, settings: s.central.Rules, rules: s.inForce}
	for _, f := range []struct {
		file, note string
		text       []byte
		read       func(name string, text []byte) (config.Rules, error)
	}{
		{config.RepositoryFile, "settings/", now.settings, s.central.Override},
		{labeler.Path, "label-rules/", now.labelRules, func(name string, text []byte) (config.Rules, error) { return labeler.Read(e.settings, name, text) }},
	} {
		if f.text == nil {
			if err := s.forget(ctx, f.note+repository.String()); err != nil {
				return effective{}, err
			}
			continue
		}
		good, err := s.lastGood(ctx, f.note+repository.String(), f.text, func(text []byte) error {
			own, err := f.read(f.file, text)
			if err != nil {
				return err
			}
			if len(own.LeftOut) > 0 {
				s.log.Warn().Str("file", f.note+repository.String()).Err(own.LeftOut).Msg("a repository's file has label rules with faults: these rules are left out")
			}
			return s.take(&e, own)
		})
		if err != nil {
			return effective{}, err
		}
		if !good {
			e.leftOut = append(e.leftOut, f.file)
		}
	}
	return e, nil
}

// take puts settings in force, if their rules can live together.
func (s *settings) take(e *effective, own config.Rules) error {
	rules := s.build(own)
	if err := pull.Validate(rules); err != nil {
		return err
	}
	e.settings, e.rules = own, rules
	return nil
}

// forget takes back the last good version of a file that was deleted: should it come
// again with faults, nothing of the old one holds.
func (s *settings) forget(ctx context.Context, note string) error {
	if s.store == nil {
		return nil
	}
	kept, err := s.store.Get(ctx, note)
	if err == nil && len(kept) > 0 {
		err = s.store.Put(ctx, note, nil)
	}
	if err != nil {
		return fmt.Errorf("forgetting the last good %s: %w", note, err)
	}
	return nil
}

// lastGood takes a file, which is kept if it is good, or else the version of it
// that was kept last. It tells whether there was a good one. The error is that of
// the store.
func (s *settings) lastGood(ctx context.Context, note string, file []byte, take func([]byte) error) (bool, error) {
	fault := take(file)
	switch {
	case fault == nil && s.store == nil:
		return true, nil
	case fault == nil:
		if err := s.store.Put(ctx, note, file); err != nil {
			return false, fmt.Errorf("keeping %s: %w", note, err)
		}
		return true, nil
	}
	var good []byte
	if s.store != nil {
		var err error
		if good, err = s.store.Get(ctx, note); err != nil {
			return false, fmt.Errorf("reading the last good %s: %w", note, err)
		}
	}
	warning := s.log.Warn().Str("file", note).Err(fault)
	if len(good) == 0 {
		warning.Msg("a repository's file has faults, and no good version of it is known: it is left out")
		return false, nil
	}
	if err := take(good); err != nil { // good for an older bot, or for other central settings
		warning.AnErr("before", err).Msg("a repository's file has faults, and by now its last good version has some too: it is left out")
		return false, nil
	}
	warning.Msg("a repository's file has faults: its last good version stays in force")
	return true, nil
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
