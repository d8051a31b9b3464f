package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// review is a pull request's life from opening to merge, in stages, with a command in a
// comment on the way.
func (d *demo) review(ctx context.Context) error {
	d.say("A pull request goes through its stages")
	for login, role := range map[string]string{"carol": "triage", "dana": "write"} {
		if err := d.cpython.Collaborator(login, role); err != nil {
			return fmt.Errorf("giving %s the role %q: %w", login, role, err)
		}
	}
	number, err := d.openEggs(ctx)
	if err != nil {
		return err
	}
	comment := func(by, text string) func() error {
		return func() error { _, err := d.cpython.Comment(number, by, text); return err }
	}
	reviewed := func(state, text string) func() error {
		return func() error { _, err := d.cpython.Review(number, "dana", state, text); return err }
	}
	for _, step := range []struct {
		what  string
		do    func() error
		right func(ghtest.PRState) bool
	}{
		{"carol, a triager, comments: @concorde label +type-bug", comment("carol", "@concorde label +type-bug"),
			func(s ghtest.PRState) bool { return slices.Contains(s.Labels, "type-bug") }},
		{"dana, a core developer, requests changes", reviewed("CHANGES_REQUESTED", "How warm?"), atStage("awaiting changes")},
		{"eric comments: I have made the requested changes; please review again",
			comment("eric", "I have made the requested changes; please review again"), atStage("awaiting change review")},
		{"dana approves", reviewed("APPROVED", ""), atStage("awaiting merge")},
		{"mallory, a stranger, comments: @concorde label -type-bug", comment("mallory", "@concorde label -type-bug"),
			func(s ghtest.PRState) bool { return slices.ContainsFunc(s.Comments, about("mallory")) }},
		{"dana merges it", func() error { _, err := d.cpython.Merge(number, "dana"); return err }, atStage("")},
	} {
		d.say("  %s", step.what)
		d.github.Advance(time.Minute) // GitHub's times are whole seconds
		if err := step.do(); err != nil {
			return err
		}
		if err := d.expect(ctx, number, step.right); err != nil {
			return err
		}
	}
	return nil
}

// openEggs opens the pull request, and waits for its first stage.
func (d *demo) openEggs(ctx context.Context) (number int, err error) {
	const title = "gh-132002: Keep the eggs warm"
	if err := d.push("eric:warm-eggs", title, files{
		"Lib/eggs.py": "WARM = True\n", "Lib/test/test_eggs.py": "import eggs\n",
		"Misc/NEWS.d/next/Library/2026-11-21-14-00-00.gh-issue-132002.uV8wXy.rst": "Keep the eggs warm.\n",
	}); err != nil {
		return 0, err
	}
	number, err = d.open(ghtest.PR{Title: title, Author: "eric", Head: "eric:warm-eggs"})
	if err != nil {
		return 0, err
	}
	return number, d.expect(ctx, number, atStage("awaiting review"))
}

// atStage reports whether a pull request is at this stage only.
func atStage(label string) func(ghtest.PRState) bool {
	return func(s ghtest.PRState) bool {
		stages := slices.DeleteFunc(slices.Clone(s.Labels), func(l string) bool { return !strings.HasPrefix(l, "awaiting") })
		return label == "" && len(stages) == 0 || slices.Equal(stages, []string{label})
	}
}

func about(login string) func(ghtest.Comment) bool {
	return func(c ghtest.Comment) bool { return c.Author != login && strings.Contains(c.Body, login) }
}
