package webhook

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// What can't mean anything to the bot is stored, and makes no key. Whatever the
// event doesn't tell makes one.
func TestHeed(t *testing.T) {
	const repo = `"repository":{"id":1,"full_name":"python/cpython","default_branch":"main"}`
	said := func(action, more, by string) string {
		return fmt.Sprintf(`{"action":%q,"issue":{"number":3},"comment":{%s,"user":%s},"sender":{"login":"eric","type":"User"},%s}`, action,
			more, by, repo)
	}
	pushed := func(ref, more, commits string) string {
		return fmt.Sprintf(`{"ref":"refs/heads/%s"%s,"commits":[%s],%s}`, ref, more, commits, repo)
	}
	many := func(n int, commit string) string { return strings.TrimSuffix(strings.Repeat(commit+",", n), ",") }
	const (
		eric, bot, concorde = `{"login":"eric","type":"User"}`, `{"login":"ci[bot]","type":"Bot"}`, `{"login":"concorde[bot]","type":"Bot"}`
		code, settings      = `{"added":[],"modified":["Lib/os.py"],"removed":[]}`, `{"added":[],"modified":[],` +
			`"removed":[".github/concorde.yml"]}`
	)
	for _, tt := range []struct {
		name, event, payload, login string
		key                         bool
	}{
		{"no command", "issue_comment", said("created", `"body":"Thanks!"`, eric), "concorde[bot]", false},
		{"a command", "issue_comment", said("created", `"body":"hey bot"`, eric), "concorde[bot]", true},
		{"deleted", "issue_comment", said("deleted", `"body":"Thanks!"`, eric), "concorde[bot]", false},
		{"a command is deleted", "issue_comment", said("deleted", `"body":"hey bot"`, eric), "concorde[bot]", true},
		{"edited", "issue_comment", said("edited", `"body":"Thank you!"},"changes":{"body":{"from":"Thanks!"}},"x":{"y":1`, eric),
			"concorde[bot]", false},
		{"edited into a command", "issue_comment", said("edited", `"body":"hey bot"},"changes":{"body":{"from":"Thanks!"}},"x":{"y":1`, eric),
			"concorde[bot]", true},
		{"a command is edited away", "issue_comment", said("edited", `"body":"Thanks!"},"changes":{"body":{"from":"hey bot"}},"x":{"y":1`, eric),
			"concorde[bot]", true},
		{"another bot", "issue_comment", said("created", `"body":"Thanks!"`, bot), "concorde[bot]", false},
		{"a bot that may be this one", "issue_comment", said("created", `"body":"Thanks!"`, bot), "", true},
		{"the bot's own is deleted", "issue_comment", said("deleted", `"body":"Thanks!"`, concorde), "concorde[bot]", true},
		{"the bot's own by its App", "issue_comment", said("deleted", `"body":"Thanks!","performed_via_github_app":{"id":77}`, eric),
			"concorde[bot]", true},
		{"something new", "issue_comment", said("pinned", `"body":"Thanks!"`, eric), "concorde[bot]", true},
		{"another repository", "issue_comment", strings.Replace(said("created", `"body":"hey bot"`, eric), "python/cpython", "a/b", 1),
			"concorde[bot]", false},
		{"a review", "pull_request_review", `{"action":"submitted","pull_request":{"number":3},` + repo + `}`, "concorde[bot]", true},

		{"code", "push", pushed("main", "", code), "", false},
		{"settings", "push", pushed("main", "", code+","+settings), "", true},
		{"to a maintenance branch", "push", pushed("3.14", "", code), "", true},
		{"forced", "push", pushed("main", `,"forced":true`, code), "", true},
		{"a new branch", "push", pushed("main", `,"created":true`, code), "", true},
		{"no commits", "push", pushed("main", "", ""), "", true},
		{"almost as many commits as GitHub lists", "push", pushed("main", "", many(listedCommits-1, code)), "", false},
		{"as many commits as GitHub lists", "push", pushed("main", "", many(listedCommits, code)), "", true},
		{"almost as many files as GitHub lists", "push", pushed("main", "", `{"added":[`+many(listedFiles-1, `"a"`)+`]}`), "", false},
		{"as many files as GitHub lists", "push", pushed("main", "", `{"added":[`+many(listedFiles, `"a"`)+`]}`), "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, Config{AppID: 77, Login: func() string { return tt.login }, Heed: Heed{
				Comment: func(_ context.Context, of pull.Key, words string) bool {
					return of.String() == "python/cpython" && strings.Contains(words, "hey bot")
				},
				Push: func(_ context.Context, of pull.Key, files []string, complete bool) bool {
					return !complete || strings.Contains(strings.Join(files, " "), ".github/concorde.yml")
				},
			}})
			req := r.request(tt.payload)
			req.Header.Set("X-GitHub-Event", tt.event)
			if status, text, _ := r.send(req); status != 202 {
				t.Fatalf("%d %s", status, text)
			}
			if made := r.waiting() == 1; made != tt.key {
				t.Errorf("a key: %v", made)
			}
		})
	}
}

// What is reported on a branch after the merge has the bot look at the branches: by names of checks, and by the logins of buildbots that
// comment. What strangers write costs nothing.
func TestReports(t *testing.T) {
	const repo = `"repository":{"full_name":"python/cpython","default_branch":"main"}}`
	h := &Handler{cfg: Config{Heed: Heed{
		Report:   func(_ context.Context, _ pull.Key, check string) bool { return check == "" || check == "refleak" },
		Buildbot: func(_ context.Context, _ pull.Key, login string) bool { return login == "buildbot" },
	}}}
	for _, tt := range []struct {
		event, payload string
		want           bool
	}{
		{"status", `{"context":"refleak","branches":[{"name":"x"},{"name":"main"}],` + repo, true},
		{"status", `{"context":"refleak","branches":[{"name":"3.14"}],` + repo, true},
		{"status", `{"context":"refleak","branches":[{"name":"feature"}],` + repo, false},
		{"status", `{"context":"lint","branches":[{"name":"main"}],` + repo, false},
		{"check_suite", `{"action":"completed","check_suite":{"head_branch":"main"},` + repo, true},
		{"check_suite", `{"action":"requested","check_suite":{"head_branch":"main"},` + repo, false},
		{"commit_comment", `{"action":"created","comment":{"user":{"login":"buildbot"}},` + repo, true},
		{"commit_comment", `{"action":"created","comment":{"user":{"login":"mallory"},"body":"has failed"},` + repo, false},
		{"issue_comment", `{"action":"created","issue":{"number":3},"comment":{"user":{"login":"buildbot"}},` + repo, true},
		{"issue_comment", `{"action":"created","issue":{"number":3},"comment":{"user":{"login":"mallory"}},` + repo, false},
		{"issue_comment", `{"action":"deleted","issue":{"number":3},"comment":{"user":{"login":"buildbot"}},` + repo, false},
		{"issue_comment", `{"action":"created","comment":{"user":{"login":"buildbot"}},"repository":{"full_name":"a/../b"}}`, false},
		{"status", `{"context":"refleak","branches":[` + strings.Repeat(`{"name":"f"},`, 8) + `{"name":"f"}],` + repo, false},
		{"status", `{"context":"refleak","branches":[` + strings.Repeat(`{"name":"f"},`, 9) + `{"name":"f"}],` + repo, true}, // no more are listed
	} {
		e, err := parse([]byte(tt.payload))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.reported(t.Context(), tt.event, e); got != tt.want {
			t.Errorf("%s %s: %v", tt.event, tt.payload, got)
		}
	}
}

// Without anyone who can tell, every comment and push counts.
func TestNoHeed(t *testing.T) {
	h := &Handler{}
	for name, payload := range map[string]string{
		"issue_comment": `{"action":"created","issue":{"number":3},"comment":{"body":"x"},"repository":{"full_name":"a/b"}}`,
		"push":          `{"ref":"refs/heads/main","repository":{"full_name":"a/b","default_branch":"main"},"commits":[{"added":["x"]}]}`,
	} {
		e, err := parse([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if !h.heeded(t.Context(), name, e) {
			t.Errorf("%s: not heeded", name)
		}
	}
}
