package revert

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	about     = "Opens a pull request that reverts a merged one, if a core developer asks for it: `@BOT revert REASON`."
	aboutPull = "Gives the revert its original's labels, and deletes its branch after the merge."
)

// The comment on the reverted pull request.
const (
	textOpen   = "#%d reverts this pull request on `%s`, as %s asked. It's reviewed and merged like any other."
	textMerged = "#%d has reverted this pull request on `%s`."
	textClosed = "#%d would have reverted this pull request on `%s`, but was closed without merging. If it's still needed, reopen it."

	textConflict = "@%s, I can't revert this on `%s`: later changes touch the same lines. I haven't pushed anything."
	textByHand   = "To revert it by hand:\n\n```sh\ngit fetch upstream\ngit switch -c %[1]s upstream/%[2]s\ngit revert %[3]s\n" +
		"# resolve the conflicts, then:\ngit revert --continue\ngit push origin %[1]s\n```"
	textThere = "`%s` doesn't have this change any more, so there's nothing to revert."
	textAgain = "I haven't been able to revert this on `%s` yet: %s. I'll try again in a while."
	textError = "@%s, I couldn't revert this on `%s`: %s. Once that's fixed, comment `@%s revert` again."

	textBackports = "Its backports stay as they are:"
	rowMerged     = "- %s: #%d is merged. To revert it too, comment `@%s revert` there."
	rowOther      = "- %s: #%d (%s). If it shouldn't go in, close it."
)

func (c Config) text(r *pull.Request, m memory, backports []pull.Related) string {
	var text string
	_, again := m.next()
	switch {
	case m.State == string(pull.Open):
		text = fmt.Sprintf(textOpen, m.PR, r.Base, markdown.Code(m.By))
	case m.State == string(pull.Merged):
		text = fmt.Sprintf(textMerged, m.PR, r.Base)
	case m.State == string(pull.Closed):
		text = fmt.Sprintf(textClosed, m.PR, r.Base)
	case m.State == string(pull.Present):
		text = fmt.Sprintf(textThere, r.Base)
	case m.State == string(pull.Conflicted):
		text = fmt.Sprintf(textConflict, m.By, r.Base) + m.files() + "\n\n" + byHand(r)
	case again:
		text = fmt.Sprintf(textAgain, r.Base, c.Cause(m.Failure))
	default:
		text = fmt.Sprintf(textError, m.By, r.Base, c.Cause(m.Failure), r.Me)
	}
	var rows []string
	for _, b := range backports {
		if b.Number > 0 && b.State == "merged" {
			rows = append(rows, fmt.Sprintf(rowMerged, b.Branch, b.Number, r.Me))
		} else if b.Number > 0 && b.State != "closed" {
			rows = append(rows, fmt.Sprintf(rowOther, b.Branch, b.Number, b.State))
		}
	}
	if len(rows) == 0 {
		return text
	}
	return text + "\n\n" + textBackports + "\n\n" + strings.Join(rows, "\n")
}

// files are those with conflicts.
func (m memory) files() string {
	var b strings.Builder
	for i, c := range m.Conflicts {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "\n- %s", markdown.Code(c.Path))
		if c.Kind != "" && c.Kind != "content" {
			fmt.Fprintf(&b, " (%s)", c.Kind)
		}
	}
	if m.More > 0 {
		fmt.Fprintf(&b, "\n- and %d more", m.More)
	}
	return b.String()
}

func byHand(r *pull.Request) string {
	what := r.Merge.SHA
	switch n := r.MergedCommits(); {
	case r.Merge.Parents > 1:
		what = "-m 1 " + what
	case n > 1:
		what = fmt.Sprintf("%[1]s~%[2]d..%[1]s", what, n)
	}
	return fmt.Sprintf(textByHand, fmt.Sprintf("revert-%d", r.Key.Number), r.Base, what)
}

var (
	// prefixes are the branches that titles of backports start with.
	prefixes    = regexp.MustCompile(`^\s*(?:\[\d+(?:\.\d+)+\]\s*)+`)
	numberAtEnd = regexp.MustCompile(`\s*\((?:GH-|gh-|#)(\d{1,9})\)\s*$`)
)

// maxTitle is the longest title that GitHub accepts, in characters, with room for a branch.
const maxTitle = 256 - len("[3.1000] ")

// texts are the subject and body of the reverting commit: Revert "gh-1: Fix it (GH-2)". On
// the merge, GitHub adds the revert's own number.
func texts(r *pull.Request, ask pull.Comment) (subject, body string) {
	was, _, _ := strings.Cut(r.Merge.Message, "\n")
	if r.Merge.Parents > 1 || r.MergedCommits() > 1 || strings.TrimSpace(was) == "" {
		was = r.Title
	}
	was = strings.TrimSpace(prefixes.ReplaceAllString(strings.ToValidUTF8(was, "\uFFFD"), ""))
	number := fmt.Sprintf(" (GH-%d)", r.Key.Number)
	if m := numberAtEnd.FindStringSubmatchIndex(was); m != nil && was[m[2]:m[3]] == fmt.Sprint(r.Key.Number) {
		was = was[:m[0]]
	}
	room := maxTitle - utf8.RuneCountInString(`Revert ""`+number)
	if runes := []rune(was); len(runes) > room {
		was = string(runes[:room-1]) + "…"
	}
	body = "This reverts commit " + r.Merge.SHA + "."
	if ask.Body != "" {
		body += "\n\n" + ask.Body
	}
	return `Revert "` + was + number + `"`, body
}

// titleOn is a title that says into which branch it goes, if that isn't the default one.
func titleOn(branch, title string) string {
	if lifecycle.ValidVersion(branch) {
		return "[" + branch + "] " + title
	}
	return title
}

// body is the revert's. Its first line leads back to the reverted pull request.
func body(r *pull.Request, ask pull.Comment, text string) string {
	return fmt.Sprintf("Reverts #%d, as %s asked.\n\n%s", r.Key.Number, markdown.Code(ask.By), markdown.Quiet(text))
}
