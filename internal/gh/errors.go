package gh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Answer is what GitHub answered, or why it didn't. It's for logs: Message is short and
// holds no tokens.
type Answer struct {
	Endpoint   string // "POST /repos/{owner}/{repo}/statuses/{sha}"
	StatusCode int    // 0: no answer
	Message    string

	timeout bool
	heavy   bool // GitHub may answer a smaller query
	unknown bool // this GitHub does not have a field that Message names
}

// Error implements error for every type below.
func (a Answer) Error() string {
	var b strings.Builder
	if a.Endpoint != "" {
		b.WriteString(a.Endpoint + ": ")
	}
	if a.StatusCode != 0 {
		fmt.Fprintf(&b, "%d: ", a.StatusCode)
	}
	b.WriteString(a.Message)
	return b.String()
}

// Heavy reports whether GitHub may answer a smaller query.
func (a Answer) Heavy() bool { return a.heavy }

// Unknown reports whether this GitHub doesn't have a field that Message names.
func (a Answer) Unknown() bool { return a.unknown }

func (Answer) typed() {}

// failure is any of the types below.
type failure interface {
	error
	typed()
}

// Gone: the repository, pull request or installation doesn't exist (any more), or not for
// this App. There's nothing to do.
type Gone struct{ Answer }

// Installation reports whether the whole installation is gone: removed or suspended.
func (e *Gone) Installation() bool {
	return e.Endpoint == postToken || e.StatusCode == http.StatusForbidden // suspended, see refused
}

// Limited: GitHub accepts no requests from this installation before Until.
type Limited struct {
	Answer
	Until time.Time
	// Spared: GitHub would accept the request, but the bot keeps the rest of its limits for
	// others.
	Spared bool
}

// Error implements error.
func (e *Limited) Error() string {
	return fmt.Sprintf("limited until %s: %s", e.Until.UTC().Format(time.RFC3339), e.Answer.Error())
}

// Denied: the App lacks a permission, which an owner must grant.
type Denied struct {
	Answer
	Permission string // to be granted: "checks: write"; "": not known
}

// Error implements error.
func (e *Denied) Error() string {
	if e.Permission == "" {
		return e.Answer.Error()
	}
	return fmt.Sprintf("%s: grant the App the permission %q and accept it in the installation", e.Answer.Error(), e.Permission)
}

// Unauthorized: GitHub doesn't recognize the App. Its number, its key or the clock is
// wrong.
type Unauthorized struct{ Answer }

// Error implements error.
func (e *Unauthorized) Error() string {
	return e.Answer.Error() + ": check the number of the App, its private key, and the clock of this machine"
}

// Rejected: GitHub understood the request and refused it. The same request won't succeed
// later.
type Rejected struct{ Answer }

// Temporary: no answer, or none that makes sense. A later try may succeed.
type Temporary struct{ Answer }

// Rejectf returns the error for what GitHub would reject, without sending it.
func Rejectf(format string, args ...any) *Rejected {
	return &Rejected{Answer{Message: fmt.Sprintf(format, args...)}}
}

// BadAnswer is for an answer from the GraphQL API that makes no sense.
func BadAnswer(message string) *Temporary {
	return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: message}}
}

// TimedOut is for what took too long.
func TimedOut(message string) *Temporary { return &Temporary{Answer{Message: message, timeout: true}} }

// Settle turns the client libraries' errors into one of the types above, except for the
// caller's own cancellation.
func Settle(err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[failure](err); ok {
		return known
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Temporary{Answer{Message: Tidy(err.Error())}}
}

// message is the text of an error from the REST API ("Client errors").
func message(body []byte) string {
	var said struct {
		Message string
		Errors  []json.RawMessage
	}
	if json.Unmarshal(body, &said) != nil || said.Message == "" {
		if len(strings.TrimSpace(string(body))) == 0 {
			return "an empty answer"
		}
		return Tidy(string(body[:min(len(body), 4096)]))
	}
	for _, raw := range said.Errors {
		var detail struct{ Resource, Field, Code, Message string }
		text := string(raw)
		if json.Unmarshal(raw, &detail) == nil {
			text = detail.Message
			if text == "" {
				text = strings.Join([]string{detail.Resource, detail.Field, detail.Code}, " ")
			}
		}
		said.Message += "; " + text
	}
	return Tidy(said.Message)
}
