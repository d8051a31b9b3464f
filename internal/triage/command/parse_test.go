package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

func heard(body string) string {
	s := parse("concorde", body)
	var all []string
	for _, k := range s.commands {
		all = append(all, k.String())
	}
	if s.more > 0 {
		all = append(all, fmt.Sprint(s.more, " more"))
	}
	return strings.Join(all, "; ")
}

func TestParse(t *testing.T) {
	for body, want := range map[string]string{
		"@concorde rerun":                                      "rerun",
		"  @Concorde[BOT]   RERUN!":                            "rerun",
		"@concorde: why":                                       "why",
		"@concorde, help me":                                   "help",
		"@concorde\twhy\r\n@concorde help\r\n":                 "why; help",
		"Please\n@concorde rerun\nthanks":                      "rerun",
		"please @concorde rerun":                               "",
		"@concorde":                                            "",
		"@concorde-x rerun":                                    "",
		"@concorde/x rerun":                                    "",
		"@concorderie rerun":                                   "",
		"concorde rerun":                                       "",
		"@concorde label +docs -tests":                         "label +docs; label -tests",
		"@concorde label +docs, -tests,":                       "label +docs; label -tests",
		`@concorde label +"skip news" -"type-bug"`:             "label +skip news; label -type-bug",
		"@concorde label +skip news -type-bug":                 "label +skip news; label -type-bug",
		"@concorde label + docs - tests":                       "label +docs; label -tests",
		"@concorde label +needs backport to 3.14 +docs":        "label +needs backport to 3.14; label +docs",
		`@concorde label +"a - b" +"c`:                         "label +a - b; label +c",
		"@concorde label +:hammer: test-with-buildbots":        "label +:hammer: test-with-buildbots",
		"@concorde label docs tests":                           "label docs tests",
		"@concorde label":                                      "label",
		"@concorde label +":                                    "label +",
		"@concorde label + - docs":                             "label +; label -docs",
		"@concorde label ++docs":                               "label ++docs",
		`@concorde label +""`:                                  "label +",
		"@concorde backport 3.14 3.13":                         "backport 3.14; backport 3.13",
		"@concorde backport to 3.14, 3.13 and 3.12":            "backport 3.14; backport 3.13; backport 3.12",
		"@concorde backport":                                   "backport",
		"@concorde thanks for the help":                        "thanks",
		"@concorde label +" + strings.Repeat("a +", 12) + "z":  strings.Repeat("label +a; ", 10) + "3 more",
		strings.Repeat("@concorde rerun\n", 4096):              strings.Repeat("rerun; ", 10) + "4086 more",
		"@concorde label +<!-- no --> docs":                    "label +docs",
		"@concorde label +`docs`":                              "label +",
		"\u00a0@concorde rerun":                                "rerun",
		"@concorde\u00a0rerun":                                 "rerun",
		"@concorde\u3000label\u202f+docs\u00a0-tests":          "label +docs; label -tests",
		"@concorde backport 3.14.":                             "backport 3.14",
		"@concorde: backport to 3.14, 3.13.":                   "backport 3.14; backport 3.13",
		"@concorde Backport To 3.14 & 3.13, please!":           "backport 3.14; backport 3.13",
		"@concorde, please backport 3.14/3.13 - thanks":        "backport 3.14; backport 3.13; backport -",
		"@concorde backport: 3.14":                             "backport 3.14",
		"@concorde backport:3.14":                              "backport 3.14",
		"@concorde backport three.fourteen":                    "backport three.fourteen",
		"@concorde label +docs.":                               "label +docs",
		"@concorde label: +docs, -tests!":                      "label +docs; label -tests",
		"@concorde label+docs":                                 "label +docs",
		"@concorde label +“skip news”.":                        "label +skip news",
		`@concorde label +"v1." -tests.`:                       "label +v1.; label -tests",
		"@concorde label +:bug: -:hammer:":                     "label +:bug:; label -:hammer:",
		"@concorde:rerun":                                      "rerun",
		"@concorde[bot]: rerun":                                "rerun",
		"@concorde : rerun":                                    "rerun",
		"@concorde. Rerun.":                                    "rerun",
		"@concorde: please re-run":                             "re-run",
		"@concorde's rerun":                                    "",
		"@concorde[bo] rerun":                                  "",
		"@concordé rerun":                                      "",
		"@\u212aoncorde rerun":                                 "",
		"@concorde \xff":                                       "\uFFFD",
		"@concorde label +\x00docs":                            "label +\uFFFDdocs",
		"&#64;concorde rerun":                                  "rerun",
		"\ufeff@concorde rerun":                                "rerun",
		"1. @concorde rerun":                                   "rerun",
		"- [ ] @concorde rerun":                                "",
		"| @concorde rerun |\n| --- |\n| @concorde why |":      "",
		"a[^1]\n\n[^1]: x\n@concorde rerun":                    "",
		"[a]: b\n@concorde rerun":                              "rerun",
		"~~@concorde rerun~~":                                  "",
		"@concorde label +<b>x":                                "label +<b>x",
		"@concorde label +docs\v@concorde rerun":               "label +docs\v@concorde rerun",
		"@concorde rerun\u2028@concorde why":                   "rerun",
		"@concorde[bot][bot] rerun":                            "",
		"@concorde rerun @concorde why":                        "rerun",
		"@concorde label +docs @concorde label -tests":         "label +docs @concorde label; label -tests",
		strings.Repeat(" ", 3) + "@concorde rerun":             "rerun",
		strings.Repeat(" ", 4) + "@concorde rerun":             "",
		"\t@concorde rerun":                                    "",
		"- @concorde rerun\n- @concorde why":                   "rerun; why",
		"# @concorde rerun":                                    "",
		"**@concorde rerun**":                                  "rerun",
		"**@concorde** rerun":                                  "rerun",
		"_@concorde: hold._":                                   "hold",
		"***@concorde label +docs*** -tests":                   "label +docs; label -tests",
		"_@concorde label +type_bug_":                          "label +type_bug",
		"**@concorde-x** rerun":                                "",
		"**@concorde_x** rerun":                                "",
		"@concorde_x rerun":                                    "",
		"@concorde：rerun。":                                     "rerun",
		"@concorde，backport 3.14、3.13；":                        "backport 3.14; backport 3.13",
		"@concorde freeze 3.15…":                               "freeze 3.15",
		"\u200b@concorde\u200brerun":                           "rerun",
		"@\u200bconcorde rerun":                                "",
		"@concorde backport it to the 3.14 branch.":            "backport 3.14",
		"@concorde backport (v3.14) and \"3.13\"":              "backport 3.14; backport 3.13",
		"@concorde backport this to branches 3.14, 3.13":       "backport 3.14; backport 3.13",
		"[@concorde rerun](https://example.com)":               "",
		"\\@concorde rerun":                                    "",
		"@concorde rerun\n\n@concorde rerun\n@concorde  rerun": "rerun; rerun; rerun",
	} {
		if diff := cmp.Diff(want, heard(body)); diff != "" {
			t.Errorf("%.80q: %s", body, diff)
		}
	}
}

// TestClearCommands: what allows, freezes or thaws says nothing else, whatever surrounds it.
func TestClearCommands(t *testing.T) {
	for body, want := range map[string]string{
		"allow":                               "allow",
		"allow!":                              "allow",
		"allow: 3.14":                         "allow 3.14",
		"allow it’s safe":                     "allow it’s safe",
		"allow these, LGTM":                   "allow these, LGTM",
		"allow because it fixes a crash":      "allow because it fixes a crash",
		"allow this to 3.14":                  "allow this to 3.14",
		"allow 3.14 since #123 is serious":    "allow 3.14 since #123 is serious",
		"please allow v3.14, 3.13":            "allow v3.14, 3.13",
		"allow?":                              "unclear: allow?",
		"allow ? no":                          "unclear: allow ? no",
		"allow no":                            "unclear: allow no",
		"allow nothing":                       "unclear: allow nothing",
		"allow nothing of this":               "unclear: allow nothing of this",
		"allow zero backports":                "unclear: allow zero backports",
		"allow backports to 3.14":             "unclear: allow backports to 3.14",
		"allow all but 3.13":                  "unclear: allow all but 3.13",
		"allow this on 2026-12-05":            "unclear: allow this on 2026-12-05",
		"allow it in v3.14.1":                 "unclear: allow it in v3.14.1",
		"allow 3.14 3.13.1":                   "unclear: allow 3.14 3.13.1",
		"allow 3.14, no":                      "unclear: allow 3.14, no",
		"allow 3.14 if it's tested":           "unclear: allow 3.14 if it's tested",
		"allow 3.14 👎":                        "unclear: allow 3.14 👎",
		"allow it, I wouldn't":                "unclear: allow it, I wouldn't",
		"allow it. WON’T":                     "unclear: allow it. WON’T",
		"allow this…no":                       "unclear: allow this…no",
		"allow this " + long + " no":          "unclear: allow this " + long + " no",
		"allow it in a few days":              "unclear: allow it in a few days",
		"allow 3.14 provided CI passes":       "unclear: allow 3.14 provided CI passes",
		"allow 3.14 plus 3.13":                "allow 3.14 plus 3.13",
		"freeze release 3.15":                 "freeze 3.15",
		"thaw 3.15 now, 3.14 again":           "thaw 3.15; thaw 3.14",
		"freeze 3.15":                         "freeze 3.15",
		"freeze":                              "freeze",
		"freeze now, please":                  "freeze",
		"freeze the 3.15 branch again":        "freeze 3.15",
		"freeze 3.15 and 3.14":                "freeze 3.15; freeze 3.14",
		"freeze 3.15 for the release. Thanks": "freeze 3.15",
		"freeze 3.15?":                        "unclear: freeze 3.15?",
		"freeze 3.15 soon":                    "unclear: freeze 3.15 soon",
		"freeze 3.15.0":                       "unclear: freeze 3.15.0",
		"freeze not":                          "unclear: freeze not",
		"thaw 3.15 not":                       "unclear: thaw 3.15 not",
		"thaw? 3.15":                          "unclear: thaw? 3.15",
		"thaw…":                               "thaw",
		"don't allow 3.14":                    "don't",
		"never freeze 3.15":                   "never",
	} {
		var all []string
		for _, k := range parse("concorde", "@concorde "+body).commands {
			said := k.String()
			if k.unclear {
				said = "unclear: " + said
			}
			all = append(all, said)
		}
		if got := strings.Join(all, "; "); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

// long is longer than any reason.
var long = strings.Repeat("fine ", 60)

// FuzzClearCommands: whatever stands before it, a "no" or a question makes a command unclear.
func FuzzClearCommands(f *testing.F) {
	for _, seed := range []string{"", " 3.15", ", thanks!", " it's safe", " 3.14 3.13.1", "() 3.14", " (v3.14) \xff", "… the 3.15.0 …"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, verb := range []string{verbAllow, verbFreeze, verbThaw} {
			for _, k := range clearly(verb, text) {
				if verb != verbAllow && !k.unclear && k.name != "" && !lifecycle.ValidVersion(k.name) {
					t.Errorf("%s%q: %+v", verb, text, k)
				}
			}
			for _, turned := range []string{text + " no", "? " + text} {
				if all := clearly(verb, turned); len(all) != 1 || !all[0].unclear {
					t.Errorf("%s%q: %+v", verb, turned, all)
				}
			}
		}
	})
}

// TestMarkdown shows what is code, a quote or a comment, and what is not.
func TestMarkdown(t *testing.T) {
	const it = "@concorde rerun"
	for body, want := range map[string]bool{
		// blocks of code
		"```\n" + it + "\n```":                        false,
		"```\n" + it:                                  false,
		"~~~ text\n" + it + "\n~~~\n":                 false,
		"```\nx\n```\n" + it:                          true,
		"````\n```\n" + it + "\n````":                 false,
		"```\n~~~\n" + it + "\n```":                   false,
		"```\n``` x\n" + it + "\n```":                 false,
		"```\n    ```\n" + it + "\n```":               false,
		"   ```\n" + it + "\n   ```":                  false,
		"``` a`b\n" + it:                              true,
		"~~~ a`b\n" + it:                              false,
		"``\n" + it:                                   true,
		"text\n```\n\n" + it + "\n\n```":              false,
		"```\r\n" + it + "\r\n```\r\n":                false,
		"- ```\n  " + it + "\n  ```":                  false,
		"- ```\n  x\n\n" + it:                         true,
		"1. x\n\n   ```\n   " + it + "\n   ```":       false,
		"1) a\n\n    ```\n   " + it + "\n    ```":     false,
		"- - ~~~\n    " + it:                          false,
		"> ```\n> x\n\n" + it:                         true,
		"> q\n```\n\n" + it + "\n```":                 false,
		"-\n" + it:                                    true,
		"    ```\n" + it:                              true,
		"text\n\n    code\n    " + it:                 false,
		"text\n\n\t" + it:                             false,
		"text\n    " + it:                             true,
		"    code\n\n" + it:                           true,
		"- item\n\n  " + it:                           true,
		"<!--\n```\n-->\n" + it:                       true,
		"```\n<!--\n```\n" + it:                       true,
		"```suggestion\n" + it + "\n```\n\nthanks":    false,
		"<details>\n\n```\n" + it + "\n```\n":         false,
		"```\n" + it + "\n```\n" + it + "\n```\nx":    true,
		"~~~\n" + it + "\n```\n" + it + "\n~~~~~":     false,
		"```\nx\n`````\n" + it:                        true,
		"```\n> x\n" + it + "\n":                      false,
		"> x\n>\n" + it:                               true,
		"*   ```\n    " + it + "\n":                   false,
		"*   ```\n    x\n   " + it:                    true, // the item has ended
		"a\n```\nb":                                   false,
		"a\n" + it + "\n```\nb":                       true,
		"`" + it + "`":                                false,
		"`\n" + it + "\n`":                            false,
		"``\n" + it + " ` x\n``":                      false,
		"a ` b\n" + it:                                true,
		"a ` b\n\n" + it + "\n\n`":                    true,
		"a `` b\n" + it + "\nc ` d":                   true,
		"a \\` b\n" + it + "\nc `":                    true,
		"a ` b\n- c `\n" + it + "\n` d":               false,
		"a ` b\n# c `\n" + it + "\n` d":               true,
		"`a` b\n" + it + "\n`c`":                      true,
		"\\\\`\n" + it + "\n`":                        false,
		"> " + it:                                     false,
		">" + it:                                      false,
		"   > " + it:                                  false,
		"> a\n" + it:                                  false,
		"> a\nb\n" + it:                               false,
		"> a\n\n" + it:                                true,
		"- > a\n" + it:                                false,
		">> a\n\n" + it + "\n\n> b":                   true,
		"> `\n\n" + it + "\n`":                        true,
		"<!-- " + it + " -->":                         false,
		"<!--\n" + it + "\n-->":                       false,
		"<!--\n\n" + it + "\n\n-->\n":                 false,
		"<!-- x -->\n" + it:                           true,
		"a <!-- b\n" + it + "\n--> c":                 false,
		"a <!-- b\n" + it:                             true, // people see the mark
		"`<!--` is a mark\n" + it:                     true,
		"> <!-- x\n\n" + it:                           false, // a browser reads on to the end
		"> a\n<!--\n\n" + it + "\n-->":                false,
		"<!-- a --> b <!--\n" + it + "\n-->":          false,
		"--> \n" + it:                                 true,
		"<!-- a -->" + it:                             false,
		"<!--\n-->" + it:                              false,
		"<!--\n--> `\n" + it + "\n`":                  true,
		"<pre>\n" + it + "\n\n" + it + "\n</pre>":     false,
		"<details><PRE>\n" + it + "\n</PRE>\n":        false,
		"<details><pre>\nx\n</pre></details>\n" + it:  false, // all of this is HTML
		"<blockquote>\n\n" + it + "\n</blockquote>":   false,
		"<code>x</code>\n" + it:                       true,
		"<code>\n" + it:                               false,
		"<codex>\n" + it + "\n</codex>":               false, // all of this is HTML
		"<details>\n" + it + "\n</details>":           false,
		"[a]: b \"\n" + it + "\n\"":                   false,
		"[a](b \"\n" + it + "\n\")":                   false,
		"[//]: # (\n" + it + "\n)":                    false,
		"![a\n" + it + "](b)":                         false,
		"[a\n" + it + "](b)":                          false,
		"a\n    " + it:                                true,
		"- a\n\n    " + it:                            true,
		it + "\n--\nAda":                              true, // a signature makes a heading of it
		"<details>\n<summary>a</summary>\n\n" + it:    true,
		"a < b\n" + it:                                true,
		"<script>\n" + it + "\n</script>":             false,
		"\u0130<pre>\n" + it + "\n</pre>":             false, // a letter that is longer in lower case
		"\u0130 <pre>x</pre>\n" + it:                  true,
		"| a | b |\n| --- | --- |\n| `x` |\n\n" + it:  true,
		"* * *\n" + it:                                true,
		"text\n---\n" + it:                            true,
		"<!-- a\n-->\n```\n" + it + "\n```\n":         false,
		"1234567890. ```\n" + it:                      true,
		"12. ```\n    " + it:                          false,
		"- a\n  > b\n  " + it:                         false,
		"- a\n\n  > b\n\n  " + it:                     true,
		"`` ` ``\n" + it + "\n```":                    true,
		"\n\n\n" + it + "\n\n\n":                      true,
		"> a\n    ```\n" + it:                         false, // the quote's paragraph goes on
		"<!--\n<pre>\n-->\n" + it + "\n":              true,
		"<pre>\n<!--\n</pre>\n" + it + "\n":           false, // a browser reads on to the end
		strings.Repeat("> ", 500) + "\n" + it:         true,
		strings.Repeat("- ", 500) + "```\n" + it:      true,
		strings.Repeat("`", 500) + "\n" + it:          false,
		strings.Repeat("`", 500) + " `\n" + it + "\n": true,
	} {
		if got := heard(body) != ""; got != want {
			t.Errorf("%.100q: a command: %v", body, got)
		}
	}
}

func TestNearestVerb(t *testing.T) {
	for word, want := range map[string]string{"lable": "label", "backprot": "backport", "labels": "label", "re-run": "rerun",
		"raedy": "ready", "hlep": "help", "wy": "why", "thanks": "", "": "", "is": "", "explain": "", "x": ""} {
		if got := nearestVerb(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
