package triage

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What the README of actions/labeler says of each way to match.
func TestLabelerMatches(t *testing.T) {
	const (
		anyAny = "any-glob-to-any-file"
		anyAll = "any-glob-to-all-files"
		allAny = "all-globs-to-any-file"
		allAll = "all-globs-to-all-files"
	)
	for _, tt := range []struct {
		way, globs, files string
		want              bool
	}{
		{anyAny, "[a/*, b/*]", "x b/1", true},
		{anyAny, "[a/*, b/*]", "x y", false},
		{anyAny, "['!a/*']", "a/1 x", true},
		{anyAny, "['!a/*']", "a/1 a/2", false},
		{anyAny, "[b, '!a/*']", "a/1", false},
		{anyAny, "['*']", "root", true},
		{anyAny, "['*']", "a/root", false},
		{anyAny, "['**']", ".github/x", true},
		{anyAny, "[docs/*]", "docs/.hidden", true},
		{anyAny, "['**/*.md']", "x.md", true},
		{anyAny, "[docs/**]", "docs", false},
		{anyAll, "[a/*, b/*]", "a/1 a/2", true},
		{anyAll, "[a/*, b/*]", "a/1 b/2", false},
		{anyAll, "['!a/*']", "b c", true},
		{anyAll, "['!a/*', b]", "b b", true},
		{anyAll, "['!a/*']", "b a/1", false},
		{allAny, "[a/**, '**/*.go']", "a/x.go b", true},
		{allAny, "[a/**, '**/*.go']", "a/x b.go", false},
		{allAny, "[a/**, '!a/b/**']", "a/b/1 a/2", true},
		{allAny, "[a/**, '!a/b/**']", "a/b/1 c", false},
		{allAny, "['!a', '!b']", "a b", false},
		{allAny, "['!a', '!b']", "a b c", true},
		{allAll, "[a/**, '**/*.go']", "a/x.go a/b/y.go", true},
		{allAll, "[a/**, '**/*.go']", "a/x.go a/y", false},
		{allAll, "[a/**, '!a/b/**']", "a/1 a/c/2", true},
		{allAll, "[a/**, '!a/b/**']", "a/1 a/b/2", false},
		{allAll, "['!a', '!b']", "c d", true},
		{allAll, "['!a', '!b']", "c b", false},
		{anyAny, "['**']", "", false},
		{allAll, "['!a']", "", false},
		{anyAny, "['{a,b}/{1..3}']", "b/2", true},
		{anyAny, "['{a,b}/{1..3}']", "b/4", false},
	} {
		for _, group := range []string{"any", "all"} {
			file := "x: [{" + group + ": [{changed-files: [{" + tt.way + ": " + tt.globs + "}]}]}]"
			set := config.Preset().Rules
			set.Labels.Rules = nil
			set, err := set.WithLabeler(config.LabelerFile, []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			r := &pull.Request{State: pull.Open, Facts: ^pull.Facts(0)}
			for _, path := range strings.Fields(tt.files) {
				r.Files = append(r.Files, pull.File{Path: path, Change: pull.Modified})
			}
			if have := len(Labels(set.Labels).Want(r).Labels) == 1; have != tt.want {
				t.Errorf("%s: %s %s, and %q changed: %v", group, tt.way, tt.globs, tt.files, have)
			}
		}
	}
}
