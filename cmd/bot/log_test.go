package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The audit log of a pull request, read while the bot runs.
func TestLog(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string) {
		s := newStage(t)
		s.environment["DATABASE_URL"] = database
		s.start()
		p := s.open(&pullRequest{})
		other := s.open(&pullRequest{})
		s.settled(p, other)
		s.check(s.cpython.Label(p.number, "carol", "skip news"))
		succeeded := func() bool { return s.state(p).Statuses[newsContext].State == "success" }
		s.eventually("the status to follow the label", succeeded, s.bot.log.String)
		eventually(t, "the bot to come to rest", s.bot.idle)

		name := func(p *pullRequest) string { return fmt.Sprintf("python/cpython#%d", p.number) }
		log := func(args ...string) (code int, out, errs string) {
			return runCommand(t, nil, append([]string{"log", "--database", database}, args...)...)
		}
		code, out, errs := log("--json", name(p))
		if code != exitOK || errs != "" {
			t.Fatalf("exit code %d, %s", code, errs)
		}
		delivery := regexp.MustCompile(`^[0-9a-f-]{36}$`)
		var entries []written
		for line := range strings.Lines(out) {
			var w written
			s.check(json.Unmarshal([]byte(line), &w))
			if w.Key != name(p) || w.Rule == "" || !delivery.MatchString(w.Cause) || time.Since(w.At) > time.Hour {
				t.Errorf("entry %+v", w)
			}
			entries = append(entries, w)
		}
		last := entries[len(entries)-1]
		if last.Rule != "news" || !strings.HasPrefix(last.Before, "failure: ") || !strings.HasPrefix(last.After, "success: ") {
			t.Errorf("the last entry is %+v", last)
		}
		code, out, _ = log(name(p))
		if code != exitOK || strings.Count(out, "\n    rule ") != len(entries) || !strings.Contains(out, "rule news; caused by "+last.Cause) {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		t.Log("\n" + out)
		code, out, _ = log("--since", "1h")
		if code != exitOK || !strings.Contains(out, name(p)) || !strings.Contains(out, name(other)) {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		code, out, _ = log("python/cpython", "--since", time.Now().UTC().Add(-time.Hour).Format(time.RFC3339))
		if code != exitOK || !strings.Contains(out, name(p)) || !strings.Contains(out, name(other)) {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		code, out, errs = log("python/cpython#4711")
		if code != exitOK || out != "" || errs != "bot: the audit log has no entries for this\n" {
			t.Errorf("exit code %d: %s%s", code, out, errs)
		}
	})
}

func TestLogMisused(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "none.db")
	for want, args := range map[string][]string{
		"name a pull request, issue or repository, or a time with --since":   {},
		"reading --since: \"yesterday\" isn't a time":                        {"--since", "yesterday"},
		"reading --since: \"-3h\" isn't a time":                              {"--since=-3h"},
		"reading --since: \"999999999d\" isn't a time":                       {"--since", "999999999d"},
		"no such file or directory: name the bot's database with --database": {"python/cpython#1"},
		"none.db": {"--since", "7d"},
		"cpython": {"cpython"},
	} {
		code, out, errs := runCommand(t, nil, append([]string{"log", "--database", database}, args...)...)
		if code == exitOK || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: exit code %d, %s%s", args, code, out, errs)
		}
	}
}
