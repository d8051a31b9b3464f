package main

import (
	"slices"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/regression"
	"github.com/concorde-bot/concorde/internal/release"
	"github.com/concorde-bot/concorde/internal/settingscheck"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/triage/conflict"
	"github.com/concorde-bot/concorde/internal/triage/freeze"
	"github.com/concorde-bot/concorde/internal/triage/issuenumber"
	"github.com/concorde-bot/concorde/internal/triage/labels"
	"github.com/concorde-bot/concorde/internal/triage/links"
	"github.com/concorde-bot/concorde/internal/triage/revert"
	stages "github.com/concorde-bot/concorde/internal/triage/stage"
	"github.com/concorde-bot/concorde/internal/triage/title"
	"github.com/concorde-bot/concorde/internal/triage/wrongbranch"
)

// surroundings are what rules know besides a repository's settings.
type surroundings struct {
	central   *config.Config
	calendar  func() *lifecycle.Calendar // nil: the built-in release data
	serverURL string                     // the address of GitHub's pages
}

// rules is the list of the bot's rules, for one repository's settings. A rule that is
// off is left out.
func (in surroundings) rules(s config.Rules) []pull.Rule {
	if in.calendar == nil {
		in.calendar = builtin()
	}
	commands := in.commands(s)
	freezes := in.freezing(s)
	backports := backport.Config{Settings: s.Backport, Picks: s.Picks, ABI: s.ABI, Calendar: in.calendar, ServerURL: in.serverURL,
		May: commands.May}
	if s.CommandsAct() {
		backports.Asked, backports.Decisions = commands.Asked, commands.Decisions
	}
	if s.FreezesAct() {
		backports.Frozen, backports.FreezeLooks = freezes.Frozen, freezes.Looks
	}
	reverts := revert.Config{Settings: s.Regressions, Backport: s.Backport, Backports: backport.Made, Cause: backport.Cause}
	if s.CommandsAct() {
		reverts.Asked = commands.Reverts
	}
	rules := enabled(s, []pull.Rule{
		newscheck.News(s.News, s.ABI),
		newscheck.ABI(s.ABI, s.News),
		newscheck.Merged(s.News, in.calendar),
		issuenumber.Rule(s.IssueNumbers, in.serverURL),
		title.Rule(s.Titles),
		s.Labels.Styled(stages.Rule(s.Stages, stages.Ready{Says: commands.SaysReady, Looks: commands.Holders})),
		labels.Rule(s.Labels),
		links.Rule(s.IssueNumbers),
		s.Labels.Styled(wrongbranch.Rule(s.WrongBranch)),
		s.Labels.Styled(conflict.Rule(s.Conflicts)),
		backport.Rule(backports),
		backport.PullRule(backports),
		backport.EndedRule(backports),
		freeze.Rule(freezes),
		settingscheck.Rule(in.central, s, in.together),
		regression.Rule(s),
		release.Rule(in.releases(s)),
		revert.Rule(reverts),
		revert.PullRule(reverts),
	})
	commands.Rules = rules
	return append(rules, enabled(s, []pull.Rule{command.Rule(commands)})...)
}

func (in surroundings) commands(s config.Rules) command.Config {
	return command.Config{Settings: s.Commands, Backport: s.Backport, Release: s.Release, Calendar: in.calendar,
		Revert: s.Modes.Revert == config.On, Freeze: s.FreezesAct()}
}

// releases are the rules on releases.
func (in surroundings) releases(s config.Rules) release.Config {
	c := release.Config{Settings: s.Release, News: s.News, ABI: s.ABI, Nightly: regression.Night(s),
		Backport: backport.Config{Settings: s.Backport, ABI: s.ABI, Calendar: in.calendar}}
	if s.CommandsAct() {
		c.Decisions = in.commands(s).Decisions
	}
	if s.FreezesAct() {
		c.Frozen = in.freezing(s).Frozen
	}
	return c
}

func (in surroundings) freezing(s config.Rules) freeze.Config {
	c := freeze.Config{Settings: s.Freeze, Release: s.Release, Backport: s.Backport, Calendar: in.calendar, ServerURL: in.serverURL}
	if s.CommandsAct() {
		c.Commands = in.commands(s).Freezes
	}
	return c
}

// freezes are the versions that are closed now, besides commands.
func (in surroundings) freezes(s config.Rules, now time.Time) (closed map[string]time.Time, next time.Time) {
	if !s.FreezesAct() {
		return nil, next
	}
	return in.freezing(s).Planned(now)
}

// together finds rules that can't work together, as faults of the file with their
// settings.
func (in surroundings) together(file string, s config.Rules) error {
	return yamlfile.FaultsOf(file, pull.Validate(in.rules(s)))
}

// builtin reads the built-in release data once: rules use it often.
func builtin() func() *lifecycle.Calendar { return sync.OnceValue(lifecycle.Builtin) }

// enabled leaves out rules without a Want, which their own settings switch off, and puts
// others into shadow, by their modes.
func enabled(s config.Rules, all []pull.Rule) []pull.Rule {
	var on []pull.Rule
	for _, rule := range all {
		mode := s.Modes.Of(rule.Name)
		if rule.Want == nil || mode == config.Off {
			continue
		}
		if mode == config.InShadow {
			rule.Shadow = &pull.Shadow{Bots: s.Shadow.Bots}
		}
		on = append(on, rule)
	}
	return on
}

// newReconciler makes a reconciler that only plans.
func newReconciler(in surroundings, github connection, known reconcile.Store) (*reconcile.Reconciler, error) {
	return reconcile.New(reconcile.Config{Settings: in.central, GitHub: github.App, Loads: github.loads, Writes: github.writes, Store: known,
		Now: time.Now, Rules: in.rules})
}

// labels returns what a repository's labels need. They're part of the rule on backports.
func (in surroundings) labels(s config.Rules, r pull.Repository, now time.Time) []pull.LabelEdit {
	if s.Modes.Backport != config.On {
		return nil
	}
	c := backport.Config{Settings: s.Backport, ABI: s.ABI, Calendar: in.calendar, ServerURL: in.serverURL}
	return c.Labels(r, now)
}

// entries are the NEWS entries of the branches that will have another release.
func (in surroundings) entries(s config.Rules, r pull.Repository, now time.Time) reconcile.Entries {
	if s.News.Mode == config.Off || s.Modes.Changelog == config.Off {
		return reconcile.Entries{}
	}
	check := reconcile.Entries{
		Branches: []string{r.DefaultBranch}, Directory: s.News.Directory,
		Faulty: func(files []pull.File) []string { return changelog.Judge(s.News, files).Faulty() },
	}
	for _, b := range in.calendar().At(now) {
		if b.Phase != lifecycle.EndOfLife && b.Name != r.DefaultBranch && slices.Contains(r.Branches, b.Name) {
			check.Branches = append(check.Branches, b.Name)
		}
	}
	return check
}
