package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/backport/local"
)

// printRow prints the result for a branch.
func printRow(w io.Writer, r local.Row) {
	fmt.Fprintf(w, "%s: %s\n", r.Branch, plainLine(rowText(r)))
	if r.URL != "" {
		draft := ""
		if r.Draft {
			draft = " as a draft"
		}
		fmt.Fprintf(w, "  open the pull request%s: %s\n", draft, r.URL)
	}
	if r.State == local.Conflicted {
		printConflict(w, r)
	}
}

func rowText(r local.Row) string {
	switch r.State {
	case local.Made:
		return fmt.Sprintf("created the branch %s (%.10s)", r.Head, r.Commit)
	case local.Pushed:
		return fmt.Sprintf("pushed the branch %s (%.10s)", r.Head, r.Commit)
	case local.Present:
		return "nothing to do, the branch already has the change"
	case local.Conflicted:
		return fmt.Sprintf("conflicts, resolve them in %s", r.Worktree)
	case local.Skipped:
		return "skipped"
	case local.Failed:
		return "error: " + r.Error
	}
	return "still to do"
}

func printConflict(w io.Writer, r local.Row) {
	for _, c := range r.Conflicts {
		kind := ""
		if c.Kind != "content" {
			kind = " (" + c.Kind + ")"
		}
		fmt.Fprintf(w, "  %s%s\n", plainLine(c.Path), kind)
	}
	if r.Error != "" {
		fmt.Fprintf(w, "  %s\n", plainLine(r.Error))
	}
}

// printNext prints what to do about an unfinished backport.
func printNext(w io.Writer, r local.Report) {
	waits := slices.ContainsFunc(r.Branches, func(row local.Row) bool { return row.State == local.Conflicted })
	switch {
	case !r.Unfinished:
	case waits:
		fmt.Fprintf(w, "\nEdit the files there, git add them, then run: bot backport --continue\nTo skip this branch: bot backport --skip. To "+
			"stop: bot backport --abort.\n")
	default:
		fmt.Fprintf(w, "\nIt was interrupted. To continue: bot backport --continue. To stop: bot backport --abort.\n")
	}
}

func printStatus(w io.Writer, r local.Report) {
	if !r.Unfinished {
		fmt.Fprintln(w, "No backport in progress.")
		return
	}
	fmt.Fprintf(w, "Backport of %.10s, %s\n", r.Commit, plainLine(r.Subject))
	for _, row := range r.Branches {
		printRow(w, row)
	}
	printNext(w, r)
}

// printAborted prints what is kept.
func printAborted(w io.Writer, r local.Report) {
	var kept []string
	for _, row := range r.Branches {
		if row.State == local.Made || row.State == local.Pushed {
			kept = append(kept, row.Head)
		}
	}
	text := "Aborted."
	if len(kept) > 0 {
		text = fmt.Sprintf("Aborted. These finished branches stay: %s.", strings.Join(kept, ", "))
	}
	fmt.Fprintln(w, text)
}
