package ghtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var statusRoutes = []route{
	{"POST /repos/{owner}/{repo}/statuses/{sha}", "statuses:write", (*Server).createStatus},
	{"GET /repos/{owner}/{repo}/commits/{ref}/status", "statuses:read", (*Server).getCombinedStatus},
	{"GET /repos/{owner}/{repo}/commits/{ref}/statuses", "statuses:read", (*Server).listStatuses},
}

type status struct {
	id                                     int64
	context, state, description, targetURL string
	creator                                *user
	created                                time.Time
}

func (s *Server) createStatus(c *call) (any, error) {
	var in struct {
		State       string  `json:"state"`
		TargetURL   *string `json:"target_url"`
		Description *string `json:"description"`
		Context     *string `json:"context"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	st := &status{context: "default", state: in.State, creator: c.writer()}
	set(&st.targetURL, in.TargetURL)
	set(&st.description, in.Description)
	set(&st.context, in.Context)
	sha := c.PathValue("sha")
	if err := c.repo.addStatus(sha, st); err != nil {
		return nil, err
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: "status", SHA: sha, Key: st.context, Text: st.state + ": " + st.description})
	}
	c.status = http.StatusCreated
	return s.statusJSON(c.repo, sha, st), nil
}

// addStatus checks what GitHub checks: state, lengths, the commit, and 1000 a commit and context.
func (r *Repo) addStatus(sha string, st *status) error {
	c, err := r.store.commit(sha)
	same := 0
	for _, other := range r.statuses[sha] {
		if other.context == st.context {
			same++
		}
	}
	switch {
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, st.state):
		return invalid("Status", "state", "custom", "State "+st.state+" is not included in the list")
	case utf8.RuneCountInString(st.description) > 140:
		return invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	case fourBytes(st.description):
		return invalid("Status", "description", "custom", noFourBytes)
	case utf8.RuneCountInString(st.context) > 255:
		return invalid("Status", "context", "custom", "context is too long (maximum is 255 characters)")
	case st.targetURL != "" && !strings.HasPrefix(st.targetURL, "http://") && !strings.HasPrefix(st.targetURL, "https://"):
		return invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
	case err != nil:
		return &apiError{Status: 422, Message: "No commit found for SHA: " + sha}
	case same >= 1000:
		return &apiError{Status: 422, Message: "Validation Failed", Errors: []obj{{"resource": "Status", "code": "custom", "message": "This SHA and context has reached the maximum number of statuses."}}}
	}
	st.id, st.created = r.srv.nextID(), r.srv.now()
	r.statuses[sha] = append(r.statuses[sha], st)
	r.srv.hooks.status(r, c, st)
	return r.settle()
}

// status tells of a status, whoever set it: a third party's comes so and in no other way (dt-mergebot#2). It names no pull request,
// and branches of the repository alone: none for the head of a fork.
func (h *hooks) status(r *Repo, c *commit, st *status) {
	payload := h.s.statusJSON(r, c.sha, st)
	delete(payload, "url")
	delete(payload, "node_id")
	delete(payload, "creator")
	branches := []obj{}
	for _, name := range r.branches() {
		if tip := r.refs["refs/heads/"+name]; tip == c.sha && len(branches) < 10 {
			branches = append(branches, obj{"name": name, "protected": false, "commit": obj{"sha": tip, "url": h.s.repoAPI(r) + "/commits/" + tip}})
		}
	}
	payload["sha"], payload["name"], payload["commit"], payload["branches"] = c.sha, r.fullName(), h.s.commitJSON(r, c), branches
	h.fire("status", r, st.creator, payload)
}

func (s *Server) statusJSON(r *Repo, sha string, st *status) obj {
	o := obj{
		"url": s.repoAPI(r) + "/statuses/" + sha, "id": st.id, "node_id": nodeID("SC", st.id), "state": st.state, "description": nil, "target_url": nil,
		"context": st.context, "avatar_url": s.URL + "/avatars/" + itoa(st.creator.id), "created_at": timestamp(st.created), "updated_at": timestamp(st.created),
		"creator": s.userJSON(st.creator),
	}
	for key, value := range map[string]string{"description": st.description, "target_url": st.targetURL} {
		if value != "" {
			o[key] = value
		}
	}
	return o
}

// latestStatuses are the newest of each context, newest first.
func (r *Repo) latestStatuses(sha string) []*status { return latestStatuses(r.statuses[sha]) }

func latestStatuses(all []*status) []*status {
	var out []*status
	seen := map[string]bool{}
	for _, st := range slices.Backward(all) {
		if !seen[st.context] {
			seen[st.context] = true
			out = append(out, st)
		}
	}
	return out
}

func (s *Server) getCombinedStatus(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	latest := c.repo.latestStatuses(sha)
	statuses := []obj{}
	for _, st := range page(c, latest) {
		o := s.statusJSON(c.repo, sha, st)
		delete(o, "creator")
		statuses = append(statuses, o)
	}
	return obj{
		"state": combined(latest), "statuses": statuses, "sha": sha, "total_count": len(latest), "repository": s.repoJSON(c.repo),
		"commit_url": s.repoAPI(c.repo) + "/commits/" + sha, "url": s.repoAPI(c.repo) + "/commits/" + sha + "/status",
	}, nil
}

func combined(latest []*status) string {
	state := "success"
	if len(latest) == 0 {
		state = "pending"
	}
	for _, st := range latest {
		switch st.state {
		case "failure", "error":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	return state
}

func (s *Server) listStatuses(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	all := slices.Clone(c.repo.statuses[sha])
	slices.Reverse(all)
	out := []obj{}
	for _, st := range page(c, all) {
		out = append(out, s.statusJSON(c.repo, sha, st))
	}
	return out, nil
}

// set takes over a value that the request has.
func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}
