package markdown

import (
	"strings"
	"testing"
)

// TestComments shows which lines are comments as GitHub renders them: a quoted, fenced
// or nested one isn't.
func TestComments(t *testing.T) {
	const mark = "<!-- x -->"
	for text, want := range map[string]int{ // how many lines are found
		mark:                                       1,
		"a\n" + mark + "\nb":                       1,
		"a\r\n" + mark + "  \r\nb\r" + mark:        2,
		"\ufeff" + mark:                            1,
		mark + "\n* a\n<!-- /x -->":                2,
		"* a\n" + mark:                             1,
		"# a\n" + mark + "\n" + mark + "\n# b":     2,
		" " + mark:                                 0, // it isn't the whole line
		mark + " a":                                0,
		mark + mark:                                0,
		"a " + mark:                                0,
		"\t" + mark:                                0,
		"> " + mark:                                0,
		"> a\n" + mark:                             1, // no line of a quote can be HTML without its mark
		"- a\n  " + mark:                           0,
		"- a\n" + mark:                             1,
		"```\n" + mark + "\n```":                   0,
		"```\n" + mark:                             0,
		"~~~~\n~~~\n" + mark + "\n~~~~":            0,
		"`a\n" + mark + "\nb`":                     1, // it ends the paragraph
		"- ```\n  a\n" + mark:                      1, // it ends the item
		"<!--\n" + mark + "\n-->":                  0,
		"<!-- a\n\n" + mark:                        0,
		"<details>\n" + mark + "\n</details>":      1,
		"<details>\n\n" + mark:                     1,
		"<pre>\n" + mark + "\n</pre>":              1,
		"<div title='\n" + mark + "\n'>":           0,
		"<?\n" + mark + "\n?>":                     0,
		"<![CDATA[\n" + mark + "\n]]>":             0,
		"[a]: b '\n" + mark + "\n'":                1, // it ends the paragraph
		"<!-- x\n-->":                              0,
		"[^a]: b\n" + mark:                         1,
		strings.Repeat("> ", 2000) + "\n\n" + mark: 0, // isn't read
	} {
		got := Comments(text)
		if len(got) != want {
			t.Errorf("%.80q: comments at %d, want %d", text, got, want)
		}
		for _, at := range got {
			if !strings.HasPrefix(text[at:], "<!--") {
				t.Errorf("%q: no comment at %d", text, at)
			}
		}
	}
}

func TestUnfenced(t *testing.T) {
	for text, want := range map[string]string{
		"### a\r\n\r\nb\r\n":                  "### a||b|",
		"### a\n```\n### b\n```\n### c":       "### a||||### c",
		"### a\n~~~~ sh\n~~~\n### b":          "### a|||",
		"- [x] a\n  - [ ] b\n\n        ### c": "- [x] a|  - [ ] b||",
		"> a\nb\n\nc":                         "|||c",
		"<!-- a\n\n### b\n-->\n### c":         "||||### c",
		"a\n    ### b\n\n    ### c":           "a|    ### b||",
		"a\n<details>\n### b\n\n### c":        "a||||### c",
		"- a\n  ```\n  ### b\n  ```\n  ### c": "- a||||  ### c",
	} {
		lines, ok := Unfenced(text)
		if got := strings.Join(lines, "|"); got != want || !ok {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if _, ok := Unfenced(strings.Repeat("> ", 2000)); ok {
		t.Error("a text that is nested too deeply is read")
	}
}
