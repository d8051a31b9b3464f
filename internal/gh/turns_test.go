package gh_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Writes are paced; who would wait long goes, with a time of its own to come
// back. Reads are not paced.
func TestPace(t *testing.T) {
	c := trial.NewClock()
	var sent atomic.Int32
	app, _ := plain(t, gh.Config{Now: c.Now, WritesPerMinute: 20}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if r.URL.Path == "/api/graphql" {
			trial.Answer(w, 200, `{"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"no"}]}`)
			return
		}
		trial.Answer(w, 201, "{}")
	})
	try := func(number int) error {
		return app.Apply(t.Context(), 1, pull.Key{Owner: "python", Repo: "cpython", Number: number}, ghtrial.SomeBranch)
	}
	for range 4 { // a burst of a fifth, and 16 a minute
		trial.OK(t, try(1))
	}
	for range 2 { // who comes too early has the turn it had
		for number := range 3 {
			want := c.Now().Add(time.Duration(number+1) * time.Minute / 16)
			if got := trial.As[*gh.Limited](t, try(number)).Until; got.Sub(want).Abs() > time.Millisecond {
				t.Errorf("refusal of %d: until %v, want %v", number, got, want)
			}
		}
	}
	_, err := app.Load(t.Context(), snapshot.Query{Key: ghtrial.SomePull, Installation: 1})
	trial.As[*gh.Gone](t, err)
	if n := sent.Load(); n != 5 {
		t.Errorf("%d requests, want 4 writes and a read", n)
	}
	line := []int{0, 1, 2}
	for step := range 16 { // the minute after
		c.Advance(time.Minute / 16)
		line = append(line, 100+step)
		trial.As[*gh.Limited](t, try(100+step)) // comes anew, and does not go before
		trial.OK(t, try(line[step]))
	}
}

// A mutation is a write, and the look before it is none.
func TestPaceOfMutations(t *testing.T) {
	c := trial.NewClock()
	var sent atomic.Int32
	app, _ := plain(t, gh.Config{Now: c.Now, WritesPerMinute: 20}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		trial.Answer(w, 200, `{"data":{"repository":{"issueOrPullRequest":{"id":"PR_1"}}}}`)
	})
	for range 4 {
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, pull.CancelMerge{}))
	}
	trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, pull.CancelMerge{}))
	if n := sent.Load(); n != 5 {
		t.Errorf("%d requests, want a look and four mutations", n)
	}
}

func TestPaceWaitsAMoment(t *testing.T) {
	t.Parallel()
	c := trial.NewClock()
	app, _ := plain(t, gh.Config{Now: c.Now, WritesPerMinute: 80}, func(w http.ResponseWriter, r *http.Request) { trial.Answer(w, 201, "{}") })
	for range 17 { // 16 at once, and one after 15/16 of a second
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeBranch))
	}
	trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeBranch))

	c.Advance(time.Minute / 64) // for the one that waits again
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Apply(ctx, 1, ghtrial.SomePull, ghtrial.SomeBranch); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A batch counts as many writes as it holds, and has at most a tenth of a minute's:
// the second request of 25 comments waits for the line, and goes when its turn has
// come.
func TestBatchesArePaced(t *testing.T) {
	c := trial.NewClock()
	var held []int
	app, _ := plain(t, gh.Config{Now: c.Now, WritesPerMinute: 80}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if n := strings.Count(string(body), "addComment("); n > 0 {
			held = append(held, n)
		}
		trial.Answer(w, 200, `{"data":{"repository":{"issueOrPullRequest":{"id":"PR_1","labels":{"nodes":[]}}}}}`)
	})
	var comments []pull.Action
	for i := range 25 {
		comments = append(comments, pull.AddNote{Note: pull.Note{Key: fmt.Sprint("n", i), Body: "x"}})
	}
	for step := 0; len(comments) > 0 && step < 20; step++ {
		faults := app.ApplyAll(t.Context(), 1, ghtrial.SomePull, comments)
		done := slices.IndexFunc(faults, func(err error) bool { return err != nil })
		if done < 0 {
			break
		}
		comments = comments[done:]
		c.Advance(trial.As[*gh.Limited](t, faults[done]).Until.Sub(c.Now()))
	}
	if want := []int{8, 8, 8, 1}; !slices.Equal(held, want) {
		t.Errorf("requests of %v comments, want %v", held, want)
	}
	if took := c.Now().Sub(trial.NewClock().Now()); took < 8*time.Minute/64 || took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// A check run of several requests gets its turn for all of them at once: had it to wait
// after the first, it would be created again each time it comes back.
func TestCheckRunIsNotBegunInVain(t *testing.T) {
	c := trial.NewClock()
	var created, updated atomic.Int32
	app, _ := plain(t, gh.Config{Now: c.Now, WritesPerMinute: 20}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch {
		case strings.Contains(string(body), "createCheckRun("):
			created.Add(1)
			trial.Answer(w, 200, `{"data":{"change0":{"checkRun":{"id":"CR_1"}}}}`)
		case strings.Contains(string(body), "updateCheckRun("):
			updated.Add(1)
			trial.Answer(w, 200, `{"data":{}}`)
		default:
			trial.Answer(w, 200, `{"data":{"repository":{"id":"R_1","issueOrPullRequest":{"id":"PR_1"}}}}`)
		}
	})
	check := pull.Check{Name: "c", Conclusion: pull.Failure, Annotations: make([]pull.Annotation, 150)}
	large := pull.SetCheck{SHA: ghtrial.SomeSHA, Check: check}
	for range 3 { // of a burst of 4
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, pull.CancelMerge{}))
	}
	refused := trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, large))
	if n := created.Load(); n != 0 {
		t.Fatalf("%d check runs were begun", n)
	}
	c.Advance(refused.Until.Sub(c.Now()))
	trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, large))
	if created.Load() != 1 || updated.Load() != 1 {
		t.Errorf("%d check runs were created, with %d more requests", created.Load(), updated.Load())
	}
}
