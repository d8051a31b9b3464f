package markdown

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/weigh"
)

// hostile texts are of the length that GitHub allows, in shapes that cost more than
// linear time or memory where a parser is careless.
func hostile() map[string]string {
	all := map[string]string{}
	for _, piece := range []string{
		"> ", "- ", "1. ", "[", "]", "![", "[a](", "[a](<b", "[](", "][", "[]", "](\n", "`", "`` ` ``` ", "*", "*_", "**a** ", "*a_ ", "a**b",
		"~", "~~a~ ",
		"<", "<!--", "a<!--", "<a ", "<a b='", "</", "<?", "<!A", "<![CDATA[", "http://a.b ", "a@b.c ", "&", "&#", "\\", "\n", "\r", "\t", " ",
		"\x00", "\xff", "\U0001F40D",
		"```\n", "~~~\n", "- ```\n", "|", "a|b\n-|-\n", "[a]: u\n", "[a]: u 't", "[^a]", "[^a]: b\n", "[^a]:", "# ", "a\n===\n", "<pre",
		"<details>\n", "<!-- -->\n",
	} {
		all[fmt.Sprintf("%q", piece)] = strings.Repeat(piece, maxCharacters/utf8.RuneCountInString(piece))
		all[fmt.Sprintf("lines of %q", piece)] = strings.Repeat(piece+"\n", maxCharacters/(utf8.RuneCountInString(piece)+1))
	}
	grown := func(line func(n int) string) string {
		var b strings.Builder
		for n := 0; b.Len()+len(line(n)) <= maxCharacters; n++ {
			b.WriteString(line(n))
		}
		return b.String()
	}
	all["growing runs of backticks"] = grown(func(n int) string { return "e" + strings.Repeat("`", n) })
	all["growing lists"] = grown(func(n int) string { return strings.Repeat("  ", n) + "- a\n" })
	all["growing quotes"] = grown(func(n int) string { return strings.Repeat("> ", n) + "a\n" })
	all["definitions"] = grown(func(n int) string { return fmt.Sprintf("[%d]: u\n", n) })
	all["footnotes"] = grown(func(n int) string { return fmt.Sprintf("[^%d]\n[^%d]: u\n", n, n) })
	for _, mark := range []string{"> ", "- ", ">", "1. "} {
		for _, n := range []int{100, 500, maxMarks, 20000} {
			deep := strings.Repeat(mark, n)
			for _, line := range []string{"a\n", "\n", "> a\n", "- a\n"} {
				all[fmt.Sprintf("%d times %q, then lines of %q", n, mark, line)] = deep + "a\n" +
					strings.Repeat(line, max(maxCharacters-len(deep)-2, 0)/len(line))
			}
		}
	}
	for _, columns := range []int{2, 30, 300, 3000, 13000} {
		table := strings.Repeat("|a", columns) + "|\n" + strings.Repeat("|-", columns) + "|\n"
		all[fmt.Sprintf("a table of %d columns", columns)] = table + strings.Repeat("a\n", (maxCharacters-len(table))/2)
		all[fmt.Sprintf("tables of %d columns", columns)] = strings.Repeat(table+"a\n\n", maxCharacters/(len(table)+3))
	}
	all["brackets in brackets"] = strings.Repeat("[", maxCharacters/2) + strings.Repeat("]", maxCharacters/2)
	all["links in links"] = strings.Repeat("[", maxCharacters/5) + strings.Repeat("](u)", maxCharacters/5)
	all["emphasis in emphasis"] = strings.Repeat("*a **a ", maxCharacters/14) + strings.Repeat(" a** a*", maxCharacters/14)
	return all
}

// perByte is how many bytes may be allocated for each byte that is read: a comment of
// 65,536 takes 25 MB at most. Time follows from this and from maxSteps.
const perByte = 400

func TestBounds(t *testing.T) {
	for name, text := range hostile() {
		if utf8.RuneCountInString(text) > maxCharacters {
			t.Fatalf("%s: GitHub doesn't take it", name)
		}
		t.Run(name, func(t *testing.T) {
			weigh.Linear(t, len(text), perByte, func() { Read(text) })
		})
	}
}

// TestUnread shows what isn't read, and what still is.
func TestUnread(t *testing.T) {
	for _, test := range []struct {
		name, text string
		read       bool
	}{
		{"characters, however long", strings.Repeat("\U0001F40D", maxCharacters), true},
		{"too many characters", strings.Repeat("a", maxCharacters+1), false},
		{"quotes", strings.Repeat(">", maxMarks) + "a", true},
		{"too many quotes", strings.Repeat(">", maxMarks+1) + "a", false},
		{"lists", strings.Repeat("1. ", maxMarks) + "a", true},
		{"too many lists", strings.Repeat("- ", maxMarks+1), false},
		{"a rule", strings.Repeat("-", 5000), true},
		{"lines", strings.Repeat("a\n", maxCharacters/2), true},
		{"a long quote", strings.Repeat("> > a\n", maxCharacters/6), true},
		{"a long list", strings.Repeat("  - a\n    - b\n", maxCharacters/14), true},
		{"an indented file", strings.Repeat(strings.Repeat(" ", 60)+"a\n", maxCharacters/62), true},
		{"lines in deep quotes", strings.Repeat(">", 900) + "\n" + strings.Repeat("a\n", 30000), false},
		{"blank lines in deep lists", strings.Repeat("- ", 900) + "\n" + strings.Repeat("\n", 30000), false},
		{"a whole table", strings.Repeat("a|", 30) + "\n" + strings.Repeat("-|", 30) + "\n" +
			strings.Repeat(strings.Repeat("a|", 30)+"\n", 1000), true},
		{"a table to be filled", strings.Repeat("a|", 300) + "\n" + strings.Repeat("-|", 300) + "\n" + strings.Repeat("a\n", 1000), false},
		{"bars without a table", strings.Repeat("|", 2000) + "\n" + strings.Repeat("a\n", 1000), true},
	} {
		if _, read := Read(test.text); read != test.read {
			t.Errorf("%s: read: %v", test.name, read)
		}
	}
}

// FuzzRead reads any text: the parser doesn't break on it, nothing costs more than the
// bounds, and text in a quote or in code isn't text.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"a `b`\n@bot <!-- c -->", "- > a\n  ```\n\n1. b", "[a](b \"c\")![d](e)\n[f]: g", "a|b\n-|-\nc", "[^1]: a\n\n[^2]",
		"<details><pre>\n\na\n</pre>", "\ufeff<!-- a -->\r\n&#64;\\*__~~b~~", "***a** b* [[c]][d] <http://e>",
	} {
		f.Add(text, uint16(0), "")
	}
	f.Fuzz(func(t *testing.T, piece string, times uint16, end string) {
		text := strings.Repeat(piece, int(times)%max(1, maxCharacters/max(1, len(piece)))+1) + end
		if fits(text) && parse(text) == nil {
			t.Fatalf("%q: the parser breaks", text)
		}
		var passages []Passage
		var read bool
		weigh.Linear(t, len(text), perByte, func() { passages, read = Read(text) })
		for _, p := range passages {
			if len(p.Lines) == 0 || strings.ContainsAny(strings.Join(p.Lines, ""), "\n\r") {
				t.Errorf("%q: %q", text, p.Lines)
			}
		}
		for _, at := range Comments(text) {
			line, _, _ := strings.Cut(newlines.Replace(text[at:]), "\n")
			if !strings.HasPrefix(line, "<!--") || !strings.HasSuffix(strings.TrimRight(line, " \t"), "-->") {
				t.Errorf("%q: %q isn't a comment", text, line)
			}
		}
		if lines, ok := Unfenced(text); ok != read || ok && len(lines) != strings.Count(newlines.Replace(text), "\n")+1 {
			t.Errorf("%q: %d lines, %v", text, len(lines), ok)
		}
		plain := newlines.Replace(text)
		for what, hidden := range map[string]string{
			"a quote":  "> " + strings.ReplaceAll(plain, "\n", "\n> "),
			"a fence":  Fence(text),
			"a block":  "    " + strings.ReplaceAll(plain, "\n", "\n    "),
			"an item":  "- " + strings.ReplaceAll(Fence(plain), "\n", "\n  "),
			"a remark": "<!--\n" + strings.ReplaceAll(text, "-->", "") + "\n-->",
		} {
			if got, _ := Read(hidden); len(got) > 0 {
				t.Errorf("%q in %s: %v", text, what, got)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat("Thanks, *this* `works` for me: see #123 and [that](https://example.com).\n\n", 10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Read(text)
	}
}

// BenchmarkHostile is what the worst of the hostile texts costs.
func BenchmarkHostile(b *testing.B) {
	weigh.Worst(b, slices.Collect(maps.Values(hostile())), func(text string) { Read(text) })
}
