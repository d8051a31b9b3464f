package pull

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/weigh"
)

func TestBlockIn(t *testing.T) {
	b := Block{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->", Text: "two", Like: "<!-- x: "}
	const two, one = "<!-- x: 2 -->\ntwo\n<!-- /x -->", "<!-- x: 1 -->\none\n<!-- /x -->"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for _, test := range []struct{ name, body, want, without string }{
		{"empty", "", two, ""},
		{"a word", "Words.", "Words.\n\n" + two, "Words."},
		{"a line", "Words.\n", "Words.\n\n" + two, "Words.\n"},
		{"lines of the form", "Words.\r\nMore.", "Words.\r\nMore.\r\n\r\n" + crlf(two), "Words.\r\nMore."},
		{"there", "A\n\n" + two + "\n\nB\n", "A\n\n" + two + "\n\nB\n", "A\n\nB\n"},
		{"there, with other line breaks", "A\r\n\r\n" + two + "\r\n", "A\r\n\r\n" + two + "\r\n", "A\r\n"},
		{"first of all", two + "\n\n  B", two + "\n\n  B", "  B"},
		{"between lines", "A\n" + two + "\nB", "A\n" + two + "\nB", "A\nB"},
		{"between paragraphs", "A\n\n" + two + "\nB", "A\n\n" + two + "\nB", "A\n\nB"},
		{"far below", "A\n\n\n\n" + two, "A\n\n\n\n" + two, "A\n\n"},
		{"another number", "A\n\n" + one + "\nB", "A\n\n" + two + "\nB", "A\n\nB"},
		{"both", "A\n\n" + one + "\n\nB\n\n" + two + "\n", "A\n\n" + two + "\n\nB\n", "A\n\nB\n"},
		{"edited by people", "A\n\n<!-- x: 2 -->  \nmine\n<!-- /x -->\t\nB", "A\n\n" + two + "\t\nB", "A\n\t\nB"},
		{"no end", "A\n<!-- x: 2 -->\nB\n", "A\n<!-- x: 2 -->\nB\n\n" + two, "A\n<!-- x: 2 -->\nB\n"},
		{"no end, then one", "A\n<!-- x: 2 -->\nB\n\n" + two, "A\n<!-- x: 2 -->\nB\n\n" + two, "A\n<!-- x: 2 -->\nB"},
		{"no start", "A\n<!-- /x -->\n", "A\n<!-- /x -->\n\n" + two, "A\n<!-- /x -->\n"},
		{"in a quote", "> " + strings.ReplaceAll(two, "\n", "\n> ") + "\n", "> " + strings.ReplaceAll(two, "\n", "\n> ") + "\n\n" + two, "> " +
			strings.ReplaceAll(two, "\n", "\n> ") + "\n"},
		{"in code", "```html\n" + two + "\n```", "```html\n" + two + "\n```\n\n" + two, "```html\n" + two + "\n```"},
		{"in longer code", "~~~~\n~~~\n" + two + "\n~~~~~\n", "~~~~\n~~~\n" + two + "\n~~~~~\n\n" + two, "~~~~\n~~~\n" + two + "\n~~~~~\n"},
		{"in code without an end", "```\nA\n\n" + one, two + "\n\n```\nA\n\n" + one, "```\nA\n\n" + one},
		{"in a comment without an end", "A\r\n\r\n<!-- B", crlf(two) + "\r\n\r\nA\r\n\r\n<!-- B", "A\r\n\r\n<!-- B"},
		{"first, and in code without an end", two + "\n\n```\n" + one, two + "\n\n```\n" + one, "```\n" + one},
		{"in code, and behind it", "~~~ html\n" + one + "\n~~~\n\n" + one, "~~~ html\n" + one + "\n~~~\n\n" + two, "~~~ html\n" + one + "\n~~~"},
		{"in indented code", "A\n\n    " + strings.ReplaceAll(two, "\n", "\n    "), "A\n\n    " + strings.ReplaceAll(two, "\n", "\n    ") +
			"\n\n" + two, "A\n\n    " + strings.ReplaceAll(two, "\n", "\n    ")},
		{"in a comment", "<!-- A\n" + one, "<!-- A\n" + one + "\n\n" + two, "<!-- A\n" + one},
		{"in a list", "- A\n" + one + "\n- B", "- A\n" + two + "\n- B", "- A\n- B"},
		{"in details", "<details>\n" + one + "\n</details>", "<details>\n" + two + "\n</details>", "<details>\n</details>"},
		{"within a line", "A <!-- x: 2 -->\ntwo\n<!-- /x -->", "A <!-- x: 2 -->\ntwo\n<!-- /x -->\n\n" + two,
			"A <!-- x: 2 -->\ntwo\n<!-- /x -->"},
		{"a comment like it", "<!-- xyz -->\n<!-- /x -->", "<!-- xyz -->\n<!-- /x -->\n\n" + two, "<!-- xyz -->\n<!-- /x -->"},
		{"disorder", "<!-- x: 1 -->\nA\n" + two + "\nB\n<!-- /x -->", "<!-- x: 1 -->\nA\n" + two + "\nB\n<!-- /x -->", "<!-- x: 1 -->\nA\n" +
			two + "\nB\n<!-- /x -->"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := b.In(test.body); got != test.want {
				t.Errorf("%q became %q, want %q", test.body, got, test.want)
			}
			none := b
			none.Text = ""
			if got := none.In(test.body); got != test.without {
				t.Errorf("without the block %q became %q, want %q", test.body, got, test.without)
			}
		})
	}
}

func TestBlockOf(t *testing.T) {
	b := Block{Markdown: markdown.Body{}, Start: "<!-- x -->", End: "<!-- /x -->"}
	body := "A\r\n<!-- x -->\r\none\r\n two\r\n<!-- /x -->\r\n<!-- x -->\n<!-- /x -->\n<!-- x -->\nthree\n<!-- /x -->"
	if got, want := b.Of(body), "one\n two\n\nthree"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.Like = "<!-- x"
	if got := strings.Join(b.Openings("<!-- x: 1 -->\n<!-- /x -->\n<!-- x: 2 -->\n"), "|"); got != "<!-- x: 1 -->" {
		t.Errorf("openings %q", got)
	}
}

// FuzzBlock puts a block into any body: it is there, once; a second time changes
// nothing; and people's own text stays.
func FuzzBlock(f *testing.F) {
	for _, body := range []string{"", "A\r\n", "<!-- x: 1 -->\na\n<!-- /x -->\nB", "```\n<!-- x: 2 -->\n",
		"<!-- x: 1 -->\n<!-- x: 2 -->\n<!-- /x -->\n<!-- /x -->", "~~~\n~~~\n<!-- x: 2 -->\n<!-- /x -->", "\r\n\xff"} {
		f.Add(body, 0, "")
		f.Add(body, 3, "<!-- x: 2 -->\n* two\n<!-- /x -->\n")
	}
	f.Fuzz(func(t *testing.T, body string, at int, insert string) {
		if at >= 0 && at <= len(body) {
			body = body[:at] + insert + body[at:]
		}
		for _, b := range []Block{
			{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->", Like: "<!-- x: ", Text: "* two"},
			{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->", Like: "<!-- x: "},
			{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->", Text: "* two\nand more\n"},
			{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->"},
		} {
			weigh.Linear(t, len(body)+len(b.Text), 20_000, func() { b.In(body) }) // most of it for reading the Markdown, some times
			b.checkIn(t, body)
		}
	})
}

// checkIn puts the block into a body.
func (b Block) checkIn(t *testing.T, body string) {
	once := b.In(body)
	if twice := b.In(once); twice != once {
		t.Fatalf("%q, then %q, then %q", body, once, twice)
	}
	if once != body && b.Text != "" && b.Of(once) != strings.TrimSuffix(b.Text, "\n") {
		t.Fatalf("%q became %q, which says %q", body, once, b.Of(once))
	}
	if before, after := b.peoples(body), b.peoples(once); before != after {
		t.Fatalf("people's text %q became %q", before, after)
	}
	spans, same := b.spans(body), true
	switch {
	case len(spans) == 0:
		same = strings.HasPrefix(once, body) || strings.HasSuffix(once, body)
	case len(spans) == 1 && b.Text != "":
		same = strings.HasPrefix(once, body[:spans[0].start]) && strings.HasSuffix(once, body[spans[0].end:])
	}
	if !same {
		t.Fatalf("%q became %q: the text around the block has changed", body, once)
	}
}

// peoples is a body without such blocks and without the white space at the ends
// of lines, where the bot sets its block apart.
func (b Block) peoples(body string) string {
	spans := b.spans(body)
	for i := len(spans) - 1; i >= 0; i-- {
		body = body[:spans[i].start] + "\n" + body[spans[i].end:]
	}
	var lines []string
	for line := range strings.Lines(body) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// A body is at most 65,536 characters, and a stranger chose them.
func TestBlockInLongBodies(t *testing.T) {
	b := Block{Markdown: markdown.Body{}, Start: "<!-- x: 2 -->", End: "<!-- /x -->", Text: "two", Like: "<!-- x: "}
	for name, part := range map[string]string{
		"blocks": "<!-- x: 1 -->\n<!-- /x -->\n", "openings": "<!-- x: 1 -->\n", "endings": "<!-- /x -->\n", "lines": "\r\n",
		"code": "```\n```\n", "code without an end": "```go\n", "shorter and shorter": "````\n~~~~\n", "nothing": " ",
	} {
		body := strings.Repeat(part, 65000/len(part))
		once := b.In(body)
		if b.In(once) != once || len(b.spans(once)) != 1 {
			t.Errorf("%s: the block is there %d times", name, len(b.spans(once)))
		}
	}
}
