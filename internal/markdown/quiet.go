package markdown

import (
	"regexp"
	"strings"
)

// mention is what GitHub takes for one, anywhere in a text.
var mention = regexp.MustCompile(`(^|[^0-9A-Za-z_])@([0-9A-Za-z])`)

// silent is a zero-width space: after an @ nobody sees it, and GitHub sees no
// mention. Unlike an entity it does no harm in a commit message either. Dependabot
// and Renovate do the same.
const silent = "\u200b"

// Quiet breaks what does something in a text that a bot repeats: mentions, since
// whoever was mentioned in a commit message was notified by the original, and hidden
// marks, which could be taken for the bot's own.
func Quiet(text string) string {
	return strings.ReplaceAll(mention.ReplaceAllString(text, "${1}@"+silent+"${2}"), "<!--", "<!"+silent+"--")
}

// Aloud undoes Quiet.
func Aloud(text string) string {
	return strings.NewReplacer("@"+silent, "@", "<!"+silent+"--", "<!--").Replace(text)
}
