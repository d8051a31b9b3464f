package apply

import (
	"github.com/concorde-bot/concorde/internal/gh"

	"errors"
	"regexp"
	"strings"
)

// standing are errors that stand at a place of the answers for good.
var standing = []struct{ kind, message string }{
	{"FORBIDDEN", "Although you appear to have the correct authorization credentials, the `example` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."},
	{"FORBIDDEN", "Resource not accessible by integration"},
	{"NOT_FOUND", "Could not resolve to a node with the global id of 'x'."},
	{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded."},
	{"SOMETHING_NEW", "Nobody knows this."},
}

// Outcomes of a question with an error in its answer.
const (
	loaded = "loaded, with a hole"
	grant  = "grant"
	isGone = "gone"
	again  = "tried again"
)

// outside are the fields that lead out of the repository, or show what guards a branch.
var outside = regexp.MustCompile(`(^|\.)(author|editor|actor|assignee|source|headRepository|mergedBy|enabledBy|requestedReviewer|deletedCommentAuthor|rateLimit|closes|headRepositoryOwner|enqueuer|branchProtectionRule|rules)(\.|$)`)

// missable are those of the repository itself that may be missing.
var missable = regexp.MustCompile(`\.(\d+|f\d+|compare|text|associatedPullRequests)(\.|$)|\.maybe[A-Za-z]*\d+$|^repository\.issueOrPullRequest\.mergeCommit\.parents\.nodes\.0\.`)

// queues are asked for with a repository, which is of use without.
var queues = regexp.MustCompile(`^repository\.queue\d+(\.|$)`)

// outcome is what has to come of an error at a path.
func outcome(path, kind, message string) string {
	spared := outside.MatchString(path) || missable.MatchString(path)
	entry := regexp.MustCompile(`\.\d+$`).MatchString(path)
	switch {
	case kind == "FORBIDDEN" && queues.MatchString(path):
		return loaded // the log says that merge queues do not show
	case kind == "FORBIDDEN" && strings.Contains(message, "integration") && !entry && !outside.MatchString(path):
		return grant // the App lacks a permission
	case spared:
		return loaded
	case kind == "FORBIDDEN":
		return grant
	case kind == "NOT_FOUND" && (path == "repository" || path == "repository.issueOrPullRequest" || path == "change0"):
		return isGone
	}
	return again
}

func outcomeOf(err error) string {
	denied, isDenied := errors.AsType[*gh.Denied](err)
	_, gone := errors.AsType[*gh.Gone](err)
	_, temporary := errors.AsType[*gh.Temporary](err)
	switch {
	case err == nil:
		return loaded
	case isDenied && denied.Permission != "" && strings.Contains(err.Error(), "grant the App the permission"):
		return grant
	case gone:
		return isGone
	case temporary:
		return again
	}
	return err.Error()
}
