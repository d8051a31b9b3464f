package gitserver

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// update is one command of a push (gitprotocol-pack): old and new are zero for a ref that comes or goes.
type update struct{ old, new, ref string }

// pushed is the beginning of a push, taken apart.
type pushed struct {
	updates      []update
	capabilities string
	others       [][]byte // lines other than commands, such as "shallow …"
	rest         int64    // where the pack begins
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
