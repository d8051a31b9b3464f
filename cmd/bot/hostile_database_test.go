//go:build unix

package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// refused waits until GitHub has sent the webhooks of a pull request and checks
// that the bot said it could not store them, and did not.
func (s *stage) refused(p *pullRequest) {
	s.Helper()
	flush(s, s.github)
	for _, d := range s.github.Deliveries() {
		if d.Number == p.number && d.Status != http.StatusServiceUnavailable {
			s.Errorf("webhook %s.%s was answered %d %s, want 503", d.Event, d.Action, d.Status, d.Err)
		}
	}
}

// again sends the webhooks of a pull request once more, as someone does who
// read of the 503, and checks that they are taken and were not there before.
func (s *stage) again(p *pullRequest) {
	s.Helper()
	for _, d := range s.github.Deliveries() {
		if d.Number == p.number && !d.Redelivery {
			s.check(s.github.Redeliver(d.GUID))
		}
	}
	flush(s, s.github)
	if last := s.github.Deliveries()[len(s.github.Deliveries())-1]; last.Status != http.StatusAccepted {
		s.Errorf("sent again: %d %s, want 202", last.Status, last.Err)
	}
	if n := s.bot.metric(`concorde_deliveries_total{event="pull_request",result="already stored"}`); n > 0 {
		s.Errorf("%v deliveries were stored although they were refused", n)
	}
}

// TestDatabaseIsLocked by another program: a webhook waits a moment, and then
// the answer says that it was not stored. Work goes on by itself afterwards.
func TestDatabaseIsLocked(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	working := s.befall(trouble{"at work", atStatus, ghtest.BadGateway(), ""}, 1)
	s.awaitLog(key(working), "502")
	other, err := sql.Open("sqlite", s.environment["DATABASE_URL"]+"?_txlock=immediate&_pragma=busy_timeout(10000)")
	s.check(err)
	defer other.Close()
	lock, err := other.Begin()
	s.check(err)
	p := s.open(&pullRequest{})
	s.refused(p)
	t.Log(s.awaitLog("not stored", "lock"))
	if page := s.bot.get("/healthz"); page != "alive\n" {
		t.Errorf("/healthz: %q", page)
	}
	patient := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: waits"}})
	s.check(lock.Rollback())
	flush(t, s.github)
	s.acknowledged(patient)
	s.again(p)
	s.settled(working, p, patient)
	s.tidy(working, p, patient)
}

// TestDatabaseIsFull: it may not grow any more, and then may again.
func TestDatabaseIsFull(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("prlimit"); err != nil {
		t.Skip("left out: there is no prlimit to bound the files of a process")
	}
	s := newStage(t).start()
	bound := func(limit string) {
		t.Helper()
		if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.bot.cmd.Process.Pid), "--fsize="+limit+":").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	bound("2000000")
	for _, size := range []int{1 << 18, 1 << 4} { // to the brim
		for taken := true; taken; {
			guid := s.github.Send("watch", fmt.Appendf(nil, `{"zen":%q}`, strings.Repeat("z", size)))
			flush(t, s.github)
			all := s.github.Deliveries()
			if last := all[len(all)-1]; last.GUID != guid || len(all) > 1000 {
				t.Fatalf("%d webhooks fit into files of 2 MB, the last of them %s", len(all), last.GUID)
			} else {
				taken = last.Status == http.StatusAccepted
			}
		}
	}
	p := s.open(&pullRequest{})
	s.refused(p)
	t.Log(s.awaitLog("not stored", "check the disk's free space, quota and health"))
	bound("unlimited")
	s.again(p)
	s.settled(p)
	s.tidy(p)
}

// TestDatabaseIsReadOnly: the bot does not start. Root may write everything, so
// for root the bot runs as nobody.
func TestDatabaseIsReadOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run()
	s.bot.stop(t)
	file := s.environment["DATABASE_URL"]
	s.check(os.Chmod(file, 0o444))
	s.check(os.Chmod(filepath.Dir(filepath.Dir(file)), 0o755))
	program, err := os.Open("/proc/self/exe") // which nobody could not find by its name
	if err != nil {
		t.Skip("left out: there is no /proc")
	}
	defer program.Close()
	cmd := exec.Command("/proc/self/fd/3", "serve")
	cmd.ExtraFiles = []*os.File{program}
	cmd.Env = append(s.bot.cmd.Env, "HOME=/")
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if want := "bot: reading --database: open " + file +
		": permission denied: the bot must be able to write the file"; cmd.ProcessState.ExitCode() != exitMisuse ||
		!strings.Contains(string(out), want) {
		t.Errorf("%v, want exit code 2 and %q\n%s", err, want, out)
	}
	t.Logf("%s", out)
}

// TestDatabaseIsDeleted under the running bot: it must not go on as if nothing
// were, with a file that has no name. The next start makes up for it.
func TestDatabaseIsDeleted(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	before := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: before", Association: "NONE"}})
	s.settled(before)
	files, err := filepath.Glob(s.environment["DATABASE_URL"] + "*")
	s.check(err)
	for _, file := range files {
		s.check(os.RemoveAll(file))
	}
	during := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: during", Association: "NONE"}})
	flush(t, s.github)
	<-s.bot.ended
	if code := s.bot.cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	t.Log(s.awaitLog("bot: watching the database", "it was deleted or replaced while in use: restart the bot, and a sweep will find what "+
		"is due"))
	s.run()
	s.awaitLog("sweep done")
	s.settled(before, during)
	eventually(t, "the bot to come to rest", s.bot.idle)
	for _, p := range []*pullRequest{before, during} {
		if n := len(s.state(p).Comments); n != 1 {
			t.Errorf("#%d has %d comments, want 1", p.number, n)
		}
	}
}

// TestPostgreSQLIsGone for some seconds: the bot says so to senders and to its
// supervisor, and goes on by itself.
func TestPostgreSQLIsGone(t *testing.T) {
	t.Parallel()
	if os.Getenv("CONCORDE_TEST_POSTGRES") == "" {
		t.Skip("left out: CONCORDE_TEST_POSTGRES names no server, so perhaps there is none to start")
	}
	dir, err := os.MkdirTemp("", "postgres") // t.TempDir is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	control := func(command string) string {
		t.Helper()
		var errs bytes.Buffer
		cmd := exec.Command("../../.ci/postgres", command, dir)
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, &errs)
		}
		return strings.TrimSpace(string(out))
	}
	s := newStage(t)
	s.environment["DATABASE_URL"] = control("start")
	t.Cleanup(func() { s.check(os.RemoveAll(dir)) })
	t.Cleanup(func() { control("stop") })
	s.start()
	working := s.befall(trouble{"at work", atStatus, ghtest.BadGateway(), ""}, 1)
	s.awaitLog(key(working), "502")
	control("stop")
	p := s.open(&pullRequest{})
	s.refused(p)
	t.Log(s.awaitLog("not stored", "can't reach PostgreSQL; check the server and DATABASE_URL"))
	if page := s.bot.get("/readyz"); page != "not ready: the database doesn't answer. The log says why; the bot continues by itself once "+
		"it does\n" {
		t.Errorf("/readyz: %s", page)
	}
	t.Log(s.awaitLog("not ready"))
	control("start")
	eventually(t, "the bot to be ready", func() bool { return strings.HasPrefix(s.bot.get("/readyz"), "ready: ") })
	s.again(p)
	s.settled(working, p)
	s.tidy(working, p)
}
