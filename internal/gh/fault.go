package gh

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// meaning is what an error in a GraphQL answer means. Of several errors, the one that
// comes last in this list counts.
type meaning int

const (
	meansHole      meaning = iota // something is missing, and the rest of the answer is good
	meansTemporary                // later may be better
	meansHeavy                    // less at once may do
	meansRejected
	meansDenied
	meansGone
	meansLimited
)

type graphqlFault struct {
	Type, Message string
	Path          []any
	Extensions    struct{ Code string }
}

func (f graphqlFault) text() string {
	text := strings.TrimSpace(f.Type + " " + f.Message)
	if len(f.Path) > 0 {
		text += fmt.Sprint(" at ", f.Path)
	}
	return text
}

// Optional is the prefix of fields that may be missing: GitHub answers null, and
// NOT_FOUND for each.
const Optional = "maybe"

// meaning decides for every error of every query and mutation.
func (f graphqlFault) meaning() meaning {
	for _, m := range meanings {
		if m.fits(f) {
			return m.meaning
		}
	}
	return meansTemporary
}

// meanings are asked in this order; the first that fits counts.
var meanings = []struct {
	meaning meaning
	fits    func(graphqlFault) bool
}{
	{meansLimited, func(f graphqlFault) bool {
		return f.Type == "RATE_LIMITED" || f.Type == "RATE_LIMIT" || overLimit(nil, f.Message)
	}},
	{meansHeavy, func(f graphqlFault) bool { return tooHeavy[f.Type] || f.says("something went wrong") }},
	{meansGone, func(f graphqlFault) bool {
		return f.Type == "NOT_FOUND" && (wholeRequest(f.Path) || ofMutation(f.Path))
	}},
	// Nobody may write here.
	{meansRejected, func(f graphqlFault) bool { return ofMutation(f.Path) && (f.says("is locked") || f.says("archived")) }},
	{meansHole, func(f graphqlFault) bool { return f.forbidden() && f.spared() && !f.lacksPermission() }},
	{meansDenied, graphqlFault.forbidden},
	{meansHole, func(f graphqlFault) bool { return f.Type == "NOT_FOUND" && f.spared() }},
	// A push isn't visible everywhere at once.
	{meansTemporary, func(f graphqlFault) bool { return ofMutation(f.Path) && f.says("no commit found for sha") }},
	// Of a mutation, or a query that GitHub doesn't understand.
	{meansRejected, func(f graphqlFault) bool { return f.Type == "UNPROCESSABLE" || f.Extensions.Code != "" }},
	// A hole only if it's there in a small question too.
	{meansHeavy, graphqlFault.spared},
}

func (f graphqlFault) says(words string) bool {
	return strings.Contains(strings.ToLower(f.Message), words)
}

func (f graphqlFault) forbidden() bool {
	return f.Type == "FORBIDDEN" || f.Type == "INSUFFICIENT_SCOPES"
}

// tooHeavy are the types of errors for queries that ask for too much at once: resources
// ("Query resource limits"), nodes ("Node limit"), and values in one argument.
var tooHeavy = map[string]bool{"RESOURCE_LIMITS_EXCEEDED": true, "MAX_NODE_LIMIT_EXCEEDED": true, "ARGUMENT_LIMIT": true}

// elsewhere are fields that lead to accounts and other repositories. Another
// organization may hide them (single sign-on, an IP allow list), or they may be gone.
// The cost of a query isn't needed either.
var elsewhere = map[string]bool{
	"source": true, "headRepository": true, "requestedReviewer": true, "author": true, "editor": true, "actor": true,
	"assignee": true, "mergedBy": true, "enabledBy": true, "deletedCommentAuthor": true, "rateLimit": true,
	"closes": true, "headRepositoryOwner": true, "enqueuer": true,
	// Branch protection may be hidden: most Apps lack the permission
	// "administration: read".
	"branchProtectionRule": true, "rules": true,
}

// dispensable are fields of the repository itself that may be missing: a file, the
// text of one (it is read by its id then), what a branch is compared with, and the
// pull requests of a commit.
var dispensable = regexp.MustCompile(`^(f\d+|text|compare|associatedPullRequests)$`)

// spared reports whether the answer is useful without what is at the path: an entry of
// a list, a field that leads elsewhere, or an optional one.
func (f graphqlFault) spared() bool {
	if ofMutation(f.Path) {
		return false
	}
	for i, step := range f.Path {
		name, named := step.(string)
		if !named || elsewhere[name] || dispensable.MatchString(name) || i == len(f.Path)-1 && strings.HasPrefix(name, Optional) {
			return true
		}
	}
	return false
}

// lacksPermission reports whether the App lacks a permission in its own repository,
// which can be granted. What an entry of a list or a field leads to may belong to others.
func (f graphqlFault) lacksPermission() bool {
	for _, step := range f.Path {
		if name, _ := step.(string); elsewhere[name] {
			return false
		}
	}
	_, entry := f.Path[len(f.Path)-1].(float64)
	return !entry && strings.Contains(f.Message, "Resource not accessible by integration")
}

// ofMutation reports whether an error belongs to one of several mutations.
func ofMutation(path []any) bool {
	if len(path) == 0 {
		return false
	}
	name, _ := path[0].(string)
	return strings.HasPrefix(name, Alias(0)[:len(Alias(0))-1])
}

// wholeRequest reports whether the repository or the pull request itself wasn't found.
func wholeRequest(path []any) bool {
	return len(path) == 1 && path[0] == "repository" || len(path) == 2 && path[1] == IssueOrPull
}

func Alias(n int) string { return fmt.Sprint("change", n) }

// IssueOrPull is the field of the pull request or issue itself.
const IssueOrPull = "issueOrPullRequest"

// field is the path without numbers and without what every path has, such as
// "mentions.source". Its names come from our queries.
func (f graphqlFault) field() string {
	var names []string
	for _, step := range f.Path {
		name, _ := step.(string)
		name = strings.TrimRightFunc(name, unicode.IsDigit)
		if name != "" && name != "nodes" && name != "repository" && name != IssueOrPull {
			names = append(names, name)
		}
	}
	return Shorten(Tidy(strings.Join(names, ".")), 100)
}
