package markdown

import (
	"strings"
	"testing"
)

// shown is what Read makes of a text, in short: a passage in a pair of brackets after
// its kind, "/" between lines, "·" for holes.
func shown(t *testing.T, text string) string {
	t.Helper()
	passages, ok := Read(text)
	if !ok {
		return "unread"
	}
	var b strings.Builder
	for _, p := range passages {
		b.WriteString([]string{"", "#", "|"}[p.Kind])
		b.WriteString("[" + strings.ReplaceAll(strings.Join(p.Lines, "/"), string(Hole), "·") + "]")
	}
	return b.String()
}

// TestRead is the table of what is text, by the GitHub Flavored Markdown Spec and by
// what a browser makes of raw HTML.
func TestRead(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"a paragraph", "a\nb", "[a/b]"},
		{"line breaks", "a\r\nb\rc\n\nd", "[a/b/c][d]"},
		{"hard breaks", "a  \nb\\\nc", "[a/b/c]"},
		{"white space", " a \n\t b\t", "[a/b]"},
		{"a no-break space", "\u00a0a", "[\u00a0a]"},
		{"a byte order mark", "\ufeff@bot a", "[@bot a]"},
		{"NUL", "a\x00b", "[a\ufffdb]"},
		{"not UTF-8", "a\xffb", "[a\xffb]"},
		// code spans
		{"a code span", "a `b` c", "[a · c]"},
		{"a code span alone", "`@bot`", "[·]"},
		{"a span of several", "`` a ` b `` c", "[· c]"},
		{"a span over lines", "a `b\n@bot c\nd` e", "[a · e]"},
		{"no span", "a ` b\n@bot", "[a ` b/@bot]"},
		{"no span over paragraphs", "a ` b\n\n@bot ` c", "[a ` b][@bot ` c]"},
		{"a longer run closes nothing", "``a` @bot", "[``a` @bot]"},
		{"an escaped backtick", "\\`@bot`", "[\\`@bot`]"},
		{"a backslash in a span", "`a\\`@bot`", "[·@bot`]"},
		{"a span before emphasis", "*a `b*` @bot", "[*a · @bot]"},
		{"a span before a link", "[a `b](c)`", "[[a ·]"},
		{"a tag before a span", "<a title=\"`\">`@bot", "[<a title=\"`\">`@bot]"},
		// fenced code
		{"a fence", "```\n@bot\n```\na", "[a]"},
		{"a fence of tildes", "~~~ info ` more\n@bot\n~~~\na", "[a]"},
		{"an info with a backtick", "``` a`b\n@bot", "[``` a`b/@bot]"},
		{"a longer fence", "````\n```\n@bot\n````\na", "[a]"},
		{"a longer end", "```\n@bot\n`````\na", "[a]"},
		{"an end with info", "```\n``` a\n@bot\n```", ""},
		{"an unclosed fence", "a\n```\n@bot\n\n@bot", "[a]"},
		{"two backticks", "``\n@bot", "[``/@bot]"},
		{"a fence in a paragraph", "a\n```\n@bot\n```\nb", "[a][b]"},
		{"an indented fence", "   ```\n   @bot\n   ```\na", "[a]"},
		{"an end that is indented too much", "```\n    ```\n@bot", ""},
		{"a fence in a list", "- a\n  ```\n  @bot\n  ```\n  b", "[a][b]"},
		{"a fence that its item ends", "- ```\n  a\n\n@bot", "[@bot]"},
		{"a fence in a numbered list", "12. a\n    ```\n    @bot\n    ```", "[a]"},
		{"a fence that a quote ends", "> ```\n> a\n@bot", "[@bot]"},
		{"a fence in carriage returns", "```\r@bot\r```\ra", "[a]"},
		// indented code
		{"indented code", "    @bot", ""},
		{"a tab", "\t@bot", ""},
		{"spaces and a tab", "  \t@bot", ""},
		{"three spaces", "   @bot", "[@bot]"},
		{"after a paragraph", "a\n    @bot", "[a/@bot]"},
		{"after a blank line", "a\n\n    @bot", "[a]"},
		{"after a heading", "# a\n    @bot", "#[a]"},
		{"after a list", "- a\n\n      @bot", "[a]"},
		{"in an item", "- a\n\n    @bot", "[a][@bot]"},
		{"after an item", "- a\n    @bot", "[a/@bot]"},
		{"code in an item", "-     @bot", ""},
		{"after a fence", "```\n```\n    @bot", ""},
		// block quotes
		{"a quote", "> @bot", ""},
		{"without a space", ">@bot", ""},
		{"indented", "   > @bot", ""},
		{"indented too much", "    > @bot", ""},
		{"a lazy line", "> a\n@bot b\nc", ""},
		{"a blank line ends it", "> a\n\n@bot", "[@bot]"},
		{"a blank line in it", "> a\n>\n@bot", "[@bot]"},
		{"no lazy line after a heading", "> # a\n@bot", "[@bot]"},
		{"no lazy line after code", ">     a\n@bot", "[@bot]"},
		{"no lazy line after a fence", "> ```\n@bot", "[@bot]"},
		{"a quote in a list", "- > a\n  @bot", ""},
		{"a list in a quote", "> - a\n@bot", ""},
		{"nested quotes", "> > a\n> @bot\n\nb", "[b]"},
		{"a fence ends it", "> a\n```\n@bot\n```", ""},
		{"escaped", "\\> @bot", "[\\> @bot]"},
		// lists
		{"a list", "- a\n- b", "[a][b]"},
		{"a loose list", "- a\n\n- b\n\n  @bot", "[a][b][@bot]"},
		{"numbers", "1. a\n2) b", "[a][b]"},
		{"a task list", "- [ ] a\n- [x] b", "[[ ] a][[x] b]"},
		{"nested", "- - @bot", "[@bot]"},
		{"more of an item", "- a\n  @bot b\n@bot c", "[a/@bot b/@bot c]"},
		{"an empty item", "-\n@bot", "[@bot]"},
		{"an empty item goes on", "-\n  @bot", "[@bot]"},
		{"no list", "-a\n1.b", "[-a/1.b]"},
		{"a number ends no paragraph", "a\n2. b", "[a/2. b]"},
		{"ten digits", "1234567890. a", "[1234567890. a]"},
		{"thematic breaks", "a\n\n---\n* * *\n_ _ _\nb", "[a][b]"},
		// headings
		{"a heading", "# @bot a #", "#[@bot a]"},
		{"seven marks", "####### a", "[####### a]"},
		{"no space", "#@bot", "[#@bot]"},
		{"a setext heading", "@bot a\n===", "[@bot a]"},
		{"a signature", "@bot a\n--\nAda", "[@bot a][Ada]"},
		{"dashes after a quote", "> a\n---\n@bot", "[@bot]"},
		// HTML blocks
		{"1: pre", "<pre>\n@bot\n\n@bot\n</pre>\na", "[a]"},
		{"1: script", "<script>\n@bot\n\n@bot\n</script>\na", "[a]"},
		{"1: style", "<STYLE>\n\n@bot\n</style>\na", "[a]"},
		{"1: textarea", "<textarea>\n\n@bot\n</textarea>\na", "[a]"},
		{"1: unclosed", "<pre>\n\n@bot", ""},
		{"2: a comment", "<!-- a\n\n@bot\n-->\nb", "[b]"},
		{"2: ends its line", "<!-- a --> @bot\nb", "[b]"},
		{"2: in a paragraph", "a\n<!--\n@bot\n-->\nb", "[a][b]"},
		{"2: unclosed", "<!--\n\n@bot", ""},
		{"2: with dashes", "<!-- a -- b\n@bot -->\nc", "[c]"},
		{"2: empty", "<!-->\n@bot -->", "[@bot -->]"},
		{"3: an instruction", "<?\n@bot\n?>\na", "[a]"},
		{"4: a declaration", "<!X\n@bot>\na", "[a]"},
		{"5: CDATA", "<![CDATA[\n@bot\n]]>\na", "[a]"},
		{"6: a div", "<div>\n@bot\n\n@bot a", "[@bot a]"},
		{"6: details", "<details>\n<summary>a</summary>\n\n@bot b\n\n</details>", "[@bot b]"},
		{"6: details without a blank line", "<details>\n@bot b\n</details>", ""},
		{"6: a blockquote", "<blockquote>\n\n@bot\n\n</blockquote>\n\na", "[·][a]"},
		{"6: nested blockquotes", "<blockquote><blockquote>\n\n</blockquote>\n\n@bot\n\n</blockquote>\n\na", "[·][a]"},
		{"6: pre in details", "<details><pre>\n\n@bot\n\n</pre></details>\n\na", "[·][·</details>][a]"},
		{"6: a comment that goes on", "<details><!--\n\n@bot\n\n<p>-->\n\na", "[·][a]"},
		{"6: an attribute that goes on", "<div title=\"\n\n@bot\n\n<p>\">\n\na", "[·][a]"},
		{"6: an apostrophe in a tag", "<div don't>\n\n@bot", "[@bot]"},
		{"1: a style with odd text", "<style>a<b c='</STYLE>\n\n@bot", "[@bot]"},
		{"6: a title over blocks", "<title>a<b c='\n\n@bot\n\n</title>\n\nb", "[·][b]"},
		{"6: a mark in an attribute", "<div title=\"<!--\">\n\n@bot", "[@bot]"},
		{"7: any tag", "<ins>\n@bot\n\n@bot", "[@bot]"},
		{"7: ends no paragraph", "a\n<ins>\n@bot", "[a/<ins>/@bot]"},
		{"7: not alone", "<ins> a\n@bot", "[<ins> a/@bot]"},
		{"an HTML block in a list", "- <!--\n  @bot\n\n  @bot\n  -->\n\na", "[a]"},
		{"an HTML block in a quote", "> <!-- a -->\n@bot", "[@bot]"},
		{"a comment that a quote doesn't end", "> <!-- a\n\n@bot", "[·]"},
		{"an element in a quote", "> <code>a</code>\n\n@bot", "[@bot]"},
		// inline HTML
		{"a comment", "a <!-- @bot --> b", "[a · b]"},
		{"a comment over lines", "a <!-- b\n@bot\n--> c", "[a · c]"},
		{"an unclosed comment", "a <!-- b\n@bot", "[a <!-- b/@bot]"},
		{"a comment with dashes", "a <!-- b -- c -->", "[a ·]"},
		{"a comment in code", "`<!--` a\n\n@bot", "[· a][@bot]"},
		{"code", "a <code>\n@bot\n</code> b", "[a ·/·/· b]"},
		{"code in code", "<code>a<code>b</code>c</code> d", "[······· d]"},
		{"a code that isn't closed", "a <code> b\n\n@bot", "[a ··][·]"},
		{"code in a fence", "```\n<code>\n```\n@bot", "[@bot]"},
		{"another element", "a <codex> b", "[a <codex> b]"},
		{"a tag over lines", "a <i title=\"\n@bot\n\"> b", "[a · b]"},
		{"a tag before a line", "<sub>@bot a</sub>", "[<sub>@bot a</sub>]"},
		{"a break", "a<br>@bot", "[a<br>@bot]"},
		{"less than", "a < b\n@bot", "[a < b/@bot]"},
		{"an escaped tag", "\\<code> @bot", "[\\<code> @bot]"},
		// links and pictures
		{"a link", "a [b](c) d", "[a ·b· d]"},
		{"a mention in a link", "[@bot a](b)", "[·@bot a·]"},
		{"a link over lines", "[a\n@bot b](c)", "[·a/·@bot b·]"},
		{"a link's title", "[a](b \"\n@bot c\n\") d", "[·a· d]"},
		{"a link's address", "[a](<@bot>)", "[·a·]"},
		{"a reference", "[a]\n\n[a]: b \"\n@bot\n\"", "[·a·]"},
		{"no reference", "[a]\n@bot", "[[a]/@bot]"},
		{"a definition", "[a]: b\n@bot c", "[@bot c]"},
		{"a definition's title", "[a]: b \"c\n@bot d\n\"\ne", "[e]"},
		{"a hidden note", "[//]: # (@bot a)", ""},
		{"a hidden note over lines", "[//]: # (\n@bot a\n)\nb", "[b]"},
		{"a definition ends no paragraph", "a\n[b]: c", "[a/[b]: c]"},
		{"a picture", "![a\n@bot b](c) d", "[· d]"},
		{"a picture in a link", "[![a](b)](c)", "[···]"},
		{"no link", "[a](b c)", "[[a](b c)]"},
		{"brackets", "[@bot] a", "[[@bot] a]"},
		{"an autolink", "<https://a.b/@bot>", "[·https://a.b/@bot·]"},
		{"an address", "<a@bot.org> a@bot", "[·a@bot.org· a@bot]"},
		{"an extended autolink", "https://a.b/@bot www.a.b", "[https://a.b/@bot www.a.b]"},
		// the rest
		{"a mention in a word", "a@bot b", "[a@bot b]"},
		{"a mention between marks", "(@bot) *@bot*", "[(@bot) *@bot*]"},
		{"strong from the start", "**@bot a**", "[@bot a]"},
		{"strong and italics from the start", "***@bot** a*", "[@bot a]"},
		{"italics around underscores", "_@bot +type_bug_\n_b_ _c_", "[@bot +type_bug/b _c_]"},
		{"emphasis in a word", "label __init__.py", "[label __init__.py]"},
		{"strikethrough", "~~@bot a~~ ~b~", "[~~@bot a~~ ~b~]"},
		{"escapes", "\\@bot a\\_b", "[\\@bot a\\_b]"},
		{"character references", "&#64;bot &amp; &#x40;bot &commat;bot &nope;", "[@bot & @bot @bot &nope;]"},
		{"an emoji", ":bug: a", "[:bug: a]"},
		{"a table", "a | b\n-|-\n@bot | `c`\n\n@bot d", "|[a]|[b]|[@bot]|[·][@bot d]"},
		{"a row without a bar", "a | b\n-|-\n@bot c", "|[a]|[b]|[@bot c]"},
		{"no table", "a | b\n-\n@bot", "[a | b][@bot]"},
		{"code over rows", "a | `b\n-|-\nc` | d", "|[a]|[`b]|[c`]|[d]"},
		{"a footnote", "a[^1]\n\n[^1]: b\n@bot c\n\n    @bot d\n\ne", "[a·][e]"},
		{"a footnote that nobody sees", "a\n\n[^1]: b\n@bot c", "[a]"},
		{"no footnote", "[^1]\n@bot [^1]", "[\\[^1]/@bot [^1]]"},
		{"an alert", "> [!NOTE]\n> @bot", ""},
		{"mathematics", "$@bot$", "[$@bot$]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := shown(t, test.text); got != test.want {
				t.Errorf("%q: %s, want %s", test.text, got, test.want)
			}
		})
	}
}
