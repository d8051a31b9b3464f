package command

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// TestHostileComments are of the length that GitHub allows, in shapes that cost
// more than linear time where one is careless. What Markdown costs is tested where it
// is read.
func TestHostileComments(t *testing.T) {
	const size = 65536
	for _, piece := range []string{
		"@concorde label +a\n", "@concorde label +a -b ", "\n", "\t", "@", "@concorde ", "@concorde backport 3.14 ", "\"", "+\"", "\u0130",
		"\xff", "&#64;",
	} {
		for _, start := range []string{"@concorde label +", "@concorde rerun\n"} {
			check(t, start+strings.Repeat(piece, (size-len(start))/len(piece)))
		}
	}
}

// check holds a comment to what is true of every one.
func check(t *testing.T, body string) {
	t.Helper()
	s := parse("concorde", body)
	weigh.Linear(t, len(body), 8000, func() { parse("concorde", body) }) // most of it for reading the Markdown, which has bounds of its own
	if len(s.commands) > maxCommands || s.more > 0 && len(s.commands) < maxCommands {
		t.Errorf("%.100q: %d commands, %d more", body, len(s.commands), s.more)
	}
}

func FuzzCommands(f *testing.F) {
	for _, body := range []string{
		"@concorde label +docs -\"skip news\"\n@concorde backport 3.14 3.13", "```\n@concorde rerun\n```",
		"> @concorde why\n@concorde why\n\n@concorde help",
		"- ```\n  @concorde rerun\n<!-- `\n--> ` @concorde", "a `` b\n@concorde ready `",
		"\r@concorde rerun", // a line ending, too (CommonMark, "Characters and lines")
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		check(t, body)
		line := func(prefix string) string {
			return prefix + strings.NewReplacer("\r\n", "\n"+prefix, "\n", "\n"+prefix, "\r", "\n"+prefix).Replace(body)
		}
		fence := strings.Repeat("`", 3+strings.Count(body, "`"))
		tilde := strings.Repeat("~", 3+strings.Count(body, "~"))
		for what, hidden := range map[string]string{
			"a quote":            line("> "),
			"a nested quote":     line(">> "),
			"a block of code":    fence + "\n" + body + "\n" + fence,
			"another block":      tilde + " text\n" + body + "\n" + tilde,
			"an unended block":   fence + "\n" + body,
			"an indented block":  line("    "),
			"a tabbed block":     line("\t"),
			"a block in an item": "- " + fence + "\n" + line("  "),
			"a comment":          "<!--\n" + strings.ReplaceAll(body, "-->", "") + "\n-->",
			"preformatted text":  "<pre>\n" + strings.ReplaceAll(strings.ToLower(body), "</pre", "") + "\n</pre>",
			"inline code":        fence + strings.NewReplacer("\n", " ", "\r", " ").Replace(body) + fence,
		} {
			if got := heard(hidden); got != "" {
				t.Errorf("%q in %s: %s", body, what, got)
			}
		}
		if commands := parse("concorde", body).commands; len(commands) > 0 &&
			!(Config{}).SaysReady(&pull.Request{Me: "concorde"}, pull.Comment{By: "eric", Body: body + "\n"}) {
			for _, k := range commands {
				if k.verb == verbReady {
					t.Errorf("%q says ready", body)
				}
			}
		}
	})
}

func BenchmarkHostileComment(b *testing.B) {
	body := strings.Repeat("@concorde label +a -b `c` <!-- d -->\n", 65536/37)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		parse("concorde", body)
	}
}
