package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/concorde-bot/concorde/internal/backport/local"
)

type backportCmd struct {
	Commit   string   `arg:"" optional:"" help:"The commit to backport, by any name: usually the squash commit on the default branch."`
	Branches []string `arg:"" optional:"" name:"branch" help:"Branches of the remote, such as 3.14 3.13."`

	Repo       string `default:"." placeholder:"DIR" help:"The git repository, or a directory inside it (default: here)."`
	Remote     string `placeholder:"NAME" help:"The remote that has the branches (default: upstream if it exists, else origin)."`
	Push       bool   `help:"Push the new branches, and print where to open the pull requests."`
	PushRemote string `placeholder:"NAME" help:"The remote to push to, your fork (default: origin)."`
	Title      string `placeholder:"T" help:"The title to use instead of the commit's, without the [X.Y] prefix."`
	BodyFile   string `placeholder:"FILE" help:"A file with the text to use instead of the commit message's body; - reads standard input."`
	Worktree   string `placeholder:"DIR" help:"A new directory for resolving conflicts (default: beside the repository)."`
	NoFetch    bool   `help:"Don't use the network: use the branches as last fetched."`
	Force      bool   `help:"Overwrite branches of the same name that hold other work; with --continue, accept files with conflict markers."`

	Continue bool `xor:"do" help:"Continue after resolving a conflict, or after an interruption."`
	Skip     bool `xor:"do" help:"Continue without the branch that has the conflict."`
	Abort    bool `xor:"do" help:"Stop, and remove the work tree with the conflict. Finished branches stay."`
	Status   bool `xor:"do" help:"Show the backport in progress."`

	JSON bool `name:"json" help:"Print the result as JSON."`
}

func (backportCmd) Help() string {
	return `Picks COMMIT onto each BRANCH of the remote and creates the local branches
backport-SHA-BRANCH. Your work tree isn't touched: conflicts are left in a separate
work tree. cherry_picker's settings (.cherry_picker.toml) apply here, too. Exit
code: 0 on success, 1 if a conflict or an error is left, 2 if the command was misused.

  bot backport --push 1a2b3c4 3.14 3.13       create and push two backports
  bot backport --continue                     after a conflict is resolved`
}

func (c *backportCmd) Run(s streams) (err error) {
	request, err := c.request()
	if err != nil {
		return misuse(err)
	}
	tell := func(row local.Row) { printRow(s.stdout, row) }
	if c.JSON {
		tell = func(local.Row) {}
	}
	flow, err := local.New(s.ctx, local.Config{Dir: c.Repo, Log: s.stderr, Tell: tell})
	if err == nil {
		defer func() { err = errors.Join(err, flow.Close()) }()
		err = c.run(s, flow, request)
	}
	if _, ok := errors.AsType[*local.Misuse](err); ok {
		return misuse(err)
	}
	return err
}

// run runs the command and prints the result.
func (c *backportCmd) run(s streams, flow *local.Flow, request local.Request) error {
	var report local.Report
	var err error
	switch {
	case c.Status:
		report, err = flow.Status(s.ctx)
	case c.Abort:
		report, err = flow.Abort(s.ctx)
	case c.Skip:
		report, err = flow.Skip(s.ctx)
	case c.Continue:
		report, err = flow.Continue(s.ctx, c.Force)
	default:
		report, err = flow.Start(s.ctx, request)
	}
	switch {
	case c.JSON && report.Branches != nil:
		err = errors.Join(err, printJSON(s, report))
	case err != nil:
	case c.Status:
		printStatus(s.stdout, report)
	case c.Abort:
		printAborted(s.stdout, report)
	default:
		printNext(s.stdout, report)
	}
	if err == nil && !c.Status && !c.Abort && !report.Done() {
		err = failure{code: exitFailed}
	}
	return err
}

// request is what the flags request; it's empty except for a start.
func (c *backportCmd) request() (local.Request, error) {
	r := local.Request{
		Commit: c.Commit, Branches: c.Branches, Remote: c.Remote, Push: c.Push, PushTo: c.PushRemote, Title: c.Title,
		Worktree: c.Worktree, NoFetch: c.NoFetch, Force: c.Force,
	}
	if c.Continue || c.Skip || c.Abort || c.Status {
		given := []string{c.Commit, c.Remote, c.PushRemote, c.Title, c.BodyFile, c.Worktree}
		if strings.Join(given, "") != "" || c.Push || c.NoFetch {
			return r, errors.New("reading the flags: the commit, branches and flags are remembered from the start: " +
				"give only --repo, --json or --force")
		}
		return r, nil
	}
	if c.Commit == "" || len(c.Branches) == 0 {
		return r, errors.New("reading the arguments: expected a commit and one or more branches, such as: bot backport 1a2b3c4 3.14 3.13")
	}
	if c.BodyFile == "" {
		return r, nil
	}
	body, err := readBody(c.BodyFile)
	r.Body = &body
	return r, err
}

func readBody(path string) (string, error) {
	const most = 64 << 10 // GitHub's limit is 65,536 characters
	in := os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("reading the body: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	if err != nil {
		return "", fmt.Errorf("reading the body: %w", err)
	}
	return strings.ToValidUTF8(string(text), "\uFFFD"), nil
}
