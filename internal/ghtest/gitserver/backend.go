package gitserver

import (
	"errors"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Server serves repositories over git's smart HTTP protocol.
type Server struct {
	*world.World
	front *api.Front
}

// New makes one; faults and the record are those of the front.
func New(w *world.World, f *api.Front) *Server { return &Server{w, f} }

// kept is where an answer goes before it is sent.
type kept struct{ p *api.Answer }

func (k *kept) Header() http.Header { return k.p.Header }

func (k *kept) Write(b []byte) (int, error) {
	k.p.Body = append(k.p.Body, b...)
	return len(b), nil
}

func (k *kept) WriteHeader(status int) { k.p.Status = status }

// runBackend runs git http-backend on one repository.
func (s *Server) runBackend(w http.ResponseWriter, r *http.Request, repo *world.Repo, service string) {
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
	env := append(slices.Clone(s.Git.Env), "GIT_PROJECT_ROOT="+repo.Dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=git", "GIT_PROTOCOL="+r.Header.Get("Git-Protocol"))
	s.World.Lock()
	without := repo.NoFilter
	s.World.Unlock()
	if without {
		env = append(env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=false")
	}
	(&cgi.Handler{Path: s.Git.Backend, Root: "/", Dir: repo.Dir, Env: env, Stderr: io.Discard}).ServeHTTP(w, inner)
}

// spool keeps a body of unknown length in a file that is already unlinked.
func (s *Server) spool(body io.Reader) (*os.File, int64, error) {
	f, err := os.CreateTemp(s.Dir, ".body-")
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
