package lifecycle

import (
	"bytes"
	_ "embed" // the built-in copies
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// The built-in copies, of August 2026: https://peps.python.org/api/.
var (
	//go:embed data/release-cycle.json
	builtinCycle []byte
	//go:embed data/python-releases.json
	builtinReleases []byte
)

// Builtin is the calendar that comes with the program.
func Builtin() *Calendar {
	c, err := Parse(BuiltinFiles())
	if err != nil {
		panic(fmt.Sprintf("the built-in release data is wrong: %v", err)) // a test checks it
	}
	return c
}

// BuiltinFiles returns the two files of the built-in copy, in the order of Parse.
func BuiltinFiles() (cycle, releases []byte) {
	return bytes.Clone(builtinCycle), bytes.Clone(builtinReleases)
}

// Parse reads release-cycle.json and python-releases.json from peps.python.org/api.
// Either may be nil if the other is sufficient. Errors name the version and the field.
func Parse(cycle, releases []byte) (*Calendar, error) {
	all := map[string]*facts{}
	about := func(version string) *facts {
		if all[version] == nil {
			all[version] = &facts{}
		}
		return all[version]
	}
	if cycle != nil {
		var file versions
		err := json.Unmarshal(cycle, &file)
		if err == nil {
			err = each(file, func(version string, e entry) { about(version).cycle = e })
		}
		if err != nil {
			return nil, fmt.Errorf("reading release-cycle.json: %w", err)
		}
	}
	if releases != nil {
		var file struct{ Metadata, Releases versions }
		err := json.Unmarshal(releases, &file)
		if err == nil {
			err = each(file.Metadata, func(version string, e entry) { about(version).meta = e })
		}
		if err == nil {
			err = each(file.Releases, func(version string, r []releaseEntry) { about(version).releases = r })
		}
		if err != nil {
			return nil, fmt.Errorf("reading python-releases.json: %w", err)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("reading the release data: both files are missing")
	}
	c := &Calendar{}
	for _, version := range newestFirst(all) {
		s, err := all[version].schedule(version)
		if err != nil {
			return nil, fmt.Errorf("reading the release data: %s: %w", version, err)
		}
		c.schedules = append(c.schedules, s)
	}
	return c, nil
}

// versions is an object with versions as keys.
type versions map[string]json.RawMessage

// each reads the values of v, which must not be empty.
func each[T any](v versions, take func(version string, value T)) error {
	if len(v) == 0 {
		return errors.New("it has no versions")
	}
	for _, version := range newestFirst(v) {
		if !ValidVersion(version) {
			return fmt.Errorf("%.40q isn't a version: expected one such as 3.14", version)
		}
		var value T
		if err := json.Unmarshal(v[version], &value); err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		take(version, value)
	}
	return nil
}

// newestFirst sorts the keys, so that of several faults the same one is always reported.
func newestFirst[T any](v map[string]T) []string {
	return slices.SortedFunc(maps.Keys(v), func(a, b string) int { return Compare(b, a) })
}
