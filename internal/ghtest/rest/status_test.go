package rest_test

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// "description doesn't accept 4-byte Unicode" (ouzi-dev/commit-status-updater#526). Lengths are those of characters.
func TestStatusDescriptions(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	token := trial.AppToken(t, srv, "")
	create := "POST /repos/python/cpython/statuses/" + repo.Ref("main")
	status := func(description string) string {
		return `{"state":"success","context":"ci","description":"` + description + `"}`
	}
	trial.WantProblem(t, srv, token, create, status("Found 🐛"), "422 Validation Failed Status description custom description doesn't accept 4-byte Unicode")
	trial.WantProblem(t, srv, token, create, status(strings.Repeat("é", 141)), "422 Validation Failed Status description custom description is too long (maximum is 140 characters)")
	for _, good := range []string{strings.Repeat("é", 140), "naïve ⚠️ 日本語"} {
		if got := trial.Send(t, srv, token, create, status(good)); got.Status != 201 {
			t.Errorf("%s: %d", good, got.Status)
		}
	}
}
