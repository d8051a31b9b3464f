package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// asBot makes the test binary behave as the program, so that tests can run it
// as a process of its own, and kill it.
const asBot = "CONCORDE_TEST_AS_BOT"

func TestMain(m *testing.M) {
	if os.Getenv(asBot) != "" {
		program()
		return
	}
	// Most tests wait for a bot rather than use a processor.
	testscript.Main(suite.Tests{M: m, Parallel: 8}, map[string]func(){"bot": program})
}

// program is main, with memory collected late, as the tests do: otherwise that takes a
// third of the time of what lives for a second. Where memory is measured, GOGC is set.
func program() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	main()
}

// newGitHub starts a GitHub with a CPython-like repository.
func newGitHub(t testing.TB, c ghtest.Config) (*ghtest.Server, *ghtest.Repo) {
	t.Helper()
	github, err := ghtest.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := github.Close(); err != nil {
			t.Error(err)
		}
	})
	cpython, err := ghtest.NewCPython(github)
	if err != nil {
		t.Fatal(err)
	}
	return github, cpython
}

// identity is the environment of the App that a GitHub knows.
func identity(github *ghtest.Server) map[string]string {
	return map[string]string{
		"GITHUB_APP_ID":          strconv.FormatInt(github.AppID(), 10),
		"GITHUB_APP_PRIVATE_KEY": string(github.PrivateKeyPEM()),
		"GITHUB_WEBHOOK_SECRET":  github.WebhookSecret(),
		"GITHUB_API_URL":         github.APIURL(),
		"GITHUB_SERVER_URL":      github.URL,
	}
}

// process is a `bot serve` of its own.
type process struct {
	t       testing.TB
	cmd     *exec.Cmd
	URL     string
	log     *lockedBuffer
	out     *lockedBuffer // standard output
	ended   chan struct{}
	waitErr error
}

// serve starts `bot serve` with the given flags and waits until it is ready.
func serve(t testing.TB, environment map[string]string, flags ...string) *process {
	t.Helper()
	return serveBy(t, nil, environment, flags...)
}

// serveBy has another program start it, which gets the command after its own
// arguments.
func serveBy(t testing.TB, starter []string, environment map[string]string, flags ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := slices.Concat(starter, []string{program, "serve"}, flags)
	p := &process{t: t, cmd: exec.Command(words[0], words[1:]...), log: &lockedBuffer{}, out: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd.Env = []string{asBot + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "BOT_LISTEN=127.0.0.1:0", "BOT_PAGES=off",
		"BOT_WRITES_PER_MINUTE=0", "BOT_LIFECYCLE_CYCLE_URL=", "BOT_LIFECYCLE_RELEASES_URL="}
	for name, value := range environment {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.waitErr = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	p.URL = "http://" + p.address()
	return p
}

// address is where the process says it listens.
func (p *process) address() string {
	p.t.Helper()
	var address string
	eventually(p.t, "the bot to listen", func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("the bot ended: %v\n%s", p.waitErr, p.log)
		default:
		}
		for line := range strings.SplitSeq(p.log.String(), "\n") {
			var fields struct{ Address string }
			if json.Unmarshal([]byte(line), &fields) == nil && fields.Address != "" {
				address = fields.Address
			}
		}
		return address != ""
	})
	return address
}

// kill ends the process as kill -9 does and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// get is the body of a page of the bot, "" when there is no answer.
func (p *process) get(path string) string {
	answer, err := http.Get(p.URL + path)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return ""
	}
	return string(text)
}

// idle reports whether nothing waits, now or for its time, and nothing runs.
func (p *process) idle() bool {
	return strings.HasPrefix(p.get("/readyz"), "ready: 0 waiting, 0 running, 0 delayed")
}

// metric is the value of a line of /metrics, -1 when it is not there.
func (p *process) metric(name string) float64 {
	for line := range strings.SplitSeq(p.get("/metrics"), "\n") {
		if rest, found := strings.CutPrefix(line, name+" "); found {
			if value, err := strconv.ParseFloat(rest, 64); err == nil {
				return value
			}
		}
	}
	return -1
}

// eventually waits for a condition, for some minutes at most.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	within(t, patience, what, condition)
}

// patience is longer than what is waited for takes on a machine that does much else.
const patience = 3 * time.Minute

func within(t testing.TB, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	if !becomes(limit, condition) {
		t.Fatalf("waited %s in vain for %s", limit, what)
	}
}

// becomes asks whether a condition holds until it does, less often as time passes: who
// asks takes a processor from who works.
func becomes(limit time.Duration, condition func() bool) bool {
	deadline := time.Now().Add(limit)
	for pause := 5 * time.Millisecond; !condition(); pause = min(pause+pause/8, 50*time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}

// databases are those that tests of the whole program run on.
func databases(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "concorde.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres(t)) })
}

// command runs a command of the program in this process.
func runCommand(t testing.TB, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runCommandBy(t, time.Now, environment, args...)
}

// runCommandBy does so by a clock.
func runCommandBy(t testing.TB, now func() time.Time, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(args, streams{context.Background(), &out, &errs, variables(environment), now})
	return code, out.String(), errs.String()
}

// variables has an environment without a memory limit for what runs in the test process:
// under the bot's own, which holds for all tests at once, they mostly collect garbage.
func variables(environment map[string]string) func(string) string {
	return func(name string) string {
		if name == "GOMEMLIMIT" {
			return "off"
		}
		return environment[name]
	}
}

// flush waits until GitHub has sent all webhooks.
func flush(t testing.TB, github *ghtest.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := github.Flush(ctx); err != nil {
		t.Fatal(fmt.Errorf("sending the webhooks: %w", err))
	}
}
