package main

import (
	"context"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/triage/command"
	stages "github.com/concorde-bot/concorde/internal/triage/stage"
	"github.com/concorde-bot/concorde/internal/webhook"
)

// heed leaves out comments that say nothing to the bot, and pushes to the default
// branch that change nothing for it. While a repository's settings aren't known yet,
// it leaves out nothing.
func (b *bot) heed() webhook.Heed {
	return webhook.Heed{
		Comment: func(ctx context.Context, repository pull.Key, words string) bool {
			set, seen := b.reconciler.InForce(ctx, repository)
			return !seen || heard(set, strings.TrimSuffix(b.github.Login(), "[bot]"), words)
		},
		Push: func(ctx context.Context, repository pull.Key, files []string, complete bool) bool {
			set, seen := b.reconciler.InForce(ctx, repository)
			settings := slices.Contains(files, config.RepositoryFile) || slices.Contains(files, labeler.Path)
			return !seen || !complete || settings || set.Conflicts.Mode == config.On
		},
	}
}

// heard reports whether rules can make anything of a comment: it names the bot, or says one
// of the phrases. me is the bot's login without "[bot]"; while that's unknown, every
// comment counts.
func heard(set config.Rules, me, words string) bool {
	return me == "" || command.Names(me, words) || stages.Says(set.Stages, words)
}
