package pull

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// List is a list of pull requests in an issue's body, one per line.
type List struct {
	Block          // where it is; its Text isn't used
	Heading string // its first line
	Line    string // form of an entry: "* gh-%d"
}

// maxNumber is the highest number that an issue or pull request can have.
const maxNumber = 1<<31 - 1

var entryLine = regexp.MustCompile(`(?i)^\s*[-*+]\s+(?:\[[ x]\]\s+)?(?:gh-|#)([0-9]+)\b`)

// entry returns the number of the pull request on a line of the list, or 0.
func entry(line string) int {
	m := entryLine.FindStringSubmatch(line)
	if m == nil {
		return 0
	}
	number, err := strconv.Atoi(m[1])
	if err != nil || number > maxNumber {
		return 0
	}
	return number
}

// Has reports whether the list in a body has an entry for a pull request.
func (l List) Has(body string, number int) bool {
	for line := range strings.SplitSeq(l.Of(body), "\n") {
		if entry(line) == number {
			return true
		}
	}
	return false
}

// With returns the block for a body whose list has one entry for each number that is
// true, and none for those that are false. Other lines stay; new entries follow the last
// one.
func (l List) With(body string, linked map[int]bool) Block {
	there := map[int]bool{}
	var lines []string
	last := 0
	for line := range strings.SplitSeq(cmp.Or(l.Of(body), l.Heading), "\n") {
		if number := entry(line); number > 0 {
			if refers, known := linked[number]; known && !refers || there[number] {
				continue
			}
			there[number], last = true, len(lines)+1
		}
		if line == l.Heading && slices.Contains(lines, line) { // two lists become one
			continue
		}
		lines = append(lines, line)
	}
	if last == 0 {
		last = len(lines)
	}
	for _, number := range slices.Sorted(maps.Keys(linked)) {
		if linked[number] && number > 0 && !there[number] {
			lines = slices.Insert(lines, last, fmt.Sprintf(l.Line, number))
			last++
		}
	}
	block := l.Block
	block.Text = ""
	if text := strings.Join(lines, "\n"); text != l.Heading {
		block.Text = text
	}
	return block
}

// Entry is this pull request's line in an issue's list.
type Entry struct {
	Issue int
	List  List
	On    bool // it is there, or it isn't
}

// EditEntry writes a pull request's line in an issue's list: the only write outside of
// its own pull request, and it changes only its own line. Seen and At are the snapshot's
// body and when it was read.
type EditEntry struct {
	Entry
	Number int // of the pull request
	Seen   string
	At     time.Time
}

// In returns the issue's body with the line, or without it.
func (a EditEntry) In(body string) string {
	return a.List.With(body, map[int]bool{a.Number: a.On}).In(body)
}

// The names of the two actions on a line.
const (
	listing   = "list #%d in the body of issue #%d"
	unlisting = "take #%d out of the list of issue #%d"
)

func (a EditEntry) String() string {
	if a.On {
		return fmt.Sprintf(listing, a.Number, a.Issue)
	}
	return fmt.Sprintf(unlisting, a.Number, a.Issue)
}

// ListedIn parses EditEntry.String. It returns the issue, or 0 for other text, and
// whether the line was added or removed.
func ListedIn(action string) (issue int, on bool) {
	var number int
	if n, _ := fmt.Sscanf(action, listing, &number, &issue); n == 2 {
		return issue, true
	}
	if n, _ := fmt.Sscanf(action, unlisting, &number, &issue); n == 2 {
		return issue, false
	}
	return 0, false
}

// Kind implements Action.
func (EditEntry) Kind() string { return "edit-list" }

// entries compares what a rule wants in issues' lists with the issues that were loaded.
func (d *decision) entries(all []Entry) {
	for _, e := range all {
		issue := d.request.Issues[e.Issue]
		edit := EditEntry{Entry: e, Number: d.request.Key.Number, Seen: issue.Body, At: issue.At}
		looked := edit
		looked.List.Markdown = d.request.Reader(e.List.Markdown)
		if issue.Exists && !issue.Pull && looked.In(issue.Body) != issue.Body {
			d.do(edit)
		}
	}
}
