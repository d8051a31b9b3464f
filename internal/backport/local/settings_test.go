package local

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSettings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Settings
		fault      string
	}{
		{"nothing", "", Settings{NeedVersion: true}, ""},
		{"the example of its README", "team = \"aio-libs\"\nrepo = \"aiohttp\"\ncheck_sha = \"f382b5ffc445e45a110734f5396728da7914aeb6\"\nfix_commit_msg = false\n" +
			"default_branch = \"devel\"\nrequire_version_in_branch_name = false\ndraft_pr = false\n",
			Settings{Team: "aio-libs", Repo: "aiohttp", CheckSHA: "f382b5ffc445e45a110734f5396728da7914aeb6", KeepNumbers: true, DefaultBranch: "devel"}, ""},
		{"Windows, comments, spaces", "# one\r\n\r\n  draft_pr=true # two\r\nteam\t=\t'a#b' # three\r\n", Settings{Team: "a#b", Draft: true, NeedVersion: true}, ""},
		{"escapes", `team = "a\"b\u00e9\\"`, Settings{Team: `a"bé\`, NeedVersion: true}, ""},
		{"keys of others", "future = [1, 2]\nteam = \"t\"\n[tool]\nteam = 7\n", Settings{Team: "t", NeedVersion: true}, ""},
		{"a number", "\nteam = 7", Settings{}, `:2: team: want a string such as "main", not "7"`},
		{"a word", "fix_commit_msg = yes", Settings{}, `:1: fix_commit_msg: want true or false, not "yes"`},
		{"twice", "repo = 'a'\nrepo = 'b'", Settings{}, ":2: repo is set twice"},
		{"no line", "team", Settings{}, `:1: "team" is no line of the form key = value`},
		{"a string that does not end", `team = "a`, Settings{}, ":1: team: want a string"},
		{"more than a string", `team = "a" "b"`, Settings{}, ":1: team: want a string"},
		{"several lines", "team = \"\"\"\na\"\"\"", Settings{}, ":1: team: want a string"},
		{"an escape that TOML lacks", `team = "\x41"`, Settings{}, ":1: team: want a string"},
		{"no character", `team = "\ud800"`, Settings{}, ":1: team: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseSettings(c.text)
			if c.fault != "" {
				if err == nil || !strings.HasPrefix(err.Error(), SettingsFile+c.fault) {
					t.Fatalf("the error is %v, want %s%s…", err, SettingsFile, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add("team = \"a\\u00e9\" # b\n[x]\n")
	f.Add("fix_commit_msg = false\r\n'")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSettings(text)
		if err == nil && strings.Contains(s.Team+s.Repo, "\x00") && !strings.Contains(text, `\`) {
			t.Errorf("%q has a zero byte", s.Team)
		}
	})
}
