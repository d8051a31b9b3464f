package gh_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

func TestNotModified(t *testing.T) {
	var full, same atomic.Int32
	var version atomic.Int32
	app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) {
		etag := fmt.Sprintf(`"v%d"`, version.Load())
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		trial.Answer(w, 200, fmt.Sprintf(`{"id":%d}`, 5+version.Load()))
	})
	read := func(want int64) {
		t.Helper()
		c, err := app.Client(t.Context(), ghtrial.SomePull, 1)
		trial.OK(t, err)
		got, _, err := c.REST.Repositories.Get(t.Context(), c.About.Owner, c.About.Repo)
		trial.OK(t, err)
		if got.GetID() != want {
			t.Errorf("got %d, want %d", got.GetID(), want)
		}
	}
	read(5)
	read(5)
	read(5)
	version.Store(1)
	read(6)
	read(6)
	if full.Load() != 2 || same.Load() != 3 {
		t.Errorf("%d full answers and %d times 304, want 2 and 3", full.Load(), same.Load())
	}
}
