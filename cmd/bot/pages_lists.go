package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
	"github.com/concorde-bot/concorde/internal/web"
)

// inForce are a repository's settings, for pages that don't need its label rules.
func (b *bot) inForce(ctx context.Context, repository pull.Key) config.Rules {
	if set, seen := b.reconciler.InForce(ctx, repository); seen {
		return set
	}
	return b.reconciler.Settings.Rules
}

func (b *bot) backportsIn(ctx context.Context, repository pull.Key) backport.Config {
	set := b.inForce(ctx, repository)
	return backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: b.calendar.Current}
}

func (b *bot) branchesOf(ctx context.Context, repository pull.Key, seen []pull.Brief) ([]web.Branch, error) {
	return branches(b.backportsIn(ctx, repository), b.reconciler.Now(), seen), nil
}

// branches are those that take backports, with what each lacks by the rules of
// `bot backport-gaps`.
func branches(rules backport.Config, now time.Time, seen []pull.Brief) (all []web.Branch) {
	if rules.Settings.Mode != config.On {
		return nil
	}
	into := map[string][]pull.Summary{} // by branch
	there := map[string]bool{}
	var merged []pull.Summary
	for _, p := range seen {
		there[p.Base] = true
		for _, r := range p.Related {
			there[r.Branch] = there[r.Branch] || r.State != "not allowed" // branches that don't exist aren't
		}
		switch {
		case p.Main && p.State == pull.Merged:
			merged = append(merged, summary(p))
		case !p.Main && lifecycle.ValidVersion(p.Base):
			into[p.Base] = append(into[p.Base], summary(p))
		}
	}
	for _, life := range rules.Maintained(now) {
		branch := web.Branch{Name: life.Version, Phase: string(life.Phase), Seen: there[life.Version], Gaps: map[int]web.Gap{}}
		if search, err := rules.Search(life.Version, now); err == nil && branch.Seen {
			asked := slices.DeleteFunc(slices.Clone(merged), func(m pull.Summary) bool { return !search.Finds(m) })
			for _, g := range rules.Gaps(search, asked, into[life.Version]) {
				branch.Gaps[g.Number] = web.Gap{Why: plainLine(g.Reason()), Backport: g.Backport}
			}
		}
		all = append(all, branch)
	}
	return all
}

// summary is what a view has of a pull request.
func summary(p pull.Brief) pull.Summary {
	s := pull.Summary{Number: p.Number, Title: p.Title, Own: p.Own, State: p.State, Base: p.Base, ClosedAt: p.Closed}
	for _, l := range p.Labels {
		s.Labels = append(s.Labels, l.Name)
	}
	return s
}

// stagesOf are the stages of pull requests, and whose turn it is at each.
func (b *bot) stagesOf(ctx context.Context, repository pull.Key) ([]web.Stage, error) {
	set := b.inForce(ctx, repository).Stages
	const core = "core developers"
	return []web.Stage{{Label: set.Review, Turn: "triagers"}, {Label: set.CoreReview, Turn: core}, {Label: set.Changes, Turn: web.Author},
		{Label: set.ChangeReview, Turn: core}, {Label: set.Merge, Turn: core}}, nil
}

// lifeCycleOf is the life of the branches that live.
func (b *bot) lifeCycleOf(ctx context.Context, repository pull.Key) (web.LifeCycle, error) {
	rules, now := b.backportsIn(ctx, repository), b.reconciler.Now().UTC()
	calendar := b.calendar.Current()
	var life web.LifeCycle
	if newest, found := calendar.Newest(); found {
		life.DataUntil = newest.Date
	}
	for _, branch := range living(rules, now) {
		life.Branches = append(life.Branches, lifeOf(rules, branch, now))
	}
	chart := lifecycle.Chart{Title: "Python release cycle, " + now.Format(time.DateOnly), At: now}
	for _, s := range calendar.Schedules() {
		if s.EndOfLife.After(now) {
			chart.Schedules = append(chart.Schedules, s)
		}
	}
	life.SVG = chart.SVG()
	return life, nil
}

// living are the branches that live, newest first: those that take backports, and those
// in development.
func living(rules backport.Config, now time.Time) []lifecycle.Branch {
	branches := rules.Maintained(now)
	for _, branch := range rules.Calendar().At(now) {
		if branch.Phase == lifecycle.Feature {
			branches = append(branches, branch)
		}
	}
	slices.SortStableFunc(branches, func(x, y lifecycle.Branch) int { return lifecycle.Compare(y.Version, x.Version) })
	return branches
}

// releasesOf are the next releases of the versions that live.
func (b *bot) releasesOf(ctx context.Context, repository pull.Key) (all []web.Release, err error) {
	set, rules, now := b.inForce(ctx, repository).Release, b.backportsIn(ctx, repository), b.reconciler.Now().UTC()
	for _, branch := range living(rules, now) {
		life := lifeOf(rules, branch, now)
		all = append(all, web.Release{Version: branch.Version, Phase: life.Phase, Managers: life.Managers, Issue: set.Issue(branch.Version),
			Readiness: web.Readiness{Next: life.Next, NextAt: life.NextAt}})
	}
	return all, nil
}

// checkedOf is what the last look at a repository's branches saw.
func (b *bot) checkedOf(ctx context.Context, repository pull.Key) (shown web.Checked, err error) {
	set := b.inForce(ctx, repository)
	if set.Modes.Regressions == config.Off || !regression.Heeds(set, "") {
		return web.Checked{Off: true}, nil
	}
	seen, err := b.reconciler.Checked(ctx, repository)
	if err != nil {
		return shown, err
	}
	shown.Seen = seen.At
	return shown, recast(seen.Branches, &shown.Branches)
}

// recast makes what a rule reports what a page shows: both have the same JSON.
func recast(from, to any) error {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		return fmt.Errorf("reading a report: %w", err)
	}
	return nil
}

// lifeOf is where a branch is in its life, and what comes next.
func lifeOf(rules backport.Config, b lifecycle.Branch, now time.Time) web.LifeBranch {
	shown := web.LifeBranch{Name: b.Name, Version: b.Version, Phase: string(b.Phase)}
	if b.Phase == lifecycle.Feature {
		shown.Allow = []string{"everything"}
	} else if table, found := rules.Settings.Phase(string(b.Phase)); found {
		shown.Allow, shown.Ask = table.Allow, table.Ask
	}
	if b.Next != nil {
		shown.Next, shown.NextAt = b.Next.String(), b.Next.Date
	}
	schedule, known := rules.Calendar().Schedule(b.Version)
	dated, _ := schedule.Phase(now)
	shown.Override = dated != b.Phase
	for _, period := range schedule.Periods() {
		if known && !shown.Override && period.From.After(now) {
			shown.NextPhase, shown.NextPhaseAt = string(period.Phase), period.From
			break
		}
	}
	switch {
	case b.EndOfLife.IsZero():
	case b.EndOfLifeByMonth:
		shown.EndOfLife = b.EndOfLife.AddDate(0, -1, 0).Format("January 2006")
	default:
		shown.EndOfLife = b.EndOfLife.Format("2 January 2006")
	}
	for _, name := range b.Managers {
		shown.Managers = append(shown.Managers, web.Manager{Name: plainLine(name), Login: rules.Settings.Login(name)})
	}
	return shown
}
