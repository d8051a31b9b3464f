package gitserver

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

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

// runBackend answers as git http-backend does (gitprotocol-http), without starting it.
func (s *Server) runBackend(w http.ResponseWriter, r *http.Request, repo *world.Repo, path string) {
	service, kind, flags := path, "result", []string{"--stateless-rpc"}
	if path == "info/refs" {
		service, kind, flags = r.URL.Query().Get("service"), "advertisement", append(flags, "--advertise-refs")
	}
	if service != "git-upload-pack" && service != "git-receive-pack" {
		http.Error(w, "Please upgrade your git client.", http.StatusForbidden) // to one that names a service
		return
	}
	in, err := body(r)
	if err != nil {
		http.Error(w, "reading the request", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-"+service+"-"+kind)
	w.Header().Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
	w.WriteHeader(http.StatusOK)
	protocol := r.Header.Get("Git-Protocol")
	if kind == "advertisement" && !strings.Contains(protocol, "version=2") {
		fmt.Fprint(w, packet("# service="+service+"\n"), "0000")
	}
	s.World.Lock()
	without := repo.NoFilter
	s.World.Unlock()
	env := append(slices.Clone(s.Git.Env), "GIT_PROTOCOL="+protocol)
	if without {
		env = append(env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=false")
	}
	cmd := s.Git.Command(r.Context(), append([]string{strings.TrimPrefix(service, "git-")}, append(flags, ".")...)...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout = repo.Dir, env, in, w
	if err := cmd.Run(); err != nil {
		return // git has told the client
	}
}

// body is the whole request: an answer may begin before git has read all of it.
func body(r *http.Request) (io.Reader, error) {
	whole, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Encoding") != "gzip" {
		return bytes.NewReader(whole), err
	}
	return gzip.NewReader(bytes.NewReader(whole))
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
