package ghtest

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/cgi"
	"os"
	"regexp"
	"slices"
	"strings"
)

// gitPath is an address of git's smart HTTP protocol, with or without ".git".
var gitPath = regexp.MustCompile(`^/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)$`)

func (s *Server) isGit(r *http.Request) bool {
	return gitPath.MatchString(r.URL.Path) && !strings.HasPrefix(r.URL.Path, "/api/")
}

// serveGit serves clones, fetches and pushes by git http-backend. Reading public repositories needs no token.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	p := &response{route: "git", header: http.Header{}}
	m := gitPath.FindStringSubmatch(r.URL.Path)
	fault := s.takeFault(r.Method, r.URL.EscapedPath(), nil)
	if fault != nil && !fault.DropAfter {
		s.serveFault(w, r, p, fault)
		return
	}
	pushing := m[3] == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	repo, act, status := s.gitAccess(r, m[1]+"/"+m[2], pushing)
	p.actor = act
	if p.status = status; status != http.StatusOK {
		s.record.add(s.gitRequest(r, p))
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		http.Error(w, gitErrors[status], status)
		return
	}
	if fault != nil {
		w = &lost{}
	}
	s.runBackend(w, r, repo, m[3])
	if m[3] == "git-receive-pack" && act.token != nil {
		s.received(repo, act.token.user)
	}
	s.record.add(s.gitRequest(r, p))
	if fault != nil {
		panic(http.ErrAbortHandler) // the push was done, its answer is lost
	}
}

// lost is where an answer goes that the client never sees.
type lost struct{ header http.Header }

func (l *lost) Header() http.Header {
	if l.header == nil {
		l.header = http.Header{}
	}
	return l.header
}
func (l *lost) Write(b []byte) (int, error) { return len(b), nil }
func (l *lost) WriteHeader(int)             {}

// runBackend runs git http-backend on one repository.
func (s *Server) runBackend(w http.ResponseWriter, r *http.Request, repo *Repo, service string) {
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = "/"+service, ""
	inner.Header.Del("Authorization") // no token in the environment of a process
	if r.ContentLength < 0 {          // chunked, which CGI does not have
		body, size, err := s.spool(r.Body)
		if err != nil {
			http.Error(w, "reading the request", http.StatusBadRequest)
			return
		}
		defer body.Close()
		inner.Body, inner.ContentLength, inner.TransferEncoding = body, size, nil
	}
	env := append(slices.Clone(s.git.env), "GIT_PROJECT_ROOT="+repo.dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=git", "GIT_PROTOCOL="+r.Header.Get("Git-Protocol"))
	(&cgi.Handler{Path: s.git.backend, Root: "/", Dir: repo.dir, Env: env, Stderr: io.Discard}).ServeHTTP(w, inner)
}

// spool keeps a body of unknown length in a file that is already unlinked.
func (s *Server) spool(body io.Reader) (io.ReadCloser, int64, error) {
	f, err := os.CreateTemp(s.dir, ".body-")
	if err != nil {
		return nil, 0, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	size, err := io.Copy(f, body)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

var gitErrors = map[int]string{
	401: "remote: Invalid username or token.", 403: "remote: Permission to this repository denied.", 404: "remote: Repository not found.", 500: "remote: Internal Server Error",
}

func (s *Server) gitRequest(r *http.Request, p *response) Request {
	return Request{Method: r.Method, Route: "git", Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Status: p.status, Installation: p.actor.installation(), Time: s.Now()}
}

func (s *Server) gitAccess(r *http.Request, name string, pushing bool) (*Repo, actor, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	act, err := s.authenticate(r.Header)
	if err != nil || act.app {
		return nil, act, http.StatusUnauthorized
	}
	repo, need := s.repos[strings.ToLower(name)], "contents:read"
	if pushing {
		need = "contents:write"
	}
	visible := repo != nil && (act.sees(repo) || (!repo.private && !pushing))
	switch {
	case act.anonymous() && (!visible || pushing):
		return nil, act, http.StatusUnauthorized
	case !visible:
		return nil, act, http.StatusNotFound
	case !act.may(need) || (pushing && repo.archived):
		return nil, act, http.StatusForbidden
	}
	if repo.save() != nil {
		return nil, act, http.StatusInternalServerError
	}
	return repo, act, http.StatusOK
}

// received finds out what a push changed and does what follows from it.
func (s *Server) received(r *Repo, by *user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	disk, err := r.diskRefs()
	if err != nil || r.deleted {
		return
	}
	before := r.onDisk // what the server changed meanwhile stays
	r.onDisk = disk
	names := maps.Clone(disk)
	maps.Copy(names, before)
	for _, ref := range slices.Sorted(maps.Keys(names)) {
		if before[ref] == disk[ref] || strings.HasPrefix(ref, "refs/pull/") || r.setRef(ref, disk[ref]) != nil {
			continue
		}
		if by == s.app.bot {
			r.wrote(Write{Kind: "push", SHA: disk[ref], Key: ref})
		}
		_ = r.moved(ref, before[ref], disk[ref], by) // the next push finds what could not be followed
	}
}
