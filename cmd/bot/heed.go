package main

import (
	"context"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
	stages "github.com/concorde-bot/concorde/internal/triage/stage"
	"github.com/concorde-bot/concorde/internal/webhook"
)

// heed drops comments that say nothing to the bot, and pushes to the default branch that
// change nothing for it. While a repository's settings are unknown, it drops nothing.
func (b *bot) heed() webhook.Heed {
	return webhook.Heed{
		Comment: func(ctx context.Context, repository pull.Key, words string) bool {
			set, seen := b.reconciler.InForce(ctx, repository)
			return !seen || heard(set, strings.TrimSuffix(b.github.Login(), "[bot]"), words)
		},
		Push: func(ctx context.Context, repository pull.Key, files []string, complete bool) bool {
			set, seen := b.reconciler.InForce(ctx, repository)
			settings := slices.Contains(files, config.RepositoryFile) || slices.Contains(files, labeler.Path)
			return !seen || !complete || settings || set.ConflictsAct()
		},
		// Where the settings aren't known, no check is waited for: the first sweep looks.
		Report: func(ctx context.Context, repository pull.Key, check string) bool {
			set, _ := b.reconciler.InForce(ctx, repository)
			return regression.Heeds(set, check)
		},
		Buildbot: func(ctx context.Context, repository pull.Key, login string) bool {
			set, _ := b.reconciler.InForce(ctx, repository)
			return regression.Hears(set, login)
		},
	}
}

// heard reports whether a comment matters to rules: it names the bot, or contains one of
// the phrases. me is the bot's login without "[bot]"; while that's unknown, every
// comment matters.
func heard(set config.Rules, me, words string) bool {
	return me == "" || pull.Names(me, words) || stages.Says(set.Stages, words)
}
