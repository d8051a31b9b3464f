package command

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/markdown"
)

const about = "Carries out commands in comments, such as `@BOT label +docs -tests`. A reaction shows that it's done; a short comment explains what wasn't."

// What the commands do.
const (
	doesLabel    = "Sets labels (`+`) and takes them off (`-`). Double quotes around a name are allowed."
	doesBackport = "Requests backports, as the labels do. Tries a backport again that failed or was closed."
	doesRerun    = "Checks everything here again."
	doesReady    = "Says that the requested changes are made. A draft is marked ready for review."
	doesWhy      = "Says who set each label and status, when, and why."
	doesHelp     = "Lists the commands that you may use."
)

// Answers.
const (
	answerFaults  = "%s, this did not work:"
	answerTooMany = "%s, of one person %d comments with commands are carried out here in a day (UTC). This one and later ones of the day were left out; please do it by hand, or write again tomorrow."
	answerUnread  = "%s, I can't read this comment: its lists or quotes are nested too deeply, or its tables are too large. If there's a command in it, please write it in another comment."

	helpStart = "%s, these commands work for you here, each at the start of a line:"
)

// Why a command did not work.
const (
	faultIssue    = "this works on pull requests only."
	faultEnded    = "this works on open pull requests only."
	faultUnmerged = "this pull request was closed without a merge, so there is nothing to backport."
	faultOff      = "the bot makes no backports here."

	noLabel      = "write the labels after it, each with `+` or `-` before it, as in `label +docs -tests`."
	unknownLabel = "there is no such label here. Is the name right? To set several, write `+` or `-` before each."
)

func answerMore(n int) string {
	if n == 1 {
		return fmt.Sprintf("Of one comment %d commands are carried out, each label and version counting as one. The last one was left out: write another comment for it.", maxCommands)
	}
	return fmt.Sprintf("Of one comment %d commands are carried out, each label and version counting as one. The last %d were left out: write another comment for them.", maxCommands, n)
}

func noVerb(me string) string {
	return fmt.Sprintf("write a command after my name. `@%s help` lists them all.", me)
}

func unknownVerb(verb, me string) string {
	if meant := nearestVerb(verb); meant != "" {
		return fmt.Sprintf("there is no such command. Did you mean `%s`?", meant)
	}
	return fmt.Sprintf("there is no such command. `@%s help` lists them all.", me)
}

func noSign(name string) string {
	return fmt.Sprintf("write `+` before a label to set it and `-` to take it off, as in %s.", codeSpan("label +"+name))
}

func noVersion(me string) string {
	return fmt.Sprintf("write the versions after it, as in `@%s backport 3.14 3.13`.", me)
}

func keptBy(rule string) string {
	return fmt.Sprintf("the rule %s of the bot keeps this label as the state of things is. You can still change it by hand.", codeSpan(rule))
}

// whoMay says who may use a command.
func whoMay(v verb) string { return "only " + mayText(v) + " may do this." }

func mayText(v verb) string {
	switch {
	case v.author:
		return "the author of the pull request"
	case v.least == anybody:
		return "anybody"
	case v.least == contributor:
		return "the author, triagers, core developers and release managers"
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

// onlyLabels are those that anybody may set.
func (t *execution) onlyLabels() string {
	var names []string
	for _, l := range t.Settings.Outsiders {
		names = append(names, codeSpan(l))
	}
	return "Anybody may set " + strings.Join(names, ", ") + "."
}

// The answer to why.
const (
	whyStart     = "This is what the history and the log of the bot say:"
	whyNothing   = "There are no labels here, and the log of the bot knows of no status of the newest commit."
	whyMore      = "%d more are left out."
	whyLabelled  = "label %s"
	whyStatus    = "status %s: %s"
	whyRule      = "rule %s"
	whyHand      = "by hand"
	whyForgotten = "the bot"
	whyNobody    = "not known"
	whyUnknown   = "not in the log"
)

// statusForm is the form of a status in the log: context, state, description and
// commit.
var statusForm = regexp.MustCompile(`^status (.+?) (success|failure|pending) ("(?:[^"\\]|\\.)*") on ([0-9a-f]{7,40})$`)

func whenText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC"
}

// unquote gives the description of a status.
func unquote(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// maxCodeSpan is how much of what people wrote an answer repeats, in characters.
const maxCodeSpan = 80

// codeSpan shows a text of strangers, shortened, as code.
func codeSpan(text string) string { return markdown.Code(shortened(text)) }

// codeCell is code in a table.
func codeCell(text string) string { return markdown.CodeCell(shortened(text)) }

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxCodeSpan {
		return string(runes[:maxCodeSpan-1]) + "…"
	}
	return text
}
