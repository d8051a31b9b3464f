package changelog

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
)

// Names of metadata that blurb knows.
const (
	ghIssue     = "gh-issue"
	bpo         = "bpo"
	releaseDate = "release date"
	noChanges   = "no changes"
)

// extension of the files that blurb finds.
const extension = ".rst"

// found reports whether blurb finds a file in a section's directory: it looks for *.rst,
// and a star matches no name that starts with a dot.
func found(file string) bool {
	return strings.HasSuffix(file, extension) && !strings.HasPrefix(file, ".")
}

// readName reads the metadata in an entry's path. blurb is generous: any date and any
// nonce will do, and other fields only need the name of a tracker somewhere in them.
func readName(set config.News, file, section string) (map[string]string, string) {
	fields := strings.Split(path.Base(file), ".")
	for i := range fields {
		fields[i] = trim(fields[i])
	}
	last := len(fields) - 1
	if last < 3 {
		return nil, faultFields
	}
	given := map[string]string{"date": fields[0], "nonce": fields[last-1], "section": section}
	for _, field := range fields[1 : last-1] {
		name, value := ghIssue, ""
		_, value, found := strings.Cut(field, ghIssue+"-")
		if !found {
			name = bpo
			_, value, found = strings.Cut(field, bpo+"-")
		}
		if !found {
			return nil, faultField(field)
		}
		given[name] = trim(value)
	}
	for name, value := range given {
		if !utf8.ValidString(value) {
			return nil, faultNameBytes
		}
		if name == ghIssue && !valid(set, ghIssue, value) {
			return nil, faultNameIssue(value, set.MinGHIssue)
		}
		if name == bpo && !valid(set, bpo, value) {
			return nil, fmt.Sprintf(faultNameNumber, Quote(value))
		}
	}
	return given, ""
}

func names(metadata map[string]string) map[string]bool {
	set := map[string]bool{}
	for name := range metadata {
		set[name] = true
	}
	return set
}
