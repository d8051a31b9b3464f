package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// One process receives, two work; one of these is killed while it works. Nothing is lost,
// and nothing is written twice.
func TestReceiversAndWorkers(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	s := newStage(t)
	s.environment["DATABASE_URL"] = database
	receiver := serve(t, s.environment, "--role", "receive")
	s.github.SetHook(ghtest.Hook{URL: receiver.URL + "/webhook"})
	var pulls []*pullRequest
	for range 5 {
		pulls = append(pulls, s.open(&pullRequest{}))
	}
	flush(t, s.github)
	for _, d := range s.github.Deliveries() {
		if d.Status != http.StatusAccepted {
			t.Fatalf("%s.%s was answered %d %s", d.Event, d.Action, d.Status, d.Err)
		}
	}
	if page := receiver.get("/readyz"); !strings.HasPrefix(page, "ready: ") {
		t.Errorf("nobody works, and the receiver says %s", page)
	}
	if state := s.state(pulls[0]); len(state.Statuses) > 0 {
		t.Errorf("the receiver worked: %v", state.Statuses)
	}
	s.noSweeps()
	first := serve(t, s.environment, "--role", "work")
	for _, p := range []*process{receiver, first} {
		if page := p.get("/readyz/database"); page != "ready: the database answers\n" {
			t.Errorf("/readyz/database: %s", page)
		}
	}
	answer, err := http.Post(first.URL+"/webhook", "application/json", strings.NewReader("{}"))
	s.check(err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("a worker answered a webhook with %d", answer.StatusCode)
	}
	s.settled(pulls[0])
	first.kill()
	for range 5 {
		pulls = append(pulls, s.open(&pullRequest{}))
	}
	s.noSweeps()
	s.bot = serve(t, s.environment, "--role", "work")
	s.settled(pulls...)
	s.tidy(pulls...)
}
