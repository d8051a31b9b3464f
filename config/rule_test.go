package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	return pull.File{Path: RepositoryFile, Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
}

// together stands for what only the rules of the bot find.
func together(file string, own Rules) error {
	if own.Backport.Label == "docs" {
		return Together(file, errors.New(`rules "labels" and "backport" both own "docs"`))
	}
	return nil
}

func TestRule(t *testing.T) {
	other := pull.File{Path: "Lib/os.py", Change: pull.Modified}
	modified, away, onto := settingsFile("abi: {mode: off}"), settingsFile("x: 1"), settingsFile("x: 1")
	modified.Change = pull.Modified
	away.Change, away.Path, away.Previous = pull.Renamed, "other.yml", RepositoryFile
	onto.Change, onto.Previous = pull.Renamed, "other.yml"
	link := settingsFile("other.yml")
	link.Content.Kind = pull.Symlink
	large := pull.File{Path: RepositoryFile, Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 3 << 20}}
	leftOut := settingsFile("")
	leftOut.Content.Size = 100
	rules := func(text string) pull.File {
		f := settingsFile(text)
		f.Path = LabelerFile
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
		{"removed", request(pull.File{Path: RepositoryFile, Change: pull.Removed}), `check "Concorde settings" success "The repository's own settings go" with 0 annotations on 1234567
  Once this is merged, the central settings hold here.
`},
		{"renamed away", request(away), `check "Concorde settings" success "The repository's own settings go" with 0 annotations on 1234567
  Once this is merged, the central settings hold here.
`},
		{"faults", request(settingsFile("news:\n  width: 8\nsweep: {}\n")), `check "Concorde settings" failure "2 faults in .github/concorde.yml" with 2 annotations on 1234567
  Until these are fixed, the settings that are in force now stay so, even if this is merged:

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
		{"no label rules", request(pull.File{Path: "other.yml", Previous: LabelerFile, Change: pull.Renamed}), `check "Concorde settings" success "The label rules of the repository go" with 0 annotations on 1234567
  Once this is merged, those of the settings hold alone.
`},
		{"label rules of old", request(rules("# ours\ndocs: Doc/*\nawaiting merge: [{base-branch: main}]\n"), settingsFile("abi: {mode: off}")), `check "Concorde settings" failure "2 faults in .github/labeler.yml" with 2 annotations on 1234567
  Until these are fixed, the settings that are in force now stay so, even if this is merged:

      .github/labeler.yml:2:7: "docs" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["Doc/*"]}]}]
      .github/labeler.yml:3:1: the label "awaiting merge" is for the rule of stages.merge to decide: choose another one

  They are in force as soon as this is merged.
  .github/labeler.yml:2: failure: Concorde settings
    "docs" is written as for version 4 of actions/labeler: write it as [{changed-files: [{any-glob-to-any-file: ["Doc/*"]}]}]
  .github/labeler.yml:3: failure: Concorde settings
    the label "awaiting merge" is for the rule of stages.merge to decide: choose another one
`},
		{"rules that cannot live together", request(settingsFile("backport: {label: docs}")), failure(`rules "labels" and "backport" both own "docs"`)},
		{"renamed onto", request(onto), failure(`"x" is not a setting: those here are news, abi, backport, roles, stages, issue-numbers, titles, wrong-branch, commands, conflicts, labels`)},
		{"symbolic link", request(link), failure(`the file is a symlink: put a regular file here`)},
		{"large", request(large), failure(`the file has 3145728 bytes: at most 262144 are read`)},
		{"left out", request(leftOut), failure(`the file could not be read: push once more, and tell the operator of the bot if that does not help`)},
		{"unread", request(pull.File{Path: RepositoryFile, Change: pull.Modified}), failure(`the file could not be read: push once more, and tell the operator of the bot if that does not help`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := []pull.Rule{Rule(Preset(), Preset().Rules, together)}
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
  Until these are fixed, the settings that are in force now stay so, even if this is merged:

      .github/concorde.yml:1:1: ` + fault + `
  .github/concorde.yml:1: failure: Concorde settings
    ` + fault + "\n"
}

// What people write in the file cannot leave the block of code.
func TestRuleQuotes(t *testing.T) {
	want := Rule(Preset(), Preset().Rules, together).Want(request(settingsFile("\"\\n```\\n@python/core\": 1\n'    \n  @everyone': 2")))
	for line := range strings.SplitSeq(want.Checks[0].Summary, "\n") {
		if strings.Contains(line, "@") && !strings.HasPrefix(line, "    ") {
			t.Errorf("the summary has the line %q", line)
		}
	}
}

func TestRuleReads(t *testing.T) {
	rules := []pull.Rule{Rule(Preset(), Preset().Rules, together)}
	if err := pull.Validate(rules); err != nil {
		t.Fatal(err)
	}
	if !pull.Reads(rules, nil, RepositoryFile) || !pull.Reads(rules, nil, LabelerFile) || pull.Reads(rules, nil, "concorde.yml") {
		t.Error("reads other files than the settings and label rules")
	}
}
