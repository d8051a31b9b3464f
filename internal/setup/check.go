package setup

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
)

const (
	// fresh is how long a report counts as new, and how often the page reloads itself.
	fresh = 5 * time.Second
	// patience is how long the page waits for a report before it shows an older one.
	patience = 2 * time.Second
)

// exam makes one examination at a time, however many browsers look.
type exam struct {
	mu     sync.Mutex
	report *doctor.Report
	ended  time.Time
	going  chan struct{} // closed when the current one ends; nil: none
}

// look returns the last report, or nil if there's none yet. If it's old, a new
// examination begins, and continues even if nobody waits for it.
func (e *exam) look(now func() time.Time, examine func() doctor.Report) *doctor.Report {
	e.mu.Lock()
	if e.going == nil && (e.report == nil || now().Sub(e.ended) > fresh) {
		e.start(now, examine)
	}
	going := e.going
	e.mu.Unlock()
	if going != nil {
		select {
		case <-going:
		case <-time.After(patience):
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.report
}

// start begins an examination; the lock is held.
func (e *exam) start(now func() time.Time, examine func() doctor.Report) {
	ended := make(chan struct{})
	e.going = ended
	go func() {
		report := examine()
		e.mu.Lock()
		e.report, e.ended, e.going = &report, now(), nil
		e.mu.Unlock()
		close(ended)
	}()
}

// forget makes the next look begin a new examination.
func (e *exam) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = time.Time{}
}

// step shows the current step.
func (w *Wizard) step(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	app, have, unstored, webhook := w.app, w.have, w.unstored, w.memo.last.Webhook
	w.mu.Unlock()
	switch {
	case unstored != nil:
		w.show(rw, r, http.StatusOK, page{Step: "unstored", Place: w.store().Place()})
	case have == nil:
		w.show(rw, r, http.StatusOK, page{Step: "start", Form: w.blank()})
	default:
		p := w.checks(app, have, webhook)
		if r.URL.Query().Get("still") == "" {
			p.Refresh = int(fresh.Seconds())
			rw.Header().Set("Refresh", strconv.Itoa(p.Refresh))
		}
		w.show(rw, r, http.StatusOK, p)
	}
}

// checks is the last step: install the App, and see whether everything works.
func (w *Wizard) checks(app *gh.App, have *Credentials, webhook string) page {
	report := w.exam.look(w.Now, func() doctor.Report {
		return w.Examine(context.Background(), app, webhook)
	})
	p := page{Step: "checks", Place: w.store().Place(), Report: report}
	if have.Slug != "" {
		p.Target = strings.TrimRight(w.ServerURL, "/") + "/apps/" + have.Slug + "/installations/new"
	}
	if report != nil {
		for _, f := range report.Findings {
			p.Installed = p.Installed || f.Check == "installations" && f.State != doctor.Problem && f.State != doctor.Unknown
		}
	}
	return p
}
