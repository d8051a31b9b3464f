package ghtrial

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
)

// The types of errors.
var (
	Gone         = reflect.TypeFor[*gh.Gone]()
	Limited      = reflect.TypeFor[*gh.Limited]()
	Denied       = reflect.TypeFor[*gh.Denied]()
	Unauthorized = reflect.TypeFor[*gh.Unauthorized]()
	Rejected     = reflect.TypeFor[*gh.Rejected]()
	Temporary    = reflect.TypeFor[*gh.Temporary]()
)

// Standing are errors that stand at a place of the answers for good.
var Standing = []struct{ Kind, Message string }{
	{"FORBIDDEN", "Although you appear to have the correct authorization credentials, the `example` organization has an IP allow list " +
		"enabled, and your IP address is not permitted to access this resource."},
	{"FORBIDDEN", "Resource not accessible by integration"},
	{"NOT_FOUND", "Could not resolve to a node with the global id of 'x'."},
	{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded."},
	{"SOMETHING_NEW", "Nobody knows this."},
}

// Outcomes of a question with an error in its answer.
const (
	Loaded = "loaded, with a hole"
	Grant  = "grant"
	IsGone = "gone"
	Again  = "tried again"
)

// outside are the fields that lead out of the repository, or show what guards a branch.
var outside = regexp.MustCompile(`(^|\.)(author|editor|actor|assignee|source|headRepository|mergedBy|enabledBy|requestedReviewer|` +
	`deletedCommentAuthor|rateLimit|closes|headRepositoryOwner|enqueuer|branchProtectionRule|rules)(\.|$)`)

// missable are those of the repository itself that may be missing.
var missable = regexp.MustCompile(`\.(\d+|f\d+|compare|text|associatedPullRequests)(\.|$)|\.maybe[A-Za-z]*\d+$|` +
	`^repository\.issueOrPullRequest\.mergeCommit\.parents\.nodes\.0\.`)

// queues are asked for with a repository, which is of use without.
var queues = regexp.MustCompile(`^repository\.queue\d+(\.|$)`)

// Outcome is what has to come of an error at a path.
func Outcome(path, kind, message string) string {
	spared := outside.MatchString(path) || missable.MatchString(path)
	entry := regexp.MustCompile(`\.\d+$`).MatchString(path)
	switch {
	case kind == "FORBIDDEN" && queues.MatchString(path):
		return Loaded // the log says that merge queues do not show
	case kind == "FORBIDDEN" && strings.Contains(message, "integration") && !entry && !outside.MatchString(path):
		return Grant // the App lacks a permission
	case spared:
		return Loaded
	case kind == "FORBIDDEN":
		return Grant
	case kind == "NOT_FOUND" && (path == "repository" || path == "repository.issueOrPullRequest" || path == "change0"):
		return IsGone
	}
	return Again
}

// OutcomeOf is what came of it.
func OutcomeOf(err error) string {
	denied, isDenied := errors.AsType[*gh.Denied](err)
	_, gone := errors.AsType[*gh.Gone](err)
	_, temporary := errors.AsType[*gh.Temporary](err)
	switch {
	case err == nil:
		return Loaded
	case isDenied && denied.Permission != "" && strings.Contains(err.Error(), "grant the App the permission"):
		return Grant
	case gone:
		return IsGone
	case temporary:
		return Again
	}
	return err.Error()
}

// Check compares an error with its type and with a part of its text, which is one line.
func Check(t *testing.T, name string, err error, want reflect.Type, says string) {
	t.Helper()
	known, ok := Typed(err)
	if !ok || reflect.TypeOf(known) != want {
		t.Errorf("%s: want %v, got %T: %v", name, want, known, err)
		return
	}
	if text := err.Error(); !strings.Contains(text, says) || strings.Contains(text, "\n") || len(text) > 800 {
		t.Errorf("%s: text %q", name, text)
	}
}

// Typed finds one of the errors that say what GitHub's answer means.
func Typed(err error) (found error, is bool) {
	for _, as := range []func() bool{
		func() (ok bool) { found, ok = errors.AsType[*gh.Gone](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Limited](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Denied](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Unauthorized](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Rejected](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Temporary](err); return ok },
	} {
		if as() {
			return found, true
		}
	}
	return nil, false
}

// Kinds names the types of errors, "" where there is none.
func Kinds(faults []error) (all []string) {
	for _, err := range faults {
		kind := ""
		for _, k := range []any{new(*gh.Gone), new(*gh.Limited), new(*gh.Denied), new(*gh.Rejected), new(*gh.Temporary)} {
			if errors.As(err, k) {
				kind = strings.TrimPrefix(fmt.Sprintf("%T", k), "**gh.")
			}
		}
		if kind == "" && err != nil {
			kind = err.Error()
		}
		all = append(all, kind)
	}
	return all
}
