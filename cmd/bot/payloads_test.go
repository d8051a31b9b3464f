package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
)

// TestEveryKnownPayload sends GitHub's own examples of webhooks, signed, to a
// running bot that acts in every repository. Each must be acknowledged, and
// none may keep the bot from its work.
func TestEveryKnownPayload(t *testing.T) {
	all := octokit.Path(t, "webhooks-examples", "api.github.com", "index.json")
	github, cpython := newGitHub(t, ghtest.Config{})
	environment := identity(github)
	environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "concorde.db")
	environment["BOT_CONFIG"] = settingsFile(t, "repositories: ['*/*']\n")
	bot := serve(t, environment, "--settle", "0s")
	github.SetHook(ghtest.Hook{URL: bot.URL + "/webhook"})

	text, err := os.ReadFile(all)
	if err != nil {
		t.Fatal(err)
	}
	var events []struct {
		Name     string
		Examples []json.RawMessage
	}
	if err := json.Unmarshal(text, &events); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, event := range events {
		for _, payload := range event.Examples {
			github.Send(event.Name, payload)
			sent++
		}
	}
	if sent < 300 {
		t.Fatalf("found only %d payloads", sent)
	}
	flush(t, github)
	for _, delivery := range github.Deliveries() {
		if delivery.Status != http.StatusAccepted && !(delivery.Event == "ping" && delivery.Status == http.StatusOK) {
			t.Errorf("%s.%s was answered %d %s", delivery.Event, delivery.Action, delivery.Status, delivery.Err)
		}
	}
	eventually(t, "the queue to be worked", bot.idle)

	number, err := cpython.OpenPR(ghtest.PR{Title: "gh-140000: After the storm", Author: "eric", Head: branch(t, cpython, "eric:after")})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the status of a pull request after all of them", func() bool {
		state, err := cpython.PR(number)
		return err == nil && state.Statuses[newsContext].State == "failure"
	})
	if strings.Contains(bot.log.String(), "panic") {
		t.Errorf("the log tells of a panic:\n%s", bot.log)
	}
	t.Logf("%d payloads", sent)
}

// settingsFile writes a central file.
func settingsFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "concorde.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// branch pushes a small change to a branch and gives its name.
func branch(t testing.TB, cpython *ghtest.Repo, name string) string {
	t.Helper()
	if _, err := cpython.Push(name, ghtest.Commit{Message: "gh-140000: Change",
		Files: map[string]ghtest.File{"Lib/changed.py": ghtest.Text(name + "\n")}}); err != nil {
		t.Fatal(err)
	}
	return name
}
