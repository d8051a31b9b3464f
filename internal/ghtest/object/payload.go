package object

// HookEvents are those that the App is subscribed to.
var HookEvents = []string{"check_run", "issue_comment", "issues", "membership", "merge_group", "pull_request", "pull_request_review", "push", "repository", "status", "team"}
