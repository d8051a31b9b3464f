package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/acceptance"
	"github.com/concorde-bot/concorde/internal/pull"
)

type acceptanceFlags struct {
	Acceptance string        `placeholder:"OWNER/REPO" help:"Instead, test GitHub itself in a throw-away repository: see docs/acceptance.md."`
	Yes        bool          `help:"With --acceptance: agree to what it writes there."`
	Large      string        `placeholder:"OWNER/REPO#N" help:"With --acceptance: also measure queries of a large, public pull request."`
	Archived   string        `placeholder:"OWNER/REPO" help:"With --acceptance: an archived repository, also with the App, to try writes."`
	Second     string        `placeholder:"FILE" help:"With --acceptance: a second account's token, for a fork and reviews."`
	Skip       []string      `placeholder:"STEP" help:"With --acceptance: leave out steps."`
	Pace       time.Duration `hidden:"" default:"1s" help:"With --acceptance: the time from one write to the next."`
	Answers    string        `default:"acceptance" placeholder:"DIR" help:"With --acceptance: where to save GitHub's redacted answers."`
}

// run makes the acceptance run, and prints a line for each step.
func (f acceptanceFlags) run(s streams, github githubFlags) error {
	cfg, err := f.config(s, github)
	if err != nil {
		return misuse(err)
	}
	fmt.Fprint(s.stdout, acceptance.Announcement(cfg.Repository))
	if !f.Yes {
		return misuse(errors.New("nothing was written: if that's what you want, run it again with --yes"))
	}
	answers, err := f.file(s.now())
	if err != nil {
		return fmt.Errorf("saving the answers: %w", err)
	}
	cfg.Fixtures = answers
	fmt.Fprintln(s.stdout)
	report, err := acceptance.Run(s.ctx, cfg, func(r acceptance.Result) { printStep(s.stdout, r) })
	if err := errors.Join(err, answers.Close()); err != nil {
		printLeft(s.stdout, report)
		return err
	}
	counts := map[acceptance.State]int{}
	for _, r := range report.Results {
		counts[r.State]++
	}
	printLeft(s.stdout, report)
	fmt.Fprintf(s.stdout, "\n%d ok, %d differ, %d skipped; %d requests, saved in %s\n",
		counts[acceptance.OK], counts[acceptance.Differs], counts[acceptance.Skipped], report.Requests, answers.Name())
	if !report.Good() {
		return failure{code: exitFailed}
	}
	return nil
}

func (f acceptanceFlags) config(s streams, github githubFlags) (cfg acceptance.Config, err error) {
	cfg.Repository, err = repositoryKey(f.Acceptance)
	if err == nil && f.Archived != "" {
		cfg.Archived, err = repositoryKey(f.Archived)
	}
	if err == nil && f.Second != "" {
		cfg.Second, err = secondToken(f.Second)
	}
	if err == nil && f.Large != "" {
		cfg.Large, err = pull.ParseKey(f.Large)
		if err == nil && cfg.Large.Number == 0 {
			err = fmt.Errorf("reading %q: missing number: expected OWNER/REPO#NUMBER", f.Large)
		}
	}
	if err != nil {
		return cfg, err
	}
	for _, name := range f.Skip {
		if !slices.ContainsFunc(acceptance.Steps(), func(step acceptance.Step) bool { return step.Name == name }) {
			return cfg, fmt.Errorf("reading --skip: %q isn't a step", name)
		}
	}
	cfg.Pace, cfg.Skip = f.Pace, f.Skip
	credentials, err := github.identity(s)
	cfg.GitHub = github.clientConfig(s, credentials, appNeeds{log: zerolog.Nop()})
	return cfg, err
}

// repositoryKey reads OWNER/REPO.
func repositoryKey(text string) (pull.Key, error) {
	key, err := pull.ParseKey(text)
	if err == nil && key.Number != 0 {
		err = fmt.Errorf("reading %q: want OWNER/REPO", text)
	}
	return key, err
}

// secondToken reads a file that holds nothing else.
func secondToken(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the second account's token: %w", err)
	}
	found := strings.TrimSpace(string(text))
	if found == "" || strings.ContainsFunc(found, unicode.IsSpace) {
		return "", fmt.Errorf("reading the second account's token: %s doesn't hold one", path)
	}
	return found, nil
}

// file is a new one of this run.
func (f acceptanceFlags) file(now time.Time) (*os.File, error) {
	if err := os.MkdirAll(f.Answers, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(f.Answers, now.UTC().Format("20060102-150405.000")+".jsonl")
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func printStep(w io.Writer, r acceptance.Result) {
	fmt.Fprintf(w, "%-8s %-22s %s\n", r.State, r.Name, plainLine(r.Text))
	if r.State == acceptance.Differs {
		fmt.Fprintf(w, "%31s assumed: %s (%s)\n", "", r.Assumption, r.Where)
	}
}

func printLeft(w io.Writer, report acceptance.Report) {
	for _, what := range report.Left {
		fmt.Fprintf(w, "left behind: %s\n", plainLine(what))
	}
}
