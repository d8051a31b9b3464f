package missed_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/webhook/missed"
)

func TestWhatArrivedIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.send(3)
	w.look()
	w.look()
	w.expect(3, 0)
	if w.recovered("redelivery") != 0 {
		t.Error("something was recovered")
	}
}

func TestMissedDeliveriesAreRequestedOnce(t *testing.T) {
	for name, lost := range map[string]struct{ answer int }{
		"the bot was down":                        {http.StatusBadGateway},
		"another program answered in its place":   {http.StatusOK},
		"the database had no room":                {http.StatusServiceUnavailable},
		"a redirect, which GitHub doesn't follow": {http.StatusFound},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.look()
			w.set(lost.answer, false)
			w.send(3)
			w.set(http.StatusAccepted, true)
			w.look()
			w.expect(6, 0)
			w.look()
			w.look()
			w.expect(6, 0)
			if got := w.recovered("redelivery"); got != 3 {
				t.Errorf("%v were counted", got)
			}
		})
	}
}

// GitHub gave up waiting, but the delivery was stored in the end.
func TestStoredDeliveriesCountAsArrived(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusInternalServerError, true)
	w.send(2)
	w.look()
	w.expect(2, 0)
}

// The sweep after the first start sees everything that came before.
func TestFirstRunRequestsNothing(t *testing.T) {
	w := newWorld(t)
	w.set(http.StatusBadGateway, false)
	w.send(2)
	w.clock.Advance(2 * time.Minute)
	must(t, w.finder.Run(t.Context(), true))
	w.look()
	must(t, w.github.Flush(t.Context()))
	w.expect(4, 0) // within the overlap: asked for once it knows
}

// An event that is refused again and again isn't requested for ever.
func TestRefusedDeliveriesEndInOneSweep(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusBadRequest, false)
	w.send(1)
	for range 8 {
		w.look()
	}
	w.expect(4, 1)
	if w.recovered("redelivery") != 3 || w.recovered("sweep") != 1 {
		t.Errorf("%v redeliveries and %v by sweep", w.recovered("redelivery"), w.recovered("sweep"))
	}
	if until, total, err := w.finder.Known(t.Context()); err != nil || until.IsZero() || total != (missed.Total{Redelivered: 3, Swept: 1}) {
		t.Errorf("until %v: %+v %v", until, total, err)
	}
}

// A bot that is started again and again doesn't use up the tries before GitHub has made
// the first.
func TestRequestedDeliveriesAreAwaited(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusBadGateway, false)
	w.send(1)
	w.clock.Advance(missed.Every)
	w.github.Pause()
	for range 5 {
		must(t, w.finder.Run(t.Context(), true))
	}
	w.clock.Advance(missed.Every)
	must(t, w.finder.Run(t.Context(), false))
	w.github.Resume()
	must(t, w.github.Flush(t.Context()))
	w.expect(2, 0)
	w.set(http.StatusAccepted, true)
	w.look() // the attempt was made, and failed
	w.expect(3, 0)
}

// GitHub may forget a request.
func TestForgottenRequestsAreRepeated(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.lose(1)
	w.clock.Advance(missed.Every)
	w.github.Pause()
	must(t, w.finder.Run(t.Context(), false))
	w.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	w.github.Resume()
	w.look()
	w.expect(1, 0)
	w.look()
	w.expect(2, 0)
}

func TestTooManyAreSwept(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusBadGateway, false)
	w.send(201)
	w.look()
	w.expect(201, 1)
}

// An hour without a trace of more than two thousand attempts.
func TestListsAreReadToABound(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.send(2001)
	before := w.asked
	w.look()
	w.expect(2001, 1)
	if n := w.asked - before; n != 20 {
		t.Errorf("%d pages were read, want 20", n)
	}
}

func TestLongGapIsSwept(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusBadGateway, false)
	w.send(1)
	w.clock.Advance(71 * time.Hour)
	w.send(1)
	w.clock.Advance(2 * time.Hour) // the first one is forgotten
	w.set(http.StatusAccepted, true)
	must(t, w.finder.Run(t.Context(), true))
	must(t, w.github.Flush(t.Context()))
	w.expect(3, 1)
}

func TestForgottenDeliveryIsSwept(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.set(http.StatusBadGateway, false)
	w.send(2)
	must(t, w.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: "/attempts$", Status: http.StatusNotFound}))
	w.set(http.StatusAccepted, true)
	w.look()
	w.expect(3, 1)
}

// What GitHub doesn't answer now is recovered by the next run.
func TestFailedLookLosesNothing(t *testing.T) {
	for name, fault := range map[string]ghtest.Fault{
		"the list":          {Path: "/app/hook/deliveries$", Status: http.StatusBadGateway},
		"a request":         {Path: "/attempts$", Status: http.StatusBadGateway, After: 1},
		"half of an answer": {Path: "/app/hook/deliveries$", Truncate: true},
		"no JSON":           {Path: "/app/hook/deliveries$", Status: http.StatusOK, Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.look()
			w.lose(3)
			must(t, w.github.Fault(fault))
			w.clock.Advance(missed.Every)
			if err := w.finder.Run(t.Context(), false); err == nil {
				t.Error("no error")
			}
			must(t, w.github.Flush(t.Context()))
			w.look()
			must(t, w.github.Flush(t.Context()))
			stored, err := w.store.Received(t.Context(), w.arrived)
			must(t, err)
			if len(stored) != 3 {
				t.Errorf("%d of 3 deliveries are stored", len(stored))
			}
		})
	}
}

// One request in four fails: each run gets further, and requests nothing twice.
func TestFailedRequestsHoldUpNoOthers(t *testing.T) {
	w := newWorld(t)
	w.look()
	w.lose(20)
	for i := range 5 {
		must(t, w.github.Fault(ghtest.Fault{Path: "/attempts$", Status: http.StatusBadGateway, After: 3 * i}))
	}
	w.clock.Advance(missed.Every)
	if err := w.finder.Run(t.Context(), false); err == nil {
		t.Error("no error")
	}
	must(t, w.github.Flush(t.Context()))
	w.expect(20+15, 0)
	must(t, w.finder.Run(t.Context(), false))
	must(t, w.github.Flush(t.Context()))
	w.expect(20+20, 0)
}

func TestOthersDeliveriesAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	repo, err := w.github.Repo("mallory/fork", ghtest.RepoOptions{Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	must(t, err)
	must(t, w.github.Flush(t.Context()))
	w.look()
	w.set(http.StatusAccepted, false)
	_, err = repo.OpenIssue(ghtest.Issue{Title: "Hello", Author: "mallory"})
	must(t, err)
	must(t, w.github.Flush(t.Context()))
	before := len(w.arrived)
	if before == 0 {
		t.Fatal("nothing was delivered")
	}
	for _, d := range w.github.Deliveries() {
		w.unserved = max(w.unserved, d.Install)
	}
	w.look()
	w.expect(before, 0)
}

// Each replica has a timer; one of them asks.
func TestReplicasAskOnce(t *testing.T) {
	w := newWorld(t)
	w.look()
	before := w.asked
	w.clock.Advance(missed.Every)
	for range 3 {
		must(t, w.finder.Run(t.Context(), false))
		w.clock.Advance(time.Minute)
	}
	if n := w.asked - before; n != 1 {
		t.Errorf("GitHub was asked %d times", n)
	}
}

func TestOddStateBeginsAgain(t *testing.T) {
	for _, state := range []string{"", "{", "[]", `{"until":"2126-01-01T00:00:00Z"}`} {
		t.Run(fmt.Sprintf("%q", state), func(t *testing.T) {
			w := newWorld(t)
			must(t, w.store.Put(t.Context(), "missed deliveries", []byte(state)))
			w.look()
			w.lose(1)
			w.look()
			w.expect(2, 0)
		})
	}
}

func TestNewWantsItsParts(t *testing.T) {
	if _, err := missed.New(missed.Config{}); err == nil {
		t.Error("no error")
	}
}
