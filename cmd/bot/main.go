// Command bot is Concorde: a GitHub App for the CPython workflow. It has the flags, the
// wiring and the list of rules, and must not know anything else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// Exit codes of every command.
const (
	exitOK     = 0
	exitFailed = 1 // the work couldn't be done, or a check found faults
	exitMisuse = 2 // wrong flags or arguments, or wrong files that they name
)

// cli is the whole command line.
type cli struct {
	Serve        serveCmd        `cmd:"" help:"Run the bot: receive webhooks, apply the rules."`
	Plan         planCmd         `cmd:"" help:"Show what the bot would do to a pull request. Changes nothing."`
	Check        checkCmd        `cmd:"" help:"Run the rules on a local git range, without network access."`
	CheckConfig  checkConfigCmd  `cmd:"" help:"Check settings files and print every fault."`
	Backport     backportCmd     `cmd:"" help:"Backport a commit to maintenance branches, in a local repository."`
	Log          logCmd          `cmd:"" help:"Print the audit log: what the bot wrote, when and why."`
	ShadowReport shadowReportCmd `cmd:"" help:"Print how rules in shadow agree with what other bots and people do."`
	Lifecycle    lifecycleCmd    `cmd:"" help:"Show each branch's phase and next release, or a release plan."`
	BackportGaps backportGapsCmd `cmd:"" help:"List fixes missing from a maintenance branch."`
	News         newsCmd         `cmd:"" help:"Check the NEWS entries of the next release as blurb would, and show its changelog."`
	ABI          abiCmd          `cmd:"" name:"abi" help:"List what has broken the full ABI since the last release, and announce the next one."`
	Readiness    readinessCmd    `cmd:"" help:"Show whether the next release of a version is ready, and why not."`
	Regressions  regressionsCmd  `cmd:"" help:"Show which checks fail after the merge, since when, and which changes may be the cause."`
	Schema       schemaCmd       `cmd:"" help:"Print the JSON schema of the settings."`
	Demo         demoCmd         `cmd:"" help:"Play the life of some pull requests on this machine. Needs no account."`
	Completion   completionCmd   `cmd:"" help:"Print the completion script for a shell."`
	Man          manCmd          `cmd:"" help:"Print the manual page."`
	Setup        setupCmd        `cmd:"" help:"Create the GitHub App, or take over one, on a page in your browser."`
	Doctor       doctorCmd       `cmd:"" help:"Check the App, its webhook, the repositories and this machine."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

// streams are a command's input and output.
type streams struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time
}

// failure is an error with an exit code. With a nil err, the command has already printed
// everything.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f failure) Unwrap() error { return f.err }

// misuse marks an error as the caller's fault, for exit code 2.
func misuse(err error) error { return failure{exitMisuse, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(os.Args[1:], streams{ctx, os.Stdout, os.Stderr, os.Getenv, time.Now})
	stop()
	os.Exit(code)
}

// words are variables in the tags of flags.
var words = kong.Vars{
	"peps":  "https://peps.python.org/api",
	"daily": "Where to read release data daily, or empty for the built-in copy.",
}

// namedDefaults adds defaults to the help of flags, unless it names one.
func namedDefaults(k *kong.Kong) error {
	for _, command := range k.Model.Leaves(true) {
		for _, flag := range command.Flags {
			if flag.HasDefault && !strings.Contains(flag.Help, "(default: ") {
				flag.Help = strings.TrimSuffix(flag.Help, ".") + " (default: " + flag.Default + ")."
			}
		}
	}
	return nil
}

// run is main without the process, for tests.
func run(args []string, s streams) int {
	exit := -1
	parser, err := kong.New(&cli{}, words,
		kong.Name("bot"),
		kong.PostBuild(namedDefaults),
		kong.Description("Concorde, a GitHub App for the CPython workflow: it checks NEWS entries and ABI markers of pull requests, and opens "+
			"backports.\n\nStart with \"bot demo\"."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(s.stdout, s.stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Bind(s),
	)
	if err != nil {
		fmt.Fprintln(s.stderr, "bot:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // help was requested and shown
		return exit
	}
	if err != nil {
		fmt.Fprintf(s.stderr, "bot: %v (try: bot --help)\n", err)
		return exitMisuse
	}
	err = command.Run()
	var f failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		if f.err != nil {
			fmt.Fprintln(s.stderr, "bot:", f.err)
		}
		return f.code
	}
	fmt.Fprintln(s.stderr, "bot:", err)
	return exitFailed
}
