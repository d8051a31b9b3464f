package gitserver

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// gitPath is an address of git's smart HTTP protocol, with or without ".git".
var gitPath = regexp.MustCompile(`^/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)$`)

// Before serves git, and leaves all other requests to the next handler.
func (s *Server) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.isGit(r) {
			s.serveGit(w, r)
		} else {
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Server) isGit(r *http.Request) bool {
	return gitPath.MatchString(r.URL.Path) && !strings.HasPrefix(r.URL.Path, "/api/")
}

// serveGit serves clones, fetches and pushes. Reading public repositories needs no token.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	p := &api.Answer{Route: "git", Header: http.Header{}}
	m := gitPath.FindStringSubmatch(r.URL.Path)
	fault := s.front.Faults.Take(r.Method, r.URL.EscapedPath(), nil)
	fault.RunBefore()
	if !fault.Works() {
		s.front.ServeFault(w, r, p, fault)
		return
	}
	pushing := m[3] == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	repo, act, denial := s.gitAccess(r, m[1]+"/"+m[2], pushing)
	p.Actor = act
	switch {
	case denial != nil && denial.moved != "":
		p.Status = http.StatusMovedPermanently
		p.Header.Set("Location", s.URL+"/"+denial.moved+".git/"+m[3]+"?"+r.URL.RawQuery)
	case denial != nil:
		p.Status, p.Body = denial.status, []byte(denial.text+"\n")
		p.Header.Set("Content-Type", "text/plain; charset=utf-8")
		if denial.status == http.StatusUnauthorized {
			p.Header.Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
	case m[3] == "git-receive-pack":
		s.receivePush(p, r, repo)
	case fault == nil: // not kept in memory: a clone may be large
		p.Status = http.StatusOK
		s.runBackend(w, r, repo, m[3])
		s.front.Record.Add(s.gitRequest(r, p))
		return
	default:
		s.runBackend(&kept{p}, r, repo, m[3])
	}
	s.front.Record.Add(s.gitRequest(r, p))
	fault.RunThen()
	fault.Finish(w, p)
}

func (s *Server) gitRequest(r *http.Request, p *api.Answer) api.Request {
	s.World.Lock()
	defer s.World.Unlock()
	return api.Request{Method: r.Method, Route: "git", Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Status: p.Status, Installation: p.Actor.Installation(), Time: s.Now()}
}

// denial is why git is not served.
type denial struct {
	status int
	text   string // git shows it after "remote: "
	moved  string // the name that the repository has now
}

func (s *Server) gitAccess(r *http.Request, name string, pushing bool) (*world.Repo, world.Actor, *denial) {
	s.World.Lock()
	defer s.World.Unlock()
	act, err := s.Authenticate(r.Header)
	if err != nil || act.App {
		return nil, act, unknownUser()
	}
	repo, to := s.Repo(name), s.RenamedRepo(name)
	if repo == nil && to != nil && (act.Sees(to) || !to.Private) {
		return nil, act, &denial{moved: to.FullName()}
	}
	if d := denied(act, repo, pushing); d != nil {
		return nil, act, d
	}
	if err := repo.Save(); err != nil {
		return nil, act, &denial{status: http.StatusInternalServerError, text: "Internal Server Error"}
	}
	return repo, act, nil
}

func unknownUser() *denial {
	return &denial{status: http.StatusUnauthorized, text: "Invalid username or token."}
}

// denied is why a repository (nil for one that does not exist) is not served to an actor, or nil.
func denied(act world.Actor, repo *world.Repo, pushing bool) *denial {
	need, missing := "contents:read", "Access to repository not granted."
	if pushing {
		need, missing = "contents:write", "Write access to repository not granted."
	}
	visible := repo != nil && (act.Sees(repo) || (!repo.Private && !pushing))
	switch {
	case act.Anonymous() && (!visible || pushing):
		return unknownUser()
	case !visible:
		return &denial{status: http.StatusNotFound, text: "Repository not found."}
	case pushing && repo.Archived: // in git's output as "remote: …", with "The requested URL returned error: 403"
		return &denial{status: http.StatusForbidden, text: "This repository was archived so it is read-only."}
	case !act.May(need):
		return &denial{status: http.StatusForbidden, text: missing}
	}
	return nil
}
