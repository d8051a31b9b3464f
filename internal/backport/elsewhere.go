package backport

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Elsewhere stands for another pull request of the repository, so that Decisions can read the
// comments there. It has only those that may count: strangers write long ones. Roles aren't
// known there, so someone's hold counts if the bot carried it out. Without a base and events,
// a command that names no version is about none.
func (c *Config) Elsewhere(r *pull.Request, of pull.Summary, comments []pull.Comment) *pull.Request {
	there := &pull.Request{Key: r.Key.Repository(), Me: r.Me, Now: r.Now, State: of.State, Base: of.Base, Author: of.Author, Events: of.Events,
		Comments: c.Heard(comments, c.managesAny), CoreFault: "not this pull request's"}
	there.Key.Number = of.Number
	return there
}

// Heard are the comments that may count as a release manager's word: theirs, and those that
// the bot carried out.
func (c *Config) Heard(comments []pull.Comment, manages func(login string) bool) []pull.Comment {
	return slices.DeleteFunc(slices.Clone(comments), func(o pull.Comment) bool { return !o.Done && !manages(o.By) })
}

// managesAny reports whether the settings have someone as a release manager.
func (c *Config) managesAny(login string) bool {
	return slices.ContainsFunc(c.Settings.Managers, func(m config.Manager) bool { return strings.EqualFold(m.Login, login) })
}
