package rest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var refRoutes = []route{
	{"GET /repos/{owner}/{repo}/branches", "contents:read", (*server).listBranches},
	{"GET /repos/{owner}/{repo}/branches/{branch...}", "contents:read", (*server).getBranch},
	{"GET /repos/{owner}/{repo}/git/ref/{ref...}", "contents:read", (*server).getRef},
	{"GET /repos/{owner}/{repo}/git/matching-refs/{ref...}", "contents:read", (*server).matchingRefs},
	{"POST /repos/{owner}/{repo}/git/refs", "contents:write", (*server).createRef},
	{"PATCH /repos/{owner}/{repo}/git/refs/{ref...}", "contents:write", (*server).updateRef},
	{"DELETE /repos/{owner}/{repo}/git/refs/{ref...}", "contents:write", (*server).deleteRef},
}

func (s *server) refJSON(r *world.Repo, ref string) (any, error) {
	sha := r.Refs[ref]
	kind, _, err := r.Store.Read(sha)
	if err != nil {
		return nil, err
	}
	return obj{
		"ref": ref, "node_id": "REF_" + sha, "url": s.RepoAPI(r) + "/git/" + ref,
		"object": obj{"sha": sha, "type": kind, "url": s.RepoAPI(r) + "/git/" + kind + "s/" + sha},
	}, nil
}

func (s *server) getRef(c *call) (any, error) {
	ref := "refs/" + c.PathValue("ref")
	if c.Repo.Refs[ref] == "" {
		return nil, world.NotFound("")
	}
	return s.refJSON(c.Repo, ref)
}

func (s *server) matchingRefs(c *call) (any, error) {
	out := []any{}
	for _, ref := range slices.Sorted(maps.Keys(c.Repo.Refs)) {
		if strings.HasPrefix(ref, "refs/"+c.PathValue("ref")) {
			o, err := s.refJSON(c.Repo, ref)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	return out, nil
}

// refInput is the body of a write to a ref.
type refInput struct {
	Ref   string `json:"ref"`
	SHA   string `json:"sha"`
	Force bool   `json:"force"`
}

func (s *server) createRef(c *call) (any, error) {
	var in refInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	kind, _, err := c.Repo.Store.Read(in.SHA)
	switch {
	case in.Ref == "" || in.SHA == "":
		return nil, world.Unprocessable("Invalid request.\n\n\"ref\", \"sha\" weren't supplied.")
	case !strings.HasPrefix(in.Ref, "refs/") || strings.Count(in.Ref, "/") < 2 || !world.ValidRef(in.Ref) || strings.HasPrefix(in.Ref, "refs/pull/"):
		return nil, world.Unprocessable("Reference name must start with 'refs/' and be valid.")
	case c.Repo.Refs[in.Ref] != "":
		return nil, world.Unprocessable("Reference already exists")
	case err != nil || (kind != "commit" && strings.HasPrefix(in.Ref, "refs/heads/")):
		return nil, world.Unprocessable("Object does not exist")
	}
	if err := c.moveRef("ref", in.Ref, in.SHA); err != nil {
		return nil, err
	}
	c.Status = http.StatusCreated
	return s.refJSON(c.Repo, in.Ref)
}

func (s *server) updateRef(c *call) (any, error) {
	var in refInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	ref := "refs/" + c.PathValue("ref")
	old := c.Repo.Refs[ref]
	_, err := c.Repo.Store.Commit(in.SHA)
	switch {
	case old == "":
		return nil, world.Unprocessable("Reference does not exist")
	case err != nil:
		return nil, world.Unprocessable("Object does not exist")
	}
	if mergeBase, _, err := c.Repo.Store.Between(old, in.SHA); !in.Force && (err != nil || mergeBase != old) {
		return nil, world.Unprocessable("Update is not a fast forward")
	}
	if err := c.moveRef("ref-update", ref, in.SHA); err != nil {
		return nil, err
	}
	return s.refJSON(c.Repo, ref)
}

func (s *server) deleteRef(c *call) (any, error) {
	ref := "refs/" + c.PathValue("ref")
	if c.Repo.Refs[ref] == "" {
		return nil, world.Unprocessable("Reference does not exist")
	}
	if ref == "refs/heads/"+c.Repo.DefaultBranch {
		return nil, world.Unprocessable("Cannot delete the default branch")
	}
	if err := c.moveRef("ref-delete", ref, ""); err != nil {
		return nil, err
	}
	c.Status = http.StatusNoContent
	return nil, nil
}

// moveRef writes a ref unless it is protected; "" deletes it.
func (c *call) moveRef(kind, ref, sha string) error {
	if reason := c.Repo.Refused(ref, sha); reason != "" {
		return world.Unprocessable("Protected branch update failed for " + ref + ": " + reason)
	}
	old := c.Repo.Refs[ref]
	if err := c.Repo.SetRef(ref, sha); err != nil {
		return err
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: kind, SHA: sha, Key: ref})
	}
	return c.Repo.RefMoved(ref, old, sha, c.Actor.Writer())
}

func (s *server) listBranches(c *call) (any, error) {
	names := c.Repo.Branches()
	if want := c.URL.Query().Get("protected"); want != "" {
		names = slices.DeleteFunc(names, func(name string) bool {
			_, protected := c.Repo.Protection(name)
			return protected != (want == "true")
		})
	}
	out := []obj{}
	for _, name := range api.Page(c.Call, names) {
		sha := c.Repo.Refs["refs/heads/"+name]
		_, protected := c.Repo.Protection(name)
		out = append(out, obj{"name": name, "commit": obj{"sha": sha, "url": s.RepoAPI(c.Repo) + "/commits/" + sha}, "protected": protected})
	}
	return out, nil
}

func (s *server) getBranch(c *call) (any, error) {
	name := c.PathValue("branch")
	sha, ok := c.Repo.Refs["refs/heads/"+name]
	if !ok {
		return nil, world.NotFound("Branch not found")
	}
	head, err := c.Repo.Store.Commit(sha)
	if err != nil {
		return nil, err
	}
	want, protected := c.Repo.Protection(name)
	level := "off"
	if len(want.RequiredContexts) > 0 {
		level = "non_admins"
	}
	api := s.RepoAPI(c.Repo) + "/branches/" + name
	return obj{
		"name": name, "commit": s.CommitJSON(c.Repo, head), "protected": protected, "protection_url": api + "/protection",
		"_links": obj{"self": api, "html": s.URL + "/" + c.Repo.FullName() + "/tree/" + name},
		"protection": obj{"enabled": protected, "required_status_checks": obj{
			"enforcement_level": level, "contexts": append([]string{}, want.RequiredContexts...), "checks": []obj{},
		}},
	}, nil
}
