package markdown

import (
	"strings"
	"testing"

	md "rsc.io/markdown"
)

func TestFence(t *testing.T) {
	for text, want := range map[string]string{
		"":              "```\n\n```",
		"a\n\n":         "```\na\n```",
		"```\na\n```":   "````\n```\na\n```\n````",
		"a `````` b":    "```````\na `````` b\n```````",
		"~~~\n@bot a\n": "```\n~~~\n@bot a\n```",
	} {
		if got := Fence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"a":                  "`a`",
		"a`b``":              "`a'b''`",
		"a\nb\r\tc\x7f":      "`a b  c `",
		"<!-- a -->":         "`<! -- a -->`",
		"\xff":               "`\ufffd`",
		"@bot [a](b) <b> *c": "`@bot [a](b) <b> *c`",
	} {
		if got := Code(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := CodeCell("a|b"); got != "`a\\|b`" {
		t.Errorf("a cell: %q", got)
	}
}

// FuzzWrite puts any text in what is written of it: nothing of it is read as text.
func FuzzWrite(f *testing.F) {
	for _, text := range []string{"a", "```\n", "` `` ", "\\", "a|b", "<!-- -->\n@bot", "\r~~~", " ", "\\`", "[a]: b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		d := parse(Fence(text))
		if block, ok := d.Blocks[0].(*md.CodeBlock); !ok || len(d.Blocks) != 1 ||
			strings.TrimRight(strings.Join(block.Text, "\n"), "\n") != strings.TrimRight(newlines.Replace(strings.ReplaceAll(text, "\x00",
				"\ufffd")), "\n") {
			t.Errorf("%q: %q", text, Fence(text))
		}
		want := "[a · b]"
		if text == "" {
			want = "[a  b]"
		}
		if got := shown(t, "a "+Code(text)+" b"); got != want {
			t.Errorf("%q: %q is %s", text, Code(text), got)
		}
		if got := shown(t, "a|b\n-|-\n"+CodeCell(text)+"|c"); text != "" && got != "|[a]|[b]|[·]|[c]" {
			t.Errorf("%q: in a table, %q is %s", text, CodeCell(text), got)
		}
	})
}
