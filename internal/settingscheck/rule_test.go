package settingscheck

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
)

// request is an open pull request with the given files.
func request(files ...pull.File) *pull.Request {
	return &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, State: pull.Open, Base: "main", DefaultBranch: "main",
		Head: "1234567890", Facts: pull.Files | pull.Checks, Files: files,
	}
}

func settingsFile(text string) pull.File {
	return pull.File{Path: config.RepositoryFile, Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
}

// together stands for what only the rules of the bot find.
func together(file string, own config.Rules) error {
	if own.Backport.Label == "docs" {
		return yamlfile.FaultsOf(file, errors.New(`rules "labels" and "backport" both own "docs"`))
	}
	return nil
}

func TestRule(t *testing.T) {
	other := pull.File{Path: "Lib/os.py", Change: pull.Modified}
	modified, away, onto := settingsFile("abi: {mode: off}"), settingsFile("x: 1"), settingsFile("7")
	modified.Change = pull.Modified
	away.Change, away.Path, away.Previous = pull.Renamed, "other.yml", config.RepositoryFile
	onto.Change, onto.Previous = pull.Renamed, "other.yml"
	link := settingsFile("other.yml")
	link.Content.Kind = pull.Symlink
	large := pull.File{Path: config.RepositoryFile, Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 3 << 20}}
	leftOut := settingsFile("")
	leftOut.Content.Size = 100
	rules := func(text string) pull.File {
		f := settingsFile(text)
		f.Path = labeler.Path
		return f
	}
	maintenance, closed := request(settingsFile("x: 1")), request(settingsFile("x: 1"))
	maintenance.Base, closed.State = "3.14", pull.Closed

	for _, tt := range []struct {
		name    string
		request *pull.Request
		want    string
	}{
		{"another file", request(other), "nothing to do\n"},
		{"maintenance branch", maintenance, "nothing to do\n"},
		{"closed", closed, "nothing to do\n"},
		{"valid", request(other, settingsFile("news: {width: 80}")), `check "Concorde settings" success "The settings are valid" with 0 annotations on 1234567
  They are in force as soon as this is merged.
`},
		{"modified", request(modified), `check "Concorde settings" success "The settings are valid" with 0 annotations on 1234567
  They are in force as soon as this is merged.
`},
		{"removed", request(pull.File{Path: config.RepositoryFile, Change: pull.Removed}), `check "Concorde settings" success "The repository's own settings go" with 0 annotations on 1234567
  Once this is merged, the central settings hold here.
`},
		{"renamed away", request(away), `check "Concorde settings" success "The repository's own settings go" with 0 annotations on 1234567
  Once this is merged, the central settings hold here.
`},
		{"faults", request(settingsFile("news:\n  width: 8\nsweep: {}\n")), `check "Concorde settings" failure "2 faults in .github/concorde.yml" with 2 annotations on 1234567
  Until these are fixed, the current settings stay in force, even if this is merged:

      .github/concorde.yml:2:10: news.width is "8": want a whole number from 40 to 200
      .github/concorde.yml:3:1: "sweep" is for the operator of the bot to decide, in the central file: leave it out here
  .github/concorde.yml:2: failure: Concorde settings
    news.width is "8": want a whole number from 40 to 200
  .github/concorde.yml:3: failure: Concorde settings
    "sweep" is for the operator of the bot to decide, in the central file: leave it out here
`},
		{"label rules", request(rules("docs: [{changed-files: [{any-glob-to-any-file: 'Doc/**'}]}]")), `check "Concorde settings" success "The label rules are valid" with 0 annotations on 1234567
  They are in force as soon as this is merged.
`},
		{"no label rules", request(pull.File{Path: "other.yml", Previous: labeler.Path, Change: pull.Renamed}), `check "Concorde settings" success "The label rules of the repository go" with 0 annotations on 1234567
  Once this is merged, those of the settings hold alone.
`},
		{"label rules of old", request(rules("# ours\ndocs: Doc/*\nawaiting merge: [{base-branch: main}]\n"), settingsFile("abi: {mode: off}")), `check "Concorde settings" failure "2 faults in .github/labeler.yml" with 2 annotations on 1234567
  Until these are fixed, the current settings stay in force, even if this is merged:

      .github/labeler.yml:2:7: "docs" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["Doc/*"]}]}]
      .github/labeler.yml:3:1: the label "awaiting merge" is for the rule of stages.merge to decide: choose another one

  They are in force as soon as this is merged.
  .github/labeler.yml:2: failure: Concorde settings
    "docs" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["Doc/*"]}]}]
  .github/labeler.yml:3: failure: Concorde settings
    the label "awaiting merge" is for the rule of stages.merge to decide: choose another one
`},
		{"rules that cannot live together", request(settingsFile("backport: {label: docs}")), failure(`rules "labels" and "backport" both own "docs"`)},
		{"renamed onto", request(onto), failure(`the file is not a group of settings: write KEY: VALUE lines`)},
		{"symbolic link", request(link), failure(`the file is a symlink: put a regular file here`)},
		{"large", request(large), failure(`the file has 3145728 bytes: at most 131072 are read`)},
		{"left out", request(leftOut), failure(`the file could not be read: push once more, and tell the operator of the bot if that does not help`)},
		{"unread", request(pull.File{Path: config.RepositoryFile, Change: pull.Modified}), failure(`the file could not be read: push once more, and tell the operator of the bot if that does not help`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := []pull.Rule{Rule(config.Preset(), config.Preset().Rules, together)}
			plan, err := pull.Decide(tt.request, rules)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, plan.String()); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
			next := tt.request
			for _, action := range plan.Actions {
				if next, err = next.After(action); err != nil {
					t.Fatal(err)
				}
			}
			if again, err := pull.Decide(next, rules); err != nil || len(again.Actions) > 0 {
				t.Errorf("the plan, applied, leaves (%v)\n%s", err, again)
			}
		})
	}
}

// failure is the plan for a file with one fault in its first place.
func failure(fault string) string {
	return `check "Concorde settings" failure "1 fault in .github/concorde.yml" with 1 annotations on 1234567
  Until these are fixed, the current settings stay in force, even if this is merged:

      .github/concorde.yml:1:1: ` + fault + `
  .github/concorde.yml:1: failure: Concorde settings
    ` + fault + "\n"
}

// What people write in the file cannot leave the block of code.
func TestRuleQuotes(t *testing.T) {
	want := Rule(config.Preset(), config.Preset().Rules, together).Want(request(settingsFile("\"\\n```\\n@python/core\": 1\n'    \n  @everyone': 2")))
	for line := range strings.SplitSeq(want.Checks[0].Summary, "\n") {
		if strings.Contains(line, "@") && !strings.HasPrefix(line, "    ") {
			t.Errorf("the summary has the line %q", line)
		}
	}
}

func TestRuleReads(t *testing.T) {
	rules := []pull.Rule{Rule(config.Preset(), config.Preset().Rules, together)}
	if err := pull.Validate(rules); err != nil {
		t.Fatal(err)
	}
	if !pull.Reads(rules, nil, config.RepositoryFile) || !pull.Reads(rules, nil, labeler.Path) || pull.Reads(rules, nil, "concorde.yml") {
		t.Error("reads other files than the settings and label rules")
	}
}

// A labeler file is checked by the settings that will be in force when the pull
// request is merged.
func TestRuleChecksLabelerByWhatWillBeInForce(t *testing.T) {
	file := func(path, text string, change pull.Change) pull.File {
		return pull.File{Path: path, Change: change, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
	}
	const keeps, off, broken = "labels: {rules: [{label: docs, hold: kept, title: docs}]}", "labels: {labeler: off}", "labels: 7"
	labelRules := file(labeler.Path, "docs: [{base-branch: main}]", pull.Modified)
	kept, good, unused := `"docs" is kept by the rule in .github/concorde.yml:1: remove it here`, "The label rules are valid", "The label rules aren't used"
	for _, tt := range []struct {
		name, own string
		files     []pull.File
		want      string
	}{
		{"no settings of its own", "", nil, good},
		{"the base's settings", keeps, nil, kept},
		{"the base's settings turn it off", off, nil, unused},
		{"the pull request's settings", "", []pull.File{file(config.RepositoryFile, keeps, pull.Added)}, kept},
		{"the pull request's settings turn it off", keeps, []pull.File{file(config.RepositoryFile, off, pull.Modified)}, unused},
		{"the pull request takes the settings away", keeps, []pull.File{{Path: config.RepositoryFile, Change: pull.Removed}}, good},
		{"the pull request breaks the settings", keeps, []pull.File{file(config.RepositoryFile, broken, pull.Modified)}, kept},
	} {
		t.Run(tt.name, func(t *testing.T) {
			central := config.Preset()
			own, err := central.Override(config.RepositoryFile, []byte(tt.own))
			if err != nil {
				t.Fatal(err)
			}
			rule := Rule(central, own, together)
			for range 2 { // the second time, as it is remembered
				checks := rule.Want(request(append(tt.files, labelRules)...)).Checks
				last := checks[len(checks)-1]
				if text := last.Title + last.Summary; !strings.Contains(text, tt.want) || (last.Conclusion == pull.Failure) != (tt.want == kept) {
					t.Errorf("%s: %s\n%s", last.Conclusion, last.Title, last.Summary)
				}
			}
		})
	}
}

// yamlfile.Faults of single rules and what isn't as it looks are shown on their lines.
func TestRuleShowsLeftOutAndWarnings(t *testing.T) {
	f := settingsFile("docs: [{base-branch: main}]\nbad: [{base-branch: '(a'}]\n010: [{base-branch: main}]\n")
	f.Path = labeler.Path
	part := Rule(config.Preset(), config.Preset().Rules, together).Want(request(f)).Checks[0]
	const want = `When this is merged, these rules are left out, and all others are in force:

    .github/labeler.yml:2:21: base-branch has the JavaScript expression "(a", which has a group that isn't closed

Some of it doesn't mean what you might expect:

    .github/labeler.yml:3:1: the label 010 is a number to YAML, and becomes "10": put it in quotes if you mean what is written`
	if diff := cmp.Diff(want, part.Summary); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
	var levels []pull.Level
	for _, a := range part.Annotations {
		levels = append(levels, a.Level)
	}
	if diff := cmp.Diff([]pull.Level{pull.FailureLevel, pull.WarningLevel}, levels); diff != "" || part.Title != "1 fault in .github/labeler.yml" {
		t.Errorf("%s (-want +have)\n%s", part.Title, diff)
	}
}

// A version of a file is read once, however often the rule is asked.
func TestRuleRemembersByBlob(t *testing.T) {
	read := 0
	rule := Rule(config.Preset(), config.Preset().Rules, func(string, config.Rules) error { read++; return nil })
	for i := range 6 {
		rule.Want(request(settingsFile("news: {width: " + []string{"80", "90"}[i%2] + "}")))
	}
	if read != 2 {
		t.Errorf("two versions were read %d times", read)
	}
}
