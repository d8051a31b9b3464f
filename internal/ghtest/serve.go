package ghtest

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const maxBody = 32 << 20

// ServeHTTP answers the REST API (plain and under /api/v3), GraphQL, and git.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.record.enter()
	defer s.record.leave()
	if s.isGit(r) {
		s.serveGit(w, r)
		return
	}
	path, ghes := strings.CutPrefix(r.URL.EscapedPath(), "/api/v3")
	if path == "/api/graphql" {
		path = "/graphql"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "Problems reading the body", http.StatusBadRequest)
		return
	}
	p := &response{ghes: ghes, request: body, header: http.Header{}, status: http.StatusOK}
	inner := withPath(r, path)
	f := s.takeFault(r.Method, path, body)
	if f == nil {
		f = s.failure(r.Method, path)
	}
	f.before()
	if !f.works() {
		s.serveFault(w, r, p, f)
		return
	}
	s.answer(p, inner)
	s.observe(r, p, path)
	f.then()
	f.finish(w, p)
}

// withPath is the request as the routes see it.
func withPath(r *http.Request, path string) *http.Request {
	inner := r.Clone(r.Context())
	inner.URL.RawPath = path
	inner.URL.Path, _ = url.PathUnescape(path) // it was unescaped before
	return inner
}

// answer runs the route and sets the headers that every answer has.
func (s *Server) answer(p *response, r *http.Request) {
	if e := s.find(r); e != nil {
		e.serve(p, r)
	} else {
		p.finish(0, nil, notFound(""))
	}
	p.etag(r)
	s.refund(p)
	s.limitHeaders(p)
	p.header.Set("X-Github-Request-Id", requestID())
	p.header.Set("X-Github-Media-Type", "github.v3; format=json")
	p.header.Set("X-Github-Api-Version-Selected", "2022-11-28")
	p.header.Set("Server", "github.com")
}

func requestID() string {
	h := strings.ToUpper(randomHex(12))
	return h[:4] + ":" + h[4:10] + ":" + h[10:16] + ":" + h[16:]
}

// send writes the collected answer.
func (p *response) send(w http.ResponseWriter) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	if p.status != http.StatusNotModified && p.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body) // the client went away
}
