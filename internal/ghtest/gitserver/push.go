package gitserver

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// update is one command of a push (gitprotocol-pack): old and new are zero for a ref that comes or goes.
type update struct{ old, new, ref string }

// pushed is the beginning of a push, taken apart.
type pushed struct {
	updates      []update
	capabilities string
	others       [][]byte // lines that are no commands, such as "shallow …"
	rest         int64    // where the pack begins
}

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

// readPush reads the commands up to the flush.
func readPush(file io.ReadSeeker) (pushed, error) {
	var in pushed
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return in, err
	}
	for {
		line, err := readPacket(file)
		if err != nil {
			return in, err
		}
		if line == nil {
			in.rest, err = file.Seek(0, io.SeekCurrent)
			return in, err
		}
		command, capabilities, first := strings.Cut(string(line), "\x00")
		if first {
			in.capabilities = capabilities
		}
		fields := strings.SplitN(strings.TrimSuffix(command, "\n"), " ", 3)
		if len(fields) == 3 && gitstore.IsSHA(fields[0]) && gitstore.IsSHA(fields[1]) {
			in.updates = append(in.updates, update{fields[0], fields[1], fields[2]})
		} else {
			in.others = append(in.others, line)
		}
	}
}

// readPacket reads one line of git's protocol; nil is a flush.
func readPacket(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size, err := strconv.ParseUint(string(head[:]), 16, 16)
	if err != nil || (size > 0 && size < 4) {
		return nil, fmt.Errorf("reading a packet: length %q", head)
	}
	if size == 0 {
		return nil, nil
	}
	line := make([]byte, size-4)
	_, err = io.ReadFull(r, line)
	return line, err
}

func packet(line string) string { return fmt.Sprintf("%04x%s", len(line)+4, line) }

// refusals are the reasons of the refs that are not taken, and what git shows beside.
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

const workflows = ".github/workflows"

// workflowIn finds a workflow that a push creates or changes. One that a branch has with the same content is none, as on GitHub.
func workflowIn(r *world.Repo, in pushed, file *os.File) string {
	known := map[gitstore.Entry]bool{}
	args := []string{"rev-list"}
	for _, u := range in.updates {
		if u.new != gitstore.ZeroSHA {
			args = append(args, u.new)
		}
	}
	if len(args) == 1 {
		return ""
	}
	if _, err := file.Seek(in.rest, io.SeekStart); err == nil {
		_, _ = r.World.Git.Feed(r.Store.Dir, file, "index-pack", "--stdin", "--fix-thin") // where there is no pack the objects are there
	}
	args = append(args, "--not")
	for ref, sha := range r.Refs {
		args = append(args, sha)
		if c, err := r.Store.Commit(sha); err == nil && strings.HasPrefix(ref, "refs/heads/") {
			for _, e := range workflowsOf(r.Store, c.Tree) {
				known[e] = true
			}
		}
	}
	out, err := r.Store.Run(args...)
	if err != nil {
		return ""
	}
	for _, sha := range strings.Fields(string(out)) {
		if name := newWorkflow(r.Store, sha, known); name != "" {
			return path.Join(workflows, name)
		}
	}
	return ""
}

// newWorkflow is one that a commit has, and neither its parents nor the known ones are.
func newWorkflow(st *gitstore.Store, sha string, known map[gitstore.Entry]bool) string {
	c, err := st.Commit(sha)
	if err != nil {
		return ""
	}
	before := maps.Clone(known)
	for _, parent := range c.Parents {
		if p, err := st.Commit(parent); err == nil {
			for _, e := range workflowsOf(st, p.Tree) {
				before[e] = true
			}
		}
	}
	for _, e := range workflowsOf(st, c.Tree) {
		if !before[e] {
			return e.Name
		}
	}
	return ""
}

// workflows are the entries of that directory in a tree.
func workflowsOf(st *gitstore.Store, tree string) []gitstore.Entry {
	dir, err := st.Lookup(tree, workflows)
	if err != nil {
		return nil
	}
	entries, err := st.Tree(dir.SHA)
	if err != nil {
		return nil
	}
	return entries
}

// without is the beginning of the push with the accepted commands only.
func (in pushed) without(refused map[string]string) []byte {
	var b strings.Builder
	for _, line := range in.others {
		b.WriteString(packet(string(line)))
	}
	capabilities := "\x00" + in.capabilities
	for _, u := range in.updates {
		if refused[u.ref] == "" {
			b.WriteString(packet(u.old + " " + u.new + " " + u.ref + capabilities))
			capabilities = ""
		}
	}
	b.WriteString("0000")
	return []byte(b.String())
}

// report adds the refusals to git's report on the accepted refs, of which there may be none.
func (in pushed) report(answer []byte, refused map[string]string, notes []string) []byte {
	banded := strings.Contains(in.capabilities, "side-band-64k")
	status, progress := string(answer), ""
	if banded {
		status, progress = splitBands(answer)
	}
	status = strings.TrimSuffix(status, "0000")
	if status == "" {
		status = packet("unpack ok\n")
	}
	for _, u := range in.updates {
		if reason := refused[u.ref]; reason != "" {
			status += packet("ng " + u.ref + " " + reason + "\n")
		}
	}
	status += "0000"
	if !banded {
		return []byte(status)
	}
	out := ""
	for _, line := range notes {
		out += packet("\x02" + line + "\n")
	}
	out += progress
	const most = 65000 // a packet has at most 65520 bytes
	for len(status) > 0 {
		n := min(len(status), most)
		out += packet("\x01" + status[:n])
		status = status[n:]
	}
	return []byte(out + "0000")
}

// splitBands takes an answer apart: the bytes of its first band, and the packets of the second.
func splitBands(answer []byte) (status, progress string) {
	for r := bytes.NewReader(answer); ; {
		line, err := readPacket(r)
		switch {
		case err != nil || len(line) == 0:
			return status, progress
		case line[0] == 1:
			status += string(line[1:])
		default:
			progress += packet(string(line))
		}
	}
}
