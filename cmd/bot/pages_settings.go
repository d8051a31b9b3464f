package main

import (
	"context"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/triage/labels"
	"github.com/concorde-bot/concorde/internal/web"
)

// settingsOf are the settings of a repository, as its page shows them.
func (b *bot) settingsOf(ctx context.Context, repository pull.Key) (web.Settings, error) {
	set, faults, err := b.reconciler.Kept(ctx, repository)
	if err != nil {
		return web.Settings{}, err
	}
	var shown web.Settings
	for _, fault := range faults {
		shown.Faults = append(shown.Faults, plainLine(fault.Error()))
	}
	for _, file := range b.reconciler.LeftOut(repository) {
		shown.Faults = append(shown.Faults, file+" on the default branch has faults, so it's ignored: the bot's log names them")
	}
	for _, rule := range set.Labels.Rules {
		shown.Rules = append(shown.Rules, web.LabelRule{Where: rule.Where, Words: rule.String()})
	}
	preset := config.Preset()
	var lists [3][]config.Setting
	for i, rules := range []*config.Rules{&set, &b.reconciler.Settings.Rules, &preset.Rules} {
		if lists[i], err = rules.List(); err != nil {
			return web.Settings{}, err
		}
	}
	for _, s := range lists[0] {
		origin := config.RepositoryFile
		switch {
		case slices.Contains(lists[2], s):
			origin = "preset"
		case slices.Contains(lists[1], s):
			origin = "central settings"
		}
		shown.Values = append(shown.Values, web.Setting{Name: s.Name, Value: s.Value, Origin: origin})
	}
	return shown, nil
}

// tryLabels returns the labels that a made-up pull request would get. Where a rule asks
// for the author, it's about someone without any role.
func (b *bot) tryLabels(ctx context.Context, repository pull.Key, trial web.Trial) (found []pull.Wanted, err error) {
	set, _, err := b.reconciler.Kept(ctx, repository)
	if err != nil {
		return nil, err
	}
	rule := labels.Rule(set.Labels)
	if rule.Want == nil {
		return nil, nil
	}
	now := b.reconciler.Now()
	key := repository
	key.Number = 1
	r := &pull.Request{Key: key, Title: trial.Title, Body: trial.Body, State: pull.Open, Now: now, CreatedAt: now, Facts: ^pull.Facts(0)}
	for _, path := range trial.Files {
		r.Files = append(r.Files, pull.File{Path: path, Change: pull.Modified})
	}
	for _, l := range rule.Want(r).Labels {
		if l.On {
			found = append(found, pull.Wanted{Rule: rule.Name, What: l.Name, Why: l.Why})
		}
	}
	slices.SortFunc(found, func(x, y pull.Wanted) int { return strings.Compare(x.What, y.What) })
	return found, nil
}

// stateOf is how the work on a repository goes. What's left of GitHub's limits is what this
// process has seen.
func (b *bot) stateOf(ctx context.Context, repository pull.Key) (web.State, error) {
	last, left, err := b.reconciler.Swept(ctx, repository)
	share, full := b.github.Left(repository, 0)
	return web.State{Swept: last, Left: left, Budget: int(share * 100), Full: full}, err
}

func (b *bot) missedSoFar(ctx context.Context) (web.Missed, error) {
	until, total, err := b.missed.Known(ctx)
	return web.Missed{Until: until, Redelivered: total.Redelivered, Swept: total.Swept}, err
}

// describe tells the pages what the bot does.
func (b *bot) describe() (rules []web.Rule, commands []web.Command) {
	for _, rule := range b.reconciler.Rules(b.reconciler.Settings.Rules) {
		rules = append(rules, web.Rule{Name: rule.Name, About: rule.About, Owns: rule.Owns})
	}
	for _, c := range command.Abouts() {
		commands = append(commands, web.Command(c))
	}
	return rules, commands
}
