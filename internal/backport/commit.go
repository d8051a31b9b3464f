package backport

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
)

var (
	// longNumber is how GitHub's squash commits name a pull request: "(#24680)".
	// Shorter numbers are of other trackers.
	longNumber = regexp.MustCompile(`#[1-9][0-9]{4,}`)
	// branchPrefix is what the title of a backport starts with, branchPrefixes all
	// that it may have got from others.
	branchPrefix   = regexp.MustCompile(`^\s*\[(\d+(?:\.\d+)+)\]`)
	branchPrefixes = regexp.MustCompile(`^\s*(?:\[\d+(?:\.\d+)+\]\s*)+`)
	numberAtEnd    = regexp.MustCompile(`\s*\((?:GH-|gh-|#)(\d{1,9})\)\s*$`)
)

// What GitHub takes of a pull request, in characters ("Create a pull request"), of
// which there are no more than bytes.
const (
	maxTitle    = 256
	maxPullBody = 65536
)

// Message is the commit message of a backport: that of the original with
// GH-numbers, without the branch in its subject, with the line that says where it
// comes from, before the trailers, and with credit to the author, as cherry_picker
// gives it.
func Message(original git.Source) string {
	original.Message = numbered(original.Message)
	return Verbatim(original)
}

// Verbatim is Message with all numbers as they are (fix_commit_msg = false).
func Verbatim(original git.Source) string {
	subject, body := split(original.Message)
	p := parse(subject + "\n\n" + body)
	p.credit(original.Author)
	return p.with(pickLine(original.ID))
}

// numbered writes "#24680" as "GH-24680" where cherry_picker does:
// \B#(?=[1-9][0-9]{4,}\b), with Python's words, which are not ASCII alone.
func numbered(message string) string {
	word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
	var b strings.Builder
	last := 0
	for _, at := range longNumber.FindAllStringIndex(message, -1) {
		before, _ := utf8.DecodeLastRuneInString(message[:at[0]])
		after, _ := utf8.DecodeRuneInString(message[at[1]:])
		if !word(before) && !word(after) {
			b.WriteString(message[last:at[0]] + "GH-")
			last = at[0] + len("#")
		}
	}
	return b.String() + message[last:]
}

// split gives the subject without prefixes of branches, and the body. Both are
// text that GitHub takes, and starts workflows on.
func split(message string) (subject, body string) {
	message = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == '\x7f' {
			return ' '
		}
		return r
	}, strings.ReplaceAll(message, "\r\n", "\n"))
	message = unskipped(strings.ToValidUTF8(message, "\uFFFD"))
	subject, body, _ = strings.Cut(strings.TrimLeft(message, spaces), "\n")
	// The bytes of a message that is not UTF-8 come as characters: only ASCII
	// spaces are spaces.
	subject = strings.Trim(branchPrefixes.ReplaceAllString(subject, ""), spaces)
	if subject == "" {
		subject = "Backport"
	}
	return subject, strings.Trim(body, "\n")
}

// Original is the merged change that a backport comes from.
type Original struct {
	git.Source // the merged commit
	Number     int
}

// titleFor is that of the backport's pull request: "[3.14] gh-1: Fix it (GH-2)".
// One that GitHub would not take is shortened, and what is left over starts the
// body, as people's long titles do.
func (o Original) titleFor(branch string) (title, rest string) {
	subject, _ := split(numbered(o.Message))
	ending := fmt.Sprintf(" (GH-%d)", o.Number)
	if m := numberAtEnd.FindStringSubmatchIndex(subject); m != nil && subject[m[2]:m[3]] == strconv.Itoa(o.Number) {
		subject = subject[:m[0]]
	}
	if subject == "" {
		subject = "Backport"
	}
	prefix := "[" + branch + "] "
	room := maxTitle - utf8.RuneCountInString(prefix+ending)
	if runes := []rune(subject); len(runes) > room {
		subject, rest = string(runes[:room-1])+"…", "…"+string(runes[room-1:])
	}
	return prefix + subject + ending, rest
}

// bodyFor is that of the backport's pull request: the body of its commit, which
// notifies nobody, and a section. Where that's more than GitHub takes, the end of
// the commit's text is left out, but not who is credited. The section comes first where
// GitHub would show it as a part of the text's code.
func (o Original) bodyFor(branch, section string) string {
	_, rest := o.titleFor(branch)
	_, text := split(Message(o.Source))
	if rest != "" {
		text = rest + "\n\n" + text
	}
	text = markdown.Quiet(text)
	if room := max(maxPullBody-len(section), 0); len(text) > room {
		text = shortened(text, strings.LastIndex(text, pickLine(o.ID)), room)
	}
	body := text + section
	if at := len(text) + len(gapBefore); section != "" && !slices.Contains(markdown.Comments(body), at) { // the text's code or comment has no end
		body = strings.TrimPrefix(section, gapBefore) + gapBefore + text
	}
	return body
}

// shortened fits a text into so many bytes by leaving out what is before its end,
// as far as that leaves half of the room.
func shortened(text string, end, room int) string {
	const gap = "…\n"
	if end < 0 || len(text)-end > room/2 {
		end = len(text)
	}
	return strings.ToValidUTF8(text[:max(room-len(gap)-(len(text)-end), 0)], "") + gap + text[end:]
}

func pickLine(id string) string { return "(cherry picked from commit " + id + ")" }

// originalOf reads the number of the original from the title of a backport:
// "[3.14] Fix it (GH-24680)". With several at the end, the last one counts.
func originalOf(title string) (branch string, number int) {
	m := branchPrefix.FindStringSubmatch(title)
	if m == nil {
		return "", 0
	}
	branch = m[1]
	if found := numberAtEnd.FindStringSubmatch(title); found != nil {
		number, _ = strconv.Atoi(found[1])
	}
	return branch, number
}

var pickedFrom = regexp.MustCompile(`\(cherry picked from commit ([0-9a-f]{7,64})(?: [\w.-]+/[\w.-]+)?\)`)

// PickedFrom are the ids of the commits that a message says it was picked from, as git
// and cherry_picker write them.
func PickedFrom(message string) (shas []string) {
	for _, m := range pickedFrom.FindAllStringSubmatch(message, -1) {
		shas = append(shas, m[1])
	}
	return shas
}

var numbersAtEnd = regexp.MustCompile(`(?:\s*\((?:GH-|gh-|#)\d{1,9}\))*\s*$`)

// BareSubject is a subject without branch and numbers of pull requests: that of a
// change wherever it is.
func BareSubject(subject string) string {
	return numbersAtEnd.ReplaceAllString(branchPrefixes.ReplaceAllString(subject, ""), "")
}
