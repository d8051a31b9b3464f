package world

import (
	"fmt"
	"net/http"
	"strings"
)

// Refusal is why GitHub doesn't do what it is asked, as its REST API words it.
type Refusal struct {
	Status  int
	Message string
	Errors  []map[string]any
	Docs    string // documentation_url; the top of the reference when empty
}

func (e *Refusal) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }

// NotFound is a 404; an empty message is "Not Found".
func NotFound(message string) *Refusal {
	if message == "" {
		message = "Not Found"
	}
	return &Refusal{Status: 404, Message: message}
}

// Forbidden is the 403 for a missing permission.
func Forbidden() *Refusal {
	return &Refusal{Status: 403, Message: "Resource not accessible by integration"}
}

// Unauthorized is a 401.
func Unauthorized(message string) *Refusal { return &Refusal{Status: 401, Message: message} }

// Unprocessable is a 422 without details.
func Unprocessable(message string) *Refusal { return &Refusal{Status: 422, Message: message} }

// Invalid is a 422; code is missing, missing_field, invalid, already_exists, or custom with a message.
func Invalid(resource, field, code, message string) *Refusal {
	e := map[string]any{"resource": resource, "field": field, "code": code}
	if message != "" {
		e["message"] = message
	}
	return &Refusal{Status: 422, Message: "Validation Failed", Errors: []map[string]any{e}}
}

// Archived is the 403 for a write to an archived repository, whoever makes it (conda-forge's scripts know it by this text).
func Archived() *Refusal {
	return &Refusal{Status: http.StatusForbidden, Message: "Repository was archived so is read-only."}
}

func lockedError(message string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Message: message, Docs: "https://docs.github.com/articles/locking-conversations/"}
}

// noFourBytes is what GitHub says where it keeps three bytes a character: in descriptions of statuses and labels
// (ouzi-dev/commit-status-updater#526, safe-settings#428). Names of labels, titles, bodies and check runs take emoji.
const noFourBytes = "description doesn't accept 4-byte Unicode"

func fourBytes(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF })
}
