package gh_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// minted counts the requests for a token.
func (w *world) minted() int {
	n := 0
	for _, r := range w.Srv.Requests() {
		if strings.HasSuffix(r.Path, "/access_tokens") {
			n++
		}
	}
	return n
}

// Where tokens do not come, one request waits for all, and for a while nobody
// waits again.
func TestTokenThatDoesNotCome(t *testing.T) {
	c := trial.NewClock()
	w := newWorld(t)
	cfg := w.Cfg
	cfg.Timeout, cfg.Now = 300*time.Millisecond, c.Now
	app, err := newHub(cfg)
	trial.OK(t, err)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	query := snapshot.Query{Key: key, Installation: w.Srv.InstallationID("python")}
	w.Srv.ResetRequests()
	w.Fault(ghtest.Fault{Path: "/access_tokens$", Hang: true, Times: -1})
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if _, err := app.Load(t.Context(), query); !strings.Contains(err.Error(), "no answer within") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.minted(); n != 1 {
		t.Errorf("%d requests for a token, want 1", n)
	}
	c.Advance(cfg.Timeout)
	_, err = app.Load(t.Context(), query)
	trial.As[*gh.Temporary](t, err)
	if n := w.minted(); n != 2 {
		t.Errorf("%d requests for a token, want 2", n)
	}
	w.Srv.ClearFaults()
	c.Advance(cfg.Timeout)
	for range 100 { // on a slow machine an answer may take longer
		if _, err = app.Load(t.Context(), query); err == nil || !strings.Contains(err.Error(), "no answer within") {
			break
		}
	}
	trial.OK(t, err)
}

// Who gives up does not wait for the token that another asked for.
func TestTokenIsWaitedForAsLongAsOneLikes(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.Fault(ghtest.Fault{Path: "/access_tokens$", Hang: true})
	load := func(ctx context.Context) error {
		_, err := w.app.Load(ctx, snapshot.Query{Key: key, Installation: w.Srv.InstallationID("python")})
		return err
	}
	patient, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- load(patient) }()
	for deadline := time.Now().Add(30 * time.Second); w.minted() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody asks for a token")
		}
		time.Sleep(time.Millisecond)
	}
	hasty, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 { // by luck, some do not come as far as the token
		if err := load(hasty); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	select {
	case err := <-first:
		t.Errorf("the first one was done before: %v", err)
	default:
	}
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
