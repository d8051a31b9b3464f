package freeze

import (
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

const about = "Closes a branch to all but the release manager between a release's tag and its announcement, by the release data or " +
	"`@BOT freeze 3.15`."

// shownInFull is how much of a status's description GitHub shows, in characters.
const shownInFull = 50

func descriptionOpen(branch string) string { return branch + " isn't frozen" }

func descriptionLead(login string) string { return "Frozen, but " + login + " may merge" }

// descriptionFrozen says until when, and whom to ask.
func descriptionFrozen(s state) string {
	text := "Frozen until thawed"
	switch {
	case s.set:
		text = "Frozen by the settings"
	case !s.until.IsZero():
		text = "Frozen until " + s.until.Format(time.DateOnly)
	}
	who := s.lead
	if s.by != "" {
		who = []string{s.by}
	}
	if asking := text + ": ask " + strings.Join(who, " or "); len(who) > 0 && len([]rune(asking)) <= shownInFull {
		return asking
	}
	return text + ": ask the release manager"
}

// note is the comment in the tracking issue.
func (c Config) note(r *pull.Request, s state) pull.Note {
	return pull.Note{Key: noteKey, Body: c.noteText(r, s)}
}

func (c Config) noteText(r *pull.Request, s state) string {
	thaw, freeze, longer := "", "", ""
	if c.Commands != nil {
		thaw = fmt.Sprintf(" `@%s thaw %s` ends the freeze.", r.Me, s.version)
		freeze = fmt.Sprintf(" `@%s freeze %s` freezes it.", r.Me, s.version)
		longer = fmt.Sprintf(" If it should last longer, `@%s freeze %s` keeps it frozen until `thaw`.", r.Me, s.version)
	}
	switch {
	case !s.frozen:
		return fmt.Sprintf("**%s isn't frozen.** The status `%s` succeeds on open pull requests into it.", s.version, c.Settings.Status) + freeze
	case s.by != "":
		return fmt.Sprintf("**%s is frozen.** %s froze it on %s.", s.version, s.by, s.at.UTC().Format("2006-01-02 15:04")+" UTC") +
			c.frozenText(s) + thaw
	case s.set:
		return fmt.Sprintf("**%s is frozen**, by the settings (`backport.overrides`).", s.version) + c.frozenText(s)
	}
	until := s.until.Format(time.DateOnly) + ", 00:00 UTC"
	return fmt.Sprintf("**%s is frozen until %s**, by the release data.", s.version, until) + c.frozenText(s) + thaw + longer
}

// frozenText says what a freeze means.
func (c Config) frozenText(s state) string {
	but := ""
	if len(s.lead) > 0 {
		but = ", except those by " + strings.Join(s.lead, " or ")
	}
	return fmt.Sprintf(" The status `%s` fails on open pull requests into it%s, and I don't merge any.", c.Settings.Status, but)
}
