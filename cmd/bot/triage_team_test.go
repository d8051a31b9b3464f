package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// ready is the answer to /readyz.
func (s *stage) ready() (status int, text string) {
	s.Helper()
	answer, err := http.Get(s.bot.URL + "/readyz")
	s.check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	s.check(err)
	return answer.StatusCode, string(body)
}

// plans runs bot plan on a pull request.
func (s *stage) plans(number int, flags ...string) (code int, stdout, stderr string) {
	s.Helper()
	return runCommand(s, s.environment, append([]string{"plan", "--config", s.environment["BOT_CONFIG"], "--api-url", s.github.APIURL(),
		"--server-url", s.github.URL, fmt.Sprintf("python/cpython#%d", number)}, flags...)...)
}

// has waits until a status is there.
func (s *stage) has(number int, context, state, description string) {
	s.Helper()
	s.eventually(fmt.Sprintf("%s of #%d to be %s: %s", context, number, state, description), func() bool {
		status := s.pr(number).Statuses[context]
		return status.State == state && status.Description == description
	}, func() string { return fmt.Sprintf("%+v", s.pr(number).Statuses) })
}

// TestTeamCannotBeRead: when nobody knows who the core developers are, someone
// must be told, no stage label is touched, and everything else goes on.
func TestTeamCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings string
		advice   string
		mend     func(s *stage)
	}{
		"no permission": {"preset: cpython\n", "give it the organization permission \"Members: read\"", func(s *stage) {
			s.check(s.github.SetPermissions("python", ghtest.DefaultPermissions()))
			s.github.RevokeTokens() // GitHub's tokens keep the permissions of their time
		}},
		"no such team": {"preset: cpython\nroles: {core-team: python-triagers}\n", "the team python/python-triagers doesn't exist",
			func(s *stage) {
				s.check(s.github.Team("python", "python-triagers", "dana"))
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.settings(c.settings)
			s.check(s.cpython.Collaborator("dana", "write"))
			if name == "no permission" {
				permissions := ghtest.DefaultPermissions()
				delete(permissions, "members")
				s.check(s.github.SetPermissions("python", permissions))
				s.github.RevokeTokens()
			}
			s.start()
			head := "alice:spam"
			_, err := s.cpython.Push(head, ghtest.Commit{Message: "Fry", Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("fry\n")}})
			s.check(err)
			n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fry", Author: "alice", Head: head, Labels: []string{"awaiting changes"}})
			s.check(err)
			s.has(n, "bedevere/issue-number", "success", "Issue number 140000 found")
			s.has(n, newsContext, "failure", `No news entry in Misc/NEWS.d/next/ or "skip news" label found`)
			_, err = s.cpython.Review(n, "dana", "APPROVED", "")
			s.check(err)
			s.check(s.cpython.EditTitle(n, "Fry"))
			s.has(n, "bedevere/issue-number", "failure", `No issue # in title or "skip issue" label found`)
			s.labelled(n, "awaiting changes", "stdlib")
			s.answered(n)

			status, text := s.ready()
			if status != http.StatusServiceUnavailable || !strings.Contains(text, c.advice) || strings.Count(text, "\n") != 1 {
				t.Errorf("/readyz says %d %q, want 503 and %q", status, text, c.advice)
			}
			if loud := strings.Count(s.bot.log.String(), "cannot read the core team"); loud != 1 ||
				len(s.bot.errors()) != 1 {
				t.Errorf("the log says so %d times, want one error:\n%s", loud, s.bot.log)
			}
			code, plan, errs := s.plans(n)
			if code != 0 || !strings.Contains(errs, "stage labels won't change") || !strings.Contains(errs, c.advice) ||
				strings.Contains(plan, "awaiting") {
				t.Errorf("bot plan: exit code %d\n%s\n%s", code, plan, errs)
			}

			c.mend(s)
			// GitHub tells of what a team or installation gets; until then it is asked again in time.
			s.check(s.github.JoinTeam("python", "python-core", "eric"))
			flush(t, s.github)
			s.check(s.cpython.EditTitle(n, "gh-140000: Fry"))
			s.eventually("the stage", func() bool { return strings.Join(s.pr(n).Labels, ",") == "stdlib,awaiting merge" },
				func() string { return fmt.Sprintf("%q", s.pr(n).Labels) })
			s.rests()
			if status, text := s.ready(); status != http.StatusOK {
				t.Errorf("/readyz says %d %q in the end", status, text)
			}
			if logged(s.bot, "the core team can be read again") == "" {
				t.Errorf("the log does not say that all is well:\n%s", s.bot.log)
			}
			if code, plan, errs := s.plans(n); code != 0 || errs != "" {
				t.Errorf("bot plan in the end: exit code %d\n%s\n%s", code, plan, errs)
			}
		})
	}
}
