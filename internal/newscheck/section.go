package newscheck

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// minor are the sections for changes that go along with others: a fix has tests
// and documentation, and belongs where it fixes something. Nobody needs to
// announce changes of these alone.
func minor(s config.Section) bool { return s.Name == "Documentation" || s.Name == "Tests" }

// sectionOf finds the section that a changed file suggests: of all prefixes of
// its path, the longest decides. It is nil when there is none.
func sectionOf(set config.News, file string) *config.Section {
	var best *config.Section
	longest := 0
	for i := range set.Sections {
		for _, prefix := range set.Sections[i].Paths {
			if len(prefix) > longest && strings.HasPrefix(file, prefix) {
				best, longest = &set.Sections[i], len(prefix)
			}
		}
	}
	return best
}

// guessSection is the section that most of the changed files suggest, the
// minor ones only when there is no other. It is nil when none is suggested.
func guessSection(set config.News, files []pull.File) *config.Section {
	votes := map[string]int{}
	for _, f := range files {
		if s := sectionOf(set, f.Path); s != nil {
			votes[s.Directory]++
		}
	}
	var best *config.Section
	for i := range set.Sections {
		s := &set.Sections[i]
		switch n := votes[s.Directory]; {
		case n == 0:
		case best == nil, minor(*best) && !minor(*s), minor(*best) == minor(*s) && n > votes[best.Directory]:
			best = s
		}
	}
	return best
}

// onlyMinor reports whether all the changed files are documentation or tests.
func onlyMinor(set config.News, files []pull.File) bool {
	for _, f := range files {
		if s := sectionOf(set, f.Path); s == nil || !minor(*s) {
			return false
		}
	}
	return true
}

// nearestSection finds the section that a misspelt directory is to be, or nil.
func nearestSection(set config.News, directory string) *config.Section {
	wanted := letters(directory)
	if wanted == "" || len(wanted) > maxDirectory {
		return nil
	}
	var best *config.Section
	least := 0
	for i := range set.Sections {
		s := &set.Sections[i]
		for _, spelling := range append([]string{s.Directory, s.Name}, s.Legacy...) {
			spelling = letters(spelling)
			d := levenshtein.ComputeDistance(wanted, spelling)
			if stem := strings.TrimSuffix(wanted, "s"); len(stem) > 2 && strings.HasPrefix(spelling, stem) {
				d = min(d, 1) // "Core", "Docs"
			}
			if (best == nil || d < least) && 2*d <= utf8.RuneCountInString(spelling) {
				best, least = s, d
			}
		}
	}
	return best
}

// maxDirectory bounds the work on a misspelt name, in bytes.
const maxDirectory = 100

var separators = strings.NewReplacer(" ", "", "_", "", "-", "", "/", "")

// letters is a name without what people confuse in it.
func letters(name string) string { return separators.Replace(strings.ToLower(name)) }
