package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// stage is a GitHub with a running bot. Its first sweep is over, so that only
// webhooks bring work from then on.
type stage struct {
	testing.TB
	github      *ghtest.Server
	cpython     *ghtest.Repo
	environment map[string]string
	bot         *process
}

func newStage(t testing.TB) *stage {
	t.Helper()
	s := &stage{TB: t}
	s.github, s.cpython = newGitHub(t, ghtest.Config{})
	s.environment = identity(s.github)
	s.environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "concorde.db")
	s.environment["BOT_SETTLE"] = "20ms"
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil }) // of how the repository came to be
	return s
}

// start starts the bot, lets its first sweep end, and lets GitHub know of it.
func (s *stage) start() *stage {
	s.Helper()
	s.run()
	s.awaitLog("sweep done")
	return s
}

func (s *stage) run(flags ...string) {
	s.Helper()
	s.bot = serve(s, s.environment, flags...)
	s.github.SetHook(ghtest.Hook{URL: s.bot.URL + "/webhook"})
}

func (s *stage) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// pullRequest is one to be opened, and how the bot should leave it.
type pullRequest struct {
	ghtest.PR
	files    map[string]ghtest.File // nil: one, without a NEWS entry
	status   string                 // of the NEWS status; "": failure
	comments int                    // of the bot
	number   int
}

// open opens a pull request from a branch of its own. A newcomer's gets a
// comment.
func (s *stage) open(p *pullRequest) *pullRequest {
	s.Helper()
	if p.Title == "" {
		p.Title = "gh-140000: Change"
	}
	if p.files == nil {
		p.files = map[string]ghtest.File{"Lib/changed.py": ghtest.Text(s.Name() + p.Title)}
	}
	if p.status == "" {
		p.status = "failure"
	}
	if p.Association == "NONE" {
		p.comments = 1
	}
	if p.Author == "" {
		p.Author = "eric"
	}
	p.Head = fmt.Sprintf("%s:branch-%d", p.Author, time.Now().UnixNano())
	_, err := s.cpython.Push(p.Head, ghtest.Commit{Message: p.Head, Files: p.files})
	s.check(err)
	p.number, err = s.cpython.OpenPR(p.PR)
	s.check(err)
	return p
}

func (s *stage) state(p *pullRequest) ghtest.PRState {
	s.Helper()
	state, err := s.cpython.PR(p.number)
	s.check(err)
	return state
}

// settled waits until all writes are there.
func (s *stage) settled(pulls ...*pullRequest) {
	s.Helper()
	for _, p := range pulls {
		eventually(s, fmt.Sprintf("the bot to be done with #%d, %s", p.number, p.Title), func() bool {
			state := s.state(p)
			if state.Statuses[newsContext].State != p.status || len(state.Comments) < p.comments {
				return false
			}
			runs := len(state.CheckRuns)
			return runs > 0 && state.CheckRuns[runs-1].ExternalID != ""
		})
	}
}

// tidy checks that the bot has come to rest, by its own means: webhooks came
// once, and no sweep helped. No pull request got a comment twice.
func (s *stage) tidy(pulls ...*pullRequest) {
	s.Helper()
	eventually(s, "the bot to come to rest", s.bot.idle)
	for _, p := range pulls {
		if state := s.state(p); len(state.Comments) != p.comments || state.Statuses[newsContext].State != p.status {
			s.Errorf("#%d (%s): %d comments and the status %+v, want %d and %s", p.number, p.Title, len(state.Comments), state.Statuses[newsContext], p.comments, p.status)
		}
	}
	if mended := s.bot.metric("concorde_sweep_mended_total"); mended != 0 {
		s.Errorf("a sweep mended %v writes", mended)
	}
	if strings.Contains(s.bot.log.String(), "panic") {
		s.Errorf("the log tells of a panic:\n%s", s.bot.log)
	}
}

// awaitLog waits for a line of the log with all of the words.
func (s *stage) awaitLog(words ...string) (line string) {
	s.Helper()
	limit := time.Now().Add(time.Minute)
	for time.Now().Before(limit) {
		if line = logged(s.bot, words...); line != "" {
			return line
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("the log has no line with %q:\n%s", words, s.bot.log)
	return ""
}

func logged(bot *process, words ...string) string {
	for line := range strings.SplitSeq(bot.log.String(), "\n") {
		all := line != ""
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			return line
		}
	}
	return ""
}

// stranger is a server that must not get to see a token.
func stranger(t testing.TB) (url string, visits *atomic.Int32) {
	t.Helper()
	visits = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL + "/elsewhere", visits
}

// trouble is a fault of GitHub with the requests of one pull request, and what
// the log says of it.
type trouble struct {
	name  string
	at    func(number int, sha string) ghtest.Fault // which requests
	fault ghtest.Fault
	log   string
}

func atLoad(number int, _ string) ghtest.Fault {
	return ghtest.Fault{Path: "^/graphql$", Contains: fmt.Sprintf(`"number":%d,`, number)}
}
func atStatus(_ int, sha string) ghtest.Fault { return ghtest.Fault{Path: "/statuses/" + sha + "$"} }
func atCheck(_ int, sha string) ghtest.Fault {
	return ghtest.Fault{Method: http.MethodPost, Path: "/check-runs$", Contains: sha}
}
func atComment(number int, _ string) ghtest.Fault {
	return ghtest.Fault{Method: http.MethodPost, Path: fmt.Sprintf("/issues/%d/comments$", number)}
}

// befall opens a newcomer's pull request that has the trouble from its first
// webhook on.
func (s *stage) befall(c trouble, times int) *pullRequest {
	s.Helper()
	s.github.Pause()
	defer s.github.Resume()
	p := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: " + c.name, Association: "NONE"}})
	fault, at := c.fault, c.at(p.number, s.state(p).HeadSHA)
	fault.Method, fault.Path, fault.Contains, fault.Times = at.Method, at.Path, at.Contains, times
	s.check(s.github.Fault(fault))
	return p
}

func key(p *pullRequest) string { return fmt.Sprintf(`"key":"python/cpython#%d"`, p.number) }

func answer(status int, body string) ghtest.Fault { return ghtest.Fault{Status: status, Body: body} }

// TestTroubleWithGitHub gives each of many pull requests a trouble of its own,
// all at once. The log must tell of each, a healthy pull request must not
// suffer, and once the troubles are over all must be done.
func TestTroubleWithGitHub(t *testing.T) {
	t.Parallel()
	elsewhere, visits := stranger(t)
	const mayNot = `{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest","status":"403"}`
	s := newStage(t).start()
	hanging := s.befall(trouble{"hanging", atLoad, ghtest.Fault{Hang: true}, ""}, 1)
	troubles := []trouble{
		{"502", atLoad, ghtest.BadGateway(), "502: <html>"},
		{"500", atLoad, answer(500, ""), "500: Internal Server Error"},
		{"401", atLoad, answer(401, `{"message":"Bad credentials"}`), "check the number of the App, its private key, and the clock"},
		{"404", atLoad, answer(404, ""), "404: Not Found"},
		{"no body", atLoad, answer(204, ""), "an empty answer"},
		{"blank body", atLoad, answer(200, " "), "broken JSON"},
		{"cut off", atLoad, ghtest.Fault{Truncate: true}, "reading the answer: unexpected EOF"},
		{"hung up", atLoad, ghtest.Fault{Drop: true}, "sending the request"},
		{"a page", atLoad, ghtest.Fault{Status: 200, Body: "<h1>Unicorn!</h1>", Header: http.Header{"Content-Type": {"text/html"}}}, "not JSON: <h1>Unicorn!"},
		{"a list", atLoad, answer(200, `[1]`), "unknown form"},
		{"no data", atLoad, answer(200, `{"data":null}`), "has no data"},
		{"no pull request", atLoad, answer(200, `{"data":{"repository":{"pullRequest":null},"viewer":{"login":"x"}}}`), "names no pull request"},
		{"not found", atLoad, answer(200, `{"data":{"repository":{"pullRequest":null}},"errors":[{"type":"NOT_FOUND","path":["repository","pullRequest"],"message":"Could not resolve to a PullRequest with the number of 7."}]}`), "Could not resolve to a PullRequest"},
		{"wrong", atLoad, answer(200, `{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`), "Something went wrong while executing"},
		{"partial", atLoad, answer(200, `{"data":{"repository":{"pullRequest":{"title":"half"}}},"errors":[{"type":"SERVICE_UNAVAILABLE","path":["repository","pullRequest","files"],"message":"Timeout on files"}]}`), "Timeout on files"},
		{"may not read", atLoad, answer(200, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`), "grant the App the permission"},
		{"redirected", atLoad, ghtest.Fault{Redirect: elsewhere}, "which is not followed: is the address of the API right?"},
		{"status 403", atStatus, answer(403, mayNot), `commit statuses: write`},
		{"status 404", atStatus, answer(404, ""), "404: Not Found"},
		{"status redirected", atStatus, ghtest.Fault{Redirect: elsewhere}, "not followed"},
		{"check 502", atCheck, ghtest.BadGateway(), "502"},
		{"check cut off", atCheck, ghtest.Fault{Drop: true}, "sending the request"},
		{"comment 403", atComment, answer(403, mayNot), "pull requests: write"},
	}
	var sick []*pullRequest
	for _, c := range troubles {
		sick = append(sick, s.befall(c, -1))
	}
	s.settled(s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: healthy"}}))
	for i, c := range troubles {
		t.Logf("%s: %s", c.name, s.awaitLog(key(sick[i]), c.log))
	}
	s.github.ClearFaults()
	s.settled(sick...)
	t.Log(s.awaitLog(key(hanging), "no answer within 30s"))
	s.settled(hanging)
	s.tidy(append(sick, hanging)...)
	if visits.Load() != 0 {
		t.Errorf("followed a redirect to another host")
	}
}

// TestLimitsOfGitHub: after GitHub said that it is too much, and until when,
// there must be no request before that time, and then all must be done.
func TestLimitsOfGitHub(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	const wait = 2 * time.Second
	for _, c := range []struct {
		name  string
		at    func(int, string) ghtest.Fault
		fault func(until time.Time) ghtest.Fault
	}{
		{"primary", atLoad, ghtest.PrimaryLimit},
		{"secondary", atStatus, func(time.Time) ghtest.Fault { return ghtest.SecondaryLimit(wait) }},
		{"429", atCheck, func(time.Time) ghtest.Fault { return ghtest.TooManyRequests(wait) }},
		{"points of GraphQL", atLoad, func(until time.Time) ghtest.Fault {
			f := ghtest.PrimaryLimit(until)
			f.Status, f.Body = 200, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation ID 5."}]}`
			return f
		}},
	} {
		until := time.Now().Add(wait).Truncate(time.Second).Add(time.Second)
		s.github.ResetRequests()
		limited := s.befall(trouble{"limit", c.at, c.fault(until), ""}, 1)
		another := s.open(&pullRequest{})
		t.Logf("%s: %s", c.name, s.awaitLog(key(limited), `"later"`))
		s.settled(limited, another)
		s.tidy(limited, another)
		var refused *ghtest.Request
		for _, r := range s.github.Requests() {
			switch {
			case r.Route == "fault":
				refused, until = &r, r.Time.Add(wait)
			case refused != nil && r.Time.Before(until):
				t.Errorf("%s: %s %s came %s before the time that GitHub named", c.name, r.Method, r.Path, until.Sub(r.Time))
			}
		}
		if refused == nil {
			t.Errorf("%s: the limit was not met", c.name)
		}
	}
}

// TestRedirects: wherever an answer leads to another host, the token must not
// go there.
func TestRedirects(t *testing.T) {
	t.Parallel()
	elsewhere, visits := stranger(t)
	s := newStage(t)
	redirect := func(path string) {
		s.check(s.github.Fault(ghtest.Fault{Path: path, Times: -1, Redirect: elsewhere}))
	}
	redirect("^/app/installations$")
	redirect("/access_tokens$")
	s.run()
	files := map[string]ghtest.File{}
	for i := range 101 { // more than come with the first answer
		files[fmt.Sprintf("Lib/module%d.py", i)] = ghtest.Text("")
	}
	p := s.open(&pullRequest{files: files})
	s.awaitLog("asking for a sweep", "not followed")
	s.awaitLog(key(p), "/access_tokens: 307: redirected to "+elsewhere+", which is not followed")
	s.github.ClearFaults()
	redirect("/files$")
	t.Log(s.awaitLog(key(p), "listing files", "/files: 307: redirected to "+elsewhere+", which is not followed"))
	s.github.ClearFaults()
	s.settled(p)
	s.tidy(p)
	if visits.Load() != 0 {
		t.Errorf("%d requests went to another host", visits.Load())
	}
}

// TestLostAnswers: GitHub did the write and the answer was lost. Nothing may be
// written twice but what is the same when written again.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	var pulls []*pullRequest
	for _, c := range []trouble{{"status", atStatus, ghtest.Fault{DropAfter: true}, "EOF"}, {"check", atCheck, ghtest.Fault{DropAfter: true}, "EOF"}, {"comment", atComment, ghtest.Fault{DropAfter: true}, "EOF"}} {
		p := s.befall(c, 1)
		t.Logf("%s: %s", c.name, s.awaitLog(key(p), c.log))
		pulls = append(pulls, p)
	}
	eventually(t, "the retries", s.bot.idle)
	s.settled(pulls...)
	s.tidy(pulls...)
	count := map[string]int{}
	for _, w := range s.cpython.Writes() {
		count[w.Kind]++
	}
	if count["status"] != 3 || count["check-run"] != 3 || count["comment"] != 3 {
		t.Errorf("written %v, want each three times: what the lost answers were about was there", count)
	}
}

// TestWrongKeyOfTheApp: the bot receives, says what to check, and when it is
// started with the right key it does what it received.
func TestWrongKeyOfTheApp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	right := s.environment["GITHUB_APP_PRIVATE_KEY"]
	s.environment["GITHUB_APP_PRIVATE_KEY"] = newKey(t)
	s.run()
	t.Log(s.awaitLog("asking for a sweep", "check the number of the App, its private key, and the clock"))
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "check the number of the App, its private key, and the clock"))
	s.acknowledged(p)
	s.bot.stop(t)
	s.environment["GITHUB_APP_PRIVATE_KEY"] = right
	s.noSweeps()
	s.run()
	s.settled(p)
	s.tidy(p)
}

// TestAppIsRefusedForAWhile: the same without a restart.
func TestAppIsRefusedForAWhile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.noSweeps()
	s.check(s.github.Fault(ghtest.Fault{Path: "/access_tokens$", Times: -1, Status: 401, Body: `{"message":"A JSON web token could not be decoded"}`}))
	s.run()
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "A JSON web token could not be decoded: check the number of the App, its private key, and the clock"))
	s.acknowledged(p)
	s.github.ClearFaults()
	s.settled(p)
	s.tidy(p)
}

// noSweeps keeps the bot from listing repositories, for at least a minute.
func (s *stage) noSweeps() {
	s.Helper()
	s.check(s.github.Fault(ghtest.Fault{Method: http.MethodGet, Path: "^/app/installations$", Times: 1, Status: 503}))
}

// acknowledged checks that the bot took the webhooks of a pull request.
func (s *stage) acknowledged(p *pullRequest) {
	s.Helper()
	flush(s, s.github)
	for _, d := range s.github.Deliveries() {
		if d.Number == p.number && d.Status != http.StatusAccepted {
			s.Errorf("webhook %s.%s of #%d was answered %d %s", d.Event, d.Action, d.Number, d.Status, d.Err)
		}
	}
}

// newKey is a private key that no App has.
func newKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// stop ends the process as a service manager does and checks that it ends well.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the bot to stop", func() bool {
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	if p.waitErr != nil {
		t.Errorf("the bot ended with %v, want exit code 0:\n%s", p.waitErr, p.log)
	}
}

// TestGitHubOutOfReachAtStart: the bot starts, receives, and works when GitHub
// is there.
func TestGitHubOutOfReachAtStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	s.check(err)
	address := door.Addr().String()
	s.check(door.Close()) // nobody listens there now
	s.environment["GITHUB_API_URL"], s.environment["GITHUB_SERVER_URL"] = "http://"+address+"/api/v3", "http://"+address
	s.run()
	t.Log(s.awaitLog("asking for a sweep", "connection refused"))
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "connection refused"))
	s.acknowledged(p)
	if page := s.bot.get("/readyz"); !strings.HasPrefix(page, "ready: ") {
		t.Errorf("/readyz: %s: the bot can receive, which it must not be taken out of service for", page)
	}
	behind, err := url.Parse(s.github.URL)
	s.check(err)
	door, err = net.Listen("tcp", address)
	s.check(err)
	server := &http.Server{Handler: httputil.NewSingleHostReverseProxy(behind)}
	go server.Serve(door)
	t.Cleanup(func() { server.Close() })
	s.settled(p)
	s.tidy(p)
}

// TestStopWhileWorking: on SIGTERM the bot ends within seconds and well, also
// when GitHub hangs, and the next start finishes the work.
func TestStopWhileWorking(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	var pulls []*pullRequest
	for _, at := range []func(int, string) ghtest.Fault{atLoad, atStatus, atComment} {
		pulls = append(pulls, s.befall(trouble{"hanging", at, ghtest.Fault{Hang: true}, ""}, 1))
	}
	for range 5 {
		pulls = append(pulls, s.open(&pullRequest{}))
	}
	flush(t, s.github)
	eventually(t, "all three to hang", func() bool {
		hanging := 0
		for _, r := range s.github.Requests() {
			if r.Route == "fault" {
				hanging++
			}
		}
		return hanging == 3
	})
	start := time.Now()
	s.bot.stop(t)
	t.Logf("stopped within %s: %s", time.Since(start).Round(time.Millisecond), logged(s.bot, `"stopped"`))
	s.noSweeps()
	s.run()
	s.settled(pulls...)
	s.tidy(pulls...)
}
