package config

import "time"

// Roles say who is who.
type Roles struct {
	// CoreTeam is the team of the core developers: its slug, in the organization
	// that owns the repository, or ORGANIZATION/SLUG.
	CoreTeam string `yaml:"core-team" jsonschema:"maxLength=200,format=team"`
}

// Stages are the settings of the labels that tell the stage of a pull request
// (devguide, "Lifecycle of a pull request").
type Stages struct {
	Mode Mode `yaml:"mode" jsonschema:"enum=on,enum=off"` // whether the rule acts
	// Review is the label for pull requests that await a first review. Workflows that block merging
	// know these labels.
	Review       string `yaml:"review" jsonschema:"maxLength=50" names:"kept label"`
	CoreReview   string `yaml:"core-review" jsonschema:"maxLength=50" names:"kept label"`   // awaiting a core developer's review
	Changes      string `yaml:"changes" jsonschema:"maxLength=50" names:"kept label"`       // awaiting changes of the author
	ChangeReview string `yaml:"change-review" jsonschema:"maxLength=50" names:"kept label"` // awaiting a review of those changes
	Merge        string `yaml:"merge" jsonschema:"maxLength=50" names:"kept label"`         // awaiting the merge
	// Phrases by which an author says that the changes are made, anywhere in a comment, in
	// upper or lower case. The bot's comments quote the first one.
	Phrases []string `yaml:"phrases" jsonschema:"minItems=1,maxItems=20,uniqueItems=true"`
	// Since is a day (UTC): earlier reviews, commits and phrases lead to labels, but not to
	// comments or requests for reviews.
	Since string `yaml:"since" jsonschema:"format=date"`
}

// Speaks reports whether there may be a comment on what happened then.
func (s *Stages) Speaks(at time.Time) bool { return since(s.Since, at) }

// IssueNumbers are the settings of the rule on issue numbers in titles.
type IssueNumbers struct {
	Mode      Mode   `yaml:"mode" jsonschema:"enum=off,enum=require"`                     // whether the rule acts
	Status    string `yaml:"status" names:"status"`                                       // commit status context
	SkipLabel string `yaml:"skip-label" jsonschema:"maxLength=50" names:"people's label"` // label that makes an issue unnecessary
	// Links is whether the bot keeps links between a pull request and its issue in
	// the bodies of both.
	Links bool `yaml:"links"`
}

// Titles are the settings of the rule on titles of pull requests into
// maintenance branches.
type Titles struct {
	Mode   Mode   `yaml:"mode" jsonschema:"enum=off,enum=require"` // whether the rule acts
	Status string `yaml:"status" names:"status"`                   // commit status context
	Check  string `yaml:"check"`                                   // name of the check run that shows a better title
}

// WrongBranch are the settings of the rule on pull requests from a maintenance
// branch into the default branch.
type WrongBranch struct {
	// Mode is close, which comments where it is not certain; comment; or off.
	Mode  Mode   `yaml:"mode" jsonschema:"enum=close,enum=comment,enum=off"`
	Label string `yaml:"label" jsonschema:"maxLength=50" names:"people's label"` // set on those that are closed
}

// CloseCertain and CommentOnly are modes of WrongBranch.
const (
	CloseCertain Mode = "close"
	CommentOnly  Mode = "comment"
)

// Commands are the settings of commands in comments.
type Commands struct {
	Mode Mode `yaml:"mode" jsonschema:"enum=on,enum=off"` // whether the rule acts
	// Outsiders are labels that anyone may set and take off by a command.
	Outsiders []string `yaml:"outsiders" jsonschema:"uniqueItems=true,maxItems=100"`
}

// Conflicts are the settings of the label for pull requests that can no longer
// be merged into their base.
type Conflicts struct {
	Mode  Mode   `yaml:"mode" jsonschema:"enum=on,enum=off"`                 // whether the rule acts
	Label string `yaml:"label" jsonschema:"maxLength=50" names:"kept label"` // on while there are conflicts
	// Every is how often, at most, all open pull requests are looked over after
	// pushes, in minutes. It costs a request for each hundred of them.
	Every int `yaml:"every" jsonschema:"minimum=5,maximum=1440"`
}
