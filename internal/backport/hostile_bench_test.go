package backport

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// BenchmarkHostileMessages makes the message and the body of a backport of the longest
// message that is read.
func BenchmarkHostileMessages(b *testing.B) {
	var texts []string
	for _, piece := range []string{"\n", "x", "[3.14]", "k:v\n", "#12345 ", "[skip ci] ", "Co-authored-by: D <d@e.f>\n", "<!--", "@a ", "é"} {
		texts = append(texts, "Fix it\n\n"+strings.Repeat(piece, 1<<20/len(piece)))
	}
	weigh.Worst(b, texts, func(text string) {
		from := git.Source{ID: sha, Message: text, Author: "A <a@b.c>"}
		Message(from)
		(&Original{Number: 24680, Source: from}).bodyFor("3.14", "")
	})
}
