package config

import (
	"errors"
	"io/fs"
	"strings"
)

// Picks are the settings of files that backports treat differently.
type Picks struct {
	// Versioned are paths of files that belong to one version, with VERSION where the path
	// names it and * for any characters except slashes. A backport leaves out those of a
	// version that is newer than its branch.
	Versioned []string `yaml:"versioned" jsonschema:"format=versioned-path,uniqueItems=true,maxItems=50"`
	// Generated are files that commands make from others. The first entry that matches
	// counts.
	Generated []Generated `yaml:"generated" jsonschema:"maxItems=50"`
}

// Generated are files that one command makes.
type Generated struct {
	// where they are
	Paths []string `yaml:"paths" jsonschema:"required,minItems=1,maxItems=100,uniqueItems=true,format=glob"`
	// what makes them again, at the top of a clone
	Command string `yaml:"command" jsonschema:"required,maxLength=200"`
}

// VersionInPath stands for a version in Picks.Versioned.
const VersionInPath = "VERSION"

func versionedPath(s string) error {
	if strings.Count(s, VersionInPath) != 1 || !fs.ValidPath(s) || strings.Contains(s, `\`) {
		return errors.New("isn't the path of a versioned file: write it from the top, with VERSION once, like Doc/whatsnew/VERSION.rst")
	}
	return nil
}
