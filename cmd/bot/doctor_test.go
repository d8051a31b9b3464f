package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// The command says in its exit code what its table and its JSON say.
func TestDoctor(t *testing.T) {
	github, _ := newGitHub(t, ghtest.Config{})
	environment := identity(github)
	environment["BOT_LIFECYCLE_CYCLE_URL"], environment["BOT_LIFECYCLE_RELEASES_URL"] = "", ""
	args := []string{
		"doctor", "--database", filepath.Join(t.TempDir(), "concorde.db"), "--url", "https://bot.example.org", "--limit", "1m",
		"--api-url", github.APIURL(), "--server-url", github.URL, "--lifecycle-cycle-url", "", "--lifecycle-releases-url", "",
	}
	code, table, stderr := runCommand(t, environment, args...)
	if code != exitFailed || stderr != "" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{
		"ok       app ", "problem  webhook ", "The App has no webhook", "→ Make the webhook active",
		"ok       core-team      python/cpython: The core team python-core has 2 members.", "note     database ", "not checked: 0, ",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("%q isn't in\n%s", want, table)
		}
	}
	code, text, _ := runCommand(t, environment, append(args, "--json")...)
	var report doctor.Report
	err := json.Unmarshal([]byte(text), &report)
	if err != nil || code != exitFailed || report.State != doctor.Problem || len(report.Findings) < len(doctor.Checks()) {
		t.Errorf("%d %v %s", code, err, text)
	}
	for _, secret := range []string{environment["GITHUB_WEBHOOK_SECRET"], strings.Split(environment["GITHUB_APP_PRIVATE_KEY"], "\n")[1]} {
		if strings.Contains(table+text, secret) {
			t.Error("a secret is shown")
		}
	}
}

// The three exit codes, for monitoring.
func TestDoctorExitCodes(t *testing.T) {
	finding := func(states ...doctor.State) (r doctor.Report) {
		r.State = doctor.OK
		for _, s := range states {
			r.Findings = append(r.Findings, doctor.Finding{Check: "app", State: s, Text: "x."})
		}
		if len(states) > 0 {
			r.State = states[len(states)-1]
		}
		return r
	}
	for _, tt := range []struct {
		report doctor.Report
		code   int
	}{{finding(), exitOK}, {finding(doctor.Problem), exitFailed}, {finding(doctor.Unknown), exitUnknown}} {
		err := verdict(tt.report)
		var code int
		if f, failed := err.(failure); failed {
			code = f.code
		}
		if code != tt.code {
			t.Errorf("%s: %d", tt.report.State, code)
		}
	}
}

func TestDoctorMisuse(t *testing.T) {
	for _, args := range [][]string{{"--limit", "1ms"}, {"--limit", "1h"}, {"--config", "missing.yml"}} {
		if code, _, stderr := runCommand(t, nil, append([]string{"doctor"}, args...)...); code != exitMisuse || stderr == "" {
			t.Errorf("%v: %d", args, code)
		}
	}
}
