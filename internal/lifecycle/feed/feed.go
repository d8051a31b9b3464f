// Package feed keeps release data fresh: it reads the files of peps.python.org daily
// and keeps the last good answers. It must not know what the data is for.
package feed

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
	noteName = "lifecycle/calendar" // the last good answers, in the database
	every    = 24 * time.Hour
	retry    = time.Hour        // after an error
	timeout  = 30 * time.Second // for one file
	limit    = 1 << 20          // bytes of one file; they have less than a tenth
)

// Store keeps small values across restarts; Get returns nil for a missing one.
type Store interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Put(ctx context.Context, name string, value []byte) error
}

// Config of a Feed. Log and Now are required.
type Config struct {
	Cycle    string // where release-cycle.json is; "": the built-in copy
	Releases string // the same for python-releases.json
	Store    Store  // nil: restarts forget the answers
	Log      zerolog.Logger
	Now      func() time.Time
}

// Feed keeps the release data fresh. A source that can't be reached, is broken, or is
// older than the current data changes nothing.
type Feed struct {
	Config
	client  *http.Client
	current atomic.Pointer[lifecycle.Calendar]
	sources [2]source // release-cycle.json and python-releases.json; run alone changes them
	trouble string    // why the last refresh changed nothing, "" if it was good
}

// source is a file and its last good answer.
type source struct {
	URL          string `json:"url"` // "" for the built-in copy
	Body         []byte `json:"body"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// New starts with Store's last good answers, unless they're older than the built-in
// copy. An error is about the addresses.
func New(ctx context.Context, config Config) (*Feed, error) {
	for _, address := range []string{config.Cycle, config.Releases} {
		if err := checkSource(address); err != nil {
			return nil, err
		}
	}
	f := &Feed{Config: config, client: &http.Client{Timeout: timeout, CheckRedirect: staySecure}}
	f.current.Store(lifecycle.Builtin())
	cycle, releases := lifecycle.BuiltinFiles()
	f.sources = [2]source{{URL: config.Cycle, Body: cycle}, {URL: config.Releases, Body: releases}}
	if err := f.restore(ctx); err != nil {
		f.Log.Warn().Err(err).Msg("cannot use the stored release data: using the built-in copy")
	}
	return f, nil
}

// Current is the calendar in force. Callers keep it for one run.
func (f *Feed) Current() *lifecycle.Calendar { return f.current.Load() }

// Run refreshes the calendar now and then daily, until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	if f.Cycle == "" && f.Releases == "" {
		return
	}
	for {
		pause := every
		if err := f.Refresh(ctx); err != nil {
			pause = retry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Refresh asks the sources once, and logs each change of their state once.
func (f *Feed) Refresh(ctx context.Context) error {
	err := f.read(ctx)
	if ctx.Err() != nil { // the program is ending, so it's not the sources' fault
		return ctx.Err()
	}
	before := f.trouble
	f.trouble = causeOf(err)
	switch {
	case err != nil && f.trouble != before:
		f.Log.Warn().Err(err).Msg("cannot read the release data: keeping the current data")
	case err == nil && before != "":
		f.Log.Info().Msg("the release data can be read again")
	}
	return err
}

func (f *Feed) read(ctx context.Context) error {
	next, changed := f.sources, false
	for i, s := range f.sources {
		if s.URL == "" {
			continue
		}
		answer, err := f.fetch(ctx, s)
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
	return f.adopt(ctx, next)
}

// adopt puts answers in force if they're good, and stores them.
func (f *Feed) adopt(ctx context.Context, next [2]source) error {
	fresh, err := lifecycle.Parse(next[0].Body, next[1].Body)
	if err != nil {
		return err
	}
	if err := fresh.Covers(f.Current(), f.Now()); err != nil {
		return fmt.Errorf("comparing with the data in force: the source is older: %w", err)
	}
	f.current.Store(fresh)
	f.sources = next
	if err := f.keep(ctx); err != nil { // a restart without a network will use older data
		f.Log.Warn().Err(err).Msg("the release data is new, but couldn't be stored")
		return nil
	}
	f.Log.Info().Msg("the release data was updated")
	return nil
}

func (f *Feed) keep(ctx context.Context) error {
	if f.Store == nil {
		return nil
	}
	note, err := json.Marshal(f.sources)
	if err != nil {
		return err
	}
	return f.Store.Put(ctx, noteName, note)
}

// restore uses the last good answers from the same addresses.
func (f *Feed) restore(ctx context.Context) error {
	if f.Store == nil {
		return nil
	}
	note, err := f.Store.Get(ctx, noteName)
	if err != nil || note == nil {
		return err
	}
	var kept [2]source
	if err := json.Unmarshal(note, &kept); err != nil {
		return fmt.Errorf("reading the note: %w", err)
	}
	for i, s := range kept {
		if s.URL != f.sources[i].URL {
			return nil // the addresses are new, so their answers will be too
		}
		if s.URL == "" { // this program's built-in copy counts
			kept[i] = f.sources[i]
		}
	}
	parsed, err := lifecycle.Parse(kept[0].Body, kept[1].Body)
	if err != nil {
		return err
	}
	if err := parsed.Covers(f.Current(), f.Now()); err != nil {
		return fmt.Errorf("comparing with the built-in copy: %w", err)
	}
	f.current.Store(parsed)
	f.sources = kept
	return nil
}

// fetch requests a file. The answer is nil if it hasn't changed.
func (f *Feed) fetch(ctx context.Context, s source) (*source, error) {
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
	response, err := f.client.Do(request)
	if err != nil {
		var outer *url.Error // it has the whole address, which may contain a token
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
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading from %s: %w", request.URL.Host, err)
	}
	if len(body) > limit {
		return nil, fmt.Errorf("reading from %s: the file has more than %d bytes", request.URL.Host, limit)
	}
	if bytes.Equal(body, s.Body) {
		return nil, nil
	}
	return &source{URL: s.URL, Body: body, ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified")}, nil
}

// checkSource rejects addresses that can't be requested, and passwords, which would end
// up in the database.
func checkSource(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("reading --lifecycle-…-url: expected an https address, or nothing for the built-in copy")
	}
	if u.User != nil {
		return errors.New("reading --lifecycle-…-url: leave out the user name and password: the file must be public")
	}
	return nil
}

// staySecure follows a few redirects, but none that leave HTTPS.
func staySecure(request *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("too many redirects")
	}
	if via[0].URL.Scheme == "https" && request.URL.Scheme != "https" {
		return errors.New("it redirects to an address without HTTPS")
	}
	return nil
}

// causeOf is the text of an error without what changes each time: ports, and where the
// time ran out.
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
