package world

import (
	"slices"
	"strings"
)

// LatestStatuses are the newest of each context, newest first.
func (r *Repo) LatestStatuses(sha string) []*Status { return LatestStatuses(r.Statuses[sha]) }

// LatestStatuses are the newest of each context, newest first.
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

// CombinedState is the REST API's state of several statuses: failure, pending or success; pending without any.
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

// ChecksAt are the check runs of a commit, oldest first; name "" is any.
func (r *Repo) ChecksAt(sha, name string) []*Check {
	var found []*Check
	for _, k := range r.Checks {
		if k.SHA == sha && (name == "" || k.Name == name) {
			found = append(found, k)
		}
	}
	return found
}

// LatestChecks keeps the newest of each name and App.
func LatestChecks(all []*Check) []*Check {
	type named struct {
		app  *App
		name string
	}
	newest := map[named]int64{}
	for _, k := range all {
		newest[named{k.App, k.Name}] = max(newest[named{k.App, k.Name}], k.ID)
	}
	return slices.DeleteFunc(slices.Clone(all), func(k *Check) bool { return newest[named{k.App, k.Name}] != k.ID })
}

// concluded is the conclusion of an App's newest runs on a commit, and whether all are completed.
func (r *Repo) concluded(sha string, by *App) (conclusion string, done bool) {
	conclusion = "success"
	for _, k := range LatestChecks(r.ChecksAt(sha, "")) {
		switch {
		case k.App != by:
		case k.Status != "completed":
			return "", false
		case k.state() == "FAILURE":
			conclusion = "failure"
		}
	}
	return conclusion, true
}

func (k *Check) state() string {
	switch {
	case k.Status != "completed":
		return "PENDING"
	case slices.Contains([]string{"success", "neutral", "skipped"}, k.Conclusion):
		return "SUCCESS"
	}
	return "FAILURE"
}

// contexts are the states of statuses and check runs of a commit by name: SUCCESS, PENDING, FAILURE, ERROR.
func (r *Repo) contexts(sha string) map[string]string {
	states := map[string]string{}
	for _, st := range r.LatestStatuses(sha) {
		states[st.Context] = strings.ToUpper(st.State)
	}
	for _, k := range LatestChecks(r.ChecksAt(sha, "")) {
		states[k.Name] = k.state()
	}
	return states
}

// Rollup is the state of all statuses and check runs of a commit together, "" without any.
func (r *Repo) Rollup(sha string) string {
	worst := ""
	order := []string{"", "SUCCESS", "PENDING", "ERROR", "FAILURE"}
	for _, state := range r.contexts(sha) {
		if slices.Index(order, state) > slices.Index(order, worst) {
			worst = state
		}
	}
	return worst
}
