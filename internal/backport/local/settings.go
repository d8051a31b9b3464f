package local

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// SettingsFile is where projects that use cherry_picker keep its settings.
const SettingsFile = ".cherry_picker.toml"

// Settings are what cherry_picker knows of a project ("Available config options"
// in its README). Zero strings are not set.
type Settings struct {
	Team          string `json:"team,omitempty"`         // of the repository on GitHub
	Repo          string `json:"repo,omitempty"`         // its name
	CheckSHA      string `json:"-"`                      // a commit that the repository must have
	KeepNumbers   bool   `json:"keep_numbers,omitempty"` // leave #12345 as it is: fix_commit_msg = false
	DefaultBranch string `json:"-"`                      // where commits come from
	NeedVersion   bool   `json:"-"`                      // refuse branches without a version in their name
	Draft         bool   `json:"draft,omitempty"`        // pull requests are to be drafts
}

var (
	settingLine = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s*=\s*(.*?)\s*$`)
	basicString = regexp.MustCompile(`^"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\(?:[btnfr"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))*)"\s*(?:#.*)?$`)
	plainString = regexp.MustCompile(`^'([^'\x00-\x08\x0a-\x1f\x7f]*)'\s*(?:#.*)?$`)
	truth       = regexp.MustCompile(`^(true|false)\s*(?:#.*)?$`)
)

// parseSettings reads the lines "key = value" of a TOML file as far as they are
// cherry_picker's; like it, it leaves others alone. Values are strings on one
// line, true and false.
func parseSettings(text string) (Settings, error) {
	s := Settings{NeedVersion: true}
	fix, seen := true, map[string]bool{}
	words := map[string]*string{"team": &s.Team, "repo": &s.Repo, "check_sha": &s.CheckSHA, "default_branch": &s.DefaultBranch}
	switches := map[string]*bool{"fix_commit_msg": &fix, "require_version_in_branch_name": &s.NeedVersion, "draft_pr": &s.Draft}
	number := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			break // tables are of others
		}
		m := settingLine.FindStringSubmatch(line)
		if m == nil {
			return s, fmt.Errorf("%s:%d: %.60q is no line of the form key = value", SettingsFile, number, line)
		}
		key, value := m[1], m[2]
		if seen[key] {
			return s, fmt.Errorf("%s:%d: %s is set twice", SettingsFile, number, key)
		}
		seen[key] = true
		if err := set(words[key], switches[key], value); err != nil {
			return s, fmt.Errorf("%s:%d: %s: %w", SettingsFile, number, key, err)
		}
	}
	s.KeepNumbers = !fix
	return s, nil
}

// set reads a value for one of both.
func set(word *string, on *bool, value string) error {
	switch {
	case word != nil:
		if m := plainString.FindStringSubmatch(value); m != nil {
			*word = m[1]
			return nil
		}
		m := basicString.FindStringSubmatch(value)
		if m == nil {
			return fmt.Errorf("want a string such as \"main\", not %.60q", value)
		}
		var err error
		*word, err = strconv.Unquote(`"` + m[1] + `"`)
		return err
	case on != nil:
		m := truth.FindStringSubmatch(value)
		if m == nil {
			return fmt.Errorf("want true or false, not %.60q", value)
		}
		*on = m[1] == "true"
	}
	return nil
}
