package doctor

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Each illness gives its finding, with a cure.
func TestIllnesses(t *testing.T) {
	for name, tt := range map[string]struct {
		harm        func(*patient)
		check       string
		state       State
		text, cure  string // parts of them
		whole       State  // of the report
		blind, well string // checks that can't be made, and that still are
	}{
		"no App": {
			harm: func(p *patient) { p.app.AppID = 0; p.config.NoApp = errors.New("nobody set it up") }, check: "app", state: Problem,
			whole: Problem,
			text:  "nobody set it up", cure: "bot setup", blind: "permissions", well: "git",
		},
		"another App's key": {
			harm:  func(p *patient) { p.app.AppID += 1000 },
			check: "app", state: Problem, whole: Problem, text: "doesn't accept", cure: "belong together", blind: "installations", well: "clock",
		},
		"GitHub hangs": {
			harm:  func(p *patient) { p.slow("app", "clock"); p.fault(ghtest.Fault{Hang: true, Times: -1}) },
			check: "app", state: Unknown, whole: Unknown, text: "didn't answer in time", cure: "githubstatus", blind: "webhook", well: "database",
		},
		"GitHub breaks down": {
			harm:  func(p *patient) { f := ghtest.BadGateway(); f.Times = -1; p.fault(f) },
			check: "app", state: Unknown, whole: Unknown, text: "502", cure: "githubstatus", blind: "webhook", well: "disk",
		},
		"GitHub sends nonsense": {
			harm: func(p *patient) {
				p.fault(ghtest.Fault{Path: "^/app$", Times: -1, Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
					Body: `{"id":4711,"slug":"x"}`})
			},
			check: "app", state: Unknown, whole: Unknown, text: "about App 4711", cure: "githubstatus", blind: "events",
		},
		"GitHub limits": {
			harm: func(p *patient) { f := ghtest.SecondaryLimit(time.Hour); f.Times = -1; p.fault(f) }, check: "app", state: Unknown, whole: Unknown,
			text: "limited until", cure: "Wait", blind: "webhook",
		},
		"half of it hangs": {
			harm: func(p *patient) {
				p.slow("repositories")
				p.fault(ghtest.Fault{Path: "graphql", Hang: true, Times: -1})
			},
			check: "repositories", state: Unknown, whole: Unknown, text: "didn't answer in time", cure: "githubstatus", blind: "labels",
			well: "permissions",
		},
		"a clock that is ahead": {
			harm: func(p *patient) { p.config.Now = func() time.Time { return time.Now().Add(2 * time.Minute) } }, check: "clock", state: Problem,
			whole: Problem,
			text:  "ahead of", cure: "NTP",
		},
		"a clock that is behind": {
			harm: func(p *patient) { p.config.Now = func() time.Time { return time.Now().Add(-2 * time.Minute) } }, check: "clock", state: Problem,
			whole: Problem,
			text:  "behind", cure: "NTP",
		},
		"no webhook": {
			harm: func(p *patient) { p.github.SetHook(ghtest.Hook{}) }, check: "webhook", state: Problem, whole: Problem, text: "has no webhook",
			cure: "active",
		},
		"a webhook elsewhere": {
			harm:  func(p *patient) { p.github.SetHook(ghtest.Hook{URL: "https://old.example.org/webhook"}) },
			check: "webhook", state: Problem, whole: Problem, text: "to https://old.example.org/webhook", cure: "--url",
		},
		"a webhook without a secret": {
			harm:  func(p *patient) { p.github.SetHook(ghtest.Hook{URL: public + "/webhook", Unsigned: true}) },
			check: "webhook", state: Problem, whole: Problem, text: "no secret", cure: "bot setup",
		},
		"a webhook that sends forms": {
			harm:  func(p *patient) { p.github.SetHook(ghtest.Hook{URL: public + "/webhook", ContentType: "form"}) },
			check: "webhook", state: Problem, whole: Problem, text: `sends "form"`, cure: "application/json",
		},
		"a certificate that isn't checked": {
			harm:  func(p *patient) { p.github.SetHook(ghtest.Hook{URL: public + "/webhook", Insecure: true}) },
			check: "webhook", state: Note, whole: OK, text: "certificate", cure: "SSL",
		},
		"webhooks with another secret": {
			harm: func(p *patient) { p.answers(http.StatusUnauthorized) }, check: "deliveries", state: Problem, whole: Problem,
			text: "Invalid HTTP Response: 401", cure: "secrets differ",
		},
		"webhooks to another program": {
			harm: func(p *patient) { p.answers(http.StatusNotFound) }, check: "deliveries", state: Problem, whole: Problem, text: "404",
			cure: "/webhook",
		},
		"webhooks to nobody": {
			harm:  func(p *patient) { p.github.Proxy(public, "http://127.0.0.1:1"); p.github.Ping() },
			check: "deliveries", state: Problem, whole: Problem, text: "timed out", cure: "reachable",
		},
		"webhooks that failed": {
			harm: func(p *patient) {
				p.answers(http.StatusServiceUnavailable)
				p.examine()
				p.answers(http.StatusAccepted)
			},
			check: "deliveries", state: Note, whole: OK, text: "1 of the last 2 failed", cure: "requests them again",
		},
		"a permission that the App lacks": {
			harm:  func(p *patient) { p.lacks("checks", "statuses") },
			check: "permissions", state: Problem, whole: Problem, text: "lacks Checks: write (", cure: "/settings/apps/concorde/permissions",
		},
		"an advised permission that it lacks": {
			harm: func(p *patient) { p.lacks("merge_queues") }, check: "permissions", state: Note, whole: OK, text: "Merge queues: read",
			cure: "/permissions",
		},
		"permissions to spare": {
			harm: func(p *patient) {
				all := access.Choose(func(access.Permission) bool { return true })
				all["secrets"], all["issues"] = "write", "admin"
				p.github.SetApp(all, events(all))
			},
			check: "permissions", state: Note, whole: OK, text: "issues: admin, secrets: write", cure: "Remove them",
		},
		"an event that it lacks": {
			harm: func(p *patient) {
				all := access.Choose(func(access.Permission) bool { return true })
				p.github.SetApp(all, events(all)[1:])
			},
			check: "events", state: Problem, whole: Problem, text: "doesn't subscribe to Pull request (", cure: "/permissions",
		},
		"an event that few need": {
			harm: func(p *patient) {
				all := access.Choose(func(access.Permission) bool { return true })
				p.github.SetApp(all, slices.DeleteFunc(events(all), func(name string) bool { return name == "commit_comment" }))
			},
			check: "events", state: Note, whole: OK, text: "doesn't subscribe to Commit comment (", cure: "/permissions",
		},
		"a permission that wasn't accepted": {
			harm: func(p *patient) {
				must(p, p.github.SetPermissions("python", map[string]string{"metadata": "read", "contents": "write", "issues": "write",
					"pull_requests": "write", "members": "read", "statuses": "read", "checks": "write"}))
			},
			check: "installations", state: Problem, whole: Problem, text: "python hasn't accepted Commit statuses: write",
			cure: "/organizations/python/settings/installations/",
		},
		"an App that nobody installed": {
			harm:  func(p *patient) { p.github.Uninstall("python") },
			check: "installations", state: Problem, whole: Problem, text: "isn't installed anywhere", cure: "/apps/concorde/installations/new",
			blind: "repositories",
		},
		"an installation that waits for an owner": {
			harm: func(p *patient) {
				p.github.Uninstall("python")
				p.github.Request("mallory", "python")
			},
			check: "installations", state: Problem, whole: Problem, text: "mallory requested the installation on python just now",
			cure: "Ask an owner of python", blind: "repositories",
		},
		"an account that the settings name": {
			harm:  func(p *patient) { p.config.Settings.Accounts = []string{"python", "pypa"} },
			check: "installations", state: Problem, whole: Problem, text: "isn't installed on pypa", cure: "Install it", well: "repositories",
		},
		"a suspended App": {
			harm: func(p *patient) { p.github.Suspend("python") }, check: "installations", state: Problem, whole: Problem,
			text: "suspended on python", cure: "Unsuspend", blind: "rate",
		},
		"no repository for the bot": {
			harm:  func(p *patient) { p.config.Settings.Repositories = []string{"*/peps"} },
			check: "repositories", state: Problem, whole: Problem, text: "1 repository, but none", cure: "repositories", blind: "core-team",
		},
		"settings with a fault": {
			harm:  func(p *patient) { p.push(config.RepositoryFile, "news: {mode: loud}\n") },
			check: "settings", state: Problem, whole: Problem, text: "concorde.yml:1", cure: "check-config", well: "labels",
		},
		"a team that isn't there": {
			harm: func(p *patient) { must(p, p.github.DeleteTeam("python", "python-core")) }, check: "core-team", state: Problem, whole: Problem,
			text: "doesn't exist", cure: "roles.core-team",
		},
		"a label that isn't there": {
			harm: func(p *patient) { must(p, p.cpython.DeleteLabel("skip news")) }, check: "labels", state: Problem, whole: Problem,
			text: `"skip news" (news.skip-label)`, cure: "/labels",
		},
		"a label that the bot will make": {
			harm: func(p *patient) { must(p, p.cpython.DeleteLabel("needs backport to 3.14")) }, check: "labels", state: Note, whole: OK,
			text: "needs backport to 3.14", cure: "next sweep",
		},
		"a branch that isn't there": {
			harm: func(p *patient) { must(p, p.cpython.DeleteBranch("3.12")) }, check: "branches", state: Problem, whole: Problem,
			text: "no branch: 3.12 (security)", cure: "overrides",
		},
		"a branch too many": {
			harm: func(p *patient) {
				_, err := p.cpython.Push("3.99", ghtest.Commit{Message: "x", Author: "dana"})
				must(p, err)
			},
			check: "branches", state: Note, whole: OK, text: "doesn't have 3.99", cure: "overrides",
		},
		"no database": {
			harm: func(p *patient) {
				p.config.Database = func(ctx context.Context) (*queue.Reader, error) {
					return queue.OpenReader(ctx, filepath.Join(p.TempDir(), "none.db"), time.Now)
				}
			},
			check: "database", state: Note, whole: OK, text: "no database yet", cure: "bot serve",
		},
		"a file that is no database": {
			harm: func(p *patient) {
				path := filepath.Join(p.TempDir(), "odd.db")
				must(p, os.WriteFile(path, []byte(strings.Repeat("odd ", 1000)), 0o600))
				p.config.Database = func(ctx context.Context) (*queue.Reader, error) { return queue.OpenReader(ctx, path, time.Now) }
			},
			check: "database", state: Problem, whole: Problem, text: "isn't an SQLite database", cure: "DATABASE_URL",
		},
		"a database that hangs": {
			harm: func(p *patient) {
				p.slow("database")
				p.config.Database = func(context.Context) (*queue.Reader, error) { select {} }
			},
			check: "database", state: Unknown, whole: Unknown, text: "didn't end within 1s", cure: "--limit",
		},
		"work in progress": {
			harm: func(p *patient) {
				p.config.Progress = func(context.Context, *queue.Reader) ([]string, error) {
					return []string{"updating python/cpython: 812 of 2000 done, about 3 hours left"}, nil
				}
			},
			check: "progress", state: Note, whole: OK, text: "Updating python/cpython: 812 of 2000 done, about 3 hours left.",
		},
		"work that can't be read": {
			harm: func(p *patient) {
				p.config.Progress = func(context.Context, *queue.Reader) ([]string, error) { return nil, errors.New("disk I/O error") }
			},
			check: "progress", state: Unknown, whole: Unknown, text: "disk I/O error", cure: "the bot's log",
		},
		"a key that everyone can read": {
			harm:  func(p *patient) { must(p, os.Chmod(p.config.Secrets[0].Path, 0o644)) },
			check: "files", state: Problem, whole: Problem, cure: "chmod 600",
			text: "Every user of this machine has access to the private key (mode 0644).",
		},
		"a key that a group can write": {
			harm:  func(p *patient) { must(p, os.Chmod(p.config.Secrets[0].Path, 0o660)) },
			check: "files", state: Problem, whole: Problem, text: "A group has access to the private key (mode 0660).", cure: "chmod 600",
		},
		"no git": {
			harm: func(p *patient) { p.Setenv("PATH", p.TempDir()) }, check: "git", state: Problem, whole: Problem, text: "installed, or",
			cure: "2.38",
		},
		"a full disk": {
			harm:  func(p *patient) { p.config.Dirs[0].Needs = 1 << 60 },
			check: "disk", state: Problem, whole: Problem, text: "for backports, which needs", cure: "Free some space",
		},
		"a directory that isn't there": {
			harm:  func(p *patient) { p.config.Dirs[0].Path = filepath.Join(p.TempDir(), "none") },
			check: "disk", state: Problem, whole: Problem, text: "can't be used", cure: "Create it",
		},
		"old release data": {
			harm: func(p *patient) {
				p.config.Calendar = func(context.Context) (*lifecycle.Calendar, error) {
					return calendar(time.Now().AddDate(0, -7, 0)), nil
				}
			},
			check: "release-data", state: Problem, whole: Problem, text: "is old", cure: "peps.python.org",
		},
		"release data that can't be read": {
			harm: func(p *patient) {
				p.config.Calendar = func(context.Context) (*lifecycle.Calendar, error) {
					return calendar(time.Now()), errors.New("it answers 500")
				}
			},
			check: "release-data", state: Note, whole: OK, text: "it answers 500", cure: "peps.python.org", well: "branches",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.check != "git" { // that one changes the environment
				t.Parallel()
			}
			p := newPatient(t)
			tt.harm(p)
			r := p.examine()
			f := r.find(tt.check)
			if f.State != tt.state || !strings.Contains(f.Text, tt.text) || !strings.Contains(f.Cure, tt.cure) || r.State != tt.whole {
				t.Errorf("%s: %+v\n%s", r.State, f, r)
			}
			if b := r.find(tt.blind); tt.blind != "" && (b.State != Unknown || !strings.Contains(b.Text, "Not checked")) {
				t.Errorf("%+v", b)
			}
			if w := r.find(tt.well); tt.well != "" && w.State == Unknown {
				t.Errorf("%+v", w)
			}
		})
	}
}
