package labels

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// rules is the rule by the preset, with what a repository's own file changes,
// or by a labeler file.
func rules(settings []byte) ([]pull.Rule, error) {
	set := config.Preset().Rules
	var err error
	if text, found := strings.CutPrefix(string(settings), "# labeler.yml\n"); found {
		set.Labels.Rules = nil
		set, err = labeler.Read(set, labeler.Path, []byte("\n"+text))
	} else {
		set, err = config.Preset().Override(config.RepositoryFile, settings)
	}
	if err != nil {
		return nil, err
	}
	rule := Rule(set.Labels)
	if rule.Want == nil {
		return nil, nil
	}
	return []pull.Rule{rule}, nil
}

func TestGolden(t *testing.T) {
	pulltest.Golden(t, map[string]pulltest.Rules{"": rules, "actions": nil}) // labelerTable reads actions
}

func TestLabelsAreMadeAsConfigured(t *testing.T) {
	for _, settings := range []string{"{}", "labels: {missing: refuse}"} {
		rules, err := rules([]byte(settings))
		if err != nil {
			t.Fatal(err)
		}
		r := &pull.Request{State: pull.Open, Facts: ^pull.Facts(0), Files: []pull.File{{Path: "Lib/os.py", Change: pull.Modified}}}
		want := pull.Label{
			Name: "stdlib", On: true, Hold: pull.Suggested, Color: "09fc59", Description: "Standard library modules in Lib",
			Existing: settings != "{}", Why: "cpython.yml:LINE",
		}
		have := rules[0].Want(r).Labels
		for i := range have {
			have[i].Why = strings.TrimRight(have[i].Why, "0123456789") + "LINE"
		}
		if diff := cmp.Diff([]pull.Label{want}, have); diff != "" {
			t.Errorf("%s: (-want +have)\n%s", settings, diff)
		}
	}
}

// A rule asks for no more than its conditions do.
func TestLabelsNeeds(t *testing.T) {
	for _, tt := range []struct {
		rule   string
		needs  pull.Facts
		issues bool
		owns   []string
		people []string
	}{
		{"{label: a, title: x}", pull.Events, false, nil, nil},
		{"{label: a, hold: kept, on: both, title: x}", 0, true, []string{"a"}, nil},
		{"{label: a, on: issues, form: {field: x, answers: [y]}}", pull.Events, true, nil, nil},
		{"{label: a, hold: kept, files: {change: [added]}}", pull.Files, false, []string{"a"}, nil},
		{"{label: a, size: {max-lines: 1}}", pull.Files | pull.Events, false, nil, nil},
		{"{label: a, hold: kept, any: [{draft: true}, {author: {core: true}}]}", pull.Team, false, []string{"a"}, nil},
		{"{label: a, any: [{author: {role: write}}]}", pull.Events, false, nil, []string{"dana"}},
	} {
		rules, err := rules([]byte("labels: {rules: [" + tt.rule + "]}"))
		if err != nil {
			t.Fatal(err)
		}
		have := rules[0]
		var people []string
		if have.Looks != nil {
			people = have.Looks(&pull.Request{State: pull.Open, Author: "dana"}).People
		}
		if have.Needs != tt.needs || have.Issues != tt.issues || !slices.Equal(have.Owns, tt.owns) || !slices.Equal(people, tt.people) {
			t.Errorf("%s: needs %b, issues %v, owns %q, looks at %q", tt.rule, have.Needs, have.Issues, have.Owns, people)
		}
	}
}

// manyRules are label rules of every kind of glob, and a pull request to match.
func manyRules(n, changed int) (config.Labels, *pull.Request) {
	set := config.Preset().Labels
	set.Rules = nil
	for i := range n {
		c := config.FilesCondition{Any: []string{fmt.Sprintf("Lib/package%d/**", i)}}
		switch i % 7 {
		case 1:
			c = config.FilesCondition{Any: []string{fmt.Sprintf("**/*_%d.{c,h}", i)}, Except: []string{"**/test/**"}}
		case 2:
			c = config.FilesCondition{All: []string{fmt.Sprintf("Doc/*%d*/**", i), "**/*.rst"}}
		case 3:
			c = config.FilesCondition{Any: []string{fmt.Sprintf("**/module%d*/**/*.py", i)}, None: []string{"Misc/NEWS.d/**"}}
		case 4:
			c = config.FilesCondition{Any: []string{"**/*.py", "**/*[0-9].c"}, Change: []string{"added"}}
		case 5:
			c = config.FilesCondition{Any: []string{fmt.Sprintf("*/*/x%d?/*", i)}}
		}
		rule := config.LabelRule{Label: fmt.Sprint("label ", i), Hold: config.Suggested, On: config.OnPullRequests,
			Condition: config.Condition{Files: c}, Where: "x.yml:1"}
		if i%7 == 6 {
			rule.Condition = config.Condition{Title: fmt.Sprintf(`(?i)\bmodule%d\b`, i), Body: fmt.Sprintf(`(a|b)*c{2,9}%d$`, i)}
		}
		set.Rules = append(set.Rules, rule)
	}
	r := &pull.Request{State: pull.Open, Facts: ^pull.Facts(0), Title: "gh-1: Change everything in module6",
		Body: strings.Repeat("abcc ", 10000)}
	for i := range changed {
		dir := []string{"Lib/package%d/sub", "Modules/module%d/x", "Doc/library%d/y", "Lib/test/module%d", "Include/x%d1"}[i%5]
		r.Files = append(r.Files, pull.File{Path: fmt.Sprintf(dir+"/file_%d.%s", i%1000, i, []string{"py", "c", "rst"}[i%3]),
			Change: pull.Modified})
	}
	return set, r
}

func TestManyLabels(t *testing.T) {
	set, r := manyRules(1000, 3000)
	rule := Rule(set)
	want := slowly(set, r)
	if have := len(rule.Want(r).Labels); have != want || want == 0 {
		t.Errorf("%d labels, one by one %d", have, want)
	}
}

// slowly counts the labels of such rules by trying each glob on each file.
func slowly(set config.Labels, r *pull.Request) (n int) {
	for i, rule := range set.Rules {
		one, except := glob.Read(rule.Files.Any), glob.Read(rule.Files.Except)
		matches := func(set *glob.Set, path string) bool { found, sure := set.Any(path); return found && sure }
		found := slices.ContainsFunc(r.Files, func(f pull.File) bool { return matches(one, f.Path) && !matches(except, f.Path) })
		if found && i%7 != 4 { // no file is added
			n++
		}
	}
	return n
}

func BenchmarkLabels(b *testing.B) {
	set, r := manyRules(1000, 3000)
	rule := Rule(set)
	for b.Loop() {
		if len(rule.Want(r).Labels) == 0 {
			b.Fatal("no rule matches")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
}

func FuzzLabels(f *testing.F) {
	f.Add([]byte{})
	for i := range 20 {
		seed := make([]byte, 120)
		for j := range seed {
			seed[j] = byte(i*j + j*j/7 + i)
		}
		f.Add(seed)
	}
	var sets [][]pull.Rule
	for _, settings := range []string{"{}", `labels:
  rules:
    - {label: docs, files: {any: [Doc/**, "**/*.rst"]}, labels: {none: [skip news]}}
    - {label: skip news, files: {all: [Misc/**]}}
    - {label: code, hold: kept, any: [{files: {none: [Doc/**, Misc/**]}}, {labels: {all: [docs]}}]}
    - {label: new, hold: kept, author: {first-timer: true, core: false}, draft: false}
    - {label: titled, hold: kept, on: both, title: '(?i)abi'}
`, `# labeler.yml
changed-files-labels-limit: 1
docs: [{changed-files: [{any-glob-to-any-file: ["Doc/**", "**/*.rst"]}]}]
skip news: [{changed-files: [{any-glob-to-all-files: ["Misc/**", "!Doc/**"]}]}]
other: [{any: [{base-branch: "^3"}, {changed-files: [{all-globs-to-any-file: ["!Misc/**", "**/*"]}]}]}]
`} {
		set, err := rules([]byte(settings))
		if err != nil {
			f.Fatal(err)
		}
		sets = append(sets, set)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := pulltest.Random(data)
		for _, set := range sets {
			pulltest.Laws(t, r, set)
			peopleWin(t, r, set)
		}
	})
}

// peopleWin: no plan touches a suggested label that a person set or took off.
func peopleWin(t *testing.T, r *pull.Request, rules []pull.Rule) {
	t.Helper()
	plan, err := pull.Decide(r, rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range plan.Actions {
		add, isAdd := a.(pull.AddLabel)
		remove, isRemove := a.(pull.RemoveLabel)
		name := add.Name + remove.Name
		if !isAdd && !isRemove || slices.Contains(rules[0].Owns, name) {
			continue
		}
		if isRemove || r.Touched(name) {
			t.Fatalf("%s, though people decide on it", a)
		}
	}
}

// An issue form that a stranger filled with anything is read in no time.
func FuzzAnswers(f *testing.F) {
	f.Add("### A\n\nx, y\n")
	f.Add("```\n### A\n```\n### B:\n\n- [x] z\n- [ ] w\n~~~")
	f.Fuzz(func(t *testing.T, body string) {
		weigh.Linear(t, len(body), 8000, func() { answers(body) })
		for field, given := range answers(body) {
			if field != strings.ToLower(field) || slices.Contains(given, "") {
				t.Fatalf("%q has the field %q with %q", body, field, given)
			}
		}
	})
}
