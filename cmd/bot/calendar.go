package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

const (
	calendarNote    = "lifecycle/calendar" // the last good answers, in the database
	calendarEvery   = 24 * time.Hour
	calendarRetry   = time.Hour        // after trouble
	calendarTimeout = 30 * time.Second // for one file
	calendarLimit   = 1 << 20          // bytes of one file; they have less than a tenth
)

// calendarFlags say where release data comes from.
type calendarFlags struct {
	Cycle    string `name:"lifecycle-cycle-url" env:"BOT_LIFECYCLE_CYCLE_URL" default:"https://peps.python.org/api/release-cycle.json" placeholder:"URL" help:"Where release-cycle.json is read daily; empty for the built-in copy (default: peps.python.org/api)."`
	Releases string `name:"lifecycle-releases-url" env:"BOT_LIFECYCLE_RELEASES_URL" default:"https://peps.python.org/api/python-releases.json" placeholder:"URL" help:"Where python-releases.json is read daily; empty for the built-in copy (default: peps.python.org/api)."`
}

// noteStore keeps small values over a restart; Get gives nil for none.
type noteStore interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Put(ctx context.Context, name string, value []byte) error
}

// calendarConfig of a calendar. Log and Now are required.
type calendarConfig struct {
	calendarFlags
	Store noteStore // nil: nothing is kept over a restart
	Log   zerolog.Logger
	Now   func() time.Time
}

// calendar keeps the release data fresh. A source that is out of reach, broken
// or older than what is there changes nothing.
type calendar struct {
	calendarConfig
	client  *http.Client
	current atomic.Pointer[lifecycle.Calendar]
	sources [2]source // release-cycle.json and python-releases.json; run alone changes them
	trouble string    // why the last refresh changed nothing, "" if it was good
}

// source is a file and the last good answer.
type source struct {
	URL          string `json:"url"` // "" for the built-in copy
	Body         []byte `json:"body"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// newCalendar starts with the last good answers that Store has, if they are
// not older than the built-in copy. An error is about the addresses.
func newCalendar(ctx context.Context, config calendarConfig) (*calendar, error) {
	for _, address := range []string{config.Cycle, config.Releases} {
		if err := checkSource(address); err != nil {
			return nil, err
		}
	}
	c := &calendar{calendarConfig: config, client: &http.Client{Timeout: calendarTimeout, CheckRedirect: staySecure}}
	c.current.Store(lifecycle.Builtin())
	cycle, releases := lifecycle.BuiltinFiles()
	c.sources = [2]source{{URL: config.Cycle, Body: cycle}, {URL: config.Releases, Body: releases}}
	if err := c.restore(ctx); err != nil {
		c.Log.Warn().Err(err).Msg("the release data that was kept is of no use: the built-in copy is in force")
	}
	return c, nil
}

// Current is the calendar in force. Callers keep what they got for one run.
func (c *calendar) Current() *lifecycle.Calendar { return c.current.Load() }

// run refreshes the calendar now and then daily, until ctx ends.
func (c *calendar) run(ctx context.Context) {
	if c.Cycle == "" && c.Releases == "" {
		return
	}
	for {
		pause := calendarEvery
		if err := c.refresh(ctx); err != nil {
			pause = calendarRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// refresh asks the sources once, and logs each change of their state once.
func (c *calendar) refresh(ctx context.Context) error {
	err := c.read(ctx)
	if ctx.Err() != nil { // the end of the program is no trouble of theirs
		return ctx.Err()
	}
	before := c.trouble
	c.trouble = causeOf(err)
	switch {
	case err != nil && c.trouble != before:
		c.Log.Warn().Err(err).Msg("reading the release data: what is there stays in force")
	case err == nil && before != "":
		c.Log.Info().Msg("the release data can be read again")
	}
	return err
}

func (c *calendar) read(ctx context.Context) error {
	next, changed := c.sources, false
	for i, s := range c.sources {
		if s.URL == "" {
			continue
		}
		answer, err := c.fetch(ctx, s)
		if err != nil {
			return fmt.Errorf("reading %s: %w", [...]string{"release-cycle.json", "python-releases.json"}[i], err)
		}
		if answer != nil {
			next[i], changed = *answer, true
		}
	}
	if !changed {
		return nil
	}
	return c.adopt(ctx, next)
}

// adopt puts answers in force, if they are good, and keeps them.
func (c *calendar) adopt(ctx context.Context, next [2]source) error {
	fresh, err := lifecycle.Parse(next[0].Body, next[1].Body)
	if err != nil {
		return err
	}
	if err := fresh.Covers(c.Current(), c.Now()); err != nil {
		return fmt.Errorf("comparing with the data in force: the source is older: %w", err)
	}
	c.current.Store(fresh)
	c.sources = next
	if err := c.keep(ctx); err != nil { // a restart without a network will have older data
		c.Log.Warn().Err(err).Msg("the release data is new but not kept")
		return nil
	}
	c.Log.Info().Msg("the release data is new")
	return nil
}

func (c *calendar) keep(ctx context.Context) error {
	if c.Store == nil {
		return nil
	}
	note, err := json.Marshal(c.sources)
	if err != nil {
		return err
	}
	return c.Store.Put(ctx, calendarNote, note)
}

// restore takes up the last good answers of the same addresses.
func (c *calendar) restore(ctx context.Context) error {
	if c.Store == nil {
		return nil
	}
	note, err := c.Store.Get(ctx, calendarNote)
	if err != nil || note == nil {
		return err
	}
	var kept [2]source
	if err := json.Unmarshal(note, &kept); err != nil {
		return fmt.Errorf("reading the note: %w", err)
	}
	for i, s := range kept {
		if s.URL != c.sources[i].URL {
			return nil // the addresses are new: so is all that comes from them
		}
		if s.URL == "" { // the built-in copy of this program counts
			kept[i] = c.sources[i]
		}
	}
	parsed, err := lifecycle.Parse(kept[0].Body, kept[1].Body)
	if err != nil {
		return err
	}
	if err := parsed.Covers(c.Current(), c.Now()); err != nil {
		return fmt.Errorf("comparing with the built-in copy: %w", err)
	}
	c.current.Store(parsed)
	c.sources = kept
	return nil
}

// fetch asks for a file. The answer is nil when it has not changed.
func (c *calendar) fetch(ctx context.Context, s source) (*source, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "concorde")
	request.Header.Set("Accept", "application/json")
	if s.ETag != "" {
		request.Header.Set("If-None-Match", s.ETag)
	}
	if s.LastModified != "" {
		request.Header.Set("If-Modified-Since", s.LastModified)
	}
	response, err := c.client.Do(request)
	if err != nil {
		var outer *url.Error // tells the whole address, which may hold a token
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return nil, fmt.Errorf("asking %s: %w", request.URL.Host, err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotModified && s.ETag+s.LastModified != "" {
		return nil, nil
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking %s: it answers %d", request.URL.Host, response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, calendarLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading from %s: %w", request.URL.Host, err)
	}
	if len(body) > calendarLimit {
		return nil, fmt.Errorf("reading from %s: the file has more than %d bytes", request.URL.Host, calendarLimit)
	}
	if bytes.Equal(body, s.Body) {
		return nil, nil
	}
	return &source{URL: s.URL, Body: body, ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified")}, nil
}

// checkSource refuses what cannot be asked, and passwords, which would end up
// in the database.
func checkSource(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("reading --lifecycle-…-url: want an https address, or nothing for the built-in copy")
	}
	if u.User != nil {
		return errors.New("reading --lifecycle-…-url: leave out the user name and password: the file must be public")
	}
	return nil
}

// staySecure follows a few redirects, but none out of HTTPS.
func staySecure(request *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("too many redirects")
	}
	if via[0].URL.Scheme == "https" && request.URL.Scheme != "https" {
		return errors.New("it redirects out of HTTPS")
	}
	return nil
}

// causeOf is the text of an error without what differs each time: ports, and
// where the time ran out.
func causeOf(err error) string {
	var late net.Error
	var connection *net.OpError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &late) && late.Timeout():
		return "timeout"
	case errors.As(err, &connection):
		return connection.Op + ": " + connection.Err.Error()
	}
	return err.Error()
}
