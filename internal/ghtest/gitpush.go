package ghtest

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
)

// RejectPushes makes git refuse every push with a text, as a hook before the receipt does: "remote: …", and each ref is
// "[remote rejected] … (pre-receive hook declined)". "" ends it.
func (r *Repo) RejectPushes(text string) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.rejection = text
}

// NoFilter makes git serve the repository without partial clones, as old servers do. GitHub has them, and so have these repositories.
func (r *Repo) NoFilter(without bool) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.noFilter = without
}

func (r *Repo) withoutFilter() bool {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	return r.noFilter
}

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
func (s *Server) receivePush(p *response, r *http.Request, repo *Repo) {
	file, size, err := s.spool(r.Body)
	if err != nil {
		p.status, p.body = http.StatusBadRequest, []byte("reading the request\n")
		return
	}
	defer file.Close()
	in, err := readPush(file)
	if err != nil { // git says so better
		in = pushed{}
	}
	refusals, notes := s.refusals(repo, p.actor, in, file)
	header := in.without(refusals)
	if len(refusals) == 0 {
		header, in.rest = nil, 0
	}
	if accepted := len(in.updates) - len(refusals); accepted > 0 || len(refusals) == 0 {
		inner := r.Clone(r.Context())
		inner.Body = io.NopCloser(io.MultiReader(bytes.NewReader(header), io.NewSectionReader(file, in.rest, size-in.rest)))
		inner.ContentLength, inner.TransferEncoding = int64(len(header))+size-in.rest, nil
		s.runBackend(&kept{p}, inner, repo, "git-receive-pack")
		s.received(repo, p.actor.token.user)
	} else {
		p.status, p.body = http.StatusOK, nil
		p.header.Set("Content-Type", "application/x-git-receive-pack-result")
	}
	if len(refusals) > 0 && p.status <= http.StatusOK {
		p.body = in.report(p.body, refusals, notes)
	}
	if p.status == 0 {
		p.status = http.StatusOK
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
		if len(fields) == 3 && isSHA(fields[0]) && isSHA(fields[1]) {
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
func (s *Server) refusals(r *Repo, act actor, in pushed, file *os.File) (map[string]string, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refused, notes := r.violations(in)
	workflow := ""
	if !act.may("workflows:write") && !r.deleted {
		workflow = r.workflowIn(in, file)
	}
	for _, u := range in.updates {
		sha := u.new
		if sha == zeroSHA {
			sha = ""
		}
		switch reason := r.refused(u.ref, sha); {
		case r.rejection != "":
			refused[u.ref] = "pre-receive hook declined"
		case reason != "":
			refused[u.ref] = "protected branch hook declined"
			notes = append(notes, "error: GH006: Protected branch update failed for "+u.ref+".", "error: "+reason)
		case refused[u.ref] != "":
		case workflow != "" && sha != "":
			refused[u.ref] = "refusing to allow a GitHub App to create or update workflow `" + workflow + "` without `workflows` permission"
		}
	}
	if r.rejection != "" && len(refused) > 0 {
		notes = strings.Split(r.rejection, "\n")
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
func (r *Repo) workflowIn(in pushed, file *os.File) string {
	known := map[treeEntry]bool{}
	args := []string{"rev-list"}
	for _, u := range in.updates {
		if u.new != zeroSHA {
			args = append(args, u.new)
		}
	}
	if len(args) == 1 {
		return ""
	}
	if _, err := file.Seek(in.rest, io.SeekStart); err == nil {
		_, _ = r.srv.git.feed(r.store.dir, file, "index-pack", "--stdin", "--fix-thin") // where there is no pack the objects are there
	}
	args = append(args, "--not")
	for ref, sha := range r.refs {
		args = append(args, sha)
		if c, err := r.store.commit(sha); err == nil && strings.HasPrefix(ref, "refs/heads/") {
			for _, e := range r.store.workflows(c.tree) {
				known[e] = true
			}
		}
	}
	out, err := r.store.run(args...)
	if err != nil {
		return ""
	}
	for _, sha := range strings.Fields(string(out)) {
		if name := r.store.newWorkflow(sha, known); name != "" {
			return path.Join(workflows, name)
		}
	}
	return ""
}

// newWorkflow is one that a commit has, and neither its parents nor the known ones are.
func (st *store) newWorkflow(sha string, known map[treeEntry]bool) string {
	c, err := st.commit(sha)
	if err != nil {
		return ""
	}
	before := maps.Clone(known)
	for _, parent := range c.parents {
		if p, err := st.commit(parent); err == nil {
			for _, e := range st.workflows(p.tree) {
				before[e] = true
			}
		}
	}
	for _, e := range st.workflows(c.tree) {
		if !before[e] {
			return e.name
		}
	}
	return ""
}

// workflows are the entries of that directory in a tree.
func (st *store) workflows(tree string) []treeEntry {
	dir, err := st.lookup(tree, workflows)
	if err != nil {
		return nil
	}
	entries, err := st.tree(dir.sha)
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
