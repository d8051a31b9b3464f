package backport

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/markdown"
)

// What a backport leaves out, and generated files.
const (
	textGenerated = "The backport to %s changes generated files. If its checks find them out of date, run %s on its branch."
	// textSourcesClean is for conflicts in generated files alone.
	textSourcesClean = "The sources were picked cleanly onto %s: only generated files have conflicts. To make them again, run %s."
	// textSomeGenerated is for conflicts in other files, too.
	textSomeGenerated = "Some of these files are generated. Once the others are resolved, run %s to make them again."

	leftStart = "<!-- backport-left-out -->"
	leftEnd   = "<!-- /backport-left-out -->"
)

// maxLeft is how many left-out files are named.
const maxLeft = 5

// textLeft names files that belong to a newer version than a branch.
func textLeft(version string, paths []string) string {
	var names []string
	for _, path := range paths[:min(len(paths), maxLeft)] {
		names = append(names, markdown.Code(cut(path)))
	}
	if over := len(paths) - maxLeft; over > 0 {
		names = append(names, fmt.Sprintf("and %d more", over))
	}
	return fmt.Sprintf("The backport to %s leaves out what belongs to a newer version: %s.", version, strings.Join(names, ", "))
}

func textNothingLeft(version string) string {
	return "nothing to do: " + version + " already has this change, except for files of a newer version"
}

// LeftSection is the part of a backport's body on what it leaves out; "" if that's
// nothing. Its markers allow removing it from the commit message.
func LeftSection(version string, paths []string) string {
	if len(paths) == 0 {
		return ""
	}
	return gapBefore + leftStart + "\n" + textLeft(version, paths) + "\n" + leftEnd
}

// commandList is "`make clinic`, then `make regen-all`".
func commandList(commands []string) string {
	var all []string
	for _, c := range commands {
		all = append(all, markdown.Code(c))
	}
	return strings.Join(all, ", then ")
}
