package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config/yamlfile"
)

var wrongRules = []faulty{
	{"unknown keys", "- {label: a, file: {any: [a]}, files: {some: [a], any: [b]}}", `
c.yml:3:16: "file" isn't a setting: did you mean "files"?
c.yml:3:42: "some" isn't a setting: did you mean "none"?`},
	{"hidden keys", "- {label: a, Where: x, where: y, '-': z, clauses: [], title: x}", `
c.yml:3:16: "Where" isn't a setting: did you mean "head"?
c.yml:3:26: "where" isn't a setting: did you mean "head"?
c.yml:3:36: "-" isn't a setting: expected one of label, hold, on, files, size, title, body, base, head, author, draft, labels, form, any
c.yml:3:44: "clauses" isn't a setting: expected one of label, hold, on, files, size, title, body, ` +
		`base, head, author, draft, labels, form, any`},
	{"globs", "- {label: a, files: {any: ['a[', '!b', /c, '{a', +(a), '[[:x:]]', a, a], all: []}}", `
c.yml:3:30: labels.rules[0].files.any[0] is "a[", which has a [ that isn't closed, so it stands for itself
c.yml:3:36: labels.rules[0].files.any[1] is "!b", which starts with an exclamation mark: list what is left out under except or none
c.yml:3:42: labels.rules[0].files.any[2] is "/c", which matches no path: write it from the top, without outer slashes, . or ..
c.yml:3:46: labels.rules[0].files.any[3] is "{a", which has braces that aren't alternatives, so they stand for themselves: write \{
c.yml:3:58: labels.rules[0].files.any[5] is "[[:x:]]", which has an unknown class like [[:x:]], which stands for these characters
c.yml:3:72: labels.rules[0].files.any[7] repeats line 3: remove one
c.yml:3:81: labels.rules[0].files.all has 0 items: at least 1 are needed`},
	{"expressions", "- {label: a, title: '(?!x)', body: '(a'}\n  - {label: b, title: 'a\\1', body: 'a{1000}b{2}'}\n  - {label: c, title: " +
		"'a{1001}'}", `
c.yml:3:23: labels.rules[0].title is "(?!x)", which isn't an RE2 expression: RE2 doesn't support "(?!", lookaround or backreferences
c.yml:3:38: labels.rules[0].body is "(a", which isn't an RE2 expression: missing closing ): ` + "`(a`" + `
c.yml:4:23: labels.rules[1].title is "a\\1", which isn't an RE2 expression: RE2 doesn't support "\\1", lookaround or backreferences
c.yml:4:36: labels.rules[1].body is "a{1000}b{2}", which is too large: use smaller repetitions
c.yml:5:23: labels.rules[2].title is "a{1001}", which isn't an RE2 expression: invalid repeat count: ` + "`{1001}`"},
	{"values", "- {label: a, hold: always, on: prs, draft: maybe, size: {min-files: 0, max-lines: x}, author: {role: core, core: 1}}\n  - " +
		"{title: x}\n  - {label: " + strings.Repeat("x", 51) + ", title: x}", `
c.yml:3:22: labels.rules[0].hold is "always": want suggested or kept
c.yml:3:34: labels.rules[0].on is "prs": want pull-requests or issues or both
c.yml:3:46: labels.rules[0].draft is "maybe": expected true or false
c.yml:3:71: labels.rules[0].size.min-files is "0": expected a whole number from 1 to 1000000000
c.yml:3:85: labels.rules[0].size.max-lines is "x": expected a whole number from 1 to 1000000000
c.yml:3:104: labels.rules[0].author.role is "core": want triage or write or maintain or admin
c.yml:3:116: labels.rules[0].author.core is "1": expected true or false
c.yml:4:5: labels.rules[1] has no label: add it
c.yml:5:13: labels.rules[2].label has 51 characters: at most 50 are allowed`},
	{"no condition", "- {label: a}\n  - {label: b, files: {}}\n  - {label: c, any: [{}, {draft: true}]}\n  - {label: d, any: []}", `
c.yml:3:5: labels.rules[0] has no condition, so it would set "a" everywhere: add one, such as files: {any: [Doc/**]}
c.yml:4:5: labels.rules[1] has no condition, so it would set "b" everywhere: add one, such as files: {any: [Doc/**]}
c.yml:5:22: labels.rules[2].any[0] has no condition: add one, or remove it
c.yml:6:5: labels.rules[3] has no condition, so it would set "d" everywhere: add one, such as files: {any: [Doc/**]}
c.yml:6:21: labels.rules[3].any has 0 items: at least 1 are needed`},
	{"issues", "- {label: a, on: issues, files: {any: [a]}, base: [a]}\n  - {label: b, on: both, any: [{draft: true}, {size: {min-files: " +
		"1}}, {head: [x]}]}\n  - {label: c, form: {field: x, answers: [y]}}\n  - {label: d, on: issues, form: {field: x}}", `
c.yml:3:35: labels.rules[0].files is for pull requests, but the rule is also for issues: split it into two rules
c.yml:3:53: labels.rules[0].base is for pull requests, but the rule is also for issues: split it into two rules
c.yml:4:40: labels.rules[1].any[0].draft is for pull requests, but the rule is also for issues: split it into two rules
c.yml:4:54: labels.rules[1].any[1].size is for pull requests, but the rule is also for issues: split it into two rules
c.yml:4:78: labels.rules[1].any[2].head is for pull requests, but the rule is also for issues: split it into two rules
c.yml:5:22: labels.rules[2].form is for issues: add "on: issues" to the rule
c.yml:6:34: labels.rules[3].form has no answers: add it`},
	{"sizes", "- {label: a, size: {min-files: 3, max-files: 2, min-lines: 9, max-lines: 8}}", `
c.yml:3:48: labels.rules[0].size.max-files is below min-files, so nothing can match
c.yml:3:76: labels.rules[0].size.max-lines is below min-lines, so nothing can match`},
	{"duplicates", "- {label: a, title: x}\n  - {label: A, title: x, hold: suggested}\n  - {label: k, hold: kept, title: x}\n  - {label: " +
		"K, hold: kept, title: y}\n  - {label: k, title: z}\n  - {label: a, title: y}", `
c.yml:4:5: labels.rules[1] is the same as labels.rules[0]: remove one
c.yml:6:13: labels.rules[3].label is "K", which labels.rules[2] already keeps: add your conditions there under any
c.yml:7:13: labels.rules[4].label is "k", which labels.rules[2] keeps: add your conditions there under any`},
	{"labels of others", "- {label: Awaiting Merge, title: x}\n  - {label: needs backport to 3.14, title: x}\n  - {label: merge conflict, " +
		"title: x}\n  - {label: skip news, title: x}\n  - {label: skip issue, hold: kept, title: x}\n  - {label: a, labels: {none: [awaiting " +
		"*, b]}}", `
c.yml:3:13: "Awaiting Merge" is the label that the setting stages.merge names, so rules can't set it: choose another label
c.yml:4:13: "needs backport to 3.14" is the label that the setting backport.label names, so rules can't set it: choose another label
c.yml:5:13: "merge conflict" is the label that the setting conflicts.label names, so rules can't set it: choose another label
c.yml:7:13: "skip issue" is the label that the setting issue-numbers.skip-label names, so rules can't set it: choose another label
c.yml:8:24: labels.rules[5].labels has "awaiting *", which changes at the same time, by stages.review: use other conditions
c.yml:8:24: labels.rules[5].labels has "awaiting *", which changes at the same time, by stages.core-review: use other conditions
c.yml:8:24: labels.rules[5].labels has "awaiting *", which changes at the same time, by stages.changes: use other conditions
c.yml:8:24: labels.rules[5].labels has "awaiting *", which changes at the same time, by stages.change-review: use other conditions
c.yml:8:24: labels.rules[5].labels has "awaiting *", which changes at the same time, by stages.merge: use other conditions`},
	{"circles", "- {label: a, labels: {any: [b]}}\n  - {label: b, any: [{labels: {none: ['C*']}}, {draft: true}]}\n  - {label: c1, labels: " +
		"{all: [A]}}\n  - {label: self, hold: kept, labels: {none: [self]}}\n  - {label: ok, labels: {any: [a]}}", `
c.yml:5:25: labels.rules[2].labels has "A", which depends on "c1" itself: use other conditions
c.yml:6:39: labels.rules[3].labels has "self", which depends on "self" itself: use other conditions`},
	{"anchors", "- {label: a, files: &f {any: [a]}}\n  - {label: b, files: *f}", `
c.yml:3:5: labels.rules[0] has no condition, so it would set "a" everywhere: add one, such as files: {any: [Doc/**]}
c.yml:3:23: labels.rules[0].files uses an anchor: write the value out
c.yml:4:5: labels.rules[1] has no condition, so it would set "b" everywhere: add one, such as files: {any: [Doc/**]}
c.yml:4:23: labels.rules[1].files uses an anchor: write the value out`},
	{"too many", strings.TrimPrefix(strings.Repeat("  - {label: a, title: x}\n", 1001), "  "),
		`c.yml:3:3: labels.rules has 1001 items: at most 1000 are allowed`},
}

func TestFaultsOfLabelRules(t *testing.T) {
	for _, tt := range wrongRules {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("c.yml", []byte("labels:\n  rules:\n  "+tt.file+"\n"))
			if diff := cmp.Diff(strings.TrimSpace(tt.want), fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
	for text, want := range map[string]string{
		"since: 2026-13-01": "isn't a date: expected YYYY-MM-DD",
		"missing: ignore":   "want create or refuse",
		"looks: [{name: a, color: red, description: b}]":                                                  "six hexadecimal digits",
		"looks: [{name: a, color: '000000', description: b}, {name: A, color: '000000', description: b}]": "make them differ",
	} {
		if _, err := Parse("c.yml", []byte("labels: {"+text+"}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, have %v", text, want, err)
		}
	}
}

// Expressions of all rules together are bounded too.
func TestExpressionsAreBounded(t *testing.T) {
	var rules strings.Builder
	for i := range 100 {
		fmt.Fprintf(&rules, "  - {label: l%d, body: '(a|b){200}%d'}\n", i, i)
	}
	_, err := Parse("c.yml", []byte("labels:\n  rules:\n"+rules.String()))
	if want := "labels.rules have too many or too large expressions"; err == nil || !strings.Contains(err.Error(), "c.yml:3:3: "+want) {
		t.Errorf("want %q, have %v", want, err)
	}
}

// A repository's other settings can clash with rules that it does not set.
func TestLabelOfACentralRule(t *testing.T) {
	_, err := Preset().Override("r.yml", []byte("stages: {merge: docs}"))
	want := `r.yml:1:17: "docs" is the label that the setting stages.merge names, so rules can't set it: choose another label`
	if err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
}

func TestRulesInWords(t *testing.T) {
	set, err := Parse("c.yml", []byte(`labels:
  rules:
    - {label: docs, files: {any: [Doc/**]}}
    - {label: tests, hold: kept, files: {all: [a, b, c], none: [d], except: [e, f], change: [added, removed]}}
    - {label: a, files: {change: [renamed]}}
    - {label: b, on: issues, title: x, body: y, author: {core: true, bot: false, first-timer: true, role: write, logins: [u, v]}}
    - {label: c, on: both, labels: {any: [p, q], all: [r, s], none: [t]}}
    - {label: d, draft: false, base: [main], head: ["x*"], size: {min-files: 1, max-files: 2, min-lines: 3, max-lines: 4}}
    - {label: e, on: issues, form: {field: Where, answers: [A, B], none: [C]}}
    - {label: f, draft: true, any: [{title: x}, {body: y}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, rule := range set.Labels.Rules {
		have = append(have, rule.Where+": "+rule.String())
	}
	want := []string{
		"c.yml:3: docs, suggested, when a changed file matches Doc/**",
		"c.yml:4: tests, kept, when every added or removed file (except e or f) matches a, b or c and no added or removed file (except e or " +
			"f) matches d",
		"c.yml:5: a, suggested, when there is a renamed file",
		"c.yml:6: b, suggested, on issues, when the title matches /x/ and the body matches /y/ and the author is a core developer and the author has " +
			"the role write or higher and the author is new here and the author is not a bot and the author is u or v",
		"c.yml:7: c, suggested, on pull requests and issues, when it has the label p or q and it has all the labels r and s and it has no " +
			"label t",
		"c.yml:8: d, suggested, when at least 1 files are changed and at most 2 files are changed and at least 3 lines are changed and at " +
			"most 4 lines are changed and the base branch matches main and the head branch matches x* and it is not a draft",
		`c.yml:9: e, suggested, on issues, when "Where" is answered with A or B and not with C`,
		"c.yml:10: f, suggested, when it is a draft and (the title matches /x/, or the body matches /y/)",
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

func TestOpened(t *testing.T) {
	l := Labels{Since: "2026-08-01"}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{time.Time{}, true},
		{time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), true},
		{time.Date(2026, 7, 31, 23, 59, 59, 0, time.UTC), false},
	} {
		if l.Opened(tt.at) != tt.want {
			t.Errorf("opened %v: %v", tt.at, !tt.want)
		}
	}
}

func TestNamesLabel(t *testing.T) {
	for _, tt := range []struct {
		name, label string
		want        bool
	}{
		{"docs", "Docs", true}, {"topic-*", "Topic-email", true}, {"topic-*", "topic", false}, {"*", "anything", true}, {"a*b", "axb", false},
		{"é*", "é", true},
	} {
		if NamesLabel(tt.name, tt.label) != tt.want {
			t.Errorf("%s names %s: %v", tt.name, tt.label, !tt.want)
		}
	}
}

// GitHub refuses emoji in descriptions of labels: what comes out is what the bot will find there, so that it doesn't write it every
// hour.
func TestDescriptionsAreAsGitHubTakesThem(t *testing.T) {
	c, err := Parse("c.yml", []byte("labels: {looks: [{name: bug, color: d73a4a, description: A bug 🐛}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := yamlfile.Faults{{File: "c.yml", Line: 1, Col: 58,
		Message: `labels.looks[0].description has emoji or other characters that GitHub doesn't allow in a label's description: it becomes "A ` +
			`bug"`}}
	if diff := cmp.Diff(want, c.Warnings); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
	if have := c.Labels.Label("bug").Description; have != "A bug" {
		t.Errorf("the label's description is %q", have)
	}
	own, err := c.Override("o.yml", []byte("labels: {looks: [{name: bug, color: d73a4a, description: A bug}]}\n"))
	if err != nil || len(own.Warnings) > 0 {
		t.Errorf("%v, %v", own.Warnings, err)
	}
}
