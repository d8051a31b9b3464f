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

// settings knows which rules are in force where: the central ones, and above
// them those of the repository's own file. While that file is broken, its last
// good version stays in force, over a restart too.
type settings struct {
	central *config.Config
	build   func(config.Rules) []pull.Rule
	inForce []pull.Rule // where a repository has no file of its own
	store   Store       // nil: nothing is remembered over a restart
	log     zerolog.Logger

	mu           sync.Mutex
	byRepository map[pull.Key]effective
}

type effective struct {
	file     []byte // as it was read, good or not
	settings config.Rules
	rules    []pull.Rule
}

// known are the rules last seen in force for the repository of a key.
func (s *settings) known(key pull.Key) []pull.Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, found := s.byRepository[key.Repository()]; found {
		return e.rules
	}
	return s.inForce
}

// update takes the file as it is on the default branch now. changed means that
// other rules are in force than known said.
func (s *settings) update(ctx context.Context, key pull.Key, file []byte) (rules []pull.Rule, changed bool, err error) {
	repository := key.Repository()
	s.mu.Lock()
	defer s.mu.Unlock()
	before, seen := s.byRepository[repository]
	if seen && same(before.file, file) {
		return before.rules, false, nil
	}
	if file == nil {
		s.byRepository[repository] = effective{settings: s.central.Rules, rules: s.inForce}
		return s.inForce, seen && before.file != nil, nil
	}
	own, err := s.read(ctx, repository, file)
	if err != nil {
		return nil, false, err
	}
	rules = s.build(own)
	s.byRepository[repository] = effective{file, own, rules}
	return rules, true, nil
}

// of gives the settings in force in a repository with that file.
func (s *settings) of(ctx context.Context, key pull.Key, file []byte) (config.Rules, error) {
	if _, _, err := s.update(ctx, key, file); err != nil {
		return config.Rules{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byRepository[key.Repository()].settings, nil
}

// read gives the rules of a file, or those of the last good one.
func (s *settings) read(ctx context.Context, repository pull.Key, file []byte) (config.Rules, error) {
	note := "settings/" + repository.String()
	rules, fault := s.central.Override(config.RepositoryFile, file)
	if fault == nil {
		if s.store == nil {
			return rules, nil
		}
		if err := s.store.Put(ctx, note, file); err != nil {
			return rules, fmt.Errorf("keeping the settings of %s: %w", repository, err)
		}
		return rules, nil
	}
	s.log.Warn().Str("repository", repository.String()).Err(fault).Msg("settings of the repository are broken: the last good ones stay in force")
	if s.store == nil {
		return s.central.Rules, nil
	}
	good, err := s.store.Get(ctx, note)
	if err != nil {
		return rules, fmt.Errorf("reading the last good settings of %s: %w", repository, err)
	}
	if good == nil {
		return s.central.Rules, nil
	}
	if rules, err := s.central.Override(config.RepositoryFile, good); err == nil {
		return rules, nil
	}
	return s.central.Rules, nil // good for an older bot or other central settings
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
