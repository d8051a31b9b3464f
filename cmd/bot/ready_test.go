package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// teamless is the same without a core team.
func teamless(c *clinic) {
	second(c)
	c.check(c.github.DeleteTeam("psf", "python-core"))
}

// ailment is something that goes wrong, and what /readyz says of it.
type ailment struct {
	name     string
	settings string
	before   func(c *clinic) // the bot starts
	befalls  func(c *clinic) // what goes wrong while it is well
	takes    time.Duration   // until it shows; before that, /readyz is green
	status   int
	words    []string
	never    string // what must not be there
	kind     string // of the trouble, in /metrics
	ends     func(c *clinic)
}

const well = http.StatusOK
const ill = http.StatusServiceUnavailable

func always(f ghtest.Fault, path string) func(*clinic) {
	return func(c *clinic) {
		f.Path, f.Times = path, -1
		c.check(c.github.Fault(f))
	}
}

func over(c *clinic) { c.github.ClearFaults() }

var ailments = []ailment{
	{name: "GitHub is away", befalls: always(ghtest.Fault{Drop: true}, ""), takes: 11 * time.Minute, status: ill, kind: "github", ends: over,
		words: []string{"not ready: nothing was done on python for 11m: GitHub doesn't answer as it should (",
			"Check this machine's network and GitHub's status page; the bot continues by itself\n"}},
	{name: "502", befalls: always(ghtest.BadGateway(), "^/graphql$"), takes: 11 * time.Minute, status: ill, kind: "github", ends: over,
		words: []string{"not ready: nothing was done on python for 11m: GitHub answers with errors (POST /graphql: 502: ",
			"See its status page; the bot continues by itself\n"}},
	{name: "a limit, after which its key comes again in an hour", takes: 11 * time.Minute, status: ill, kind: "limit",
		befalls: func(c *clinic) { always(ghtest.PrimaryLimit(c.now().Add(time.Hour)), "^/graphql$")(c) },
		words: []string{"not ready: nothing was done on python for 11m: GitHub accepts no requests until ",
			" UTC (API rate limit exceeded for installation ID 1.). The bot continues by itself then. If this happens often, lower " +
				"--writes-per-minute or sweep.pull-requests-per-minute\n"},
		ends: func(c *clinic) { over(c); c.pass(time.Hour) }},
	{name: "a secondary limit, which it is told again and again", befalls: always(ghtest.SecondaryLimit(time.Minute), "^/graphql$"),
		takes: 11 * time.Minute, status: ill, kind: "limit",
		words: []string{"GitHub accepts no requests until ", "You have exceeded a secondary rate limit"},
		ends:  func(c *clinic) { over(c); c.pass(20 * time.Minute) }},
	{name: "GitHub doesn't know the key", befalls: func(c *clinic) {
		always(ghtest.Fault{Status: 401, Body: `{"message":"A JSON web token could not be decoded"}`}, "/access_tokens$")(c)
		c.github.RevokeTokens()
	}, takes: 11 * time.Minute, status: ill, kind: "app", ends: over,
		words: []string{"GitHub doesn't accept the App (POST /app/installations/{installation}/access_tokens: 401: A JSON web token could not " +
			"be decoded). Check GITHUB_APP_ID, its private key, and this machine's clock\n"}},
	{name: "a permission is missing", befalls: func(c *clinic) {
		permissions := ghtest.DefaultPermissions()
		permissions["statuses"] = "read"
		c.check(c.github.SetPermissions("python", permissions))
		c.github.RevokeTokens()
	}, takes: 11 * time.Minute, status: ill, kind: "permission",
		words: []string{"not ready: nothing was done on python for 11m: ",
			"grant the App the permission \"commit statuses: write\" and accept it in the installation\n"},
		ends: func(c *clinic) {
			c.check(c.github.SetPermissions("python", ghtest.DefaultPermissions()))
			c.github.RevokeTokens()
		}},
	{name: "one pull request that GitHub can't show, while others are done", takes: 11 * time.Minute, status: well, never: "not ready",
		ends: over,
		befalls: func(c *clinic) {
			fault := ghtest.BadGateway()
			fault.Path, fault.Times, fault.Contains = "^/graphql$", -1, fmt.Sprintf(`"number":%d,`, c.number)
			c.check(c.github.Fault(fault))
		},
		words: []string{"note: python/cpython#1 has waited for 11m while others on python were served: the log says why\n"}},

	{name: "suspended, and accounts: names it", settings: "accounts: [Python]", befalls: func(c *clinic) { c.github.Suspend("python") },
		status: ill, kind: "installation",
		words: []string{"not ready: the App is suspended on Python, which accounts: names: unsuspend it in that account's settings (GitHub " +
			"Apps), or remove Python from accounts:\n"},
		ends: func(c *clinic) { c.github.Unsuspend("python") }},
	{name: "suspended, and installed nowhere else", befalls: func(c *clinic) { c.github.Suspend("python") }, status: ill, kind: "installation",
		words: []string{"not ready: the App is suspended on python, and installed nowhere else: unsuspend it in that account's settings " +
			"(GitHub Apps)\n"},
		ends: func(c *clinic) { c.github.Unsuspend("python") }},
	{name: "suspended on one of two accounts, none of which is named", before: second, befalls: func(c *clinic) { c.github.Suspend("psf") },
		status: well, never: "not ready",
		words: []string{"note: the App is suspended on psf: nothing is done there until it is unsuspended in that account's settings (GitHub " +
			"Apps)\n"}},
	{name: "uninstalled, and accounts: names it", settings: "accounts: [python]", befalls: func(c *clinic) { c.github.Uninstall("python") },
		status: ill, kind: "installation",
		words: []string{"not ready: the App isn't installed on python, which accounts: names: install it there, or remove python from " +
			"accounts: in the settings\n"},
		ends: func(c *clinic) { c.github.Install("python") }},
	{name: "uninstalled, and installed nowhere else", befalls: func(c *clinic) { c.github.Uninstall("python") }, status: ill,
		kind:  "installation",
		words: []string{"not ready: the App isn't installed anywhere: install it from its page on GitHub\n"},
		ends:  func(c *clinic) { c.github.Install("python") }},
	{name: "uninstalled from one of two accounts, none of which is named", before: second,
		befalls: func(c *clinic) { c.github.Uninstall("psf") }, takes: time.Second, status: well, never: "note"},

	{name: "the team can't be read on one of two accounts", settings: "accounts: [python, psf]", status: ill, kind: "team",
		before: teamless, befalls: func(*clinic) {},
		words: []string{"not ready: the team psf/python-core doesn't exist, or the App can't see it: set roles.core-team, and give the App " +
			"the organization permission \"Members: read\"\n"},
		ends: func(c *clinic) {
			c.check(c.github.Team("psf", "python-core", "dana"))
			flush(c, c.github)
			c.edit(c.github.FindRepo("psf/cpython"), 1)
		}},
	{name: "the team can't be read on a foreign account", settings: "accounts: [python]", takes: time.Second, status: well,
		never:  "psf/python-core",
		before: teamless, befalls: func(*clinic) {},
		words: []string{"note: the bot ignores psf, where the App is also installed, because of \"accounts\" in the settings\n"}},
}

// TestReady: /readyz is red when nothing is done, as soon as that is long enough or
// sure, with words on what is wrong and what to do; it is green before and after.
func TestReady(t *testing.T) {
	t.Parallel()
	for _, a := range ailments {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t)
			if a.before != nil {
				a.before(c)
			}
			c.run(a.settings)
			c.logs("sweep done")
			other, err := c.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Other", Author: "eric", Head: "eric:change", Base: "3.14"})
			c.check(err)
			flush(c, c.github)
			if a.kind != "team" {
				c.becomes(well, "ready: 0 waiting, 0 running, 0 delayed\n")
			}
			a.befalls(c)
			c.edit(c.cpython, c.number)
			if a.takes > time.Minute {
				c.tried()
				if status, text := c.page("/readyz"); status != well || strings.Contains(text, "note") {
					t.Errorf("after seconds: %d %s", status, text)
				}
				c.counts("")
				c.pass(a.takes)
				c.edit(c.cpython, c.number) // which has the queue look at the clock
			}
			if a.kind == "" {
				c.edit(c.cpython, other) // something else is done
			}
			text := c.becomes(a.status, a.words...)
			if a.never != "" && strings.Contains(text, a.never) || a.kind != "" && strings.Contains(text, "\nready") {
				t.Errorf("/readyz: %s", text)
			}
			c.counts(a.kind)
			for path, want := range map[string]string{"/healthz": "alive\n", "/readyz/database": "ready: the database answers\n"} {
				if status, text := c.page(path); status != well || text != want {
					t.Errorf("%s: %d %s", path, status, text)
				}
			}
			if a.ends != nil {
				a.ends(c)
				c.edit(c.cpython, c.number)
				c.becomes(well, "ready: ")
			}
		})
	}
}

// TestReadyWithoutEvents: GitHub can be away when no event can tell of it.
func TestReadyWithoutEvents(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	always(ghtest.Fault{Status: 503}, "^/app/installations$")(c)
	c.run("")
	c.logs("requesting a sweep")
	c.becomes(well, "ready: ")
	c.pass(11 * time.Minute)
	c.becomes(ill, "not ready: the repositories could not be listed for 11m: GitHub answers with errors (GET /app/installations: 503: ")
	c.counts("github")
	over(c)
	c.bot.reconciler.Relist()
	c.becomes(well, "ready: ")
}

// TestReadyWithoutDatabase: what can't be asked is no good sign. Its file is cut off.
func TestReadyWithoutDatabase(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.run("")
	c.logs("sweep done")
	c.becomes(well, "ready: 0 waiting, 0 running, 0 delayed\n")
	for _, file := range []string{"", "-wal"} {
		c.check(os.Truncate(c.bot.Database+file, 0))
	}
	c.edit(c.cpython, c.number) // the bot has what it needs to be idle in its memory
	c.becomes(ill, "not ready: the database doesn't answer. The log says why; the bot continues by itself once it does\n")
	c.counts("database")
	if status, text := c.page("/readyz/database"); status != ill || text != "not ready: the database doesn't answer\n" {
		t.Errorf("/readyz/database: %d %s", status, text)
	}
	if status, _ := c.page("/healthz"); status != well {
		t.Errorf("/healthz: %d", status)
	}
}

// TestReadyWithFullDatabase: it answers, but takes nothing any more.
func TestReadyWithFullDatabase(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.run("")
	c.logs("sweep done")
	c.becomes(well, "ready: 0 waiting, 0 running, 0 delayed\n")
	db, err := sql.Open("sqlite", c.database+"?_pragma=busy_timeout(60000)")
	c.check(err)
	defer db.Close()
	_, err = db.Exec(`CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`)
	c.check(err)
	c.edit(c.cpython, c.number)
	c.becomes(well, "ready: 0 waiting, 0 running, 0 delayed\n")
	c.pass(11 * time.Minute)
	c.edit(c.cpython, c.number)
	c.becomes(ill, "not ready: no event could be stored for 11m", "check the disk's free space and the log")
	c.counts("database")
	_, err = db.Exec(`DROP TRIGGER full`)
	c.check(err)
	c.edit(c.cpython, c.number)
	c.becomes(well, "ready: ")
}

// TestForeignAccounts: the log tells once that the App is installed elsewhere, its
// deliveries are answered, and nothing is asked there.
func TestForeignAccounts(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	second(c)
	c.run("accounts: [PYTHON]")
	c.logs("sweep done")
	c.edit(c.github.FindRepo("psf/cpython"), 1)
	c.edit(c.github.FindRepo("psf/cpython"), 1)
	c.edit(c.cpython, c.number)
	c.becomes(well, "ready: 0 waiting, 0 running, 0 delayed\n"+
		"note: the bot ignores psf, where the App is also installed, because of \"accounts\" in the settings\n")
	if n := strings.Count(c.log.String(), "ignoring an account where the App is installed"); n != 1 {
		t.Errorf("the log says so %d times:\n%s", n, &c.log)
	}
	psf := c.github.InstallationID("psf")
	for _, r := range c.github.Requests() {
		if r.Installation == psf || strings.Contains(r.Path, fmt.Sprint("/installations/", psf)) {
			t.Errorf("asked %s %s", r.Method, r.Path)
		}
	}
	for _, d := range c.github.Deliveries() {
		if d.Install == psf && d.Status != http.StatusAccepted {
			t.Errorf("%s.%s was answered %d", d.Event, d.Action, d.Status)
		}
	}
}
