package ghtest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

var refRoutes = []route{
	{"GET /repos/{owner}/{repo}/branches", "contents:read", (*Server).listBranches},
	{"GET /repos/{owner}/{repo}/branches/{branch...}", "contents:read", (*Server).getBranch},
	{"GET /repos/{owner}/{repo}/git/ref/{ref...}", "contents:read", (*Server).getRef},
	{"GET /repos/{owner}/{repo}/git/matching-refs/{ref...}", "contents:read", (*Server).matchingRefs},
	{"POST /repos/{owner}/{repo}/git/refs", "contents:write", (*Server).createRef},
	{"PATCH /repos/{owner}/{repo}/git/refs/{ref...}", "contents:write", (*Server).updateRef},
	{"DELETE /repos/{owner}/{repo}/git/refs/{ref...}", "contents:write", (*Server).deleteRef},
}

func (s *Server) refJSON(r *Repo, ref string) (any, error) {
	sha := r.refs[ref]
	kind, _, err := r.store.read(sha)
	if err != nil {
		return nil, err
	}
	return obj{
		"ref": ref, "node_id": "REF_" + sha, "url": s.repoAPI(r) + "/git/" + ref,
		"object": obj{"sha": sha, "type": kind, "url": s.repoAPI(r) + "/git/" + kind + "s/" + sha},
	}, nil
}

func (s *Server) getRef(c *call) (any, error) {
	ref := "refs/" + c.PathValue("ref")
	if c.repo.refs[ref] == "" {
		return nil, notFound("")
	}
	return s.refJSON(c.repo, ref)
}

func (s *Server) matchingRefs(c *call) (any, error) {
	out := []any{}
	for _, ref := range slices.Sorted(maps.Keys(c.repo.refs)) {
		if strings.HasPrefix(ref, "refs/"+c.PathValue("ref")) {
			o, err := s.refJSON(c.repo, ref)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	return out, nil
}

func unprocessable(message string) *apiError { return &apiError{Status: 422, Message: message} }

// refInput is the body of a write to a ref.
type refInput struct {
	Ref   string `json:"ref"`
	SHA   string `json:"sha"`
	Force bool   `json:"force"`
}

func (s *Server) createRef(c *call) (any, error) {
	var in refInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	kind, _, err := c.repo.store.read(in.SHA)
	switch {
	case in.Ref == "" || in.SHA == "":
		return nil, unprocessable("Invalid request.\n\n\"ref\", \"sha\" weren't supplied.")
	case !strings.HasPrefix(in.Ref, "refs/") || strings.Count(in.Ref, "/") < 2 || !validRef(in.Ref) || strings.HasPrefix(in.Ref, "refs/pull/"):
		return nil, unprocessable("Reference name must start with 'refs/' and be valid.")
	case c.repo.refs[in.Ref] != "":
		return nil, unprocessable("Reference already exists")
	case err != nil || (kind != "commit" && strings.HasPrefix(in.Ref, "refs/heads/")):
		return nil, unprocessable("Object does not exist")
	}
	if err := c.moveRef("ref", in.Ref, in.SHA); err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return s.refJSON(c.repo, in.Ref)
}

func (s *Server) updateRef(c *call) (any, error) {
	var in refInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	ref := "refs/" + c.PathValue("ref")
	old := c.repo.refs[ref]
	_, err := c.repo.store.commit(in.SHA)
	switch {
	case old == "":
		return nil, unprocessable("Reference does not exist")
	case err != nil:
		return nil, unprocessable("Object does not exist")
	}
	if mergeBase, _, err := c.repo.store.between(old, in.SHA); !in.Force && (err != nil || mergeBase != old) {
		return nil, unprocessable("Update is not a fast forward")
	}
	if err := c.moveRef("ref-update", ref, in.SHA); err != nil {
		return nil, err
	}
	return s.refJSON(c.repo, ref)
}

func (s *Server) deleteRef(c *call) (any, error) {
	ref := "refs/" + c.PathValue("ref")
	if c.repo.refs[ref] == "" {
		return nil, unprocessable("Reference does not exist")
	}
	if ref == "refs/heads/"+c.repo.defaultBranch {
		return nil, unprocessable("Cannot delete the default branch")
	}
	if err := c.moveRef("ref-delete", ref, ""); err != nil {
		return nil, err
	}
	c.status = http.StatusNoContent
	return nil, nil
}

// moveRef writes a ref unless it is protected; "" deletes it.
func (c *call) moveRef(kind, ref, sha string) error {
	if reason := c.repo.refused(ref, sha); reason != "" {
		return unprocessable("Protected branch update failed for " + ref + ": " + reason)
	}
	old := c.repo.refs[ref]
	if err := c.repo.setRef(ref, sha); err != nil {
		return err
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: kind, SHA: sha, Key: ref})
	}
	return c.repo.moved(ref, old, sha, c.writer())
}

// branches are the names of all branches, sorted.
func (r *Repo) branches() []string {
	var names []string
	for _, ref := range slices.Sorted(maps.Keys(r.refs)) {
		if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			names = append(names, name)
		}
	}
	return names
}

func (s *Server) listBranches(c *call) (any, error) {
	names := c.repo.branches()
	if want := c.URL.Query().Get("protected"); want != "" {
		names = slices.DeleteFunc(names, func(name string) bool {
			_, protected := c.repo.protection(name)
			return protected != (want == "true")
		})
	}
	out := []obj{}
	for _, name := range page(c, names) {
		sha := c.repo.refs["refs/heads/"+name]
		_, protected := c.repo.protection(name)
		out = append(out, obj{"name": name, "commit": obj{"sha": sha, "url": s.repoAPI(c.repo) + "/commits/" + sha}, "protected": protected})
	}
	return out, nil
}

func (s *Server) getBranch(c *call) (any, error) {
	name := c.PathValue("branch")
	sha, ok := c.repo.refs["refs/heads/"+name]
	if !ok {
		return nil, notFound("Branch not found")
	}
	head, err := c.repo.store.commit(sha)
	if err != nil {
		return nil, err
	}
	want, protected := c.repo.protection(name)
	level := "off"
	if len(want.RequiredContexts) > 0 {
		level = "non_admins"
	}
	api := s.repoAPI(c.repo) + "/branches/" + name
	return obj{
		"name": name, "commit": s.commitJSON(c.repo, head), "protected": protected, "protection_url": api + "/protection",
		"_links": obj{"self": api, "html": s.URL + "/" + c.repo.fullName() + "/tree/" + name},
		"protection": obj{"enabled": protected, "required_status_checks": obj{
			"enforcement_level": level, "contexts": append([]string{}, want.RequiredContexts...), "checks": []obj{},
		}},
	}, nil
}
