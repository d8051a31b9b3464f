package world

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type Status struct {
	ID                                     int64
	Context, State, Description, TargetURL string
	Creator                                *User
	Created                                time.Time
}

// AddStatus checks what GitHub checks: state, lengths, the commit, and 1000 a commit and context.
func (r *Repo) AddStatus(sha string, st *Status) error {
	c, err := r.Store.Commit(sha)
	same := 0
	for _, other := range r.Statuses[sha] {
		if other.Context == st.Context {
			same++
		}
	}
	switch {
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, st.State):
		return Invalid("Status", "state", "custom", "State "+st.State+" is not included in the list")
	case utf8.RuneCountInString(st.Description) > 140:
		return Invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	case fourBytes(st.Description):
		return Invalid("Status", "description", "custom", noFourBytes)
	case utf8.RuneCountInString(st.Context) > 255:
		return Invalid("Status", "context", "custom", "context is too long (maximum is 255 characters)")
	case st.TargetURL != "" && !strings.HasPrefix(st.TargetURL, "http://") && !strings.HasPrefix(st.TargetURL, "https://"):
		return Invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
	case err != nil:
		return &Refusal{Status: 422, Message: "No commit found for SHA: " + sha}
	case same >= 1000:
		return &Refusal{Status: 422, Message: "Validation Failed", Errors: []map[string]any{{"resource": "Status", "code": "custom", "message": "This SHA and context has reached the maximum number of statuses."}}}
	}
	st.ID, st.Created = r.World.nextID(), r.World.Now()
	r.Statuses[sha] = append(r.Statuses[sha], st)
	r.World.emit(Event{Name: "status", Repo: r, By: st.Creator, Status: st, Commit: c})
	return r.Settle()
}

// LatestStatuses are the newest of each context, newest first.
func (r *Repo) LatestStatuses(sha string) []*Status { return LatestStatuses(r.Statuses[sha]) }

func LatestStatuses(all []*Status) []*Status {
	var out []*Status
	seen := map[string]bool{}
	for _, st := range slices.Backward(all) {
		if !seen[st.Context] {
			seen[st.Context] = true
			out = append(out, st)
		}
	}
	return out
}

func CombinedState(latest []*Status) string {
	state := "success"
	if len(latest) == 0 {
		state = "pending"
	}
	for _, st := range latest {
		switch st.State {
		case "failure", "error":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	return state
}

// set takes over a value that the request has.
func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}
