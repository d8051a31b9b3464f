//go:build unix

package queue

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/suite"
)

// TestGoldenSchema: testdata has a filled database of the newest version, for TestUpgrade
// in times to come.
func TestGoldenSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		if !suite.Update() {
			dump(t, database, len(migrations))
			return
		}
		path := dumpPath(database, len(migrations))
		if _, err := os.Stat(path); err == nil {
			return // a dump never changes
		}
		killVictim(t, "fill", database, func(string) {})
		command := exec.Command("sqlite3", filepath.Clean(database), ".dump")
		if isPostgres(database) {
			address, options, _ := strings.Cut(database, "?")
			_, schema, _ := strings.Cut(options, "search_path=")
			schema, _, _ = strings.Cut(schema, "&")
			command = exec.Command("pg_dump", "--inserts", "--no-owner", "--schema="+schema, "--dbname="+address)
		}
		text, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		if err := os.WriteFile(path, []byte(plainDump(string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
	})
}

// plainDump leaves out what depends on the server, and moves the dump into the past.
func plainDump(text string) string {
	text = regexp.MustCompile(`(?m)^(--|\\|SET |SELECT pg_catalog.set_config|CREATE SCHEMA).*\n`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`\bq[a-z2-7]{26}\.`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`\n{3,}`).ReplaceAllString(text, "\n\n")
	today := time.Now().UTC().Format("2006-01-02")
	return strings.TrimSpace(strings.ReplaceAll(text, today, "2025-11-30")) + "\n"
}

// fill fills every table, and is then killed while a key runs. It's what filled the dumps
// of all versions.
func fill(ctx context.Context, database string) error {
	running := make(chan struct{})
	q, err := Open(ctx, Config{
		Database: database, Workers: 1, RetryMin: time.Hour, RetryMax: time.Hour, Now: beforeFill,
		Party: func(string) string { return "python/cpython" },
		Work: func(_ context.Context, job Job) error {
			switch job.Key {
			case "python/cpython#1":
				close(running)
				select {}
			case "python/cpython#3":
				return &GiveUp{errors.New("loading python/cpython#3: it's gone \u2014 \U0001F40D")}
			case "python/cpython#4":
				return &Later{Until: beforeFill().Add(time.Hour), Why: "GitHub has 3 % of this hour left", Rests: true}
			case "python/cpython#5":
				return errors.New("loading python/cpython#5: 502")
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	updated := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	hint := func(key string) Hint {
		return Hint{Key: key, Installation: 7, UpdatedAt: updated, Cause: "delivery of " + key, Version: "head of " + key, Owner: "eric"}
	}
	receive := func(id string, hints ...Hint) error {
		_, err := q.Receive(ctx, Delivery{ID: id, Event: "pull_request", Action: "opened", Installation: 7, Hints: hints})
		return err
	}
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	err = errors.Join(
		q.Put(ctx, "sweep/python/cpython", []byte(`{"recent": "2026-11-30T06:00:00Z", "rest": [4]}`)),
		q.Put(ctx, "empty", nil), q.Put(ctx, "binary", all[:]),
		q.Log(ctx, "python/cpython#6", []byte(`{"rule": "news"}`), []byte("second; it's"), all[:]),
		q.See(ctx, "python/cpython#6", "0123abcd", updated),
		q.PutView(ctx, View{
			Group: "python/cpython", Number: 6, Class: "open", At: updated, Brief: []byte(`{"title": "Fry; it's"}`), Detail: all[:],
		}),
		q.Predict(ctx, Prediction{"python/cpython#6", "label it's", updated, all[:]},
			Prediction{"python/cpython#6", "", updated, []byte(`{"rules": ["news"]}`)}),
		q.AddUsage(ctx, Usage{"core it's", updated, 4000, 5000, 12}), q.PutFeed(ctx, 7, "0123abcd", all[:]),
		q.Start(ctx), receive("d3", hint("python/cpython#3")), receive("d4", hint("python/cpython#4")), receive("d5", hint("python/cpython#5")),
		receive("d6", hint("python/cpython#6")),
		q.Add(ctx, Hint{Key: "python/cpython#7", Installation: 7, Cause: "again", At: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)}),
	)
	for err == nil {
		var s Stats
		if s, err = q.Stats(ctx); s.Waiting+s.Running == 0 && s.GivenUp == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := errors.Join(err, receive("d1", hint("python/cpython#1"))); err != nil {
		return err
	}
	<-running
	if err := errors.Join(receive("d1b", hint("python/cpython#1")), receive("d2", hint("python/cpython#2")), receive("d8"),
		q.Add(ctx, hint("python/cpython"))); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// beforeFill is the time in a dump.
func beforeFill() time.Time { return time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC) }
