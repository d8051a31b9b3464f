package command

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const about = "Carries out commands in comments, such as `@BOT label +docs -tests`, and answers with a reaction or a short comment."

// What the commands do.
const (
	doesLabel    = "Adds (`+`) and removes (`-`) labels. You can put a name in double quotes."
	doesBackport = "Requests backports, as the labels do. Retries a backport that failed or was closed."
	doesRevert   = "Opens a pull request that reverts this merged one. You can say why."
	doesRerun    = "Re-checks everything here."
	doesReady    = "Tells the reviewers that you've made the requested changes. Marks a draft as ready for review."
	doesHold     = "Stops the bot here until the day begins (UTC), or until `resume`. Statuses and check runs stay current. Day and reason " +
		"are optional."
	doesResume = "Ends a hold."
	doesAllow  = "Allows the backports to your versions, whatever their phase, and requests them. Without a version, to all that are " +
		"requested. Undoes `refuse`."
	doesRefuse = "Refuses the backports to your versions; the status comment shows the reason. Without a version, all that are requested. " +
		"Undoes `allow`."
	doesFreeze = "Closes a version's branch to all pull requests but its release managers' own."
	doesThaw   = "Ends a freeze."
	doesWhy    = "Shows who set each label and status, when, and why."
	doesHelp   = "Lists the commands that you can use."
)

// Answers.
const (
	answerFaults  = "%s, I couldn't do that:"
	answerTooMany = "%s, I carry out commands in at most %d of your comments here per day (UTC). " +
		"I've skipped this comment, and I'll skip any others today. Please make the change by hand, or try again tomorrow."
	answerUnread = "%s, I can't read this comment: its lists or quotes are nested too deeply, or its tables are too large. " +
		"If it contains a command, please post that in a new comment."
	answerTooLong = "%s, I haven't read this comment: there are too many long ones here. " +
		"If it contains a command, please post that in a new, short comment."

	helpStart = "%s, you can use these commands here, each at the start of a line:"
)

// Why a command did not work.
const (
	faultIssue     = "this only works on pull requests."
	faultEnded     = "this only works on open pull requests."
	faultUnmerged  = "this pull request was closed without being merged, so there's nothing to backport."
	faultOff       = "backports are turned off here."
	faultUnlanded  = "this pull request isn't merged, so there's nothing to revert."
	faultNoReverts = "reverts are turned off here."
	faultNoFreezes = "freezes are turned off here."
	faultPastDay   = "that date isn't in the future (UTC). Name a later one, as in `hold until 2026-12-05`."
	faultPull      = "this only works in a version's tracking issue."

	noLabel      = "name the labels after the command, each with `+` or `-` in front, as in `label +docs -tests`."
	unknownLabel = "this label doesn't exist here. Please check its name. To change several labels, put `+` or `-` in front of each."
)

func answerMore(n int) string {
	if n == 1 {
		return fmt.Sprintf("I carry out at most %d commands per comment, counting each label and version. "+
			"I've skipped the last one; please post it in a new comment.", maxCommands)
	}
	return fmt.Sprintf("I carry out at most %d commands per comment, counting each label and version. "+
		"I've skipped the last %d; please post them in a new comment.", maxCommands, n)
}

// onHold is why a command did not work while the pull request was on hold.
func onHold(me string, h *pull.Hold) string {
	return fmt.Sprintf("this pull request was on hold%s. `@%s resume` ends a hold; then please post the command again.", holdText(h), me)
}

// holdText says until when it lasts, who asked for it and why.
func holdText(h *pull.Hold) string {
	text := ", at " + codeSpan(h.By) + "'s request"
	if !h.Until.IsZero() {
		text = " until " + h.Until.UTC().Format("2 January 2006") + " (UTC)" + text
	}
	if h.Why != "" {
		text += " (" + markdown.Code(h.Why) + ")"
	}
	return text
}

// The bot's comments on what people ask for on the page.
const (
	holdNoDay = "This is on hold now, with no end date: I can only read a date like `until 2026-12-05`. " +
		"To set one, post the command again with a date like that."

	turnHold   = "On hold%s. I only keep statuses and check runs current here. `@%s resume` ends it."
	turnEnded  = "This pull request was on hold%s. The hold has ended."
	turnGoesOn = "No longer on hold: %s ended it on the pull request's page."
	// holdUnread is the reason of a hold that may be in a comment that isn't read again.
	holdUnread = "there are too many long comments here to read that command again"
)

func turnText(me string, t turn, inForce bool) string {
	switch {
	case t.goOn:
		return fmt.Sprintf(turnGoesOn, codeSpan(t.By))
	case inForce:
		return fmt.Sprintf(turnHold, holdText(&t.Hold), me)
	}
	return fmt.Sprintf(turnEnded, holdText(&t.Hold))
}

func noVerb(me string) string {
	return fmt.Sprintf("write a command after my name. `@%s help` lists all commands.", me)
}

func unknownVerb(verb, me string) string {
	if meant := nearestVerb(verb); meant != "" {
		return fmt.Sprintf("this command doesn't exist. Did you mean `%s`?", meant)
	}
	return fmt.Sprintf("this command doesn't exist. `@%s help` lists all commands.", me)
}

func noSign(name string) string {
	return fmt.Sprintf("put `+` in front of a label to add it, or `-` to remove it, as in %s.", codeSpan("label +"+name))
}

func noLabelVersion(start string) string {
	return fmt.Sprintf("this label needs a version at the end, as in `label +%s 3.14`.", start)
}

func noVersion(me string) string {
	return fmt.Sprintf("name the versions after the command, as in `@%s backport 3.14 3.13`.", me)
}

// notClear is the answer to a command that may mean the opposite, with what to write instead.
func notClear(me string, k command, version string) string {
	if m := tag.FindStringSubmatch(k.name); m != nil && lifecycle.ValidVersion(m[1]) {
		return fmt.Sprintf("%s isn't a branch. Did you mean `@%s %s %s`?", m[1]+m[2], me, k.verb, m[1])
	}
	if k.verb == verbAllow {
		return fmt.Sprintf("I'm not sure what this means. Write just `@%s allow`, or name the versions, as in `@%s allow 3.14 3.13`.", me, me)
	}
	return fmt.Sprintf("I'm not sure what this means. Write just `@%s %s %s`.", me, k.verb, version)
}

func noTracking(version string) string {
	return fmt.Sprintf("%s has no tracking issue. Name it in the settings, in `release.issues`.", version)
}

func otherTracking(version string, issue int) string {
	return fmt.Sprintf("this only works in the tracking issue of %s, #%d.", version, issue)
}

func stillOnMain(version, branch string) string {
	return fmt.Sprintf("%s is still on %s, which I don't freeze.", version, cmp.Or(branch, "main"))
}

func frozenBySettings(version string) string {
	return fmt.Sprintf("the settings freeze %s (`backport.overrides`).", version)
}

// whoManages names the release managers of a version, without notifying them.
func (t *execution) whoManages(version string) string {
	logins := t.Backport.Logins(t.life(version, t.r.Now))
	if len(logins) == 0 {
		return fmt.Sprintf("only the release manager of %s can do this, and the settings don't name one (`backport.managers`).", version)
	}
	return fmt.Sprintf("only the release manager of %s can do this: %s.", version, strings.Join(logins, " or "))
}

func noReason(me string) string {
	return fmt.Sprintf("give a reason, as in `@%s refuse 3.14 it changes the ABI`.", me)
}

func noneManaged(me, verb string) string {
	return fmt.Sprintf("no backport to a version that you manage is requested here. Name the version, as in `@%s %s 3.14`.", me, verb)
}

// keptBy is why a command doesn't change a label of a rule's.
func keptBy(rule string) string {
	return fmt.Sprintf("the rule %s manages this label. You can change it by hand, unless the settings say `hold: kept`.", codeSpan(rule))
}

// whoMay names who can use a command.
func whoMay(v verb) string { return "only " + mayText(v) + " can do this." }

func mayText(v verb) string {
	switch {
	case v.author:
		return "the pull request's author"
	case v.least == anybody:
		return "anyone"
	case v.least == contributor:
		return "the author, triagers, core developers and release managers"
	case v.least == coreDeveloper:
		return "core developers and release managers"
	case v.least == releaseManager:
		return "the version's release managers"
	}
	return "triagers, core developers and release managers"
}

func (t *execution) whoLabels() string {
	v, _ := verbOf(verbLabel)
	if len(t.Settings.Outsiders) == 0 {
		return whoMay(v)
	}
	return whoMay(v) + " " + t.onlyLabels()
}

// onlyLabels names the labels that anyone can change.
func (t *execution) onlyLabels() string {
	var names []string
	for _, l := range t.Settings.Outsiders {
		names = append(names, codeSpan(l))
	}
	return "Anyone can add or remove " + strings.Join(names, ", ") + "."
}

// The answer to why.
const (
	whyStart     = "Here's what the history and my audit log show:"
	whyHold      = "This pull request is on hold%s, so I only keep statuses and check runs current. `@%s resume` ends it."
	whyNothing   = "There are no labels here, and no statuses in my audit log."
	whyPage      = "[Its page](%s) shows what I last saw here, and what each rule wants."
	whyMore      = "%d more aren't shown."
	whyLabelled  = "label %s"
	whyStatus    = "status %s: %s"
	whyRule      = "rule %s"
	whyHand      = "by hand"
	whyForgotten = "me"
	whyNobody    = "unknown"
	whyUnknown   = "not in the audit log"
)

// statusForm is a status in the audit log: context, state, description and commit.
var statusForm = regexp.MustCompile(`^status (.+?) (success|failure|pending) ("(?:[^"\\]|\\.)*") on ([0-9a-f]{7,40})$`)

func whenText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC"
}

// unquote is a status's description.
func unquote(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// maxCodeSpan is how much of a person's text an answer repeats, in characters.
const maxCodeSpan = 80

// codeSpan shows a stranger's text as code, shortened.
func codeSpan(text string) string { return markdown.Code(shortened(text)) }

// codeCell is codeSpan in a table.
func codeCell(text string) string { return markdown.CodeCell(shortened(text)) }

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxCodeSpan {
		return string(runes[:maxCodeSpan-1]) + "…"
	}
	return text
}
