package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// oddFiles opens a pull request with every kind of file, and reads them as the bot would:
// by GraphQL's text where that is the content to the byte, else as raw blobs.
func (s *session) oddFiles(ctx context.Context) (string, error) {
	const dir = "acceptance/odd/"
	want := files{
		dir + "run":               {Content: "#!/bin/sh\n", Mode: "100755"},
		dir + "link":              {Content: "run", Mode: "120000"},
		dir + "submodule":         {Content: s.tip, Mode: "160000"},
		dir + "binary":            {Content: "a\x00b\xff"},
		dir + "latin1":            {Content: "caf\xe9\n"},
		dir + "bom":               {Content: "\uFEFFtext\r\n"},
		dir + "large":             {Content: strings.Repeat("é\n", 200_000)}, // 600 kB
		dir + "empty":             {},
		dir + "ünïcode " + beyond: {Content: "x\n"},
	}
	m, err := s.newPull(ctx, "odd", want)
	if err != nil {
		return "", err
	}
	r, err := s.loadBy(ctx, snapshot.Query{Key: m.key, Needs: everything, Reads: all})
	if err != nil {
		return "", differs("reading it: %v", err)
	}
	if len(r.Files) != len(want) {
		return "", differs("%d files are listed, %d were made", len(r.Files), len(want))
	}
	for _, f := range r.Files {
		made, known := want[f.Path]
		kind := map[string]pull.Kind{"120000": pull.Symlink, "160000": pull.Submodule}[made.Mode]
		if kind == "" {
			kind = pull.Regular
		}
		switch {
		case !known:
			return "", differs("a file is listed as %q", f.Path)
		case f.Content == nil:
			return "", differs("%q has no content", f.Path)
		case f.Content.Kind != kind:
			return "", differs("%q is a %s, made as a %s", f.Path, f.Content.Kind, kind)
		case kind != pull.Submodule && !bytes.Equal(f.Content.Data, []byte(made.Content)):
			return "", differs("%q has %d bytes that aren't the %d made", f.Path, len(f.Content.Data), len(made.Content))
		}
	}
	return fmt.Sprintf("%d files", len(want)), nil
}

// all files are read.
func all(*pull.Request, string) bool { return true }
