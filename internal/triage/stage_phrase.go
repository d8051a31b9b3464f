package triage

import "strings"

// phrases are what an author says when the changes are made.
type phrases struct {
	toSay string   // the one that people are told
	known []string // all, as spelled
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

// in tells whether a comment says one of the phrases: anywhere, in any case, with
// any apostrophe, and broken into lines as programs for e-mail do. In code it
// counts, since people copy it so from the bot's comment. In a quote it does not:
// those are words of others, as the bot's own are.
func (p phrases) in(body string) bool {
	var own strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(body, "\r", "\n")) {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") {
			line = "\n>\n" // which no phrase goes across
		}
		own.WriteString(line)
	}
	text := spelled(own.String())
	for _, phrase := range p.known {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}

// apostrophes are what keyboards and programs make of one.
var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "´", "'", "`", "'", "＇", "'")

// spelled is a text in lower case, with plain spaces and apostrophes.
func spelled(text string) string {
	return strings.Join(strings.Fields(apostrophes.Replace(strings.ToLower(text))), " ")
}
