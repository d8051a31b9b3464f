package ghtest

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

var contentRoutes = []route{
	{"GET /repos/{owner}/{repo}/git/blobs/{sha}", "contents:read", (*Server).getBlob},
	{"GET /repos/{owner}/{repo}/contents/{path...}", "contents:read", (*Server).getContents},
	{"GET /repos/{owner}/{repo}/commits/{ref}", "contents:read", (*Server).getCommit},
}

// wantsRaw reports whether the client asks for the bytes instead of JSON.
func wantsRaw(c *call) bool {
	accept := c.Header.Get("Accept")
	return strings.Contains(accept, "application/vnd.github.raw") || strings.Contains(accept, "application/vnd.github.v3.raw")
}

func rawBlob(data []byte) raw { return raw{"application/vnd.github.raw+json; charset=utf-8", data} }

func (s *Server) getBlob(c *call) (any, error) {
	sha := c.PathValue("sha")
	if !isSHA(sha) {
		return nil, &apiError{Status: 422, Message: "The sha parameter must be exactly 40 characters and contain only [0-9a-f]."}
	}
	data, err := c.repo.store.blob(sha)
	switch {
	case errors.Is(err, errNoObject):
		return nil, notFound("")
	case err != nil:
		return nil, err
	case len(data) > 100<<20:
		return nil, &apiError{Status: 403, Message: "This API returns blobs up to 100 MB in size.", Errors: []obj{{"resource": "Blob", "field": "data", "code": "too_large"}}}
	case wantsRaw(c):
		return rawBlob(data), nil
	}
	return obj{
		"sha": sha, "node_id": "B_" + sha, "size": len(data), "url": s.repoAPI(c.repo) + "/git/blobs/" + sha,
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

func (s *Server) getContents(c *call) (any, error) {
	ref, path := c.URL.Query().Get("ref"), strings.Trim(c.PathValue("path"), "/")
	if _, ok := c.repo.resolve(ref); !ok {
		return nil, notFound("No commit found for the ref " + ref)
	}
	e, err := c.repo.entry(ref, path)
	if errors.Is(err, errNoObject) {
		return nil, notFound("")
	}
	if err != nil {
		return nil, err
	}
	if ref == "" {
		ref = c.repo.defaultBranch
	}
	if !e.isDir() {
		return s.fileContents(c, e, path, ref)
	}
	entries, err := c.repo.store.tree(e.sha)
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, sub := range entries {
		out = append(out, s.contentJSON(c.repo, sub, strings.TrimPrefix(path+"/"+sub.name, "/"), ref))
	}
	return out, nil
}

func (s *Server) fileContents(c *call, e treeEntry, path, ref string) (any, error) {
	o := s.contentJSON(c.repo, e, path, ref)
	if e.objectType() == "commit" {
		o["submodule_git_url"] = nil
		return o, nil
	}
	data, err := c.repo.store.blob(e.sha)
	if err != nil {
		return nil, err
	}
	if wantsRaw(c) {
		return rawBlob(data), nil
	}
	o["content"], o["encoding"], o["size"] = wrap64(data), "base64", len(data)
	switch {
	case e.mode == "120000":
		o["target"] = string(data)
	case len(data) > 1<<20: // GitHub leaves out what is larger than 1 MB
		o["content"], o["encoding"] = "", "none"
	}
	return o, nil
}

func (s *Server) contentJSON(r *Repo, e treeEntry, path, ref string) obj {
	kind, gitKind := "file", "blobs"
	switch e.mode {
	case "40000":
		kind, gitKind = "dir", "trees"
	case "120000":
		kind = "symlink"
	case "160000":
		kind, gitKind = "submodule", "trees"
	}
	size := 0
	if gitKind == "blobs" {
		if data, err := r.store.blob(e.sha); err == nil {
			size = len(data)
		}
	}
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	escaped := strings.Join(parts, "/")
	api, git := s.repoAPI(r)+"/contents/"+escaped+"?ref="+ref, s.repoAPI(r)+"/git/"+gitKind+"/"+e.sha
	html := s.URL + "/" + r.fullName() + "/blob/" + ref + "/" + escaped
	return obj{
		"type": kind, "name": path[strings.LastIndex(path, "/")+1:], "path": path, "sha": e.sha, "size": size, "url": api, "git_url": git, "html_url": html,
		"download_url": s.URL + "/" + r.fullName() + "/raw/" + ref + "/" + escaped, "_links": obj{"self": api, "git": git, "html": html},
	}
}

// commitAt finds the commit that {ref} names; GitHub says 422 where there is none.
func (c *call) commitAt(rev string) (string, error) {
	sha, ok := c.repo.root().resolve(rev)
	if !ok {
		return "", &apiError{Status: 422, Message: "No commit found for SHA: " + rev}
	}
	return sha, nil
}

func (s *Server) getCommit(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	commit, err := c.repo.store.commit(sha)
	if err != nil {
		return nil, err
	}
	return s.commitJSON(c.repo, commit), nil
}
