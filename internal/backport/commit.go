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
	// longNumber matches pull requests as GitHub's squash commits name them: "(#24680)".
	// Shorter numbers belong to other trackers.
	longNumber = regexp.MustCompile(`#[1-9][0-9]{4,}`)
	// branchPrefix is the start of a backport's title; branchPrefixes matches any that
	// others may have added.
	branchPrefix   = regexp.MustCompile(`^\s*\[(\d+(?:\.\d+)+)\]`)
	branchPrefixes = regexp.MustCompile(`^\s*(?:\[\d+(?:\.\d+)+\]\s*)+`)
	numberAtEnd    = regexp.MustCompile(`\s*\((?:GH-|gh-|#)(\d{1,9})\)\s*$`)
)

// GitHub's limits for a pull request, in characters ("Create a pull request"), which are
// never more than bytes.
const (
	maxTitle    = 256
	maxPullBody = 65536
)

// Message returns a backport's commit message as cherry_picker writes it: the original's
// with GH-numbers, without the branch in its subject, with the line that says where it
// comes from before the trailers, and with credit to the author.
func Message(original git.Source) string {
	original.Message = numbered(original.Message)
	return Verbatim(original)
}

// Verbatim is Message without changing numbers (fix_commit_msg = false).
func Verbatim(original git.Source) string {
	subject, body := split(original.Message)
	p := parse(subject + "\n\n" + body)
	p.credit(original.Author)
	return p.with(pickLine(original.ID))
}

// numbered writes "#24680" as "GH-24680" where cherry_picker does:
// \B#(?=[1-9][0-9]{4,}\b), with Python's definition of words, which isn't ASCII only.
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

// split returns the subject without prefixes of branches, and the body. GitHub accepts
// both, and starts workflows on them.
func split(message string) (subject, body string) {
	message = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == '\x7f' {
			return ' '
		}
		return r
	}, strings.ReplaceAll(message, "\r\n", "\n"))
	message = Unskipped(strings.ToValidUTF8(message, "\uFFFD"))
	subject, body, _ = strings.Cut(strings.TrimLeft(message, spaces), "\n")
	// Bytes of a message that isn't UTF-8 become characters, so only ASCII spaces are
	// spaces.
	subject = strings.Trim(branchPrefixes.ReplaceAllString(subject, ""), spaces)
	if subject == "" {
		subject = "Backport"
	}
	return subject, strings.Trim(body, "\n")
}

// Original is the merged change of a backport.
type Original struct {
	git.Source // the merged commit
	Number     int
}

// titleFor is the title of the backport's pull request: "[3.14] gh-1: Fix it (GH-2)". If
// it's too long for GitHub, the rest goes to the start of the body, as GitHub itself
// does it.
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

// bodyFor is the body of the backport's pull request: its commit's body, which notifies
// no one, and a section. If that's too long for GitHub, the end of the commit's text is
// left out, but not its credits. The section comes first if GitHub would take it for
// part of the text's code.
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
	// the text has an open code block or comment
	if at := len(text) + len(gapBefore); section != "" && !slices.Contains(markdown.Comments(body), at) {
		body = strings.TrimPrefix(section, gapBefore) + gapBefore + text
	}
	return body
}

// shortened cuts a text to a number of bytes by removing text before its end, as long as
// that leaves half of the room.
func shortened(text string, end, room int) string {
	const gap = "…\n"
	if end < 0 || len(text)-end > room/2 {
		end = len(text)
	}
	return strings.ToValidUTF8(text[:max(room-len(gap)-(len(text)-end), 0)], "") + gap + text[end:]
}

func pickLine(id string) string { return "(cherry picked from commit " + id + ")" }

// originalOf reads the original's number from a backport's title: "[3.14] Fix it
// (GH-24680)". If several end the title, the last one counts.
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

// PickedFrom returns the commits that a message says it was picked from, as git and
// cherry_picker write them.
func PickedFrom(message string) (shas []string) {
	for _, m := range pickedFrom.FindAllStringSubmatch(message, -1) {
		shas = append(shas, m[1])
	}
	return shas
}

var numbersAtEnd = regexp.MustCompile(`(?:\s*\((?:GH-|gh-|#)\d{1,9}\))*\s*$`)

// BareSubject returns a subject without branches and numbers of pull requests, which is
// the same for a change on all branches.
func BareSubject(subject string) string {
	return numbersAtEnd.ReplaceAllString(branchPrefixes.ReplaceAllString(subject, ""), "")
}
