package labeler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
)

// understood is a labeler file, and what it says in words.
var understood = []faulty{
	{"a glob", "docs:\n- changed-files:\n  - any-glob-to-any-file: docs/*\n", `
l.yml:1: docs, suggested, when a changed file matches docs/*`},
	{"globs", "docs:\n- changed-files:\n  - any-glob-to-any-file: [docs/*, '!guides/*', '!!x']\n", `
l.yml:1: docs, suggested, when a changed file matches docs/*, !guides/* or !!x`},
	{"ways", `
a: [{changed-files: [{any-glob-to-all-files: [a, '!b']}]}]
b: [{changed-files: [{all-globs-to-any-file: [a, b, '!c']}]}]
c: [{changed-files: [{any-glob-to-all-files: a}]}]
d: [{changed-files: [{all-globs-to-all-files: [a, b, '!c']}]}]
`, `

l.yml:2: a, suggested, when every changed file matches the same one of a or !b
l.yml:3: b, suggested, when a changed file matches a and b and !c
l.yml:4: c, suggested, when every changed file matches a
l.yml:5: d, suggested, when every changed file matches a and b and !c`},
	{"several ways are one of an any, and all of an all", `
a: [{changed-files: [{any-glob-to-any-file: a, all-globs-to-all-files: b}, {any-glob-to-any-file: c}]}]
b: [{all: [{changed-files: [{any-glob-to-any-file: a, all-globs-to-all-files: b}, {any-glob-to-any-file: c}]}]}]
`, `

l.yml:2: a, suggested, when (a changed file matches a, or every changed file matches b, or a changed file matches c)
l.yml:3: b, suggested, when there is a changed file and a changed file matches a ` +
		`and every changed file matches b and a changed file matches c`},
	{"branches", `
a: [{base-branch: main, head-branch: [^x, y]}]
b: [{all: [{head-branch: [^x, '(?!y)']}, {base-branch: '^3\.\d+$'}]}]
`, `

l.yml:2: a, suggested, when (the base branch matches /main/, or the head branch matches /^x/, or the head branch matches /y/)
l.yml:3: b, suggested, when the head branch matches /^x/ and the head branch matches /(?!y)/ and the base branch matches /^3\.\d+$/`},
	{"what stands alone goes to the first any", `
a: [{any: [{base-branch: a}]}, {any: [{base-branch: b}]}, {head-branch: c}]
b: [{base-branch: a}, {any: [{base-branch: b}]}, {all: [{base-branch: c}]}, {head-branch: d}]
`, `

l.yml:2: a, suggested, when (the base branch matches /a/, or the head branch matches /c/) and the base branch matches /b/
l.yml:3: b, suggested, when (the base branch matches /a/, or the head branch matches /d/) and the base branch matches /b/ and the base branch matches /c/`},
	{"options", `
changed-files-labels-limit: 5
max-files-changed: " 100 "
a: [{changed-files: [{any-glob-to-any-file: a}]}]
b: [{base-branch: a}]
`, `

l.yml:4: a, suggested, when a changed file matches a, unless more than 100 files are changed, unless such rules would add more than 5 labels
l.yml:5: b, suggested, when the base branch matches /a/`},
	{"an option of zero", "max-files-changed: 0\na: [{changed-files: [{any-glob-to-any-file: a}]}]\n", `
l.yml:2: a, suggested, when a changed file matches a, unless more than 0 files are changed`},
	{"anchors", "a: &a\n- changed-files: &f\n  - any-glob-to-any-file: &g [a, b]\nb: *a\nc: [{changed-files: *f}]\nd: [{changed-files: " +
		"[{all-globs-to-all-files: *g}]}]\n", `
l.yml:1: a, suggested, when a changed file matches a or b
l.yml:4: b, suggested, when a changed file matches a or b
l.yml:5: c, suggested, when a changed file matches a or b
l.yml:6: d, suggested, when every changed file matches a and b`},
	{"merge keys and aliases as keys", "a: &x [{base-branch: x}]\nk: &k [{any: [&m {base-branch: m}]}]\n&n b: [{any: [{<<: *m, " +
		"head-branch: h}]}]\n<<: {a: *k, c: *x}\n", `
l.yml:1: a, suggested, when the base branch matches /x/
l.yml:2: k, suggested, when the base branch matches /m/
l.yml:3: b, suggested, when (the base branch matches /m/, or the head branch matches /h/)
l.yml:4: c, suggested, when the base branch matches /x/`},
	{"odd labels", "'a/b #1?%': &x [{base-branch: a}]\n3.14: *x\n'3.10': *x\n\":hammer: x\": *x\n🎉: *x\n", `
l.yml:1: a/b #1?%, suggested, when the base branch matches /a/
l.yml:2: 3.14, suggested, when the base branch matches /a/
l.yml:3: 3.10, suggested, when the base branch matches /a/
l.yml:4: :hammer: x, suggested, when the base branch matches /a/
l.yml:5: 🎉, suggested, when the base branch matches /a/`},
	{"never and always", "a: [{any: []}]\nb: [{all: [{base-branch: []}]}]\n", `
l.yml:1: a, suggested, when never
l.yml:2: b, suggested, when always`},
	{"nothing", "# comments alone\n", ``},
}

// parse reads a file, beside no other rules on labels. The error is
// all that is wrong with it.
func parse(name string, data []byte) ([]config.LabelRule, error) {
	set := config.Preset().Rules
	set.Labels.Rules = nil
	set, err := Read(set, name, data)
	if err == nil && set.LeftOut != nil {
		err = set.LeftOut
	}
	return set.Labels.Rules, err
}

func TestRead(t *testing.T) {
	for _, tt := range understood {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := parse("l.yml", []byte(tt.file))
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

// faulty is a wrong file, and all that is to be said of it.
type faulty struct{ name, file, want string }

// refused are files that the action doesn't read.
var refused = []faulty{
	{"version 4", "a: x/**\nb:\n- x/**\n- '!y'\nd: [a, b, c, d]\n", `
l.yml:1:4: "a" uses the syntax of actions/labeler 4: write it as [{changed-files: [{any-glob-to-any-file: ["x/**"]}]}]
l.yml:3:3: "b" uses the syntax of actions/labeler 4: write it as [{changed-files: [{any-glob-to-any-file: ["x/**", "!y"]}]}]
l.yml:5:5: "d" uses the syntax of actions/labeler 4: write it as [{changed-files: [{any-glob-to-any-file: ["a", "b", "c", …]}]}]`},
	{"unknown ways", "c: [{changed-files: [{some-glob: x}]}]\n", `
l.yml:1:23: the action doesn't know "some-glob": expected one of any-glob-to-any-file, any-glob-to-all-files, ` +
		`all-globs-to-any-file, all-globs-to-all-files`},
	{"shapes", "a: {base-branch: x}\nd: [{any: [~]}]\ne: [{changed-files: x}]\nf: ~\ng: [{changed-files: [x]}]\n", `
l.yml:1:4: "a" isn't a list: start each item with a hyphen
l.yml:2:12: an item of any is empty, so the action stops with an error: remove it
l.yml:3:21: changed-files isn't a list: start each item with a hyphen
l.yml:4:4: "f" isn't a list: start each item with a hyphen
l.yml:5:22: an item of changed-files isn't a group of settings: write KEY: VALUE lines`},
	{"a list", "- a\n", `l.yml:1:1: the file isn't a group of settings: write KEY: VALUE lines`},
	{"twice", "a: [{base-branch: x}]\na: [{base-branch: y}]\nb: [{base-branch: x, base-branch: y}]\n1: [{base-branch: x}]\n'1': " +
		"[{base-branch: x}]\n", `
l.yml:2:1: "a" is set twice, first on line 1: remove one
l.yml:3:22: "base-branch" is set twice, first on line 3: remove one
l.yml:5:1: "1" is set twice, first on line 4: remove one`},
	{"options", "changed-files-labels-limit: [{base-branch: x}]\nmax-files-changed: -1\n", `
l.yml:1:1: "changed-files-labels-limit" is an option of the action, so it can't be a label: rename the label
l.yml:2:20: max-files-changed is "-1": expected a whole number, 0 or more`},
	{"an option as text", "max-files-changed: '+1'\n", `l.yml:1:20: max-files-changed is "+1": expected a whole number, 0 or more`},
	{"merge keys", "<<: [x]\n<<: 3\n", `
l.yml:1:5: << must name a group of settings
l.yml:2:5: << must name a group of settings`},
	{"not YAML", "a: [", `l.yml:2:1: not valid YAML: did not find expected node content: check the indentation, colons, brackets and ` +
		`quotes here and just above`},
	{"a bomb", "a: &a [{changed-files: [{any-glob-to-any-file: [" + strings.Repeat("x,", 40) + "x]}]}]\n" + bomb(),
		`l.yml:1:67: more than 30000 values up to here, counting what aliases repeat: make the file smaller`},
}

// leftOut are wrong rules, which are left out alone.
var leftOut = []faulty{
	{"globs", "ok: [{base-branch: x}]\na: [{changed-files: [{any-glob-to-any-file: [b, 3, 'x!(!(a))', '{1..99999}', ~]}]}]\n", `
l.yml:2:49: any-glob-to-any-file isn't text, so the action stops with an error: put it in quotes
l.yml:2:52: any-glob-to-any-file has "x!(!(a))", which has a group !(!(…)), which isn't supported: write @(…)
l.yml:2:64: any-glob-to-any-file has "{1..99999}", which has more than 10000 alternatives: split it into several globs
l.yml:2:78: any-glob-to-any-file isn't text, so the action stops with an error: put it in quotes`},
	{"expressions", "ok: [{base-branch: x}]\na: [{base-branch: ['(?i:x)', '(a', 'a{4000}', 2020-01-01]}]\nb: [{head-branch: {x: y}}]\n", `
l.yml:2:20: base-branch has the JavaScript expression "(?i:x)", which has a group (?…) that isn't supported
l.yml:2:30: base-branch has the JavaScript expression "(a", which has an unclosed group
l.yml:2:36: base-branch has the JavaScript expression "a{4000}", which is too large: use smaller repetitions, or several expressions
l.yml:2:47: base-branch has a group or a list, which isn't supported: put an expression in quotes
l.yml:3:19: head-branch isn't text, so the action stops with an error: put it in quotes`},
	{"labels", "ok: [{base-branch: x}]\n2020-01-01: &x [{base-branch: x}]\n? [a]\n: *x\n" + strings.Repeat("x", 51) +
		": *x\n'': *x\n' x': *x\nawaiting merge: *x\n", `
l.yml:2:1: the key "2020-01-01" is a date to YAML, which versions of the action read in different ways: put it in quotes
l.yml:3:3: a key that is a group or a list, which isn't supported: write KEY: VALUE
l.yml:5:1: the label "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" has 51 characters: at most 50 are allowed
l.yml:6:1: the label "" is empty: give it a value, or remove it
l.yml:7:1: the label " x" starts or ends with a space: remove it
l.yml:8:1: "awaiting merge" is the label that the setting stages.merge names, so rules can't set it: choose another label`},
}

// warned are files that hold, with what isn't what it looks like.
var warned = []faulty{
	{"labels", "010: &x [{base-branch: x}]\n0x10: *x\n+1: *x\n~: *x\ntrue: *x\n.inf: *x\n3.10: *x\n1e21: *x\n-1: *x\n", `
l.yml:1:1: YAML reads the label 010 as a number, so it becomes "10": to keep it as written, put it in quotes
l.yml:2:1: YAML reads the label 0x10 as a number, so it becomes "16": to keep it as written, put it in quotes
l.yml:3:1: YAML reads the label +1 as a number, so it becomes "1": to keep it as written, put it in quotes
l.yml:4:1: YAML reads the label ~ as no value, so it becomes "null": to keep it as written, put it in quotes
l.yml:6:1: YAML reads the label .inf as a number, so it becomes "Infinity": to keep it as written, put it in quotes
l.yml:7:1: YAML reads the label 3.10 as a number, so it becomes "3.1": to keep it as written, put it in quotes
l.yml:8:1: YAML reads the label 1e21 as a number, so it becomes "1e+21": to keep it as written, put it in quotes`},
	{"unknown keys", "a: [{files: x, base-branch: y}]\nb: [{any: [{author: x, base-branch: y}]}]\n", `
l.yml:1:6: the action ignores "files": expected one of any, all, changed-files, base-branch, head-branch
l.yml:2:13: the action ignores "author": expected one of changed-files, base-branch, head-branch`},
	{"nothing in it", "a: []\nb: [{}, ~]\nc: [{any: [{}]}]\nd: [{all: x, base-branch: ''}]\ne: [{changed-files: {any-glob-to-any-file: " +
		"x}}, {changed-files: []}]\n", `
l.yml:1:1: "a" has no condition, so the action never sets it
l.yml:2:1: "b" has no condition, so the action never sets it
l.yml:3:6: any has no condition, so the action never sets the label
l.yml:4:6: all isn't a list, so the action ignores it: start each item with a hyphen
l.yml:4:14: base-branch is empty, which the action doesn't count as a condition
l.yml:5:6: changed-files isn't a list, so the action ignores it: start each item with a hyphen
l.yml:5:50: changed-files is empty, which the action doesn't count as a condition`},
	{"version 4", "a: [{any: [x, y]}, {base-branch: z}]\n", `
l.yml:1:6: any has no condition, so the action never sets the label
l.yml:1:12: any has a text, which version 5 ignores: write it as [{changed-files: [{all-globs-to-any-file: ["x", "y"]}]}]`},
	{"globs and expressions", "a: [{changed-files: [{any-glob-to-any-file: ['a[', '#x', '/y', '!(a)']}]}]\nb: [{base-branch: [3.10]}]\n", `
l.yml:1:46: any-glob-to-any-file has "a[", which has a [ that isn't closed, so it stands for itself
l.yml:1:52: any-glob-to-any-file has "#x", which is a comment and matches nothing: write \# for a name that starts so
l.yml:1:58: any-glob-to-any-file has "/y", which matches no path: write it from the top, without outer slashes, . or ..
l.yml:1:64: any-glob-to-any-file has "!(a)", which matches everything but (a), parentheses included: write @(!(…)) for a group at the start
l.yml:2:20: base-branch has 3.10, which YAML reads as a number, so it becomes the expression 3.1: put it in quotes`},
}

func TestFaults(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse("l.yml", []byte(tt.file))
			if diff := cmp.Diff(strings.TrimSpace(tt.want), fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

// A fault of one rule leaves the others in force.
func TestFaultsOfOneRule(t *testing.T) {
	for _, tt := range leftOut {
		t.Run(tt.name, func(t *testing.T) {
			set := config.Preset().Rules
			set.Labels.Rules = nil
			set, err := Read(set, "l.yml", []byte(tt.file))
			if err != nil || len(set.Labels.Rules) != 1 || set.Labels.Rules[0].Label != "ok" {
				t.Errorf("rules %v, %v", set.Labels.Rules, err)
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), set.LeftOut.Error()); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range warned {
		t.Run(tt.name, func(t *testing.T) {
			set, err := Read(config.Preset().Rules, "l.yml", []byte(tt.file))
			if err != nil || set.LeftOut != nil {
				t.Errorf("left out %v, %v", set.LeftOut, err)
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), set.Warnings.Error()); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

func TestBesideOtherRules(t *testing.T) {
	rules := config.Preset().Rules
	before := len(rules.Labels.Rules)
	with, err := Read(rules, "l.yml", []byte("a: [{base-branch: x}]"))
	if err != nil || len(with.Labels.Rules) != before+1 || len(rules.Labels.Rules) != before {
		t.Errorf("%d rules, before %d: %v", len(with.Labels.Rules), before, err)
	}
	kept, err := config.Preset().Override("r.yml", []byte("labels: {rules: [{label: A, hold: kept, title: x}]}"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err = Read(kept, "l.yml", []byte("a: [{base-branch: x}]\nawaiting merge: [{base-branch: x}]"))
	want := `l.yml:1:1: "a" is kept by the rule in r.yml:1: remove it here
l.yml:2:1: "awaiting merge" is the label that the setting stages.merge names, so rules can't set it: choose another label`
	if err != nil || kept.LeftOut.Error() != want {
		t.Errorf("have %v, %v\nwant %s", kept.LeftOut, err, want)
	}
	rules.Labels.Labeler = config.Off
	if with, err := Read(rules, "l.yml", []byte("a: x")); err != nil || len(with.Labels.Rules) != before {
		t.Errorf("a file that does not hold is read: %v", err)
	}
}
