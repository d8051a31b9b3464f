package settingscheck

import (
	"errors"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

// request is an open pull request with the given files.
func request(files ...pull.File) *pull.Request {
	return &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, State: pull.Open, Base: "main", DefaultBranch: "main",
		Head: "1234567890", Facts: pull.Files | pull.Checks, Files: files,
	}
}

func settingsFile(text string) pull.File {
	return pull.File{Path: config.RepositoryFile, Change: pull.Added,
		Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
}

// together stands for what only the rules of the bot find.
func together(file string, own config.Rules) error {
	if own.Backport.Label == "docs" {
		return yamlfile.FaultsOf(file, errors.New(`rules "labels" and "backport" both own "docs"`))
	}
	return nil
}

// rules are those of a repository whose own settings are in force.
func rules(settings []byte) ([]pull.Rule, error) {
	central := config.Preset()
	own, err := central.Override(config.RepositoryFile, settings)
	if err != nil {
		return nil, err
	}
	return []pull.Rule{Rule(central, own, together)}, nil
}

func TestGolden(t *testing.T) { pulltest.Golden(t, map[string]pulltest.Rules{"": rules}) }

// What people write in the file cannot leave the block of code.
func TestRuleQuotes(t *testing.T) {
	want := Rule(config.Preset(), config.Preset().Rules,
		together).Want(request(settingsFile("\"\\n```\\n@python/core\": 1\n'    \n  @everyone': 2")))
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
