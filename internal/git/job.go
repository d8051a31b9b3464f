package git

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Job is one change and the branches to pick it onto.
type Job struct {
	// Remote is the address of the repository to fetch from and push to: http or https,
	// without a user or password.
	Remote string
	// Fork is the repository to push to instead, on the same server; "" means Remote. Have
	// is looked up there too.
	Fork string
	// Token returns a token for the server. It's called before the fetch and again before
	// the push. nil: no login.
	Token func(context.Context) (string, error)
	// Commit is the full id of what is picked: the squash commit, the merge commit
	// (compared with its first parent), or the last commit of a rebase merge.
	Commit string
	// Commits is how many commits a rebase merge made, 1 to 250; 0 means 1.
	Commits int
	// Targets are all picked onto at once; 1 to 50.
	Targets []Target
	// Committer of the picks. The date is the original's, so that the same pick onto the
	// same tip is the same commit.
	Committer Person
	// Message returns a pick's message. nil keeps the original's.
	Message func(Source) string
	// Instead replaces the message and author of a merge commit, which are those of
	// whoever merged it. nil keeps them.
	Instead *Source
	// Revert takes the change back instead of picking it: all commits of a rebase merge at
	// once. Picked.Original is then the commit that does so, without its message.
	Revert bool
	// Markers also commits and pushes picks with conflicts, with markers in the files.
	// Without it, a conflict ends the pick onto that target.
	Markers bool
	// Trial, if it isn't empty, is pushed instead of picks: a commit on each target's Branch,
	// with this text as its only file. With it the acceptance run tries what a server makes
	// of a token, which GitHub's API for commits may refuse.
	Trial string
}

// Source is what a pick's message is made from, in UTF-8. If the original's encoding is
// unknown, its bytes become the first 256 characters of Unicode, and these become bytes
// again.
type Source struct {
	ID      string
	Message string
	Author  string // "NAME <E-MAIL>"; "" where the commit lacks either
}

// Person is a name with an e-mail address, as in a commit.
type Person struct{ Name, Email string }

// Target and Outcome are the core's. Failed comes with a *Failure; with Present, nothing
// is pushed.
type (
	Target  = pull.Target
	Outcome = pull.Outcome
)

// The outcomes.
const (
	Clean      = pull.Clean
	Conflicted = pull.Conflicted
	Present    = pull.Present
	Failed     = pull.Failed
)

// Picked is the result for one target.
type Picked struct {
	Target
	Outcome Outcome
	// Tip is the commit of Branch that was picked onto.
	Tip string
	// Original is Job.Commit, the last commit that was picked.
	Original Source
	// Commit is what Head is at now, or "" if nothing was pushed.
	Commit string
	// Conflicts, by path, if Outcome is Conflicted; or the files that are too large to
	// merge (FileTooLarge).
	Conflicts []Conflict
	// Err is a *Failure if Outcome is Failed, and nil otherwise.
	Err error
}

// Conflict is a path that git couldn't merge.
type Conflict struct {
	// Path as git has it: any bytes except NUL. If a file and a directory have the same
	// name, it's the file's new name, "name~heads_3.14".
	Path string
	// Kind is git's short name for the conflict: "content", "binary", "mode", "submodule",
	// "modify/delete", "rename/rename", "rename/delete", "file/directory", "directory
	// rename suggested", …; "too large" is ours.
	Kind string
	// Hunks are the first 20 places with markers in the file as committed with Markers.
	// Only the first 100 files have any.
	Hunks []Hunk
}

// Hunk is a range of lines from one marker to the other, inclusive. A file's first line
// is 1.
type Hunk struct{ First, Last int }

var fullID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// check finds mistakes in a job before git sees any of it.
func (j Job) check(files bool) error {
	for _, address := range []string{j.Remote, j.Fork} {
		if address == "" && j.Remote != "" {
			continue // no fork
		}
		if err := checkAddress(address, files); err != nil {
			return err
		}
	}
	if from, to := server(j.Remote), server(j.Fork); j.Fork != "" && from != to {
		return fmt.Errorf("the fork is on another server (%s) than the repository (%s), so it doesn't get the token", to, from)
	}
	if !fullID.MatchString(j.Commit) {
		return fmt.Errorf("%q isn't a full commit ID", j.Commit)
	}
	if j.Commits < 0 || j.Commits > 250 {
		return fmt.Errorf("%d commits: it takes 1 to 250", j.Commits)
	}
	if j.Committer.Name == "" || j.Committer.Email == "" {
		return errors.New("the committer lacks a name or an e-mail address")
	}
	return j.checkTargets()
}

func (j Job) checkTargets() error {
	if len(j.Targets) < 1 || len(j.Targets) > 50 {
		return fmt.Errorf("%d targets: it takes 1 to 50", len(j.Targets))
	}
	taken := map[string]bool{}
	for _, t := range j.Targets {
		taken[t.Branch] = j.Fork == ""
	}
	for _, t := range j.Targets {
		for _, name := range []string{t.Branch, t.Head} {
			if !ValidBranch(name) {
				return fmt.Errorf("%q isn't a valid branch name", name)
			}
		}
		if t.Have != "" && !fullID.MatchString(t.Have) {
			return fmt.Errorf("%q isn't a full commit ID", t.Have)
		}
		if taken[t.Head] {
			return fmt.Errorf("the branch %q is pushed to twice, or also picked onto", t.Head)
		}
		taken[t.Head] = true
	}
	return nil
}

// checkAddress wants a plain address: a token in it would show up in the arguments of
// processes.
func checkAddress(address string, files bool) error {
	at, err := url.Parse(address)
	if err != nil {
		return errors.New("a repository's address isn't valid") // its text may hold a token
	}
	web := (at.Scheme == "http" || at.Scheme == "https") && at.Host != ""
	if !web && !(files && at.Scheme == "file" && at.Host == "") {
		return fmt.Errorf("a repository's address starts with %q: expected https or http", at.Scheme)
	}
	if at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return errors.New("a repository's address has more than a server and a path")
	}
	return nil
}

// server is the part of an address for which a token is valid.
func server(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at.Scheme + "://" + at.Host
}
