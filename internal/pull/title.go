package pull

import "strings"

// FullTitle returns a title together with the part that GitHub's form cut off and moved
// to the start of the body.
func FullTitle(title, body string) string {
	start, cut := strings.CutSuffix(title, "…")
	line, _, _ := strings.Cut(body, "\n")
	rest, continued := strings.CutPrefix(line, "…")
	if !cut || !continued {
		return title
	}
	return start + strings.TrimRight(rest, " \t\r")
}
