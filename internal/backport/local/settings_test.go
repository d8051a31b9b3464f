package local

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/weigh"
)

func TestParseSettings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Settings
		fault      string
	}{
		{"nothing", "", Settings{NeedVersion: true}, ""},
		{"the example of its README", "team = \"aio-libs\"\nrepo = \"aiohttp\"\ncheck_sha = \"f382b5ffc445e45a110734f5396728da7914aeb6\"\n" +
			"fix_commit_msg = false\n" +
			"default_branch = \"devel\"\nrequire_version_in_branch_name = false\ndraft_pr = false\n",
			Settings{Team: "aio-libs", Repo: "aiohttp", CheckSHA: "f382b5ffc445e45a110734f5396728da7914aeb6", KeepNumbers: true,
				DefaultBranch: "devel"}, ""},
		{"Windows, comments, spaces", "# one\r\n\r\n  draft_pr=true # two\r\nteam\t=\t'a#b' # three\r\n",
			Settings{Team: "a#b", Draft: true, NeedVersion: true}, ""},
		{"escapes", `team = "a\"b\u00e9\\"`, Settings{Team: `a"bé\`, NeedVersion: true}, ""},
		{"keys of others", "future = [1, 2]\nteam = \"t\"\n[tool]\nteam = 7\n", Settings{Team: "t", NeedVersion: true}, ""},
		{"a number", "\nteam = 7", Settings{}, `: line 2 (last key "team"): incompatible types`},
		{"a word", "fix_commit_msg = yes", Settings{}, `: line 1 (last key "fix_commit_msg"): expected value but found "yes"`},
		{"twice", "repo = 'a'\nrepo = 'b'", Settings{}, ": line 2 (last key \"repo\"): Key 'repo' has already been defined"},
		{"no line", "team", Settings{}, ": line 1: unexpected EOF"},
		{"a string that does not end", `team = "a`, Settings{}, `: line 1 (last key "team"): unexpected EOF`},
		{"more than a string", `team = "a" "b"`, Settings{}, ": line 1: expected a top-level item to end"},
		{"several lines", "team = \"\"\"\na\"\"\"", Settings{Team: "a", NeedVersion: true}, ""},
		{"an escape that TOML lacks", `team = "\q"`, Settings{}, `: line 1 (last key "team"): `},
		{"no character", `team = "\ud800"`, Settings{}, `: line 1 (last key "team"): `},
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
		weigh.Linear(t, len(text), 1000, func() { _, _ = parseSettings(text) })
		s, err := parseSettings(text)
		if err == nil && strings.Contains(s.Team+s.Repo, "\x00") && !strings.Contains(text, `\`) {
			t.Errorf("%q has a zero byte", s.Team)
		}
	})
}
