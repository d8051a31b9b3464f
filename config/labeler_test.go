package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// understood is a labeler file, and what it says in words.
var understood = []struct{ name, file, want string }{
	{"a glob", "docs:\n- changed-files:\n  - any-glob-to-any-file: docs/*\n", `
l.yml:1: docs, suggested, when a changed file matches docs/*`},
	{"globs", "docs:\n- changed-files:\n  - any-glob-to-any-file: [docs/*, '!guides/*', '!!x']\n", `
l.yml:1: docs, suggested, when (a changed file matches docs/* or x, or a changed file (but for guides/*) matches **)`},
	{"ways", `
a: [{changed-files: [{any-glob-to-all-files: [a, '!b']}]}]
b: [{changed-files: [{all-globs-to-any-file: [a, b, '!c']}]}]
c: [{changed-files: [{all-globs-to-any-file: ['!c', '!d']}]}]
d: [{changed-files: [{all-globs-to-all-files: [a, b, '!c']}]}]
e: [{changed-files: [{all-globs-to-all-files: '!c'}]}]
`, `
l.yml:2: a, suggested, when (every changed file matches a, or no changed file matches b)
l.yml:3: b, suggested, when a changed file (but for c) matches a and b
l.yml:4: c, suggested, when a changed file (but for c or d) matches **
l.yml:5: d, suggested, when every changed file matches a and b and no changed file matches c
l.yml:6: e, suggested, when no changed file matches c`},
	{"several ways are one of an any, and all of an all", `
a: [{changed-files: [{any-glob-to-any-file: a, all-globs-to-all-files: b}, {any-glob-to-any-file: c}]}]
b: [{all: [{changed-files: [{any-glob-to-any-file: a, all-globs-to-all-files: b}, {any-glob-to-any-file: c}]}]}]
`, `
l.yml:2: a, suggested, when (a changed file matches a, or every changed file matches b, or a changed file matches c)
l.yml:3: b, suggested, when a changed file matches a and every changed file matches b and a changed file matches c`},
	{"branches", `
a: [{base-branch: main, head-branch: [^x, y]}]
b: [{all: [{head-branch: [^x, y]}, {base-branch: '^3\.\d+$'}]}]
`, `
l.yml:2: a, suggested, when (the base branch has /main/, or the head branch has /^x/, or the head branch has /y/)
l.yml:3: b, suggested, when the head branch has /^x/ and the head branch has /y/ and the base branch has /^3\.\d+$/`},
	{"what stands alone goes to the first any", `
a: [{any: [{base-branch: a}]}, {any: [{base-branch: b}]}, {head-branch: c}]
b: [{base-branch: a}, {any: [{base-branch: b}]}, {all: [{base-branch: c}]}, {head-branch: d}]
`, `
l.yml:2: a, suggested, when (the base branch has /a/, or the head branch has /c/) and the base branch has /b/
l.yml:3: b, suggested, when (the base branch has /a/, or the head branch has /d/) and the base branch has /b/ and the base branch has /c/`},
	{"options", `
changed-files-labels-limit: 5
max-files-changed: " 100 "
a: [{changed-files: [{any-glob-to-any-file: a}]}]
b: [{base-branch: a}]
`, `
l.yml:4: a, suggested, when a changed file matches a, unless more than 100 files are changed, unless more than 5 labels would be new by such rules
l.yml:5: b, suggested, when the base branch has /a/`},
	{"an option of zero", "max-files-changed: 0\na: [{changed-files: [{any-glob-to-any-file: a}]}]\n", `
l.yml:2: a, suggested, when a changed file matches a, unless more than 0 files are changed`},
	{"globs of the action", `
a: [{changed-files: [{any-glob-to-any-file: ['**/*.@(js|ts)', 'x?(y)', '{a}', '{1..3}', '{c..a}', 'a{b', '\#x', '{a,{b,c}}', 'x}', '{1..x}']}]}]
`, `
l.yml:2: a, suggested, when a changed file matches **/*.{js,ts}, x{,y}, \{a\}, {1,2,3}, {c,b,a}, a\{b, \#x, {a,{b,c}}, x\} or \{1..x\}`},
	{"anchors", "a: &a\n- changed-files: &f\n  - any-glob-to-any-file: &g [a, b]\nb: *a\nc: [{changed-files: *f}]\nd: [{changed-files: [{all-globs-to-all-files: *g}]}]\n", `
l.yml:1: a, suggested, when a changed file matches a or b
l.yml:4: b, suggested, when a changed file matches a or b
l.yml:5: c, suggested, when a changed file matches a or b
l.yml:6: d, suggested, when every changed file matches a and b`},
	{"odd labels", "'a/b #1?%': &x [{base-branch: a}]\n3.14: *x\n'3.10': *x\n\":hammer: x\": *x\n🎉: *x\n", `
l.yml:1: a/b #1?%, suggested, when the base branch has /a/
l.yml:2: 3.14, suggested, when the base branch has /a/
l.yml:3: 3.10, suggested, when the base branch has /a/
l.yml:4: :hammer: x, suggested, when the base branch has /a/
l.yml:5: 🎉, suggested, when the base branch has /a/`},
	{"nothing", "# comments alone\n", ``},
}

// parseLabeler reads a labeler file, beside no other rules on labels.
func parseLabeler(name string, data []byte) ([]LabelRule, error) {
	set := Preset().Rules
	set.Labels.Rules = nil
	set, err := set.WithLabeler(name, data)
	return set.Labels.Rules, err
}

func TestParseLabeler(t *testing.T) {
	for _, tt := range understood {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := parseLabeler("l.yml", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, rule := range rules {
				have = append(have, rule.Where+": "+rule.String())
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), strings.Join(have, "\n")); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

var wrongLabeler = []faulty{
	{"version 4", "a: x/**\nb:\n- x/**\n- '!y'\nc:\n- any: [x, y]\n- all: ['!z']\nd: [a, b, c, d]\n", `
l.yml:1:4: "a" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["x/**"]}]}]
l.yml:3:1: "b" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["x/**", "!y"]}]}]
l.yml:6:8: any is written as for version 4 of actions/labeler: write it as [{changed-files: [{all-globs-to-any-file: ["x", "y"]}]}]
l.yml:7:8: all is written as for version 4 of actions/labeler: write it as [{changed-files: [{all-globs-to-all-files: ["!z"]}]}]
l.yml:8:4: "d" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["a", "b", "c", …]}]}]`},
	{"unknown keys", "a: [{files: x}]\nb: [{any: [{author: x}]}]\nc: [{changed-files: [{some-glob: x}]}]\n", `
l.yml:1:6: "files" is nothing that the action knows: those here are any, all, changed-files, base-branch, head-branch
l.yml:2:13: "author" is nothing that the action knows: those here are changed-files, base-branch, head-branch
l.yml:3:23: "some-glob" is nothing that the action knows: those here are any-glob-to-any-file, any-glob-to-all-files, all-globs-to-any-file, all-globs-to-all-files`},
	{"shapes", "a: {base-branch: x}\nb: []\nc: [{any: {}}]\nd: [{changed-files: {any-glob-to-any-file: x}}]\ne: [{all: []}]\nf: ~\ng: [[x]]\n", `
l.yml:1:4: "a" is not a list: start each item with a hyphen
l.yml:2:4: "b" is empty: the action would never set the label, or always
l.yml:3:11: any is not a list: start each item with a hyphen
l.yml:4:21: changed-files is not a list: start each item with a hyphen
l.yml:5:11: all is empty: the action would never set the label, or always
l.yml:6:4: "f" is not a list: start each item with a hyphen
l.yml:7:5: an item of "g" is not a group of settings: write KEY: VALUE lines`},
	{"nothing in it", "a: [{}]\nb: [{any: [{}]}]\nc: [{changed-files: [{}]}]\nd: [{changed-files: [{any-glob-to-any-file: []}]}]\n", `
l.yml:1:5: an item of "a" has no condition: say when, or take it away
l.yml:2:12: an item of any has no condition: say when, or take it away
l.yml:3:22: an item of changed-files has no condition: say when, or take it away
l.yml:4:45: any-glob-to-any-file is empty: the action would never set the label, or always`},
	{"a list", "- a\n", `l.yml:1:1: the file is not a group of settings: write KEY: VALUE lines`},
	{"twice", "a: [{base-branch: x}]\na: [{base-branch: y}]\nb: [{base-branch: x, base-branch: y}]\n", `
l.yml:2:1: "a" is given twice, first in line 1: take one away
l.yml:3:22: "base-branch" is given twice, first in line 3: take one away`},
	{"globs", "a: [{changed-files: [{any-glob-to-any-file: ['', '#x', 'a[', '!(a)/b', '+(a)', a/, ./a, '@(a', 3, '{1..999}']}]}]\n", `
l.yml:1:46: any-glob-to-any-file has "", which is empty: it matches nothing
l.yml:1:50: any-glob-to-any-file has "#x", which is a comment to the action: write \# for a name that starts so
l.yml:1:56: any-glob-to-any-file has "a[", which is not a glob: close its brackets, and put no \ at the end
l.yml:1:62: any-glob-to-any-file has "!(a)/b", which has a group !(…), which there is none like here: write ! alone before the glob
l.yml:1:72: any-glob-to-any-file has "+(a)", which has a group +(…), which there is none like here: write several globs
l.yml:1:80: any-glob-to-any-file has "a/", which matches no path of the repository: write it from the top, without a slash at either end and without . or .. in it
l.yml:1:84: any-glob-to-any-file has "./a", which matches no path of the repository: write it from the top, without a slash at either end and without . or .. in it
l.yml:1:89: any-glob-to-any-file has "@(a", which is not a glob: close its parentheses
l.yml:1:96: any-glob-to-any-file is not a text: put it in quotes
l.yml:1:99: any-glob-to-any-file has "{1..999}", which has more than 100 alternatives: make several globs of it`},
	{"expressions", "a: [{base-branch: ['(?!x)', '(a', '\\u0041', '(a)\\1', '[[:alpha:]]', 3.10, '\\Qx', 'a{1000}bb']}]\n", `
l.yml:1:20: base-branch has "(?!x)", which is not an RE2 expression: it has "(?!"; RE2 has no lookahead, lookbehind or references to groups
l.yml:1:29: base-branch has "(a", which is not an RE2 expression: missing closing ): ` + "`(a`" + `
l.yml:1:35: base-branch has "\\u0041", which has \u, which RE2 does not have or takes for something else: write the characters out
l.yml:1:45: base-branch has "(a)\\1", which has \1, which RE2 does not have or takes for something else: write the characters out
l.yml:1:54: base-branch has "[[:alpha:]]", which has [[:, which JavaScript and RE2 understand in two ways: list the characters
l.yml:1:69: base-branch is not a text: put it in quotes
l.yml:1:75: base-branch has "\\Qx", which has \Q, which RE2 does not have or takes for something else: write the characters out
l.yml:1:82: base-branch has "a{1000}bb", which is too large: use smaller repetitions`},
	{"options", "changed-files-labels-limit: [{base-branch: x}]\nmax-files-changed: -1\n", `
l.yml:1:1: "changed-files-labels-limit" is an option of the action and cannot be a label: rename the label
l.yml:2:20: max-files-changed is "-1": want a whole number from 0 on`},
	{"labels", "3.10: [{base-branch: x}]\n" + strings.Repeat("x", 51) + ": [{base-branch: x}]\n'': [{base-branch: x}]\n' x': [{base-branch: x}]\n", `
l.yml:1:1: the label 3.10 is a number, which the action writes in another way: put it in quotes
l.yml:2:1: the label "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" has 51 characters: at most 50 are allowed
l.yml:3:1: the label "" is empty: give it a value, or leave it out
l.yml:4:1: the label " x" starts or ends with a space: take it away`},
	{"a long glob", "a: [{changed-files: [{any-glob-to-any-file: " + strings.Repeat("x", 501) + "}]}]", `l.yml:1:45: any-glob-to-any-file has 501 characters: at most 500 are allowed`},
	{"merge keys", "x: &x [{base-branch: x}]\n<<: *x\n", `l.yml:2:1: << takes other settings in: write them out`},
	{"not YAML", "a: [", `l.yml:2:1: not YAML: did not find expected node content: look at indentation, colons, brackets and quotes here and just above`},
	{"a bomb", "a: &a [{base-branch: [x,x,x,x,x,x,x,x,x,x]}]\n" + bomb(), `l.yml:1:8: more than 10000 groups, globs and expressions up to here, counting what anchors repeat: make the file smaller`},
}

// bomb repeats an anchor a thousand times.
func bomb() string {
	var b strings.Builder
	for i := range 990 {
		fmt.Fprintf(&b, "b%d: *a\n", i)
	}
	return b.String()
}

func TestFaultsOfLabeler(t *testing.T) {
	for _, tt := range wrongLabeler {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseLabeler("l.yml", []byte(tt.file))
			if diff := cmp.Diff(strings.TrimSpace(tt.want), fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

func TestWithLabeler(t *testing.T) {
	rules := Preset().Rules
	before := len(rules.Labels.Rules)
	with, err := rules.WithLabeler("l.yml", []byte("a: [{base-branch: x}]"))
	if err != nil || len(with.Labels.Rules) != before+1 || len(rules.Labels.Rules) != before {
		t.Errorf("%d rules, before %d: %v", len(with.Labels.Rules), before, err)
	}
	kept, err := Preset().Override("r.yml", []byte("labels: {rules: [{label: A, hold: kept, title: x}]}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = kept.WithLabeler("l.yml", []byte("a: [{base-branch: x}]\nawaiting merge: [{base-branch: x}]"))
	want := `l.yml:1:1: "a" is kept by the rule in r.yml:1: take it away here
l.yml:2:1: the label "awaiting merge" is for the rule of stages.merge to decide: choose another one`
	if err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
	rules.Labels.Labeler = Off
	if with, err := rules.WithLabeler("l.yml", []byte("a: x")); err != nil || len(with.Labels.Rules) != before {
		t.Errorf("a file that does not hold is read: %v", err)
	}
}

// Files that pull requests of strangers bring must not keep the bot busy.
func TestHeavyLabelerFiles(t *testing.T) {
	deep := "a: &a [x,x,x,x,x,x,x,x]\n"
	for i := range 20 {
		deep += fmt.Sprintf("b%d: &b%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("{any: *b%d},", max(0, i-1)), 9))
	}
	lists := "g: &g {base-branch: x}\nl: &l [" + strings.Repeat("*g,", 20000) + "]\nm: &m {any: *l}\n" + "n: [" + strings.Repeat("*m,", 20000) + "]\n"
	for name, file := range map[string]string{
		"too large": strings.Repeat("#", MaxSize+1),
		"deep":      deep, "lists": lists, "itself": "a: &a [{any: *a}]\n", "itself too": "a: [&a {any: [*a]}]\n",
		"labels": strings.Repeat("x: [{base-branch: x}]\n", MaxSize/22), "braces": "a: [{changed-files: [{any-glob-to-any-file: '" + strings.Repeat("{a,b}", 90) + "'}]}]",
		"nested": "a: [{changed-files: [{any-glob-to-any-file: '" + strings.Repeat("@(", 200) + strings.Repeat(")", 200) + "'}]}]",
	} {
		start := time.Now()
		_, err := parseLabeler("l.yml", []byte(file))
		t.Logf("%s: %v", name, time.Since(start))
		if wellFormed(t, []byte(file), err); err == nil && name != "nested" {
			t.Errorf("%s: no fault", name)
		}
	}
}

// FuzzLabelRules reads files of both kinds, wrong ones too.
func FuzzLabelRules(f *testing.F) {
	for _, seed := range slices.Concat(wrongRules, wrongLabeler) {
		if len(seed.file) < 2000 {
			f.Add([]byte(seed.file))
		}
	}
	for _, seed := range understood {
		f.Add([]byte(seed.file))
	}
	central := Preset()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2000 {
			return // TestHeavyLabelerFiles has those
		}
		rules, err := parseLabeler(LabelerFile, data)
		wellFormed(t, data, err)
		described(t, rules)
		file := append([]byte("labels:\n  rules:\n  "), data...)
		set, err := central.Override(RepositoryFile, file)
		wellFormed(t, file, err)
		described(t, set.Labels.Rules)
		var faults Faults
		if with, err := central.WithLabeler(LabelerFile, data); err == nil {
			described(t, with.Labels.Rules)
		} else if !errors.As(err, &faults) {
			t.Fatal(err)
		}
	})
}

func described(t *testing.T, rules []LabelRule) {
	t.Helper()
	for _, rule := range rules {
		if text := rule.String(); rule.Where == "" || rule.Label == "" || strings.Contains(text, "%!") || strings.HasSuffix(text, "when ") {
			t.Fatalf("%q: %q", rule.Where, text)
		}
	}
}
