package webhook

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Event is one that the bot uses ("Webhook events and payloads", GitHub).
type Event struct {
	Name  string // "pull_request": in deliveries, and in the manifest of an App
	Title string // "Pull request": in the settings of an App
	// Permission is what an App must have, at least to read, to subscribe; "" for
	// none.
	Permission string
	// Unasked: GitHub sends it to every App that has the permission, and lets none
	// subscribe.
	Unasked bool
	// Rare: few repositories use what needs it, and without it, the sweep finds the same.
	Rare bool
	Use  string // what the bot does with it, for people

	keys     func(*event) []pull.Key // nil: it is about no pull request, issue or repository
	people   bool                    // it changes who is in a team, or who may do what
	installs bool                    // it changes where the App is installed
}

// Events are all that the bot uses. Others are stored, and nothing more.
var Events = []Event{
	{Name: "pull_request", Title: "Pull request", Permission: "Pull requests",
		Use: "a pull request is opened, edited, pushed, labeled, merged or closed", keys: pullRequest},
	{Name: "pull_request_review", Title: "Pull request review", Permission: "Pull requests",
		Use: "reviews: stages, and merging approved backports", keys: pullRequest},
	{Name: "pull_request_review_thread", Title: "Pull request review thread", Permission: "Pull requests",
		Use: "approved backports are merged once conversations are resolved"},
	{Name: "issues", Title: "Issues", Permission: "Issues", Use: "labels of issues, and the list of their pull requests", keys: discussed},
	{Name: "issue_comment", Title: "Issue comment", Permission: "Issues", Use: "commands, and what authors say", keys: discussed},
	{Name: "check_suite", Title: "Check suite", Permission: "Checks",
		Use:  "approved backports are merged once checks are green; regressions after a merge",
		keys: askedAgain},
	{Name: "status", Title: "Status", Permission: "Commit statuses",
		Use: "approved backports are merged once others' statuses are green, which send no *Check suite*; regressions " +
			"after a merge"},
	{Name: "push", Title: "Push", Permission: "Contents", Use: "settings files, and conflicts with the base branch", keys: pushed},
	{Name: "commit_comment", Title: "Commit comment", Permission: "Contents", Rare: true,
		Use: "buildbots that comment on commits, if your settings name any; without it, the hourly sweep finds them"},
	{Name: "create", Title: "Create", Permission: "Contents", Use: "a maintenance branch is cut", keys: branch},
	{Name: "delete", Title: "Delete", Permission: "Contents", Use: "a maintenance branch is deleted", keys: branch},
	{Name: "label", Title: "Label", Permission: "Metadata", Use: "the labels of the repository change", keys: wholeRepository},
	{Name: "merge_group", Title: "Merge group", Permission: "Merge queues",
		Use: "statuses on the commits of a merge queue, where there is one", keys: wholeRepository},
	{Name: "repository", Title: "Repository", Permission: "Metadata", Use: "a repository is renamed, transferred or archived", keys: existing},
	{Name: "member", Title: "Member", Permission: "Members", Use: "who may triage and write in a repository", people: true},
	{Name: "membership", Title: "Membership", Permission: "Members", Use: "who is a core developer", people: true},
	{Name: "organization", Title: "Organization", Permission: "Members", Use: "people who leave the organization leave its teams",
		people: true},
	{Name: "team", Title: "Team", Permission: "Members", Use: "the core team is renamed or deleted, or its role changes", people: true},
	{Name: "team_add", Title: "Team add", Permission: "Members", Use: "a team gets a role in a repository", people: true},

	// With Checks: write these come unasked, of an App's own check runs.
	{Name: "check_run", Title: "Check run", Permission: "Checks", Unasked: true, Use: "someone re-runs a check", keys: askedAgain},
	{Name: "installation", Title: "Installation", Unasked: true, Use: "the App is installed, suspended or removed", keys: existing,
		installs: true},
	{Name: "installation_repositories", Title: "Installation repositories", Unasked: true, Use: "the App gets more repositories",
		keys: existing, installs: true},
	{Name: "github_app_authorization", Title: "GitHub App authorization", Unasked: true, Use: "nothing: the bot never acts for a user"},
	{Name: "ping", Title: "Ping", Unasked: true, Use: "the webhook is set up: answered"},
}

func find(name string) (Event, bool) {
	i := slices.IndexFunc(Events, func(e Event) bool { return e.Name == name })
	if i < 0 {
		return Event{}, false
	}
	return Events[i], true
}
