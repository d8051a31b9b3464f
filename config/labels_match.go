package config

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/jsre"
)

// Match is a condition of a labeler file (actions/labeler, "Match Object"). It holds
// where all of its parts do.
type Match struct {
	Changed    *ChangedFiles
	Base, Head *jsre.Expression // to be found in the branch's name
}

// ChangedFiles is the way in which globs and the changed files must match. Without a
// way, there must be changed files.
type ChangedFiles struct {
	Way   string
	Globs []*glob.Glob
}

// The ways in which a labeler file holds globs against changed files.
const (
	AnyToAny = "any-glob-to-any-file"
	AnyToAll = "any-glob-to-all-files"
	AllToAny = "all-globs-to-any-file"
	AllToAll = "all-globs-to-all-files"
)

// LabelerLimits are the options of a labeler file that hold for all of its
// rules on changed files; -1 for none.
type LabelerLimits struct {
	MaxFiles  int // with more files, no such label is set
	MaxLabels int // with more such labels that are new, none of them is set
}

// String says in words when it holds.
func (m Match) String() string {
	var parts []string
	if m.Changed != nil {
		parts = append(parts, m.Changed.words())
	}
	if m.Base != nil {
		parts = append(parts, fmt.Sprintf("the base branch matches /%s/", m.Base))
	}
	if m.Head != nil {
		parts = append(parts, fmt.Sprintf("the head branch matches /%s/", m.Head))
	}
	return strings.Join(parts, " and ")
}

func (c *ChangedFiles) words() string {
	globs := make([]string, len(c.Globs))
	for i, g := range c.Globs {
		globs[i] = g.String()
	}
	switch c.Way {
	case AnyToAny:
		return "a changed file matches " + or(globs)
	case AnyToAll:
		if len(globs) > 1 {
			return "every changed file matches the same one of " + or(globs)
		}
		return "every changed file matches " + or(globs)
	case AllToAny:
		return "a changed file matches " + strings.Join(globs, " and ")
	case AllToAll:
		return "every changed file matches " + strings.Join(globs, " and ")
	}
	return "there is a changed file"
}
