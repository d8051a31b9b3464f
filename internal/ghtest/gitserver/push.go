package gitserver

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// receivePush lets git receive what may be pushed, and answers in git's words for the rest.
func (s *Server) receivePush(p *api.Answer, r *http.Request, repo *world.Repo) {
	file, size, err := s.spool(r.Body)
	if err != nil {
		p.Status, p.Body = http.StatusBadRequest, []byte("reading the request\n")
		return
	}
	defer file.Close()
	in, err := readPush(file)
	if err != nil { // git says so better
		in = pushed{}
	}
	refusals, notes := s.refusals(repo, p.Actor, in, file)
	header := in.without(refusals)
	if len(refusals) == 0 {
		header, in.rest = nil, 0
	}
	if accepted := len(in.updates) - len(refusals); accepted > 0 || len(refusals) == 0 {
		inner := r.Clone(r.Context())
		inner.Body = io.NopCloser(io.MultiReader(bytes.NewReader(header), io.NewSectionReader(file, in.rest, size-in.rest)))
		inner.ContentLength, inner.TransferEncoding = int64(len(header))+size-in.rest, nil
		s.runBackend(&kept{p}, inner, repo, "git-receive-pack")
		s.World.Lock()
		repo.Received(p.Actor.Writer())
		s.World.Unlock()
	} else {
		p.Status, p.Body = http.StatusOK, nil
		p.Header.Set("Content-Type", "application/x-git-receive-pack-result")
	}
	if len(refusals) > 0 && p.Status <= http.StatusOK {
		p.Body = in.report(p.Body, refusals, notes)
	}
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
}

// refusals are why refs are refused, by ref, and what git prints as well.
func (s *Server) refusals(r *world.Repo, act world.Actor, in pushed, file *os.File) (map[string]string, []string) {
	s.World.Lock()
	defer s.World.Unlock()
	refused, notes := violations(r, in)
	workflow := ""
	if !act.May("workflows:write") && !r.Deleted {
		workflow = workflowIn(r, in, file)
	}
	for _, u := range in.updates {
		sha := u.new
		if sha == gitstore.ZeroSHA {
			sha = ""
		}
		switch reason := r.Refused(u.ref, sha); {
		case r.Rejection != "":
			refused[u.ref] = "pre-receive hook declined"
		case reason != "":
			refused[u.ref] = "protected branch hook declined"
			notes = append(notes, "error: GH006: Protected branch update failed for "+u.ref+".", "error: "+reason)
		case refused[u.ref] != "":
		case workflow != "" && sha != "":
			refused[u.ref] = "refusing to allow a GitHub App to create or update workflow `" + workflow + "` without `workflows` permission"
		}
	}
	if r.Rejection != "" && len(refused) > 0 {
		notes = strings.Split(r.Rejection, "\n")
	}
	if len(refused) > 0 && slices.Contains(strings.Fields(in.capabilities), "atomic") {
		for _, u := range in.updates {
			if refused[u.ref] == "" {
				refused[u.ref] = "atomic push failure"
			}
		}
	}
	return refused, notes
}
