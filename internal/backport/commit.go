package backport

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/git"
)

var (
	// longNumber is how GitHub's squash commits name a pull request: "(#24680)".
	// Shorter numbers are of other trackers.
	longNumber = regexp.MustCompile(`(^|[^\w])#(\d{5,})`)
	// branchPrefix is what the title of a backport starts with.
	branchPrefix = regexp.MustCompile(`^\s*\[\d+\.\d+\]\s*`)
	numberAtEnd  = regexp.MustCompile(`\s*\((?:GH-|gh-|#)(\d{1,9})\)\s*$`)
	trailerLine  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*:\s|^\(cherry picked from commit [0-9a-f]+\)$`)
	control      = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f]`)
)

// unmarked spoils the marks in a message that would make a pull request look like a
// draft with conflicts. What it puts in can't be part of another mark.
var unmarked = strings.NewReplacer("<!-- backport-conflict", "<!-- - backport-conflict", "<!-- /backport-conflict", "<!-- - backport-conflict")

// maxTitle of a pull request, in characters ("Create a pull request").
const maxTitle = 256

// Message is the commit message of a backport: that of the original with
// GH-numbers, without the branch in its subject, with the line that says where it
// comes from, before the trailers, and with credit to the author, as cherry_picker
// gives it.
func Message(original git.Source) string {
	subject, body := split(original.Message)
	lines, trailers := cutTrailers(body)
	text := strings.TrimRight(subject+"\n\n"+strings.Join(lines, "\n"), "\n ")
	text += fmt.Sprintf("\n(cherry picked from commit %s)\n", original.ID)
	if len(lines) == 0 {
		text = subject + fmt.Sprintf("\n\n(cherry picked from commit %s)\n", original.ID)
	}
	credit := "Co-authored-by: " + original.Author
	if original.Author != "" && !strings.Contains(strings.ToLower(body), strings.ToLower(credit)) {
		trailers = append(slices.Clone(trailers), credit)
	}
	if len(trailers) > 0 {
		text += "\n" + strings.Join(trailers, "\n") + "\n"
	}
	return text
}

// split gives the subject, on one line and without prefixes of branches, and
// the body, of a message with GH-numbers.
func split(message string) (subject, body string) {
	message = strings.ToValidUTF8(strings.ReplaceAll(message, "\r\n", "\n"), "\uFFFD")
	message = longNumber.ReplaceAllString(control.ReplaceAllString(message, " "), "${1}GH-$2")
	subject, body, _ = strings.Cut(strings.TrimLeft(message, "\n "), "\n")
	for branchPrefix.MatchString(subject) {
		subject = branchPrefix.ReplaceAllString(subject, "")
	}
	// The bytes of a message that is not UTF-8 come as characters: only ASCII
	// spaces are spaces.
	subject = strings.Join(strings.FieldsFunc(subject, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
	if subject == "" {
		subject = "Backport"
	}
	return subject, strings.Trim(body, "\n")
}

// cutTrailers takes the last paragraph of a body off when it is made of
// trailers alone ("git interpret-trailers").
func cutTrailers(body string) (text, trailers []string) {
	lines := strings.Split(strings.TrimRight(body, "\n "), "\n")
	if body == "" {
		return nil, nil
	}
	start := len(lines)
	for start > 0 && strings.TrimSpace(lines[start-1]) != "" {
		start--
	}
	named := false
	for i, line := range lines[start:] {
		switch {
		case trailerLine.MatchString(line):
			named = true
		case i > 0 && strings.HasPrefix(line, " "): // a folded value
		default:
			return lines, nil
		}
	}
	if !named {
		return lines, nil
	}
	return lines[:start], lines[start:]
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
	subject, _ := split(o.Message)
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
// notifies nobody.
func (o Original) bodyFor(branch string) string {
	_, rest := o.titleFor(branch)
	_, text := split(Message(o.Source))
	if rest != "" {
		text = rest + "\n\n" + text
	}
	return Quiet(unmarked.Replace(text))
}

// mention is what GitHub takes for one, anywhere in a text.
var mention = regexp.MustCompile(`(^|[^0-9A-Za-z_])@([0-9A-Za-z])`)

// silent is a zero-width space: after an @ nobody sees it, and GitHub sees no
// mention. Unlike an entity it does no harm in a commit message either. Dependabot
// and Renovate do the same.
const silent = "\u200b"

// Quiet breaks the mentions in a text that a bot repeats: whoever was mentioned in
// a commit message was notified by the original.
func Quiet(text string) string { return mention.ReplaceAllString(text, "${1}@"+silent+"${2}") }

// aloud undoes Quiet.
func aloud(text string) string { return strings.ReplaceAll(text, "@"+silent, "@") }

// originalOf reads the number of the original from the title of a backport:
// "[3.14] Fix it (GH-24680)". With several at the end, the last one counts.
func originalOf(title string) (branch string, number int) {
	m := branchPrefix.FindString(title)
	if m == "" {
		return "", 0
	}
	branch = strings.Trim(strings.TrimSpace(m), "[]")
	if found := numberAtEnd.FindStringSubmatch(title); found != nil {
		number, _ = strconv.Atoi(found[1])
	}
	return branch, number
}
