package reconcile

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
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
	e = effective{files: now, settings: s.central.Rules, rules: s.inForce}
	own := now.settings != nil || now.labelRules != nil
	if own {
		if e.settings, err = s.read(ctx, repository, now); err != nil {
			return effective{}, false, err
		}
		e.rules = s.build(e.settings)
	}
	s.byRepository[repository] = e
	return e, own || seen && (before.files.settings != nil || before.files.labelRules != nil), nil
}

// read gives the settings of a repository's files, each in its last good version.
func (s *settings) read(ctx context.Context, repository pull.Key, now files) (config.Rules, error) {
	rules := s.central.Rules
	if now.settings != nil {
		err := s.lastGood(ctx, "settings/"+repository.String(), now.settings, func(file []byte) error {
			own, err := s.central.Override(config.RepositoryFile, file)
			if err == nil {
				rules = own
			}
			return err
		})
		if err != nil {
			return rules, err
		}
	}
	if now.labelRules == nil {
		return rules, nil
	}
	err := s.lastGood(ctx, "label-rules/"+repository.String(), now.labelRules, func(file []byte) error {
		own, err := rules.WithLabeler(config.LabelerFile, file)
		if err == nil {
			rules = own
		}
		return err
	})
	return rules, err
}

// lastGood takes a file, which is kept if it is good, or else the version of it
// that was kept last. The error is that of the store.
func (s *settings) lastGood(ctx context.Context, note string, file []byte, take func([]byte) error) error {
	fault := take(file)
	switch {
	case fault == nil && s.store == nil:
		return nil
	case fault == nil:
		if err := s.store.Put(ctx, note, file); err != nil {
			return fmt.Errorf("keeping %s: %w", note, err)
		}
		return nil
	}
	s.log.Warn().Str("file", note).Err(fault).Msg("settings of the repository are broken: the last good ones stay in force")
	if s.store == nil {
		return nil
	}
	good, err := s.store.Get(ctx, note)
	if err != nil {
		return fmt.Errorf("reading the last good %s: %w", note, err)
	}
	if good == nil {
		return nil
	}
	if fault := take(good); fault != nil { // good for an older bot, or for other central settings
		s.log.Warn().Str("file", note).Err(fault).Msg("what was good before is so no more: the central settings are in force")
	}
	return nil
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
