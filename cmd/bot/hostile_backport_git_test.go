package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// workflow is a change that only a token with a permission of its own may push.
var workflow = map[string]ghtest.File{build: ghtest.Text("name: Tests\non: [push, pull_request]\npermissions: {}\n")}

const build = ".github/workflows/build.yml"

// ownWorkflow gives branches a workflow of their own, so that the pick is not
// what main has: that anyone may push.
func ownWorkflow(s *stage) {
	for _, branch := range []string{"3.14", "3.13"} {
		_, err := s.cpython.Push(branch, ghtest.Commit{Message: "Tests of " + branch, Files: map[string]ghtest.File{
			build: ghtest.Text("# of " + branch + "\nname: Tests\non: [push, pull_request]\n"),
		}})
		s.check(err)
	}
}

// noWorkflows are the permissions of an App that may not push workflows.
func noWorkflows() map[string]string {
	all := ghtest.DefaultPermissions()
	delete(all, "workflows")
	return all
}

// alsoHere gives 3.14 a file of its own by the same name.
func alsoHere(path string, file ghtest.File) func(*stage, *merged) {
	return func(s *stage, _ *merged) {
		_, err := s.cpython.Push("3.14", ghtest.Commit{Message: "Another one", Files: map[string]ghtest.File{path: file}})
		s.check(err)
	}
}

// gitTroubles are those of the fetch and the push, other than a server that hangs.
var gitTroubles = []hardship{
	{
		name: "target deleted during the pick",
		begin: func(s *stage, _ *merged) {
			s.at(fetching, 0, func() { s.check(s.cpython.DeleteBranch("3.14")) })
		},
		comment: []string{"| 3.14 | not allowed | the repository has no branch 3.14; set the label again once it's cut |", "| 3.13 | open: #"},
		heal: func(s *stage, _ *merged) {
			_, err := s.cpython.ForcePush("3.14", "3.13")
			s.check(err)
		},
	},
	{
		name: "target force-pushed during the pick",
		begin: func(s *stage, _ *merged) {
			s.at(fetching, 1, func() {
				_, err := s.cpython.ForcePush("3.14", "3.13", ghtest.Commit{Message: "Another history"})
				s.check(err)
			})
		},
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
	{
		name: "protected branch",
		begin: func(s *stage, m *merged) {
			s.check(s.cpython.Protect(m.branch("3.14"), ghtest.Protection{NoPush: true}))
		},
		comment: []string{"| 3.14 | error | A branch protection rule or ruleset doesn't let the App push the backport's branch. An " +
			"administrator must add the App to its bypass list", "| 3.13 | open: #"},
		heal: func(s *stage, m *merged) { s.check(s.cpython.Protect(m.branch("3.14"), ghtest.Protection{})) },
	},
	{
		name: "ruleset",
		begin: func(s *stage, m *merged) {
			s.cpython.Ruleset(m.branch("3.14"), "Cannot create ref due to creations being restricted.")
		},
		comment: []string{"| 3.14 | error | A branch protection rule or ruleset doesn't let the App push the backport's branch.",
			"| 3.13 | open: #"},
		heal: func(s *stage, _ *merged) { s.cpython.Ruleset("", "") },
	},
	{
		name:    "secret in one of two branches",
		begin:   func(s *stage, m *merged) { s.cpython.PushProtection(m.branch("3.14")) },
		comment: []string{"| 3.14 | error | GitHub's push protection found a secret in the change.", "| 3.13 | open: #"},
		heal:    func(s *stage, _ *merged) { s.cpython.PushProtection("") },
	},
	{
		name:  "workflows, and no permission for them",
		files: workflow,
		begin: func(s *stage, _ *merged) {
			ownWorkflow(s)
			s.check(s.github.SetPermissions("python", noWorkflows()))
		},
		comment: []string{`| 3.14 | error | The change touches workflows, and the App isn't allowed to push those. It needs ` +
			`the permission "workflows: write"`, "| 3.13 | error |"},
		heal: func(s *stage, _ *merged) { s.check(s.github.SetPermissions("python", ghtest.DefaultPermissions())) },
	},
	{
		name:    "workflows",
		files:   workflow,
		begin:   func(s *stage, _ *merged) { ownWorkflow(s) },
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
	{
		name:  "hook",
		begin: func(s *stage, _ *merged) { s.cpython.RejectPushes("No pushes on Sundays.") },
		comment: []string{"| 3.14 | error | A rule or hook of the repository declined the push. Ask an administrator why,",
			"| 3.13 | error | A rule or hook"},
		heal: func(s *stage, _ *merged) { s.cpython.RejectPushes("") },
	},
	{
		name: "quota",
		begin: func(s *stage, _ *merged) {
			s.cpython.RejectPushes("error: GH001: this repository is over its data quota.")
		},
		comment: []string{"| 3.14 | error | The repository has reached its storage limit on GitHub: an administrator must free up space."},
		heal:    func(s *stage, _ *merged) { s.cpython.RejectPushes("") },
	},
	{
		name: "merged commit not found",
		begin: func(s *stage, m *merged) {
			text := "ERR upload-pack: not our ref " + m.sha
			s.always(fetching, ghtest.Fault{Status: 200, Body: fmt.Sprintf("%04x%s", len(text)+4, text)})
		},
		comment: []string{"| 3.14 | error | GitHub no longer serves the merged commit: was the default branch force-pushed?"},
	},
	{
		name:    "no partial clones",
		begin:   func(s *stage, _ *merged) { s.cpython.NoFilter(true) },
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
	{
		name:    "git server ill",
		begin:   func(s *stage, _ *merged) { s.always(fetching, ghtest.Fault{Status: 500}) },
		comment: []string{"| 3.14 | error | I couldn't reach GitHub's git server. I'll try again at 20"},
	},
	{
		name: "directory of the picks taken away",
		begin: func(s *stage, _ *merged) {
			there, err := filepath.Glob(filepath.Join(s.environment["TMPDIR"], "concorde-picks-*"))
			if s.check(err); len(there) != 1 {
				s.Fatalf("the directories of picks are %q", there)
			}
			s.check(os.RemoveAll(there[0]))
		},
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
	{
		name:    "dropped in the middle of a pack",
		begin:   func(s *stage, _ *merged) { s.always(fetching, ghtest.Fault{Truncate: true}) },
		comment: []string{"| 3.14 | error | I couldn't reach GitHub's git server. I'll try again at 20"},
	},
	{
		name: "answer to the push lost",
		begin: func(s *stage, _ *merged) {
			s.check(s.github.Fault(ghtest.Fault{Method: "POST", Path: pushing, DropAfter: true}))
		},
		comment: []string{"I'll try again at 20"},
	},
	{
		name: "contents permission missing",
		begin: func(s *stage, _ *merged) {
			all := ghtest.DefaultPermissions()
			all["contents"] = "read"
			s.check(s.github.SetPermissions("python", all))
		},
		comment: []string{`| 3.14 | error | The App isn't allowed to push here. It needs the permission "contents: ` +
			`write": the bot's operator sets it in the App's settings, and an owner of the organization accepts it.`},
		heal: func(s *stage, _ *merged) { s.check(s.github.SetPermissions("python", ghtest.DefaultPermissions())) },
	},
}

// hugeTroubles are those of files that git can't merge: large is one of 6 MB, and empty
// is smaller, but takes more memory than git has. They are made here, since each bot
// that a test starts would make what is in a variable, too.
func hugeTroubles() []hardship {
	large := strings.Repeat("All work and no play makes Jack a dull boy.\n", 150_000)
	empty := strings.Repeat("\n", 4<<20)
	return []hardship{
		{
			name:  "file too large to merge",
			files: map[string]ghtest.File{"Misc/a|b": ghtest.Text(large)},
			begin: alsoHere("Misc/a|b", ghtest.Text("small\n")),
			comment: []string{"| 3.14 | error | `Misc/a\\|b` is too large for me to merge. Backport by hand, see below. To try again, remove " +
				"`needs backport to 3.14` and", "| 3.13 | open: #", "By hand, to 3.14: "},
			heal: alsoHere("Misc/a|b", ghtest.Deleted()),
		},
		{
			name:  "more memory than git may take",
			files: map[string]ghtest.File{"Misc/empty": ghtest.Text(empty)},
			begin: alsoHere("Misc/empty", ghtest.Text("here\n"+empty)),
			comment: []string{"| 3.14 | error | Git needs more memory or time to pick this change than I give it. Backport it by hand, see " +
				"below. To try again, remove `needs backport to 3.14` and", "| 3.13 | open: #", "By hand, to 3.14: "},
			heal: alsoHere("Misc/empty", ghtest.Deleted()),
		},
	}
}

// TestFullDisk gives the picks a file system of 64 MB, which is less than one may
// take.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	starter := []string{"unshare", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=64m,mode=700 none "$BOT_PICKS" && exec "$@"`, "sh"}
	s := backportStage(t)
	s.environment["BOT_PICKS"] = t.TempDir()
	try := exec.Command(starter[0], append(slices.Clone(starter[1:]), "true")...)
	try.Env = []string{"PATH=" + os.Getenv("PATH"), "BOT_PICKS=" + s.environment["BOT_PICKS"]}
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("left out: this machine lets nobody mount a file system: %v %s", err, out)
	}
	s.bot = serveBy(s, starter, s.environment)
	s.github.SetHook(ghtest.Hook{URL: s.bot.URL + "/webhook"})
	s.awaitLog("sweep done")
	m := s.afterMerge("needs backport to 3.14")
	s.github.Resume()
	s.shows(m.number, "| 3.14 | error | The bot's machine ran out of disk space: its operator must free some up. I'll try again at 20")
	s.quiet(m.number)
	s.settled(s.open(&pullRequest{}))
	s.inPlace()
}
