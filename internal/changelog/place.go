package changelog

import (
	"path"
	"strings"

	"github.com/concorde-bot/concorde/config"
)

// Place is where in the tree of entries a path is.
type Place int

const (
	Outside   Place = iota
	Ignored         // a README.rst in the tree
	Misplaced       // in the tree, but not in the directory of a section
	InSection
)

// readme is the one name in the tree that isn't an entry's.
const readme = "README.rst"

// Locate finds the place of a path, and the directory below next when there is
// exactly one.
func Locate(set config.News, file string) (Place, string) {
	below, found := strings.CutPrefix(file, set.Directory+"/")
	if !found {
		return Outside, ""
	}
	if path.Base(file) == readme {
		return Ignored, ""
	}
	directory, _, found := strings.Cut(below, "/")
	if !found || strings.Count(below, "/") != 1 {
		return Misplaced, ""
	}
	if sectionOf(set, directory) != "" {
		return InSection, directory
	}
	return Misplaced, directory
}
