package reconcile

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/pull"
)

// settings knows which rules are in force where: those from the central settings, changed
// by the repository's own file, and those from its file of label rules. While a file is
// broken, its last good version stays in force, across restarts.
type settings struct {
	central *config.Config
	build   func(config.Rules) []pull.Rule
	inForce []pull.Rule // for repositories without files of their own
	store   Store       // nil: restarts forget the last good versions
	log     zerolog.Logger

	now func() time.Time

	mu         sync.Mutex
	remembered *remembered
}

// files are a repository's own, from its default branch; nil for a missing one.
type files struct{ settings, labelRules []byte }

func (f files) same(other files) bool {
	return same(f.settings, other.settings) && same(f.labelRules, other.labelRules)
}

// effective is what is in force in a repository.
type effective struct {
	files    files // as they were read, good or not
	settings config.Rules
	rules    []pull.Rule
	leftOut  []string // files with faults and without a known good version
}

// LeftOut returns a repository's ignored files, as far as this process has seen: they have
// faults, and no good version is known (without a Store, it never is).
func (r *Reconciler) LeftOut(repository pull.Key) []string {
	return r.settings.known(repository).leftOut
}

// inForceFor is how long a replica relies on settings that another replica put in force.
const inForceFor = time.Minute

// The notes with the last good versions of a repository's settings, and of its label rules.
const (
	settingsNote   = "settings/"
	labelRulesNote = "label-rules/"
)

// announced are settings of a repository that some replica put in force.
type announced struct {
	rules config.Rules
	at    time.Time // when this replica heard of them
}

// InForce returns a repository's settings without its label rules, and whether any replica
// has seen the repository's own files. A replica that works on the repository knows at once,
// others within a minute.
func (r *Reconciler) InForce(ctx context.Context, repository pull.Key) (set config.Rules, seen bool) {
	s, repository := r.settings, repository.Repository()
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.remembered.announced.Get(repository)
	if s.store == nil || known && s.now().Sub(last.at) < inForceFor {
		return last.rules, known
	}
	rules, found, err := s.stored(ctx, repository)
	if err != nil {
		s.log.Warn().Stringer("repository", repository).Err(err).Msg("reading the settings in force")
		return last.rules, known
	}
	if found {
		s.remembered.announced.Add(repository, announced{rules, s.now()})
	}
	return rules, found
}

// Kept returns a repository's settings with its label rules, from the last good versions of
// its files that any replica has seen. faults are what's wrong with these now, since the
// central settings or the program changed.
func (r *Reconciler) Kept(ctx context.Context, repository pull.Key) (set config.Rules, faults []error, err error) {
	s, name := r.settings, repository.Repository().String()
	set = s.central.Rules
	for _, f := range []struct {
		note string
		read func(text []byte) (config.Rules, error)
	}{
		{settingsNote, func(text []byte) (config.Rules, error) { return s.central.Override(config.RepositoryFile, text) }},
		{labelRulesNote, func(text []byte) (config.Rules, error) { return labeler.Read(set, labeler.Path, text) }},
	} {
		text, err := s.store.Get(ctx, f.note+name)
		if err != nil {
			return set, faults, err
		}
		if len(text) == 0 {
			continue
		}
		own, fault := f.read(text)
		if fault != nil {
			faults = append(faults, fault)
			continue
		}
		set = own
	}
	return set, faults, nil
}

// seenNote marks repositories whose files some replica has seen.
const seenNote = "seen/"

// stored returns a repository's settings from the store.
func (s *settings) stored(ctx context.Context, repository pull.Key) (config.Rules, bool, error) {
	mark, err := s.store.Get(ctx, seenNote+repository.String())
	if err != nil || mark == nil {
		return config.Rules{}, false, err
	}
	text, err := s.store.Get(ctx, settingsNote+repository.String())
	if err != nil || len(text) == 0 {
		return s.central.Rules, err == nil, err
	}
	own, err := s.central.Override(config.RepositoryFile, text)
	if err != nil { // good for another version of the program
		return s.central.Rules, true, nil
	}
	return own, true, nil
}

// announce tells other replicas which settings are in force; the lock is held.
func (s *settings) announce(ctx context.Context, repository pull.Key, e effective) error {
	if told := s.remembered.announced.Contains(repository); !told && s.store != nil {
		if err := s.store.Put(ctx, seenNote+repository.String(), nil); err != nil {
			return err
		}
	}
	s.remembered.announced.Add(repository, announced{e.settings, s.now()})
	return nil
}

// known returns what was last in force for a key's repository.
func (s *settings) known(key pull.Key) effective {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, found := s.remembered.inForce.Get(key.Repository()); found {
		return e
	}
	return effective{settings: s.central.Rules, rules: s.inForce}
}

// update takes over the files, as they are on the default branch now.
func (s *settings) update(ctx context.Context, key pull.Key, now files) (e effective, err error) {
	repository := key.Repository()
	s.mu.Lock()
	defer s.mu.Unlock()
	before, seen := s.remembered.inForce.Get(repository)
	if seen && before.files.same(now) {
		return before, s.announce(ctx, repository, before)
	}
	if e, err = s.read(ctx, repository, now); err != nil {
		return effective{}, err
	}
	s.remembered.add(repository, e)
	return e, s.announce(ctx, repository, e)
}

// read returns what a repository's files put in force, each in its last good version.
func (s *settings) read(ctx context.Context, repository pull.Key, now files) (effective, error) {
	e := effective{files: now, settings: s.central.Rules, rules: s.inForce}
	for _, f := range []struct {
		file, note string
		text       []byte
		read       func(name string, text []byte) (config.Rules, error)
	}{
		{config.RepositoryFile, settingsNote, now.settings, s.central.Override},
		{labeler.Path, labelRulesNote, now.labelRules, func(name string, text []byte) (config.Rules,
			error) {
			return labeler.Read(e.settings, name, text)
		}},
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
				s.log.Warn().Str("file", f.note+repository.String()).Err(own.LeftOut).Msg("a repository's file has label rules with faults, which " +
					"are ignored")
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

// take puts settings in force, unless two of their rules own the same label or status.
func (s *settings) take(e *effective, own config.Rules) error {
	rules := s.build(own)
	if err := pull.Validate(rules); err != nil {
		return err
	}
	e.settings, e.rules = own, rules
	return nil
}

// forget drops a deleted file's last good version, so that it doesn't come back if the
// file returns with faults.
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

// lastGood takes a file and keeps it if it's good; otherwise, it takes the version that
// it kept last. It reports whether there was a good one. Errors are the store's.
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
		warning.Msg("a repository's file has faults and no known good version: it's ignored")
		return false, nil
	}
	if err := take(good); err != nil { // good for an older bot, or for other central settings
		warning.AnErr("before", err).Msg("a repository's file has faults, and its last good version no longer fits: it's ignored")
		return false, nil
	}
	warning.Msg("a repository's file has faults: its last good version stays in force")
	return true, nil
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
