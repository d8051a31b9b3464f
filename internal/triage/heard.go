package triage

import (
	"html"
	"strings"

	"github.com/concorde-bot/concorde/config"
)

// Heard tells whether the rules can make anything of a comment: it names the bot,
// or says one of the phrases. me is the bot's login without "[bot]"; while that is
// unknown, every comment counts.
func Heard(set config.Stages, me, words string) bool {
	return me == "" || names(me, words) || newPhrases(set.Phrases).in(words)
}

// names tells whether a text has the name of the bot: every command does. It looks
// at the text before it is read as Markdown, which may have "&#64;" for "@".
func names(me, text string) bool {
	return strings.Contains(strings.ToLower(html.UnescapeString(text)), "@"+strings.ToLower(me))
}
