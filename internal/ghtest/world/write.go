package world

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// ParseNodeID takes apart what nodeID made; what it did not make has no kind.
func ParseNodeID(id any) (kind string, number int64) {
	text, _ := id.(string)
	kind, encoded, _ := strings.Cut(text, "_")
	raw, _ := base64.RawURLEncoding.DecodeString(encoded)
	digits, ok := strings.CutPrefix(string(raw), kind+":")
	number, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return "", 0
	}
	return kind, number
}

// Write is one write of the App.
type Write struct {
	// Kind is status, check-run, check-run-update, comment, comment-edit, comment-delete, react, label, unlabel, label-create, label-edit,
	// label-delete, pull, pull-edit, issue-edit, close, merge, draft, ready, auto-merge, auto-merge-off, request-review,
	// unrequest-review, assign, unassign, ref, ref-update, ref-delete, or push.
	Kind   string
	Number int    // of the issue or pull request, where the write names one
	SHA    string // of the commit, where the write names one
	Key    string // context, check name, label, ref, method, fields of an edit, logins, "base <- owner:head", or id of the comment
	Text   string // state and description, conclusion, title, body, or reaction
	Time   time.Time
}

func (r *Repo) Record(w Write) {
	w.Time = r.World.Now()
	r.Writes = append(r.Writes, w)
}
