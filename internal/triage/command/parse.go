package command

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxCommands bounds the commands that are carried out in a comment. Each label and each
// version counts.
const maxCommands = 10

// command in a comment, with one label or version.
type command struct {
	verb string // in the table of verbs, or what someone wrote instead
	name string // label or version
	sign string // of a label: "+", "-", or "" if it's missing
	// unclear: name is all that follows the verb, and may mean the opposite.
	unclear bool
}

// String is the command as someone may have written it.
func (k command) String() string {
	if k.unclear {
		return k.verb + k.name
	}
	if k.name == "" && k.sign == "" {
		return k.verb
	}
	return k.verb + " " + k.sign + k.name
}

// said are the commands of a comment.
type said struct {
	commands []command
	more     int  // commands beyond the limit
	unread   bool // it names the bot, but costs too much to read
}

// parse finds a comment's commands, and counts those beyond the limit. One that isn't
// read (markdown.Read) has none that anyone knows of.
func parse(me, body string) said {
	if !pull.Names(me, body) {
		return said{}
	}
	passages, read := markdown.Read(body)
	s := said{unread: !read}
	for _, p := range passages {
		for _, line := range spoken(p) {
			line, ours := addressed(holes.Replace(strings.Trim(spaced.Replace(line), " ")), me)
			if !ours {
				continue
			}
			for _, k := range commandsOf(line) {
				if len(s.commands) < maxCommands {
					s.commands = append(s.commands, k)
				} else {
					s.more++
				}
			}
		}
	}
	return s
}

// saidIn is parse for a comment of a request, which is read once: strangers write long
// ones.
func saidIn(r *pull.Request, c pull.Comment) said {
	if c.Unread {
		return said{unread: true}
	}
	type comment struct{ me, body string }
	return pull.Once(r, comment{r.Me, c.Body}, func() said { return parse(r.Me, c.Body) })
}

// spoken are a passage's lines that may be commands: those of a paragraph.
func spoken(p markdown.Passage) []string {
	if p.Kind != markdown.Paragraph {
		return nil
	}
	return p.Lines
}

// spaced replaces the spaces that keyboards and word processors insert with plain ones
// (Unicode, category Zs), and so what nobody sees.
var spaced = strings.NewReplacer(
	"\u00a0", " ", "\u1680", " ", "\u2000", " ", "\u2001", " ", "\u2002", " ", "\u2003", " ", "\u2004", " ", "\u2005", " ",
	"\u2006", " ", "\u2007", " ", "\u2008", " ", "\u2009", " ", "\u200a", " ", "\u202f", " ", "\u205f", " ", "\u3000", " ",
	"\u200b", " ", "\u2060", " ", "\u200e", " ", "\u200f", " ", "\u2028", " ", "\u2029", " ",
)

// holes replaces what isn't text within a line, and tabs, with spaces.
var holes = strings.NewReplacer(string(markdown.Hole), " ", "\t", " ")

// ends are what people write after a label, a version or a sentence, and stops what they
// write after a name or a verb, wide ones included.
const (
	ends  = " .,;!?…。，、；！？"
	stops = ends + ":："
)

// addressed removes the bot's name from the start of a line, and reports whether it's
// there. In a longer name it isn't.
func addressed(line, me string) (rest string, ours bool) {
	me = "@" + me
	if len(line) < len(me) || !strings.EqualFold(line[:len(me)], me) {
		return "", false
	}
	rest = line[len(me):]
	if bot := "[bot]"; len(rest) >= len(bot) && strings.EqualFold(rest[:len(bot)], bot) {
		rest = rest[len(bot):]
	}
	if rest != "" && strings.IndexAny(rest, stops) != 0 { // somebody else's name, or a team's
		return "", false
	}
	return strings.TrimLeft(rest, stops), true
}

// commandsOf are the commands in a line after the bot's name: one for each label and
// version.
func commandsOf(line string) []command {
	verb, after := cutWord(line)
	if verb == "please" {
		verb, after = cutWord(strings.TrimLeft(after, stops))
	}
	rest := strings.TrimLeft(after, stops)
	var all []command
	switch verb {
	case verbLabel:
		rest = curly.Replace(rest)
		for rest = strings.TrimRight(rest, ends); rest != ""; {
			var k command
			k, rest = nextLabel(rest)
			all = append(all, k)
		}
	case verbAllow, verbFreeze, verbThaw:
		all = clearly(verb, after)
	case verbHold, verbRevert, verbRefuse:
		all = []command{{verb: verb, name: strings.TrimRight(rest, " ")}}
	case verbBackport:
		for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(between, r) }) {
			word = bare(word)
			if word != "" && !filling[strings.ToLower(word)] {
				all = append(all, command{verb: verb, name: word})
			}
		}
	}
	if all == nil {
		all = []command{{verb: verb}}
	}
	return all
}

// firstWord is the first word of a line in lower case, and what follows.
func firstWord(line string) (word, rest string) {
	word, after := cutWord(line)
	return word, strings.TrimLeft(after, stops)
}

// cutWord is firstWord with the punctuation between both. A plus sign also ends the word:
// "label+docs".
func cutWord(line string) (word, after string) {
	end := strings.IndexAny(line, stops+"+")
	if end < 0 {
		end = len(line)
	}
	return strings.ToLower(line[:end]), line[end:]
}

// bare is a version or a word without the punctuation around it, and without the v that
// some write before a version.
func bare(word string) string {
	word = strings.Trim(word, stops+"()[]\"'“”")
	if version := strings.TrimLeft(word, "vV"); lifecycle.ValidVersion(version) {
		return version
	}
	return word
}

// filling are the words that people write before and between versions, and around them.
// closing are those that follow a version and begin no reason.
var (
	filling = map[string]bool{"to": true, "and": true, "plus": true, "also": true, "&": true, "please": true, "thanks": true,
		"this": true, "it": true, "the": true, "for": true, "on": true, "in": true, "version": true, "versions": true,
		"branch": true, "branches": true}
	closing = map[string]bool{"please": true, "thanks": true, "branch": true, "branches": true}
)

// curly replaces the quotes that keyboards insert with plain ones.
var curly = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`)

// nextLabel reads a sign and a label's name, which ends at the next sign after a space, or
// is in double quotes. A name without quotes doesn't include the end of a sentence, but
// may include colons, as in ":bug:".
func nextLabel(text string) (k command, rest string) {
	k.verb = verbLabel
	if text[0] == '+' || text[0] == '-' {
		k.sign, text = text[:1], text[1:]
	}
	if quoted, found := strings.CutPrefix(strings.TrimLeft(text, " "), `"`); found {
		k.name, rest, _ = strings.Cut(quoted, `"`)
		return k, strings.TrimLeft(rest, ends)
	}
	end := len(text)
	for i := 1; i < len(text); i++ {
		if text[i-1] == ' ' && (text[i] == '+' || text[i] == '-') {
			end = i
			break
		}
	}
	k.name = strings.TrimRight(strings.TrimLeft(text[:end], " ,;"), ends)
	return k, text[end:]
}

// commander reports whether a comment may have commands: by a person, in that person's
// own words. Someone else could edit a comment to use its author's permissions.
func commander(c pull.Comment) bool {
	edited := c.Editor != "" && !strings.EqualFold(c.Editor, c.By)
	return !c.Own && !c.Bot && !edited && c.By != "" && !strings.EqualFold(c.By, "ghost")
}
