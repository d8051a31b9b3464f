package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestBackupOfSQLite: the commands of docs/operations.md make a backup while the bot
// runs, and bring it back after a kill.
func TestBackupOfSQLite(t *testing.T) {
	t.Parallel()
	needs(t, "sqlite3")
	s := newStage(t)
	dir := filepath.Dir(s.environment["DATABASE_URL"])
	s.survivesOldBackup(func(step string) { inShell(t, dir, "", documented(t, step+"-sqlite")) })
	info, err := os.Stat(filepath.Join(dir, "copy.db"))
	s.check(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v", info.Mode())
	}
}

// TestBackupOfStoppedSQLite: so does a copy of the files while the bot is stopped.
func TestBackupOfStoppedSQLite(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	dir := filepath.Dir(s.environment["DATABASE_URL"])
	s.survivesOldBackup(func(step string) {
		if step == "backup" {
			s.bot.kill()
			inShell(t, dir, "", `mkdir copy; for f in concorde.db concorde.db-wal; do if [ -e $f ]; then cp $f copy; fi; done`)
			s.run()
			return
		}
		inShell(t, dir, "", `rm -f concorde.db concorde.db-wal concorde.db-shm; cp copy/* .`)
	})
}

// TestBackupOfPostgreSQL: the same with PostgreSQL's own programs, twice, since a restored
// schema isn't the one that a new database comes with.
func TestBackupOfPostgreSQL(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	needs(t, "pg_dump", "pg_restore", "psql")
	s := newStage(t)
	dir := t.TempDir()
	s.environment["DATABASE_URL"] = database
	s.survivesOldBackup(func(step string) {
		inShell(t, dir, database, documented(t, step+"-postgres"))
		if step == "restore" {
			inShell(t, dir, database, documented(t, "backup-postgres")+documented(t, "restore-postgres"))
		}
	})
}

// survivesOldBackup has the bot work, calls do("backup"), has it work on, kills it, calls
// do("restore") and starts it again: everything is as if nothing had happened, and what
// came meanwhile is done.
func (s *stage) survivesOldBackup(do func(step string)) {
	s.Helper()
	s.settings("preset: cpython\nsweep: {pull-requests-per-minute: 400}\n") // the sweep after the restore waits no longer
	s.start()
	newcomer := func() *pullRequest {
		return s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: Change", Author: "mallory", Association: "NONE"}})
	}
	before := []*pullRequest{newcomer(), s.open(&pullRequest{})}
	flush(s, s.github)
	s.settled(before...)
	eventually(s, "the bot to come to rest", s.bot.idle)
	do("backup")
	after := newcomer() // which the backup doesn't know
	flush(s, s.github)
	s.settled(after)
	s.check(s.cpython.Unlabel(before[1].number, "dana", "stdlib"))
	flush(s, s.github)
	eventually(s, "the bot to come to rest", s.bot.idle)
	s.bot.kill()
	do("restore")
	missed := newcomer()
	flush(s, s.github)
	s.start()
	all := append(before, after, missed)
	s.settled(all...)
	eventually(s, "the bot to come to rest", s.bot.idle)
	for _, p := range all {
		state := s.state(p)
		if len(state.Comments) != p.comments || state.Statuses[newsContext].State != p.status {
			s.Errorf("#%d: %d comments and %s, want %d and %s", p.number, len(state.Comments), state.Statuses[newsContext].State, p.comments,
				p.status)
		}
		if has := strings.Contains(strings.Join(state.Labels, " "), "stdlib"); has == (p == before[1]) {
			s.Errorf("#%d has the labels %q", p.number, state.Labels)
		}
	}
	for number, want := range map[int]bool{before[0].number: true, missed.number: true} {
		_, log, _ := runCommand(s, s.environment, "log", "--database", s.environment["DATABASE_URL"], fmt.Sprint("python/cpython#", number))
		if strings.Contains(log, "stdlib") != want {
			s.Errorf("the audit log of #%d: %s", number, log)
		}
	}
}

// needs leaves out a test without programs of others; CI has them.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("left out: %s isn't installed", p)
		}
	}
}

// documented are the commands of a part of the page for operators.
func documented(t *testing.T, part string) string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, operations), "<!-- "+part+" -->\n")
	text, _, ended := strings.Cut(rest, "<!-- /"+part+" -->")
	if !found || !ended || !strings.HasPrefix(text, "    ") {
		t.Fatalf("%s has no commands %q", operations, part)
	}
	return text
}

// inShell runs commands in a directory.
func inShell(t *testing.T, dir, database, commands string) {
	t.Helper()
	shell := exec.Command("sh", "-e", "-c", commands)
	shell.Dir = dir
	shell.Env = append(os.Environ(), "DATABASE_URL="+database)
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", commands, err, out)
	}
}
