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
	fault.before()
	if !fault.works() {
		s.serveFault(w, r, p, fault)
		return
	}
	pushing := m[3] == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	repo, act, denial := s.gitAccess(r, m[1]+"/"+m[2], pushing)
	p.actor = act
	switch {
	case denial != nil && denial.moved != nil:
		p.status = http.StatusMovedPermanently
		p.header.Set("Location", s.URL+"/"+denial.moved.Name()+".git/"+m[3]+"?"+r.URL.RawQuery)
	case denial != nil:
		p.status, p.body = denial.status, []byte(denial.text+"\n")
		p.header.Set("Content-Type", "text/plain; charset=utf-8")
		if denial.status == http.StatusUnauthorized {
			p.header.Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
	case m[3] == "git-receive-pack":
		s.receivePush(p, r, repo)
	case fault == nil: // not kept in memory: a clone may be large
		p.status = http.StatusOK
		s.runBackend(w, r, repo, m[3])
		s.record.add(s.gitRequest(r, p))
		return
	default:
		s.runBackend(&kept{p}, r, repo, m[3])
	}
	s.record.add(s.gitRequest(r, p))
	fault.then()
	fault.finish(w, p)
}

// kept is where an answer goes before it is sent.
type kept struct{ p *response }

func (k *kept) Header() http.Header { return k.p.header }
func (k *kept) Write(b []byte) (int, error) {
	k.p.body = append(k.p.body, b...)
	return len(b), nil
}
func (k *kept) WriteHeader(status int) { k.p.status = status }

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
	if repo.withoutFilter() {
		env = append(env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=false")
	}
	(&cgi.Handler{Path: s.git.backend, Root: "/", Dir: repo.dir, Env: env, Stderr: io.Discard}).ServeHTTP(w, inner)
}

// spool keeps a body of unknown length in a file that is already unlinked.
func (s *Server) spool(body io.Reader) (*os.File, int64, error) {
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

func (s *Server) gitRequest(r *http.Request, p *response) Request {
	return Request{Method: r.Method, Route: "git", Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Status: p.status, Installation: p.actor.installation(), Time: s.Now()}
}

// denial is why git is not served.
type denial struct {
	status int
	text   string // git shows it after "remote: "
	moved  *Repo  // where the repository is now
}

func (s *Server) gitAccess(r *http.Request, name string, pushing bool) (*Repo, actor, *denial) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unknown := &denial{status: http.StatusUnauthorized, text: "Invalid username or token."}
	act, err := s.authenticate(r.Header)
	if err != nil || act.app {
		return nil, act, unknown
	}
	repo, need := s.repos[strings.ToLower(name)], "contents:read"
	if pushing {
		need = "contents:write"
	}
	to := s.renamed[strings.ToLower(name)]
	visible := repo != nil && (act.sees(repo) || (!repo.private && !pushing))
	switch {
	case repo == nil && to != nil && (act.sees(to) || !to.private):
		return nil, act, &denial{moved: to}
	case act.anonymous() && (!visible || pushing):
		return nil, act, unknown
	case !visible:
		return nil, act, &denial{status: http.StatusNotFound, text: "Repository not found."}
	case pushing && repo.archived:
		return nil, act, &denial{status: http.StatusForbidden, text: "This repository was archived so it is read-only."}
	case !act.may(need) && pushing:
		return nil, act, &denial{status: http.StatusForbidden, text: "Write access to repository not granted."}
	case !act.may(need):
		return nil, act, &denial{status: http.StatusForbidden, text: "Access to repository not granted."}
	}
	if err := repo.save(); err != nil {
		return nil, act, &denial{status: http.StatusInternalServerError, text: "Internal Server Error"}
	}
	return repo, act, nil
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
