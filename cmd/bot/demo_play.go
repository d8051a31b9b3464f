package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

const (
	newsContext = "bedevere/news"
	abiContext  = "concorde/abi-markers"
)

// play tells the stories. An error means that the bot didn't do its part.
func (d *demo) play(ctx context.Context) error {
	d.say("Concorde demo: this program plays GitHub at %s, with a real git repository.", d.github.URL)
	for _, story := range []func(context.Context) error{d.forgottenEntry, d.wrongSection, d.abiBreak, d.review, d.threeTargets} {
		d.say("")
		if err := story(ctx); err != nil {
			return err
		}
	}
	d.say("\nEverything is as it should be.")
	return nil
}

func (d *demo) forgottenEntry(ctx context.Context) error {
	d.say("A newcomer forgets the NEWS entry")
	if err := d.push("eric:fix-spam", "gh-132001: Fix spam.fry() for eggs",
		files{"Lib/spam.py": "def fry(eggs):\n    return list(eggs)\n"}); err != nil {
		return err
	}
	number, err := d.open(ghtest.PR{Title: "gh-132001: Fix spam.fry() for eggs", Author: "eric", Association: "FIRST_TIME_CONTRIBUTOR",
		Head: "eric:fix-spam"})
	if err != nil {
		return err
	}
	if err := d.expect(ctx, number, func(s ghtest.PRState) bool {
		return s.Statuses[newsContext].State == "failure" && len(s.Comments) == 1 && len(s.CheckRuns) > 0
	}); err != nil {
		return err
	}
	if err := d.details(number); err != nil {
		return err
	}
	d.say("  eric adds the entry")
	if err := d.push("eric:fix-spam", "Add a NEWS entry", files{
		"Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-132001.Ab3xY_.rst": "Fix :func:`!spam.fry` for more than one egg. Patch by " +
			"Eric.\n",
	}); err != nil {
		return err
	}
	return d.expect(ctx, number, succeeded(newsContext))
}

func (d *demo) wrongSection(ctx context.Context) error {
	d.say("A NEWS entry in an unknown section, with an issue number that's too low and a text that breaks the release")
	const good = "Misc/NEWS.d/next/Library/2026-11-21-11-00-00.gh-issue-132002.k1L0mN.rst"
	const bad = "Misc/NEWS.d/next/Libary/2026-11-21-11-00-00.gh-issue-2.k1L0mN.rst"
	if err := d.push("carol:json", "gh-132002: Make json faster",
		files{"Lib/json/encoder.py": "FAST = True\n", bad: "- gh-132002: Make json faster.\n"}); err != nil {
		return err
	}
	number, err := d.open(ghtest.PR{Title: "gh-132002: Make json faster", Author: "carol", Head: "carol:json"})
	if err != nil {
		return err
	}
	if err := d.expect(ctx, number, func(s ghtest.PRState) bool {
		return s.Statuses[newsContext].State == "failure" &&
			len(s.CheckRuns) > 0
	}); err != nil {
		return err
	}
	if err := d.details(number); err != nil {
		return err
	}
	d.say("  carol moves the entry and fixes its text")
	if _, err := d.cpython.Push("carol:json", ghtest.Commit{Message: "Fix the entry", Author: "carol", Files: map[string]ghtest.File{
		bad: ghtest.Deleted(), good: ghtest.Text("Make :mod:`json` faster.\n"),
	}}); err != nil {
		return err
	}
	return d.expect(ctx, number, succeeded(newsContext))
}

func (d *demo) abiBreak(ctx context.Context) error {
	d.say("An ABI break marked in the title, but not in the NEWS entry")
	const entry = "Misc/NEWS.d/next/C_API/2026-11-21-12-00-00.gh-issue-132003.pQ7rSt.rst"
	if err := d.push("dana:frame", "(ABI break) gh-132003: Add a field to PyFrameObject", files{
		"Include/cpython/frameobject.h": "struct _frame { int f_back; int f_lineno; };\n", entry: "Add a field to :c:type:`!PyFrameObject`.\n",
	}); err != nil {
		return err
	}
	number, err := d.open(ghtest.PR{Title: "gh-132003: (ABI break) Add a field to PyFrameObject", Author: "dana", Association: "MEMBER",
		Head: "dana:frame"})
	if err != nil {
		return err
	}
	// The preset only warns, so the status is a success from the start; only its
	// description changes.
	var warning string
	if err := d.expect(ctx, number, func(s ghtest.PRState) bool {
		warning = s.Statuses[abiContext].Description
		return warning != "" && s.Statuses[newsContext].State == "success" && len(s.CheckRuns) > 0
	}); err != nil {
		return err
	}
	if err := d.details(number); err != nil {
		return err
	}
	d.say("  dana marks the NEWS entry too")
	if err := d.push("dana:frame", "Mark the entry", files{entry: "(CPython ABI break) Add a field to " +
		":c:type:`!PyFrameObject`.\n"}); err != nil {
		return err
	}
	return d.expect(ctx, number, func(s ghtest.PRState) bool {
		status := s.Statuses[abiContext]
		return status.State == "success" && status.Description != warning && succeeded(newsContext)(s)
	})
}

type files map[string]string

func (d *demo) push(branch, message string, texts files) error {
	commit := ghtest.Commit{Message: message, Files: map[string]ghtest.File{}}
	for path, text := range texts {
		commit.Files[path] = ghtest.Text(text)
	}
	if _, err := d.cpython.Push(branch, commit); err != nil {
		return fmt.Errorf("pushing to %s: %w", branch, err)
	}
	return nil
}

func (d *demo) open(pr ghtest.PR) (int, error) {
	number, err := d.cpython.OpenPR(pr)
	if err != nil {
		return 0, fmt.Errorf("opening a pull request: %w", err)
	}
	d.say("  %s opens #%d %q", pr.Author, number, pr.Title)
	return number, nil
}

// details prints the newest check run: its summary, or its annotations if it has any.
func (d *demo) details(number int) error {
	state, err := d.cpython.PR(number)
	if err != nil {
		return err
	}
	if len(state.CheckRuns) == 0 {
		return fmt.Errorf("pull request #%d has no check run", number)
	}
	run := state.CheckRuns[len(state.CheckRuns)-1]
	if len(run.Annotations) == 0 {
		for line := range strings.SplitSeq(run.Summary, "\n") {
			d.say("       | %s", line)
		}
	}
	for _, a := range run.Annotations {
		d.say("       | %s:%d: %s", a.Path, a.StartLine, a.Level)
		d.say("       |   %s", a.Message)
	}
	return nil
}

func succeeded(context string) func(ghtest.PRState) bool {
	return func(s ghtest.PRState) bool { return s.Statuses[context].State == "success" }
}
