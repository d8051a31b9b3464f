package gh

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/concorde-bot/concorde/internal/pull"
)

// meaning is what an error in an answer of the GraphQL API is about. Of several
// errors the last one in this list counts.
type meaning int

const (
	meansHole      meaning = iota // one thing is missing, the rest of the answer is good
	meansTemporary                // later may be better
	meansHeavy                    // less at once may do
	meansRejected
	meansDenied
	meansGone
	meansLimited
)

// meaning decides for every error of every query and mutation.
func (f graphqlFault) meaning() meaning {
	lower := strings.ToLower(f.Message)
	switch {
	case f.Type == "RATE_LIMITED" || f.Type == "RATE_LIMIT" || overLimit(nil, f.Message):
		return meansLimited
	case tooHeavy[f.Type] || strings.Contains(lower, "something went wrong"):
		return meansHeavy
	case f.Type == "NOT_FOUND" && (wholeRequest(f.Path) || ofMutation(f.Path)):
		return meansGone
	case ofMutation(f.Path) && (strings.Contains(lower, "is locked") || strings.Contains(lower, "archived")):
		return meansRejected // it is the place that takes no writes, from anybody
	case f.Type == "FORBIDDEN" || f.Type == "INSUFFICIENT_SCOPES":
		if f.spared() && !f.lacksPermission() {
			return meansHole
		}
		return meansDenied
	case f.Type == "NOT_FOUND" && f.spared():
		return meansHole
	case ofMutation(f.Path) && strings.Contains(lower, "no commit found for sha"):
		return meansTemporary // a push does not show everywhere at once
	case f.Type == "UNPROCESSABLE" || f.Extensions.Code != "": // of a mutation, or a query that GitHub does not understand
		return meansRejected
	case f.spared(): // a hole only if it is there in a small question too
		return meansHeavy
	}
	return meansTemporary
}

// tooHeavy are the types of errors by which GitHub says that it was asked for too
// much at once: resources ("Query resource limits"), nodes ("Node limit"), and ids
// or other values in one argument.
var tooHeavy = map[string]bool{"RESOURCE_LIMITS_EXCEEDED": true, "MAX_NODE_LIMIT_EXCEEDED": true, "ARGUMENT_LIMIT": true}

// elsewhere are fields that lead to accounts and to other repositories. Another
// organisation may keep them to itself (single sign-on, a list of IP addresses),
// or they are gone. What a query costs is as dispensable.
var elsewhere = map[string]bool{
	"source": true, "headRepository": true, "requestedReviewer": true, "author": true, "editor": true, "actor": true,
	"assignee": true, "mergedBy": true, "enabledBy": true, "deletedCommentAuthor": true, "rateLimit": true,
	"closes": true, "headRepositoryOwner": true, "enqueuer": true,
	// What protects a branch may stay hidden: most Apps lack the permission
	// "administration: read".
	"branchProtectionRule": true, "rules": true,
}

// dispensable are fields of the repository itself that may be missing: a file, the
// text of one (it is read by its id then), what a branch is compared with, and the
// pull requests of a commit.
var dispensable = regexp.MustCompile(`^(f\d+|text|compare|associatedPullRequests)$`)

// spared tells whether the answer is of use without what is at the path: an entry
// of a list, what leads elsewhere, or an optional field.
func (f graphqlFault) spared() bool {
	if ofMutation(f.Path) {
		return false
	}
	for i, step := range f.Path {
		name, named := step.(string)
		if !named || elsewhere[name] || dispensable.MatchString(name) || i == len(f.Path)-1 && strings.HasPrefix(name, optional) {
			return true
		}
	}
	return false
}

// lacksPermission tells whether it is the App that may not see something of its
// own repository, which can be granted. What an entry of a list or a field
// leads to may belong to others.
func (f graphqlFault) lacksPermission() bool {
	for _, step := range f.Path {
		if name, _ := step.(string); elsewhere[name] {
			return false
		}
	}
	_, entry := f.Path[len(f.Path)-1].(float64)
	return !entry && strings.Contains(f.Message, "Resource not accessible by integration")
}

// reads tells a query from a mutation: GitHub may make a write on which it gives up.
func (x exchange) reads() bool {
	return x.endpoint == graphqlEndpoint && x.request.Context().Value(mutation{}) == nil
}

// smallest marks the context of a question that cannot be asked in smaller parts:
// what is too heavy in it, and can be spared, is a hole.
type smallest struct{}

func (x exchange) isHole(f graphqlFault) bool {
	m := f.meaning()
	return m == meansHole || m == meansHeavy && f.spared() && x.request.Context().Value(smallest{}) != nil
}

// holeIn is a place in the answers about a repository.
type holeIn struct {
	repository pull.Key
	field      string
}

const rememberedHoles = 1000

// missed counts the holes in an answer, and tells the log of each place once.
func (r *repository) missed(holes []graphqlFault) {
	for _, f := range holes {
		place := holeIn{r.key.Repository(), f.field()}
		r.app.metrics.holes.WithLabelValues(place.field).Inc()
		if told, _ := r.app.holes.ContainsOrAdd(place, struct{}{}); !told {
			r.app.cfg.Log.Warn().Str("repository", place.repository.String()).Str("field", place.field).Str("cause", tidy(f.text())).
				Msg("GitHub leaves something out of its answers: the bot does without it")
		}
	}
}

// field is the path without numbers and without what every path has:
// "mentions.source". Its names are those of our queries.
func (f graphqlFault) field() string {
	var names []string
	for _, step := range f.Path {
		name, _ := step.(string)
		name = strings.TrimRightFunc(name, unicode.IsDigit)
		if name != "" && name != "nodes" && name != "repository" && name != issueOrPull {
			names = append(names, name)
		}
	}
	return cut(tidy(strings.Join(names, ".")), 100)
}
