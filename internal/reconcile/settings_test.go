package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// told is a rule that says in a status which labels the rules of the settings
// set, under a context that the settings name.
func told(c *reconcile.Config) {
	c.Settings.Labels.Rules = nil
	c.Rules = func(rules config.Rules) []pull.Rule {
		var labels []string
		for _, l := range rules.Labels.Rules {
			labels = append(labels, l.Label)
		}
		return []pull.Rule{{
			Name: "told", Needs: pull.Statuses, Owns: []string{rules.News.Status},
			Want: func(*pull.Request) pull.Want {
				return pull.Want{Statuses: []pull.Status{{Context: rules.News.Status, State: pull.StatusSuccess,
					Description: strings.Join(labels, " ")}}}
			},
		}}
	}
}

const (
	docsLabel  = "docs:\n- changed-files:\n  - any-glob-to-any-file: 'Doc/**'\n"
	testsLabel = "tests:\n- changed-files:\n  - any-glob-to-any-file: 'Lib/test/**'\n"
)

// Each of the two files keeps its own last good version while it's corrupt, over
// a restart, and by whatever key of the repository it is read.
func TestBrokenFilesKeepTheirLastGoodVersions(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler(told)
	file := func(name, text string) {
		t.Helper()
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{name: ghtest.Text(text)}})
		s.check(err)
	}
	says := func(when, context, labels string) {
		t.Helper()
		for _, run := range []string{"as it goes on", "after a restart"} {
			before := len(s.repo.Writes())
			s.check(r.Run(t.Context(), s.job(number)))
			state, err := s.repo.PR(number)
			s.check(err)
			if got, there := state.Statuses[context]; !there || got.Description != labels {
				t.Errorf("%s, %s: %q says %q (%v), want %q", when, run, context, got.Description, there, labels)
			}
			if writes := s.repo.Writes()[before:]; slices.ContainsFunc(writes, func(w ghtest.Write) bool { return w.Key != context }) {
				t.Errorf("%s, %s: wrote %+v", when, run, writes)
			}
			r = s.reconciler(told)
		}
	}
	says("no files", "bedevere/news", "")
	file(config.RepositoryFile, "news: {colour: red}\n")
	says("broken from the start", "bedevere/news", "")
	file(labeler.Path, "docs: 7\n")
	says("both broken from the start", "bedevere/news", "")
	file(config.RepositoryFile, "news: {status: own/first}\n")
	says("good settings, broken label rules", "own/first", "")
	file(labeler.Path, docsLabel)
	says("both good", "own/first", "docs")
	file(labeler.Path, "docs: [\n")
	says("broken label rules", "own/first", "docs")
	file(config.RepositoryFile, "news: {status: own/second}\n")
	says("new settings, broken label rules", "own/second", "docs")
	file(config.RepositoryFile, "news: {colour: red}\n")
	says("both broken", "own/second", "docs")
	file(labeler.Path, testsLabel)
	says("broken settings, new label rules", "own/second", "tests")
	file(labeler.Path, testsLabel+strings.Repeat("#\n", pull.MaxContent/2))
	says("label rules that are too large", "own/second", "tests")
}

// Rules that cannot live together are a fault of the file that names them so: what was
// in force stays, and nothing panics or goes to and fro.
func TestOwnRulesThatCannotLiveTogether(t *testing.T) {
	s := newStage(t)
	number, preset := s.open("first"), config.Preset().News
	owners := func(c *reconcile.Config) {
		c.Rules = func(rules config.Rules) []pull.Rule {
			var all []pull.Rule
			for name, context := range map[string]string{"status": rules.News.Status, "check": rules.News.Check} {
				all = append(all, pull.Rule{Name: name, Needs: pull.Statuses, Owns: []string{context}, Want: func(*pull.Request) pull.Want {
					return pull.Want{Statuses: []pull.Status{{Context: context, State: pull.StatusSuccess, Description: name}}}
				}})
			}
			return all
		}
	}
	r := s.reconciler(owners)
	for _, step := range []struct {
		text  string
		wants []string // contexts
		log   string
	}{
		{"news: {status: one, check: ONE}\n", []string{preset.Status, preset.Check}, "no known good version"},
		{"news: {status: one}\n", []string{"one", preset.Check}, ""},
		{"news: {status: two, check: two}\n", []string{"one", preset.Check}, "its last good version stays in force"},
	} {
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings",
			Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(step.text)}})
		s.check(err)
		s.log.Reset()
		before := len(s.repo.Writes())
		s.check(r.Run(t.Context(), s.job(number)))
		state, err := s.repo.PR(number)
		s.check(err)
		for _, context := range step.wants {
			if _, there := state.Statuses[context]; !there {
				t.Errorf("%q: no status %s in %v", step.text, context, state.Statuses)
			}
		}
		if strings.Contains(s.log.String(), "version") != (step.log != "") || !strings.Contains(s.log.String(), step.log) {
			t.Errorf("%q: want %q in the log:\n%s", step.text, step.log, s.log.String())
		}
		if writes := s.repo.Writes()[before:]; slices.ContainsFunc(writes,
			func(w ghtest.Write) bool { return !slices.Contains(step.wants, w.Key) }) {
			t.Errorf("%q: wrote %+v", step.text, writes)
		}
	}
}

// deaf is a store that keeps no notes.
type deaf struct {
	reconcile.Store
	get, put error
}

func (d *deaf) Get(ctx context.Context, name string) ([]byte, error) {
	if d.get != nil {
		return nil, d.get
	}
	return d.Store.Get(ctx, name)
}

func (d *deaf) Put(ctx context.Context, name string, value []byte) error {
	if d.put != nil {
		return d.put
	}
	return d.Store.Put(ctx, name, value)
}

// A database in trouble is no reason to run by other settings: the run comes
// again.
func TestSettingsWhileTheDatabaseIsInTrouble(t *testing.T) {
	s := newStage(t)
	number, store := s.open("first"), &deaf{Store: s.queue}
	r := s.reconciler(told, func(c *reconcile.Config) { c.Store = store })
	for _, text := range []string{"news: {status: own/first}\n", "news: {colour: red}\n"} {
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(text)}})
		s.check(err)
		down := errors.New("the disk is full")
		store.get, store.put = down, down
		before := len(s.repo.Writes())
		for range 2 {
			if err := r.Run(t.Context(), s.job(number)); !errors.Is(err, down) || len(s.repo.Writes()) != before {
				t.Errorf("outcome %v, writes %+v", err, s.repo.Writes()[before:])
			}
		}
		store.get, store.put = nil, nil
		s.check(r.Run(t.Context(), s.job(number)))
	}
	if state, err := s.repo.PR(number); err != nil || len(state.Statuses) != 1 || state.Statuses["own/first"].State != "success" {
		t.Errorf("%+v, %v", state.Statuses, err)
	}
}

// A program that only plans has no store: the central settings are in force while
// the files are broken.
func TestPlansWithoutAStore(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(told, func(c *reconcile.Config) { c.Store = nil })
	for text, want := range map[string]string{"news: {status: own/first}\n": "own/first", "news: {colour: red}\n": "bedevere/news"} {
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(text)}})
		s.check(err)
		plan, _, err := r.Plan(t.Context(), pull.Key{Owner: "python", Repo: "cpython", Number: number}, 0)
		s.check(err)
		if !strings.Contains(plan.String(), want) {
			t.Errorf("with %q: %s", text, plan)
		}
	}
}

// A file that is deleted takes its last good version with it: should it come again
// with faults, nothing of the old one holds, over a restart too.
func TestDeletedFilesAreForgotten(t *testing.T) {
	for _, file := range []struct{ name, good, broken, note string }{
		{config.RepositoryFile, "news: {status: own/first}\n", "news: {colour: red}\n", "settings/python/cpython"},
		{labeler.Path, docsLabel, "docs: [\n", "label-rules/python/cpython"},
	} {
		t.Run(file.name, func(t *testing.T) {
			s := newStage(t)
			number := s.open("first")
			for _, step := range []struct {
				file ghtest.File
				kept string
			}{{ghtest.Text(file.good), file.good}, {ghtest.File{Delete: true}, ""}, {ghtest.Text(file.broken), ""}} {
				_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{file.name: step.file}})
				s.check(err)
				s.check(s.reconciler(told).Run(t.Context(), s.job(number)))
				kept, err := s.queue.Get(t.Context(), file.note)
				s.check(err)
				if string(kept) != step.kept {
					t.Errorf("%q is kept, want %q", kept, step.kept)
				}
			}
			state, err := s.repo.PR(number)
			s.check(err)
			if got := state.Statuses["bedevere/news"]; got.State != "success" || got.Description != "" {
				t.Errorf("in force: %+v", state.Statuses)
			}
		})
	}
}

// TestSettingsPutInForceMeanwhile: of two runs that begin before the settings are known, as after
// a restart, the slower one loads what the rules need by these settings, too.
func TestSettingsPutInForceMeanwhile(t *testing.T) {
	s := newStage(t)
	first, second := s.open("first"), s.open("second")
	_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{
		config.RepositoryFile: ghtest.Text("news: {status: own/news}")}})
	s.check(err)
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(rules config.Rules) []pull.Rule {
			rule := pull.Rule{Name: "asks", Needs: pull.Statuses, Owns: []string{rules.News.Status}}
			if rules.News.Status == "own/news" {
				rule.Needs |= pull.Comments
			}
			rule.Want = func(r *pull.Request) pull.Want {
				return pull.Want{Statuses: []pull.Status{{Context: rules.News.Status, State: pull.StatusSuccess,
					Description: fmt.Sprint(r.Facts&rule.Needs == rule.Needs)}}}
			}
			return []pull.Rule{rule}
		}
	})
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: fmt.Sprintf(`"number":%d,`, first), Times: 1,
		Before: func() { s.check(r.Run(t.Context(), s.job(second))) }}))
	s.check(r.Run(t.Context(), s.job(first)))
	for _, number := range []int{first, second} {
		if got := s.status(number, "own/news"); got != "true" {
			t.Errorf("#%d was decided without what its rules need: %q", number, got)
		}
	}
}
