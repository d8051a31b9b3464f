package gh

import (
	"fmt"
	"regexp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Every comment of the bot ends in a hidden marker. It finds the comment again
// whatever people and GitHub did to the visible text, and its digest tells
// whether the bot would write the same today.
var (
	marker  = regexp.MustCompile(`<!-- concorde:([a-z0-9]+(?:-[a-z0-9]+)*):([0-9a-f]{16}) -->`)
	noteKey = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// mark is the text of the note with its marker. A key that the marker could
// not hold would be posted again at every run, so it is refused.
func mark(n pull.Note) (string, error) {
	if !noteKey.MatchString(n.Key) {
		return "", fmt.Errorf("the key of a note is lower-case words with hyphens, not %q", n.Key)
	}
	return fmt.Sprintf("%s\n\n<!-- concorde:%s:%s -->", n.Body, n.Key, n.Digest()), nil
}

// marked reads the marker of a comment that the App wrote. The last one counts:
// the text before it may quote people.
func marked(body string) (key, digest string, ok bool) {
	all := marker.FindAllStringSubmatch(body, -1)
	if len(all) == 0 {
		return "", "", false
	}
	last := all[len(all)-1]
	return last[1], last[2], true
}
