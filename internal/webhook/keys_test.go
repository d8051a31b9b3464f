package webhook

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKeys(t *testing.T) {
	const (
		mine   = `"sender":{"login":"concorde[bot]","type":"Bot"}`
		repo   = `"repository":{"id":1,"full_name":"python/cpython","default_branch":"main"}`
		listed = `"pull_requests":[{"number":3,"base":{"repo":{"id":1}}},{"number":4,"base":{"repo":{"id":2}}},{"number":3,` +
			`"base":{"repo":{"id":1}}},{"number":-1,"base":{"repo":{"id":1}}},{"number":5,"base":{"repo":{"id":1}}}]`
	)
	for _, tt := range []struct{ event, payload, want string }{
		{"pull_request", `{"number":9,"pull_request":{"number":3},` + repo + `}`, "python/cpython#3"},
		{"pull_request_review", `{"pull_request":{"number":3},` + repo + `}`, "python/cpython#3"},
		{"pull_request_review_comment", `{"pull_request":{"number":3},` + repo + `}`, ""}, // no rule reads it
		{"issues", `{"issue":{"number":3,"pull_request":{"url":"x"}},` + repo + `}`, "python/cpython#3"},
		{"issues", `{"issue":{"number":3},` + repo + `}`, "python/cpython#3"},
		{"issue_comment", `{"action":"created","issue":{"number":3,"pull_request":null},` + repo + `}`, "python/cpython#3"},
		{"issue_comment", `{"action":"created","issue":{"number":3,"pull_request":{"url":"x"}},` + repo + `}`, "python/cpython#3"},
		{"issue_comment", `{"action":"created","issue":{"number":3,"pull_request":{"url":"x"}},` +
			`"comment":{"performed_via_github_app":{"id":78}},` + repo + `}`, "python/cpython#3"},
		{"issue_comment", `{"action":"created","issue":{"number":3,"pull_request":{"url":"x"}},"comment":{"performed_via_github_app":null},` +
			repo + `}`, "python/cpython#3"},
		// as on many comments of Apps
		{"issue_comment", `{"action":"created","issue":{"number":3},"comment":{"performed_via_github_app":null},` + mine + `,` + repo + `}`, ""},
		{"issue_comment", `{"action":"created","issue":{"number":3},"comment":{"performed_via_github_app":{"id":77}},` + mine + `,` + repo + `}`,
			""},
		{"issue_comment", `{"action":"edited","issue":{"number":3},"comment":{"performed_via_github_app":{"id":77}},` + mine + `,` + repo + `}`,
			""},
		// people edit our comments
		{"issue_comment", `{"action":"edited","issue":{"number":3},"comment":{"performed_via_github_app":{"id":77}},"sender":{"login":"dana",` +
			`"type":"User"},` + repo + `}`, "python/cpython#3"},
		{"pull_request", `{"action":"labeled","pull_request":{"number":3},` + mine + `,` + repo + `}`, ""},
		{"pull_request", `{"action":"edited","pull_request":{"number":3},` + mine + `,` + repo + `}`, ""},
		{"pull_request", `{"action":"opened","pull_request":{"number":3},` + mine + `,` + repo + `}`, "python/cpython#3"},
		{"pull_request", `{"action":"closed","pull_request":{"number":3},` + mine + `,` + repo + `}`, "python/cpython#3"},
		{"pull_request", `{"action":"labeled","pull_request":{"number":3},"sender":{"login":"other[bot]","type":"Bot"},` + repo + `}`,
			"python/cpython#3"},
		{"pull_request", `{"action":"labeled","pull_request":{"number":3},"sender":{"login":"concorde[bot]","type":"User"},` + repo + `}`,
			"python/cpython#3"},
		{"issues", `{"action":"unlabeled","issue":{"number":3},` + mine + `,` + repo + `}`, ""},
		{"issues", `{"action":"closed","issue":{"number":3},` + mine + `,` + repo + `}`, "python/cpython#3"},
		{"issue_comment", `{"action":"deleted","issue":{"number":3,"pull_request":{"url":"x"}},` +
			`"comment":{"performed_via_github_app":{"id":77}},` + repo + `}`, "python/cpython#3"},
		{"check_run", `{"action":"completed","check_run":{"app":{"id":78},` + listed + `},` + repo + `}`, ""}, // the end of the suite comes, too,
		{"check_run", `{"action":"completed","check_run":{"app":{"id":77},` + listed + `},` + repo + `}`, ""},
		{"check_run", `{"action":"rerequested","check_run":{"app":{"id":77},` + listed + `},` + repo + `}`, "python/cpython#3 python/cpython#5"},
		{"check_suite", `{"action":"completed","check_suite":{"app":{"id":78},` + listed + `},` + repo + `}`, ""}, // for those who wait
		// after a push, which comes as pull_request
		{"check_suite", `{"action":"requested","check_suite":{"app":{"id":77},` + listed + `},` + repo + `}`, ""},
		{"check_suite", `{"action":"rerequested","check_suite":{"app":{"id":77},` + listed + `},` + repo + `}`,
			"python/cpython#3 python/cpython#5"},
		{"check_suite", `{"action":"completed","check_suite":{"app":{"id":77},` + listed + `},` + repo + `}`, ""},
		{"check_suite", `{"action":"rerequested","check_suite":{"app":{"id":77},"pull_requests":[]},` + repo + `}`, ""},
		{"status", `{"sha":"1","branches":[],` + repo + `}`, ""},
		{"label", `{"label":{"name":"x"},` + repo + `}`, "python/cpython"},
		{"merge_group", `{"merge_group":{},` + repo + `}`, "python/cpython"},
		{"push", `{"ref":"refs/heads/main",` + repo + `}`, "python/cpython"},
		{"push", `{"ref":"refs/heads/3.14",` + repo + `}`, "python/cpython"},
		{"push", `{"ref":"refs/heads/3.14-fix",` + repo + `}`, ""},
		{"push", `{"ref":"refs/heads/gh-readonly-queue/main/pr-3-12345",` + repo + `}`, ""},
		{"push", `{"ref":"refs/tags/main",` + repo + `}`, ""},
		{"push", `{"ref":"refs/heads/","repository":{"full_name":"python/cpython"}}`, ""},
		{"create", `{"ref":"3.15","ref_type":"branch",` + repo + `}`, "python/cpython"},
		{"create", `{"ref":"v3.15.0","ref_type":"tag",` + repo + `}`, ""},
		{"create", `{"ref":"backport-1234567-3.14","ref_type":"branch",` + repo + `}`, ""},
		{"delete", `{"ref":"backport-1234567-3.14","ref_type":"branch",` + repo + `}`, ""},
		{"delete", `{"ref":"3.9","ref_type":"branch",` + repo + `}`, "python/cpython"},
		{"repository", `{"action":"renamed",` + repo + `}`, "python/cpython"},
		{"repository", `{"action":"deleted",` + repo + `}`, ""},
		{"installation", `{"action":"created","repositories":[{"full_name":"a/b"},{"full_name":"a/c"},{"full_name":"a/b"}]}`, "a/b a/c"},
		{"installation", `{"action":"deleted","repositories":[{"full_name":"a/b"}]}`, ""},
		{"installation_repositories", `{"action":"added","repositories_added":[{"full_name":"a/b"}],` +
			`"repositories_removed":[{"full_name":"a/c"}]}`, "a/b"},
		{"installation_repositories", `{"action":"removed","repositories_added":[],"repositories_removed":[{"full_name":"a/c"}]}`, ""},
		{"membership", `{"action":"added",` + repo + `}`, ""},
		{"moon_landing", `{"pull_request":{"number":3},` + repo + `}`, ""},

		{"pull_request", `{}`, ""},
		{"pull_request", `{"pull_request":{"number":3}}`, ""},
		{"pull_request", `{"pull_request":null,"repository":null}`, ""},
		{"pull_request", `{"pull_request":"x",` + repo + `}`, ""},
		{"pull_request", `{"pull_request":{"number":0},` + repo + `}`, ""},
		{"pull_request", `{"pull_request":{"number":-3},` + repo + `}`, ""},
		{"pull_request", `{"pull_request":{"number":3.5},` + repo + `}`, ""},
		{"pull_request", `{"pull_request":{"number":"3"},` + repo + `}`, ""},
		{"pull_request", `{"pull_request":{"number":99999999999999999999},` + repo + `}`, ""},
		{"pull_request", `{"action":7,"installation":"x","pull_request":{"number":3,"updated_at":{}},` + repo + `}`, "python/cpython#3"},
		{"pull_request", `{"pull_request":{"number":3},"repository":{"full_name":"../.."}}`, ""},
		{"pull_request", `{"pull_request":{"number":3},"repository":{"full_name":"a/b/c"}}`, ""},
		{"pull_request", `{"pull_request":{"number":3},"repository":{"full_name":"a/b#4"}}`, ""},
		{"pull_request", `{"pull_request":{"number":3},"repository":{"full_name":"cpython"}}`, ""},
		{"installation", `{"repositories":[{"full_name":"a/b"},7,{"full_name":"a/../c"},null,{"full_name":"a/d"}]}`, "a/b a/d"},
		{"check_run", `{"action":"rerequested","check_run":{"pull_requests":[7,{"number":"x"},{"number":8,"base":{"repo":{"id":1}}}]},` + repo +
			`}`, "python/cpython#8"},
	} {
		e, err := parse([]byte(tt.payload))
		if err != nil {
			t.Errorf("%s %s: %v", tt.event, tt.payload, err)
			continue
		}
		var have []string
		for _, key := range e.keys(tt.event, self{77, "concorde[bot]"}) {
			have = append(have, key.String())
		}
		if diff := cmp.Diff(tt.want, strings.Join(have, " ")); diff != "" {
			t.Errorf("%s %s (-want +have)\n%s", tt.event, tt.payload, diff)
		}
	}
}

func TestKeysAreBounded(t *testing.T) {
	var list []string
	for i := range maxKeys + 10 {
		list = append(list, fmt.Sprintf(`{"full_name":"a/r%d"}`, i))
	}
	e, err := parse([]byte(`{"action":"created","repositories":[` + strings.Join(list, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(e.keys("installation", self{})); n != maxKeys {
		t.Errorf("%d keys", n)
	}
}

func TestOwnWritesWithoutAppID(t *testing.T) {
	e, err := parse([]byte(`{"action":"created","issue":{"number":3,"pull_request":{"url":"x"}},` +
		`"comment":{"performed_via_github_app":null},"repository":{"full_name":"a/b"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(e.keys("issue_comment", self{})); n != 1 {
		t.Errorf("%d keys: a bot that does not know itself must look at all", n)
	}
}

func TestUpdatedAt(t *testing.T) {
	at := time.Date(2026, 8, 1, 10, 0, 0, 0, time.UTC)
	for payload, want := range map[string]time.Time{
		`{"pull_request":{"updated_at":"2026-08-01T10:00:00Z"}}`:      at,
		`{"issue":{"updated_at":"2026-08-01T12:00:00+02:00"}}`:        at,
		`{"issue":{"updated_at":"yesterday"}}`:                        {},
		`{"issue":{"updated_at":1785578400}}`:                         {},
		`{"pull_request":{"updated_at":null}}`:                        {},
		`{"pull_request":{"updated_at":"99999-08-01T10:00:00Z"}}`:     {},
		`{"repository":{"updated_at":"2026-08-01T10:00:00Z"}}`:        {},
		`{"pull_request":{"updated_at":"2026-08-01 10:00:00 +0000"}}`: {},
	} {
		e, err := parse([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if have := e.updatedAt(); !have.Equal(want) {
			t.Errorf("%s: %v", payload, have)
		}
	}
}

func TestHead(t *testing.T) {
	const sha = "0123456789abcdef0123456789abcdef01234567"
	for payload, want := range map[string]string{
		`{"pull_request":{"head":{"sha":"` + sha + `"}}}`:   sha,
		`{"pull_request":{"head":{"sha":"` + sha + `01"}}}`: "",
		`{"pull_request":{"head":{"sha":"refs/heads/x"}}}`:  "",
		`{"pull_request":{"head":null}}`:                    "",
		`{"issue":{"head":{"sha":"` + sha + `"}}}`:          "",
		`{"after":"` + sha + `"}`:                           "",
	} {
		e, err := parse([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if have := e.head(); have != want {
			t.Errorf("%s: %q", payload, have)
		}
	}
}

func TestAction(t *testing.T) {
	for action, want := range map[string]string{
		"opened": "opened", "on-demand-test": "on-demand-test", "": "", "a\x00b": "other", strings.Repeat("a", 101): "other",
	} {
		e := event{Action: action}
		if have := e.action(); have != want {
			t.Errorf("%q: %q", action, have)
		}
	}
}
