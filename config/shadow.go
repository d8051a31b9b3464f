package config

import "reflect"

// InShadow is the mode of a rule whose actions are only predicted.
const InShadow Mode = "shadow"

// Modes are the rules' modes, by the rules' names. "on" means that the rule acts as its
// own group says; "shadow" that it writes nothing, and its actions are compared with what
// others do; "off" that it does nothing.
type Modes struct {
	News        Mode `yaml:"news" jsonschema:"enum=off,enum=shadow,enum=on"`         // NEWS entries
	ABI         Mode `yaml:"abi" jsonschema:"enum=off,enum=shadow,enum=on"`          // ABI markers
	Changelog   Mode `yaml:"changelog" jsonschema:"enum=off,enum=shadow,enum=on"`    // NEWS entries that would break a release, after the merge
	IssueNumber Mode `yaml:"issue-number" jsonschema:"enum=off,enum=shadow,enum=on"` // issue numbers in titles
	Title       Mode `yaml:"title" jsonschema:"enum=off,enum=shadow,enum=on"`        // titles of pull requests into maintenance branches
	Stage       Mode `yaml:"stage" jsonschema:"enum=off,enum=shadow,enum=on"`        // stage labels
	Labels      Mode `yaml:"labels" jsonschema:"enum=off,enum=shadow,enum=on"`       // labels by rules
	Links       Mode `yaml:"links" jsonschema:"enum=off,enum=shadow,enum=on"`        // links between pull requests and issues
	WrongBranch Mode `yaml:"wrong-branch" jsonschema:"enum=off,enum=shadow,enum=on"` // pull requests from a maintenance branch
	Conflict    Mode `yaml:"conflict" jsonschema:"enum=off,enum=shadow,enum=on"`     // the label for conflicts
	Backport    Mode `yaml:"backport" jsonschema:"enum=off,enum=shadow,enum=on"`     // backports, on the original
	BackportPR  Mode `yaml:"backport-pr" jsonschema:"enum=off,enum=shadow,enum=on"`  // backports, on their own pull requests
	Freeze      Mode `yaml:"freeze" jsonschema:"enum=off,enum=shadow,enum=on"`       // branches that are closed around a release
	EndOfLife   Mode `yaml:"end-of-life" jsonschema:"enum=off,enum=shadow,enum=on"`  // comments on branches that take no changes
	Settings    Mode `yaml:"settings" jsonschema:"enum=off,enum=shadow,enum=on"`     // checks of a repository's settings files
	Regressions Mode `yaml:"regressions" jsonschema:"enum=off,enum=shadow,enum=on"`  // comments on checks that fail after the merge
	Revert      Mode `yaml:"revert" jsonschema:"enum=off,enum=shadow,enum=on"`       // reverts, on the reverted pull request
	RevertPR    Mode `yaml:"revert-pr" jsonschema:"enum=off,enum=shadow,enum=on"`    // reverts, on their own pull requests
	Commands    Mode `yaml:"commands" jsonschema:"enum=off,enum=shadow,enum=on"`     // commands in comments
	Readiness   Mode `yaml:"readiness" jsonschema:"enum=off,enum=shadow,enum=on"`    // comments in versions' tracking issues
}

// Of returns the mode of a rule, by its name. A rule without a setting is on.
func (m Modes) Of(rule string) Mode {
	f, found := field(fields(reflect.TypeFor[Modes]()), rule)
	if !found {
		return On
	}
	return Mode(reflect.ValueOf(m).FieldByIndex(f.Index).String())
}

// RulesWithMode are the names of all rules that have a mode.
func RulesWithMode() (names []string) {
	for _, f := range fields(reflect.TypeFor[Modes]()) {
		names = append(names, keyOf(f))
	}
	return names
}

// Shadow are the settings of rules in mode "shadow".
type Shadow struct {
	// Window is how many minutes others have to do what a rule in shadow would do.
	Window int `yaml:"window" jsonschema:"minimum=1,maximum=1440"`
	// Bots are the logins of the bots that such rules will replace, without "[bot]". What
	// they did counts as the rule's own doing, not as a person's choice.
	Bots []string `yaml:"bots" jsonschema:"format=account,maxLength=100,uniqueItems=true,maxItems=100"`
}

// CommandsAct reports whether commands in comments are carried out.
func (r *Rules) CommandsAct() bool { return r.Commands.Mode == On && r.Modes.Commands == On }

// RevertsAct reports whether the command for reverts is carried out.
func (r *Rules) RevertsAct() bool { return r.CommandsAct() && r.Modes.Revert == On }

// ConflictsAct reports whether the label for conflicts is set and removed.
func (r *Rules) ConflictsAct() bool { return r.Conflicts.Mode == On && r.Modes.Conflict == On }
