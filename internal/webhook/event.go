package webhook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// event is the part of a payload from which keys are derived ("Webhook events and
// payloads", GitHub). Any of it may be missing.
type event struct {
	Action       string `json:"action"`
	Installation struct {
		ID      int64   `json:"id"`
		Account account `json:"account"` // only in events about installations
	} `json:"installation"`
	Organization account      `json:"organization"`
	Repository   repository   `json:"repository"`
	PullRequest  subject      `json:"pull_request"`
	Issue        subject      `json:"issue"`
	Comment      comment      `json:"comment"`
	Sender       account      `json:"sender"`
	CheckRun     run          `json:"check_run"`
	CheckSuite   run          `json:"check_suite"`
	SHA          string       `json:"sha"`      // of a status
	State        string       `json:"state"`    // of a status
	Context      string       `json:"context"`  // of a status
	Branches     []named      `json:"branches"` // with the commit of a status; GitHub lists ten
	Ref          string       `json:"ref"`
	RefType      string       `json:"ref_type"`
	Forced       bool         `json:"forced"`
	Created      bool         `json:"created"`
	Commits      []commit     `json:"commits"`
	Changes      changes      `json:"changes"`
	Listed       []repository `json:"repositories"`
	Added        []repository `json:"repositories_added"`
}

type repository struct {
	ID            int64  `json:"id"`
	FullName      string `json:"full_name"` // "python/cpython"
	DefaultBranch string `json:"default_branch"`
}

// subject is a pull request or an issue.
type subject struct {
	Number    int     `json:"number"`
	User      account `json:"user"` // its author
	UpdatedAt string  `json:"updated_at"`
	Head      struct {
		SHA string `json:"sha"` // of a pull request at UpdatedAt
	} `json:"head"`
}

// comment on a pull request or issue.
type comment struct {
	Body string  `json:"body"`
	User account `json:"user"`
	Via  struct {
		ID int64 `json:"id"`
	} `json:"performed_via_github_app"`
}

// changes are what an edit replaced.
type changes struct {
	Body struct {
		From string `json:"from"`
	} `json:"body"`
}

// commit of a push.
type commit struct {
	Added    []string `json:"added"`
	Modified []string `json:"modified"`
	Removed  []string `json:"removed"`
}

type account struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// account is the login of the account where the App is installed, or "" if the event
// names none.
func (e *event) account() string {
	owner, _, _ := strings.Cut(e.Repository.FullName, "/")
	return cmp.Or(owner, e.Installation.Account.Login, e.Organization.Login)
}

// author is the login of whoever opened a key's pull request or issue, or "" if the
// event doesn't say.
func (e *event) author(of pull.Key) string {
	for _, s := range []subject{e.PullRequest, e.Issue} {
		if s.Number == of.Number && of.Number != 0 {
			return s.User.Login
		}
	}
	return ""
}

// run is a check run or check suite, with its open pull requests as far as GitHub knows
// them: none for those from forks.
type run struct {
	App        app    `json:"app"`
	Name       string `json:"name"`        // of a check run
	HeadBranch string `json:"head_branch"` // of a check suite
	Suite      struct {
		HeadBranch string `json:"head_branch"`
	} `json:"check_suite"`
	HeadSHA      string `json:"head_sha"`
	Conclusion   string `json:"conclusion"`
	PullRequests []struct {
		Number int `json:"number"`
		Base   struct {
			Repo repository `json:"repo"`
		} `json:"base"`
	} `json:"pull_requests"`
}

type named struct {
	Name string `json:"name"`
}

type app struct {
	ID int64 `json:"id"`
}

// parse reads a payload. It's an error only if it isn't a JSON object: a field with an
// unknown shape counts as missing, since GitHub changes its events over time.
func parse(payload []byte) (*event, error) {
	start := bytes.TrimLeft(payload, " \t\r\n")
	if len(start) == 0 {
		return nil, errors.New("it's empty")
	}
	var e event
	err := json.Unmarshal(payload, &e)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%w at byte %d", syntax, syntax.Offset)
	case start[0] != '{':
		return nil, errors.New("it starts with something else")
	}
	return &e, nil
}

var actionName = regexp.MustCompile(`^[A-Za-z0-9_. -]{0,100}$`)

// action is the event's action, for people and logs. Users choose that of
// repository_dispatch.
func (e *event) action() string {
	if !actionName.MatchString(e.Action) {
		return "other"
	}
	return e.Action
}

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// head is the pull request's head commit, or "" if the event names none.
func (e *event) head() string {
	if !commitID.MatchString(e.PullRequest.Head.SHA) {
		return ""
	}
	return e.PullRequest.Head.SHA
}

// updatedAt is when the subject last changed, or zero if that's unknown.
func (e *event) updatedAt() time.Time {
	for _, text := range []string{e.PullRequest.UpdatedAt, e.Issue.UpdatedAt} {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at
		}
	}
	return time.Time{}
}
