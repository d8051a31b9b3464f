package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// Secret is a file that only the bot should be able to read.
type Secret struct{ Path, Use string }

// files looks at who may read the key, the webhook's secret and the database. The group
// may read them if it's one of this process's own, since Kubernetes gives secrets to a
// group (fsGroup), or root's, which stands there for the access list of a systemd
// credential.
func (v *visit) files(context.Context) result {
	own, err := os.Getgroups()
	if err != nil { // a system without groups
		return result{findings: []Finding{{State: Note, Text: "This system doesn't show who may read a file."}}}
	}
	own = append(own, os.Getegid(), 0)
	r := result{findings: []Finding{}}
	for _, s := range v.Secrets {
		f := Finding{Subject: s.Path, State: OK, Text: fmt.Sprintf("Only the bot can read %s.", s.Use)}
		info, err := os.Stat(s.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // others say so
		case err != nil:
			f.State, f.Text, f.Cure = Problem, fmt.Sprintf("%s can't be used: %s.", upper(s.Use), line(err)), "Give the file to the bot's user."
		case info.Mode()&0o007 != 0:
			f.State, f.Text = Problem, fmt.Sprintf("Every user of this machine has access to %s (mode %04o).", s.Use, info.Mode().Perm())
		case info.Mode()&0o020 != 0 || info.Mode()&0o070 != 0 && !slices.Contains(own, group(info)):
			f.State, f.Text = Problem, fmt.Sprintf("A group has access to %s (mode %04o).", s.Use, info.Mode().Perm())
		}
		if f.State == Problem && f.Cure == "" {
			f.Cure = fmt.Sprintf("chmod 600 %q as its owner, and run this as the bot's user. If others may have read it, replace it.", s.Path)
		}
		r.findings = append(r.findings, f)
	}
	if len(r.findings) == 0 {
		r.findings = []Finding{{State: OK, Text: "There are no files to protect: the key and the secret come from the environment."}}
	}
	return r
}
