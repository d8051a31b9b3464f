package git

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// Job is one change and the branches that it is picked onto.
type Job struct {
	// Remote is the address of the repository to fetch from and to push to: http
	// or https, without a user or a password in it.
	Remote string
	// Fork is the repository to push to instead, on the same server; "" is Remote.
	// Have is looked up there too.
	Fork string
	// Token is asked for a token of the server before the fetch and again before
	// the push; nil: nobody is logged in.
	Token func(context.Context) (string, error)
	// Commit is the full id of what is picked: the squash commit, the merge commit
	// (against its first parent), or the last of a rebase merge.
	Commit string
	// Commits is how many commits a rebase merge made, 1 to 250; 0 is 1.
	Commits int
	// Targets are picked onto all at once; 1 to 50.
	Targets []Target
	// Committer of the picks. The date is that of the picked original, so that the
	// same pick onto the same tip is the same commit.
	Committer Person
	// Message gives the message of a pick. nil keeps that of the original.
	Message func(Source) string
	// Instead has the message and the author that stand for those of a merge commit,
	// which are of whoever merged; nil: its own.
	Instead *Source
	// Markers also commits and pushes picks with conflicts, their markers in the
	// files. Without it a conflict ends the pick onto its target.
	Markers bool
}

// Source is what the message of a pick is made from. The texts are in UTF-8. Where
// the original is in an unknown encoding, its bytes become the first 256 characters
// of Unicode, and these become bytes again.
type Source struct {
	ID      string
	Message string
	Author  string // "NAME <E-MAIL>"; "" where the commit lacks either
}

// Person is a name with an e-mail address, as in a commit.
type Person struct{ Name, Email string }

// Target is a branch that is picked onto, and the one that the pick is pushed to.
type Target struct {
	// Branch is the short name of the branch that is picked onto: refs/heads/Branch.
	Branch string
	// Head is the short name of the branch that is pushed to.
	Head string
	// Have is the full id of the commit that Head is believed to be at; "": there
	// is no such branch. Where this is wrong, nothing is pushed (BranchMoved), unless
	// the branch is just what would be pushed.
	Have string
}

// Outcome of a pick onto one target.
type Outcome string

// The outcomes. Failed comes with a *Trouble.
const (
	Clean      Outcome = "clean"
	Conflicted Outcome = "conflict"
	Present    Outcome = "present" // the change is there already, nothing is pushed
	Failed     Outcome = "failed"
)

// Picked is what became of one target.
type Picked struct {
	Target
	Outcome Outcome
	// Tip is the commit of Branch that was picked onto.
	Tip string
	// Original is Job.Commit, the last one that was picked.
	Original Source
	// Commit is the one that Head is at now, "" where nothing was pushed.
	Commit string
	// Conflicts by path, where Outcome is Conflicted; and the files that are too large
	// to be merged (FileTooLarge).
	Conflicts []Conflict
	// Err is a *Trouble where Outcome is Failed, otherwise nil.
	Err error
}

// Conflict is a path that git could not merge.
type Conflict struct {
	// Path as git has it: any bytes but NUL. Where a file and a directory want the
	// same name, it is the name that the file got instead, "name~heads_3.14".
	Path string
	// Kind is git's short name of the conflict without the word itself: "content",
	// "binary", "mode", "submodule", "modify/delete", "rename/rename", "rename/delete",
	// "file/directory", "directory rename suggested", …; "too large" is ours.
	Kind string
	// Hunks are the first 20 places with markers in the file as it is committed
	// with Markers. Only the first 100 files have any.
	Hunks []Hunk
}

// Hunk is a range of lines from one marker to the other, both included; the first
// line of a file is 1.
type Hunk struct{ First, Last int }

var fullID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// check says what is wrong with a job, before git sees any of it.
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
		return fmt.Errorf("the fork is on another server (%s) than the repository (%s), and gets no token of it", to, from)
	}
	if !fullID.MatchString(j.Commit) {
		return fmt.Errorf("%q is no full id of a commit", j.Commit)
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
				return fmt.Errorf("%q is no name of a branch", name)
			}
		}
		if t.Have != "" && !fullID.MatchString(t.Have) {
			return fmt.Errorf("%q is no full id of a commit", t.Have)
		}
		if taken[t.Head] {
			return fmt.Errorf("the branch %q is pushed to twice, or picked onto as well", t.Head)
		}
		taken[t.Head] = true
	}
	return nil
}

// checkAddress wants a plain address: a token in it would show in the arguments
// of processes.
func checkAddress(address string, files bool) error {
	at, err := url.Parse(address)
	if err != nil {
		return errors.New("the address of a repository is none") // its text may hold a token
	}
	web := (at.Scheme == "http" || at.Scheme == "https") && at.Host != ""
	if !web && !(files && at.Scheme == "file" && at.Host == "") {
		return fmt.Errorf("the address of a repository begins with %q: it takes https or http", at.Scheme)
	}
	if at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return errors.New("the address of a repository has more than a server and a path")
	}
	return nil
}

// server is the part of an address that a token is good for.
func server(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at.Scheme + "://" + at.Host
}
