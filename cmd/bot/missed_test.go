package main

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// While the bot is down, webhooks are lost, and GitHub doesn't send them again by itself.
// After a start the bot requests them; no sweep helps here.
func TestWebhooksMissedWhileDownComeAgain(t *testing.T) {
	t.Parallel()
	s := &stage{TB: t}
	behind := func() time.Time { return time.Now().Add(-2 * time.Minute) } // what fails now failed some time ago
	s.github, s.cpython = newGitHub(t, ghtest.Config{Now: behind})
	s.environment = identity(s.github)
	s.environment["DATABASE_URL"] = t.TempDir() + "/concorde.db"
	s.environment["BOT_SETTLE"], s.environment["TMPDIR"] = "20ms", t.TempDir()
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	s.noSweeps()
	s.run()
	eventually(t, "the first look for missed deliveries", func() bool { return noted(t, s.environment["DATABASE_URL"], "missed deliveries") })
	s.bot.kill()

	p := s.open(&pullRequest{})
	flush(t, s.github)
	for _, d := range s.github.Deliveries() {
		if d.Status != 0 {
			t.Fatalf("somebody answered %d to %s", d.Status, d.Event)
		}
	}
	s.noSweeps()
	s.github.Pause() // until it knows the new address
	s.run()
	s.github.Resume()
	s.settled(p)
	s.tidy(p)
	if n := s.bot.metric(`concorde_deliveries_recovered_total{how="redelivery"}`); n < 1 {
		t.Errorf("%v deliveries were recovered", n)
	}
}

// A dry run takes nothing from another bot of the same App.
func TestDryRunRequestsNoDeliveries(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.check(s.github.Fault(ghtest.Fault{Path: "/app/hook/deliveries", Times: -1, Status: http.StatusTeapot}))
	s.run("--dry-run")
	s.awaitLog("sweep done")
	if log := s.bot.log.String(); strings.Contains(log, "missed deliveries") {
		t.Error(log)
	}
	if noted(t, s.environment["DATABASE_URL"], "missed deliveries") {
		t.Error("it looked for missed deliveries")
	}
}

// noted reports whether a database has a note.
func noted(t *testing.T, database, name string) bool {
	t.Helper()
	return selected(t, database, "SELECT count(*) FROM notes WHERE name = $1", name) == 1
}

// selected is the number that a query finds in a database in use; 0 if it can't be asked now.
func selected(t testing.TB, database, query string, arguments ...any) (n int) {
	t.Helper()
	driver, source := "sqlite", "file:"+database+"?mode=ro&_pragma=busy_timeout(5000)"
	if strings.HasPrefix(database, "postgres") {
		driver, source = "pgx", database
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if db.QueryRow(query, arguments...).Scan(&n) != nil {
		return 0
	}
	return n
}
