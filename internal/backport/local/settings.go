package local

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
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

// parseSettings reads cherry_picker's keys of a TOML file; like it, it leaves others
// alone.
func parseSettings(text string) (Settings, error) {
	file := struct {
		Team                       string
		Repo                       string
		CheckSHA                   string `toml:"check_sha"`
		FixCommitMsg               bool   `toml:"fix_commit_msg"`
		DefaultBranch              string `toml:"default_branch"`
		RequireVersionInBranchName bool   `toml:"require_version_in_branch_name"`
		DraftPR                    bool   `toml:"draft_pr"`
	}{FixCommitMsg: true, RequireVersionInBranchName: true}
	if _, err := toml.Decode(text, &file); err != nil {
		return Settings{}, fmt.Errorf("%s: %s", SettingsFile, strings.TrimPrefix(err.Error(), "toml: "))
	}
	return Settings{
		Team: file.Team, Repo: file.Repo, CheckSHA: file.CheckSHA, KeepNumbers: !file.FixCommitMsg,
		DefaultBranch: file.DefaultBranch, NeedVersion: file.RequireVersionInBranchName, Draft: file.DraftPR,
	}, nil
}
