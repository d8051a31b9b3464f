package stage

import (
	"html"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/markdown"
)

// phrases are what an author writes once the changes are made.
type phrases struct {
	toSay string   // the one that comments name
	known []string // all of them, normalized by spelled
}

func newPhrases(all []string) phrases {
	var p phrases
	for _, phrase := range all {
		if text := spelled(phrase); text != "" {
			p.known = append(p.known, text)
			if p.toSay == "" {
				p.toSay = phrase
			}
		}
	}
	return p
}

// in reports whether a comment says one of the phrases: anywhere in its text, in any case,
// with any apostrophe, and across line breaks, as mail programs make them. Code, quotes
// and hidden text don't count.
func (p phrases) in(body string) bool {
	if !p.within(html.UnescapeString(body)) { // as nearly all comments: they needn't be parsed
		return false
	}
	passages, _ := markdown.Read(body)
	return slices.ContainsFunc(passages, func(passage markdown.Passage) bool { return p.within(strings.Join(passage.Lines, " ")) })
}

// Says reports whether a comment says one of the phrases.
func Says(set config.Stages, comment string) bool { return newPhrases(set.Phrases).in(comment) }

func (p phrases) within(text string) bool {
	text = spelled(text)
	return slices.ContainsFunc(p.known, func(phrase string) bool { return strings.Contains(text, phrase) })
}

// apostrophes are what keyboards and programs write for one.
var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "´", "'", "`", "'", "＇", "'")

// spelled is text in lower case, with plain spaces and apostrophes.
func spelled(text string) string {
	return strings.Join(strings.Fields(apostrophes.Replace(strings.ToLower(text))), " ")
}
