package command

import (
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// rank is someone's role in a pull request or issue; each may do all that those before it
// may. It comes from teams, roles and settings, never from author_association.
type rank int

const (
	anybody        rank = iota
	contributor         // opened it
	triager             // role "triage" or more in the repository
	coreDeveloper       // member of the team
	releaseManager      // of the settings
)

// rank of a login. If the team can't be read, only the role counts.
func (c Config) rank(r *pull.Request, login string) rank {
	manages := func(m config.Manager) bool { return strings.EqualFold(m.Login, login) }
	switch {
	case slices.ContainsFunc(c.Backport.Managers, manages):
		return releaseManager
	case r.CoreFault == "" && r.IsCore(login):
		return coreDeveloper
	case r.People[strings.ToLower(login)] >= pull.Triage:
		return triager
	case strings.EqualFold(r.Author, login):
		return contributor
	}
	return anybody
}

// life is a version's phase and release managers at a time.
func (c Config) life(version string, at time.Time) lifecycle.Branch {
	if c.Calendar == nil {
		return lifecycle.Branch{}
	}
	b, _ := c.Backport.Life(c.Calendar(), version, at)
	return b
}

// ranks reports whether someone's rank is enough for a command.
func (c Config) ranks(r *pull.Request, login, name string) bool {
	v, _ := verbOf(name)
	return c.rank(r, login) >= v.least
}

// stands reports whether someone's command counts. While nobody can tell who the core
// developers are, one that was carried out goes on counting.
func (c Config) stands(r *pull.Request, o commandComment, name string) bool {
	return c.ranks(r, o.By, name) || r.CoreFault != "" && o.Done && o.Editor == ""
}

// The verbs of commands.
const (
	verbLabel    = "label"
	verbBackport = "backport"
	verbRerun    = "rerun"
	verbReady    = "ready"
	verbRevert   = "revert"
	verbHold     = "hold"
	verbResume   = "resume"
	verbAllow    = "allow"
	verbRefuse   = "refuse"
	verbFreeze   = "freeze"
	verbThaw     = "thaw"
	verbWhy      = "why"
	verbHelp     = "help"
)

// verb of a command, for help and documentation.
type verb struct {
	name    string
	example string // what follows @BOT
	least   rank   // who can use it
	author  bool   // only the author can use it
	pulls   bool   // only on pull requests
	issues  bool   // only on issues
	held    bool   // also while the pull request is on hold
	does    string
}

// verbs are all commands, in the order of the documentation.
var verbs = []verb{
	{name: verbLabel, example: "label +docs -skip news", least: triager, does: doesLabel},
	{name: verbBackport, example: "backport 3.14 3.13", least: triager, pulls: true, does: doesBackport},
	{name: verbRerun, example: "rerun", least: contributor, held: true, does: doesRerun},
	{name: verbReady, example: "ready", least: contributor, author: true, pulls: true, does: doesReady},
	{name: verbRevert, example: "revert the buildbots crash", least: coreDeveloper, pulls: true, does: doesRevert},
	{name: verbHold, example: "hold until 2026-12-05 the buildbots are red", least: triager, pulls: true, held: true, does: doesHold},
	{name: verbResume, example: "resume", least: triager, pulls: true, held: true, does: doesResume},
	{name: verbAllow, example: "allow 3.14", least: releaseManager, pulls: true, does: doesAllow},
	{name: verbRefuse, example: "refuse 3.14 it changes the ABI", least: releaseManager, pulls: true, does: doesRefuse},
	{name: verbFreeze, example: "freeze 3.15", least: releaseManager, issues: true, does: doesFreeze},
	{name: verbThaw, example: "thaw 3.15", least: releaseManager, issues: true, does: doesThaw},
	{name: verbWhy, example: "why", held: true, does: doesWhy},
	{name: verbHelp, example: "help", held: true, does: doesHelp},
}

// verbOf finds a verb by its name.
func verbOf(name string) (verb, bool) {
	at := slices.IndexFunc(verbs, func(v verb) bool { return v.name == name })
	if at < 0 {
		return verb{}, false
	}
	return verbs[at], true
}

// nearestVerb is the verb that someone may have meant, or "".
func nearestVerb(word string) string {
	best, least := "", 3
	for _, v := range verbs {
		if len(word) > len(v.name)+least {
			continue // strangers' words may be long
		}
		if d := levenshtein.ComputeDistance(word, v.name); d < least && d < len(v.name)-1 {
			best, least = v.name, d
		}
	}
	return best
}

// may reports whether someone with this rank can use the verb at all. author: it's the
// author.
func (v verb) may(s rank, author bool) bool { return s >= v.least && (author || !v.author) }
