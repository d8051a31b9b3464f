package gh

import (
	"encoding/base64"
	"fmt"
	"regexp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Every comment of the bot ends in a hidden marker. It finds the comment again
// whatever people and GitHub did to the visible text, its digest reports whether
// the bot would write the same today, and it holds the data of the note, if any.
var (
	marker  = regexp.MustCompile(`<!-- concorde:([a-z0-9]+(?:-[a-z0-9]+)*):([0-9a-f]{16})(?::([A-Za-z0-9_-]*))? -->`)
	noteKey = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

const (
	maxNoteData = 16 << 10 // bytes
	MaxBody     = 65536    // of a comment or a pull request; GitHub counts characters, of which there are no more than bytes
)

// Mark returns the note's text with its marker, shortened if too long. It refuses a key
// that doesn't fit in the marker, since the note would be posted again at every run, and
// data that doesn't fit in the comment.
func Mark(n pull.Note) (string, error) {
	if !noteKey.MatchString(n.Key) {
		return "", fmt.Errorf("a note's key must be lower-case words with hyphens, not %q", n.Key)
	}
	if len(n.Data) > maxNoteData {
		return "", fmt.Errorf("the note %s has %d bytes of data, more than %d", n.Key, len(n.Data), maxNoteData)
	}
	data := ""
	if n.Data != "" {
		data = ":" + base64.RawURLEncoding.EncodeToString([]byte(n.Data))
	}
	end := fmt.Sprintf("\n\n<!-- concorde:%s:%s%s -->", n.Key, n.Digest(), data)
	return Shorten(n.Body, MaxBody-len(end)) + end, nil
}

// ReadMark reads the marker of one of the App's comments. The last one counts, since the
// text before it may quote people. If someone broke the data, it returns neither data nor
// a digest, so that the comment is written again.
func ReadMark(body string) (key string, note pull.PostedNote, ok bool) {
	all := marker.FindAllStringSubmatch(body, -1)
	if len(all) == 0 {
		return "", pull.PostedNote{}, false
	}
	last := all[len(all)-1]
	data, err := base64.RawURLEncoding.DecodeString(last[3])
	if err != nil {
		return last[1], pull.PostedNote{}, true
	}
	return last[1], pull.PostedNote{Digest: last[2], Data: string(data)}, true
}
