package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// stage is a GitHub with a running bot. Its first sweep is over, so that only
// webhooks bring work from then on.
type stage struct {
	testing.TB
	github      *ghtest.Server
	cpython     *ghtest.Repo
	environment map[string]string
	bot         *process
	patience    time.Duration // with the bot; 0: the usual
	rest        func()        // works all that has to be done, where no process does; nil: bot does
	clock       *trial.Clock  // of the bot and GitHub, which stands still; nil: the usual one
}

func newStage(t testing.TB) *stage {
	t.Helper()
	return newStageOf(t, ghtest.Config{})
}

func newStageOf(t testing.TB, of ghtest.Config) *stage {
	t.Helper()
	s := &stage{TB: t}
	s.github, s.cpython = newGitHub(t, of)
	s.environment = identity(s.github)
	s.environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "concorde.db")
	s.environment["BOT_SETTLE"], s.environment["TMPDIR"] = "20ms", t.TempDir()
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil }) // of how the repository came to be
	return s
}

// start starts the bot, lets its first sweep end, and lets GitHub know of it.
func (s *stage) start() *stage {
	s.Helper()
	s.run()
	s.eventually("the first sweep to end", func() bool { return logged(s.bot, "sweep done") != "" },
		func() string { return s.bot.get("/readyz") })
	return s
}

func (s *stage) run(flags ...string) {
	s.Helper()
	if s.clock != nil {
		s.runHere()
	} else {
		s.bot = serve(s, s.environment, flags...)
	}
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
			return runs == 0 && p.status == "success" || runs > 0 && state.CheckRuns[runs-1].ExternalID != ""
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
			s.Errorf("#%d (%s): %d comments and the status %+v, want %d and %s", p.number, p.Title, len(state.Comments),
				state.Statuses[newsContext], p.comments, p.status)
		}
	}
	if mended := s.bot.metric("concorde_sweep_fixed_total"); mended != 0 {
		s.Errorf("a sweep mended %v writes", mended)
	}
	if strings.Contains(s.bot.log.String(), "panic") {
		s.Errorf("the log tells of a panic:\n%s", s.bot.log)
	}
}

// awaitLog waits for a line of the log with all of the words.
func (s *stage) awaitLog(words ...string) (line string) {
	s.Helper()
	if !becomes(patience, func() bool { line = logged(s.bot, words...); return line != "" }) {
		s.Fatalf("the log has no line with %q:\n%s", words, s.bot.log)
	}
	return line
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

// errors are the log's errors, except that a slow machine had the bot wait for its database.
func (p *process) errors() (lines []string) {
	for line := range strings.SplitSeq(p.log.String(), "\n") {
		slow := strings.Contains(line, "deadline exceeded") &&
			(strings.Contains(line, "the database doesn't answer") || strings.Contains(line, "claiming keys"))
		if strings.Contains(line, `"level":"error"`) && !slow {
			lines = append(lines, line)
		}
	}
	return lines
}

// noSweeps keeps the bot from listing repositories.
func (s *stage) noSweeps() {
	s.Helper()
	s.check(s.github.Fault(ghtest.Fault{Method: http.MethodGet, Path: "^/app/installations$", Times: -1, Status: 503}))
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

// stop ends the process as a service manager does and checks that it ends well.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the bot to stop", func() bool {
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

// trouble is a fault of GitHub with the requests of one pull request, and what
// the log says of it.
type trouble struct {
	name  string
	at    func(ghtest.PRState) ghtest.Fault // which requests
	fault ghtest.Fault
	log   string
}

func atLoad(of ghtest.PRState) ghtest.Fault {
	return ghtest.Fault{Path: "^/graphql$", Contains: fmt.Sprintf(`"number":%d,`, of.Number)}
}
func atStatus(of ghtest.PRState) ghtest.Fault {
	return ghtest.Fault{Path: "/statuses/" + of.HeadSHA + "$"}
}
func atCheck(of ghtest.PRState) ghtest.Fault {
	return ghtest.Fault{Path: "^/graphql$", Contains: fmt.Sprintf(`"headSha":%q`, of.HeadSHA)}
}
func atComment(of ghtest.PRState) ghtest.Fault {
	return ghtest.Fault{Path: "^/graphql$", Contains: fmt.Sprintf(`"subjectId":%q`, of.NodeID)}
}

// befall opens a newcomer's pull request that has the trouble from its first
// webhook on.
func (s *stage) befall(c trouble, times int) *pullRequest {
	s.Helper()
	s.github.Pause()
	defer s.github.Resume()
	newcomer := fmt.Sprint("newcomer-", len(s.cpython.PRs())) // one person gets but a few of the workers
	p := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: " + c.name, Association: "NONE", Author: newcomer}})
	fault, at := c.fault, c.at(s.state(p))
	fault.Method, fault.Path, fault.Contains, fault.Times = at.Method, at.Path, at.Contains, times
	s.check(s.github.Fault(fault))
	return p
}

func key(p *pullRequest) string { return fmt.Sprintf(`"key":"python/cpython#%d"`, p.number) }

func answer(status int, body string) ghtest.Fault { return ghtest.Fault{Status: status, Body: body} }
