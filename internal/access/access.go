// Package access is the table of what the App needs from GitHub: permissions and
// events, each with the feature that needs it. The manifest that creates the App, the
// documents and `bot doctor` all come from here. It must not know how GitHub is asked.
package access

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/webhook"
)

// Need says how much the bot needs a permission.
type Need int

const (
	// Required: the bot doesn't do its work without it.
	Required Need = iota
	// Advised: one feature needs it, which most repositories use.
	Advised
	// Optional: one feature needs it, and few repositories use that.
	Optional
)

// Levels of a permission. GitHub's write includes read.
const (
	Read  = "read"
	Write = "write"
)

// Permission is one that the App asks for ("Permissions required for GitHub Apps").
type Permission struct {
	Name         string // "pull_requests": in manifests and in GitHub's answers
	Title        string // "Pull requests": on GitHub's pages
	Level        string // Read or Write
	Organization bool   // GitHub lists it among the organization permissions
	Need         Need
	Use          string // the feature that needs it, for people
}

// Permissions are all that the bot uses, required ones first.
var Permissions = []Permission{
	{Name: "checks", Title: "Checks", Level: Write, Use: "details of a status: check runs with annotations"},
	{Name: "statuses", Title: "Commit statuses", Level: Write, Use: "statuses of pull requests"},
	{Name: "contents", Title: "Contents", Level: Write,
		Use: "settings files; backports: their branches and merges; marking a draft ready for review"},
	{Name: "issues", Title: "Issues", Level: Write, Use: "labels, comments and reactions; a list of pull requests in an issue"},
	{Name: "metadata", Title: "Metadata", Level: Read, Use: "everything: GitHub gives it to every App"},
	{Name: "pull_requests", Title: "Pull requests", Level: Write, Use: "pull requests, their reviews and titles; opening backports"},
	{Name: "members", Title: "Members", Level: Read, Organization: true, Use: "the core team: without it no stage label changes"},
	{Name: "workflows", Title: "Workflows", Level: Write, Need: Advised, Use: "backports of changes to workflows"},
	{Name: "merge_queues", Title: "Merge queues", Level: Read, Need: Advised, Use: "statuses in merge queues, if you use them"},
	{Name: "actions", Title: "Actions", Level: Write, Need: Optional, Use: "nightly builds, if your settings have any"},
	{Name: "administration", Title: "Administration", Level: Read, Need: Optional,
		Use: "auto-merge of backports where a branch protection makes it safe; rulesets can be read without it"},
}

// Includes reports whether a granted level is enough for a wanted one.
func Includes(granted, wanted string) bool {
	rank := []string{"", Read, Write, "admin"}
	return slices.Index(rank, granted) >= slices.Index(rank, wanted)
}

// Find gives the permission of a name.
func Find(name string) (Permission, bool) {
	i := slices.IndexFunc(Permissions, func(p Permission) bool { return p.Name == name })
	if i < 0 {
		return Permission{}, false
	}
	return Permissions[i], true
}

// Events are those to subscribe to with these permissions, given by name and level:
// GitHub refuses an event whose permission an App doesn't have.
func Events(granted map[string]string) []webhook.Event {
	return slices.DeleteFunc(slices.Clone(webhook.Events), func(e webhook.Event) bool {
		i := slices.IndexFunc(Permissions, func(p Permission) bool { return p.Title == e.Permission })
		return e.Unasked || i < 0 || granted[Permissions[i].Name] == ""
	})
}

// Choose gives the permissions to ask for, by name: all that are required, and of the
// others those for which want is true.
func Choose(want func(Permission) bool) map[string]string {
	chosen := map[string]string{}
	for _, p := range Permissions {
		if p.Need == Required || want(p) {
			chosen[p.Name] = p.Level
		}
	}
	return chosen
}
