package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// threeTargets merges a change for three branches: one clean, one with conflicts, one at
// its end of life.
func (d *demo) threeTargets(ctx context.Context) error {
	d.say("A fix for three branches, one of them at its end of life")
	number, err := d.openFix(ctx)
	if err != nil {
		return err
	}
	d.say("  dana merges it")
	if _, err := d.cpython.Merge(number, "dana"); err != nil {
		return fmt.Errorf("merging: %w", err)
	}
	if err := d.expect(ctx, number, func(s ghtest.PRState) bool {
		return shows(s, "| 3.14 | open: #", "| 3.13 | conflict: #") && atStage("")(s)
	}); err != nil {
		return err
	}
	if err := d.approveBackport("3.14"); err != nil {
		return err
	}
	if err := d.expect(ctx, number, func(s ghtest.PRState) bool { return shows(s, "| 3.14 | merged: #") }); err != nil {
		return err
	}
	return d.statusComment(number)
}

// openFix opens the pull request, and waits until the bot refuses the oldest branch.
func (d *demo) openFix(ctx context.Context) (number int, err error) {
	fixed, err := d.cpython.ReadFile("main", "Lib/json/__init__.py")
	if err != nil {
		return 0, fmt.Errorf("reading the file to fix: %w", err)
	}
	const title = "gh-132004: Fix json.dump() without options"
	if err := d.push("eric:json-dump", title, files{
		"Lib/json/__init__.py": strings.ReplaceAll(string(fixed), "**options", "**kwargs"),
		"Misc/NEWS.d/next/Library/2026-11-21-13-00-00.gh-issue-132004.rS7tUv.rst": "Fix :func:`json.dump` without options.\n",
	}); err != nil {
		return 0, err
	}
	number, err = d.open(ghtest.PR{
		Title: title, Author: "eric", Head: "eric:json-dump",
		Labels: []string{"type-bug", "needs backport to 3.14", "needs backport to 3.13", "needs backport to 3.9"},
	})
	if err != nil {
		return 0, err
	}
	return number, d.expect(ctx, number, func(s ghtest.PRState) bool { return shows(s, "3.9 reached its end of life") })
}

func shows(s ghtest.PRState, words ...string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(statusCommentIn(s), word) })
}

// approveBackport has a backport approved, and its tests turn green.
func (d *demo) approveBackport(branch string) error {
	clean, err := d.backport(branch)
	if err != nil {
		return err
	}
	d.say("  dana approves the backport to %s, #%d", branch, clean)
	if _, err := d.cpython.Review(clean, "dana", "APPROVED", ""); err != nil {
		return fmt.Errorf("approving: %w", err)
	}
	d.say("  its tests are green")
	state, err := d.cpython.PR(clean)
	if err != nil {
		return err
	}
	return d.cpython.CheckRun(state.HeadSHA, "github-actions", "Tests", "success")
}

// backport returns the number of the bot's pull request into a branch.
func (d *demo) backport(branch string) (int, error) {
	for _, p := range d.cpython.PRs() {
		if p.Base == branch && p.Author == d.github.BotLogin() {
			return p.Number, nil
		}
	}
	return 0, fmt.Errorf("there is no backport to %s", branch)
}

// statusComment prints the status comment.
func (d *demo) statusComment(number int) error {
	state, err := d.cpython.PR(number)
	if err != nil {
		return err
	}
	d.say("  The status comment on #%d:", number)
	text, _, _ := strings.Cut(statusCommentIn(state), "<!--")
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		d.say("       | %s", line)
	}
	return nil
}

func statusCommentIn(s ghtest.PRState) string {
	for _, c := range s.Comments {
		if strings.Contains(c.Body, "concorde:backports:") {
			return c.Body
		}
	}
	return ""
}
