package triage

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxCommands of one comment are carried out. Each label and each version counts.
const maxCommands = 10

// command in a comment, with one label or version.
type command struct {
	verb string // one of the table of verbs, or what somebody wrote instead
	name string // label or version
	sign string // of a label: "+", "-", or "" where somebody forgot it
}

// String is the command as somebody may have written it.
func (k command) String() string {
	if k.name == "" && k.sign == "" {
		return k.verb
	}
	return k.verb + " " + k.sign + k.name
}

// parse finds the commands of a comment, and counts those beyond the limit.
func parse(me, body string) (commands []command, more int) {
	if !names(me, body) {
		return nil, 0
	}
	for line := range strings.SplitSeq(plain(body), "\n") {
		text := strings.TrimLeft(line, " ")
		if len(line)-len(text) > 3 { // code, in some places
			continue
		}
		text, ours := addressed(strings.TrimRight(strings.ReplaceAll(text, "\x00", " "), " \t\r"), me)
		if !ours {
			continue
		}
		for _, k := range commandsOf(text) {
			if len(commands) < maxCommands {
				commands = append(commands, k)
			} else {
				more++
			}
		}
	}
	return commands, more
}

// addressed takes the name of the bot off a line that begins with it, and tells
// whether anything follows.
func addressed(line, me string) (rest string, ours bool) {
	name, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	name = strings.TrimRight(strings.ToLower(name), ":,")
	me = "@" + strings.ToLower(me)
	rest = strings.TrimLeft(rest, " ")
	return rest, rest != "" && (name == me || name == me+"[bot]")
}

// commandsOf are those of a line behind the name of the bot: one for each label
// and version.
func commandsOf(line string) []command {
	verb, rest, _ := strings.Cut(line, " ")
	verb = strings.ToLower(strings.TrimRight(verb, ".,:;!"))
	var all []command
	switch verb {
	case verbLabel:
		for rest = strings.TrimSpace(rest); rest != ""; {
			var k command
			k, rest = nextLabel(rest)
			all = append(all, k)
		}
	case verbBackport:
		for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
			if word != "to" && word != "and" { // as one says it
				all = append(all, command{verb: verb, name: word})
			}
		}
	}
	if all == nil {
		all = []command{{verb: verb}}
	}
	return all
}

// nextLabel reads a sign and the name of a label, which goes on until the next
// sign behind a space, or is in double quotes.
func nextLabel(text string) (k command, rest string) {
	k.verb = verbLabel
	if text[0] == '+' || text[0] == '-' {
		k.sign, text = text[:1], text[1:]
	}
	if quoted, found := strings.CutPrefix(strings.TrimLeft(text, " "), `"`); found {
		k.name, rest, _ = strings.Cut(quoted, `"`)
		return k, strings.TrimLeft(rest, " ,;")
	}
	end := len(text)
	for i := 1; i < len(text); i++ {
		if text[i-1] == ' ' && (text[i] == '+' || text[i] == '-') {
			end = i
			break
		}
	}
	k.name = strings.Trim(text[:end], " ,;")
	return k, text[end:]
}

// commander tells whether a comment may hold commands: of a person, in the
// person's own words. Somebody else who edits a comment could put words into a
// mouth that may more.
func commander(c pull.Comment) bool {
	edited := c.Editor != "" && !strings.EqualFold(c.Editor, c.By)
	return !c.Own && !c.Bot && !edited && c.By != "" && !strings.EqualFold(c.By, "ghost")
}

// saysReady tells whether a comment has the command by which an author says that
// the changes are made.
func saysReady(me string, c pull.Comment) bool {
	if me == "" || !commander(c) {
		return false
	}
	commands, _ := parse(me, c.Body)
	for _, k := range commands {
		if k.verb == verbReady {
			return true
		}
	}
	return false
}
