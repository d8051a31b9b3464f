package rest

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var contentRoutes = []route{
	{"GET /repos/{owner}/{repo}/git/blobs/{sha}", "contents:read", (*server).getBlob},
	{"GET /repos/{owner}/{repo}/contents/{path...}", "contents:read", (*server).getContents},
	{"GET /repos/{owner}/{repo}/commits/{ref}", "contents:read", (*server).getCommit},
}

// wantsRaw reports whether the client asks for the bytes instead of JSON.
func wantsRaw(c *call) bool {
	accept := c.Header.Get("Accept")
	return strings.Contains(accept, "application/vnd.github.raw") || strings.Contains(accept, "application/vnd.github.v3.raw")
}

func rawBlob(data []byte) api.Raw {
	return api.Raw{ContentType: "application/vnd.github.raw+json; charset=utf-8", Data: data}
}

func (s *server) getBlob(c *call) (any, error) {
	sha := c.PathValue("sha")
	if !gitstore.IsSHA(sha) {
		return nil, &world.Refusal{Status: 422, Message: "The sha parameter must be exactly 40 characters and contain only [0-9a-f]."}
	}
	data, err := c.Repo.Store.Blob(sha)
	switch {
	case errors.Is(err, gitstore.ErrNoObject):
		return nil, world.NotFound("")
	case err != nil:
		return nil, err
	case len(data) > 100<<20:
		return nil, &world.Refusal{Status: 403, Message: "This API returns blobs up to 100 MB in size.", Errors: []obj{{"resource": "Blob", "field": "data", "code": "too_large"}}}
	case wantsRaw(c):
		return rawBlob(data), nil
	}
	return obj{
		"sha": sha, "node_id": "B_" + sha, "size": len(data), "url": s.RepoAPI(c.Repo) + "/git/blobs/" + sha,
		"content": wrap64(data), "encoding": "base64",
	}, nil
}

// wrap64 is base64 in lines of 60, as GitHub sends it.
func wrap64(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 60 {
		b.WriteString(text[:60] + "\n")
		text = text[60:]
	}
	if text != "" {
		b.WriteString(text + "\n")
	}
	return b.String()
}

func (s *server) getContents(c *call) (any, error) {
	ref, path := c.URL.Query().Get("ref"), strings.Trim(c.PathValue("path"), "/")
	if _, ok := c.Repo.Resolve(ref); !ok {
		return nil, world.NotFound("No commit found for the ref " + ref)
	}
	e, err := c.Repo.Entry(ref, path)
	if errors.Is(err, gitstore.ErrNoObject) {
		return nil, world.NotFound("")
	}
	if err != nil {
		return nil, err
	}
	if ref == "" {
		ref = c.Repo.DefaultBranch
	}
	if !e.IsDir() {
		return s.fileContents(c, e, path, ref)
	}
	entries, err := c.Repo.Store.Tree(e.SHA)
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, sub := range entries {
		out = append(out, s.contentJSON(c.Repo, sub, strings.TrimPrefix(path+"/"+sub.Name, "/"), ref))
	}
	return out, nil
}

func (s *server) fileContents(c *call, e gitstore.Entry, path, ref string) (any, error) {
	o := s.contentJSON(c.Repo, e, path, ref)
	if e.ObjectType() == "commit" {
		o["submodule_git_url"] = nil
		return o, nil
	}
	data, err := c.Repo.Store.Blob(e.SHA)
	if err != nil {
		return nil, err
	}
	if wantsRaw(c) {
		return rawBlob(data), nil
	}
	o["content"], o["encoding"], o["size"] = wrap64(data), "base64", len(data)
	switch {
	case e.Mode == "120000":
		o["target"] = string(data)
	case len(data) > 1<<20: // GitHub leaves out what is larger than 1 MB
		o["content"], o["encoding"] = "", "none"
	}
	return o, nil
}

func (s *server) contentJSON(r *world.Repo, e gitstore.Entry, path, ref string) obj {
	kind, gitKind := "file", "blobs"
	switch e.Mode {
	case "40000":
		kind, gitKind = "dir", "trees"
	case "120000":
		kind = "symlink"
	case "160000":
		kind, gitKind = "submodule", "trees"
	}
	size := 0
	if gitKind == "blobs" {
		if data, err := r.Store.Blob(e.SHA); err == nil {
			size = len(data)
		}
	}
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	escaped := strings.Join(parts, "/")
	api, git := s.RepoAPI(r)+"/contents/"+escaped+"?ref="+ref, s.RepoAPI(r)+"/git/"+gitKind+"/"+e.SHA
	html := s.URL + "/" + r.FullName() + "/blob/" + ref + "/" + escaped
	return obj{
		"type": kind, "name": path[strings.LastIndex(path, "/")+1:], "path": path, "sha": e.SHA, "size": size, "url": api, "git_url": git, "html_url": html,
		"download_url": s.URL + "/" + r.FullName() + "/raw/" + ref + "/" + escaped, "_links": obj{"self": api, "git": git, "html": html},
	}
}

// commitAt finds the commit that {ref} names; GitHub says 422 where there is none.
func (c *call) commitAt(rev string) (string, error) {
	sha, ok := c.Repo.Root().Resolve(rev)
	if !ok {
		return "", &world.Refusal{Status: 422, Message: "No commit found for SHA: " + rev}
	}
	return sha, nil
}

func (s *server) getCommit(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	commit, err := c.Repo.Store.Commit(sha)
	if err != nil {
		return nil, err
	}
	return s.CommitJSON(c.Repo, commit), nil
}
