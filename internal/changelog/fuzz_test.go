package changelog

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// parsed is an entry as this test's own reader finds it.
type parsed struct {
	metadata map[string]string
	text     string
}

var naughty = regexp.MustCompile(`(?i)^(- |[iıİ]ssue #|bpo-|gh-)`)

// parse reads a file of entries as blurb does, statement by statement, and is written
// apart from the code under test.
func parse(set config.News, text string, metadata map[string]string) (all []parsed, err error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	var body []string
	top := true
	finish := func() {
		wrapped := Reflow(strings.Join(body, "\n"), set.Width)
		_, gh := metadata["gh-issue"]
		_, old := metadata["bpo"]
		_, section := metadata["section"]
		for name, value := range metadata {
			if n, ok := number(value); (name == "gh-issue" || name == "bpo") && (!ok || name == "gh-issue" && n < set.MinGHIssue) {
				err = errors.New("number")
			}
		}
		if body == nil || naughty.MatchString(wrapped) || !gh && !old || !section {
			err = errors.New("body or metadata")
		}
		all = append(all, parsed{metadata, wrapped})
		body, top, metadata = nil, true, map[string]string{}
	}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		line = trimRight(line)
		if top && strings.HasPrefix(line, "..") {
			name, value, colon := strings.Cut(trim(line[2:]), ":")
			name = trim(lower(name))
			if _, twice := metadata[name]; twice || !colon {
				return nil, errors.New("metadata")
			}
			metadata[name] = trim(value)
			continue
		}
		if top && (line == "" || line[0] == '#') {
			continue
		}
		top = false
		if line == ".." {
			finish()
			continue
		}
		body = append(body, line)
	}
	finish()
	return all, err
}

// FuzzEntry: an entry breaks the release if, and only if, blurb can't read it, or can't
// read back what it writes.
func FuzzEntry(f *testing.F) {
	for _, seed := range []string{
		"Fix it.\n", "", "# c\n\n.. bpo: 1\n\n  # x", "  .. x: y", "a\n..\nb", strings.Repeat("x", 75) + " .. " + strings.Repeat("y", 75),
		"a::\n\n   ..\n\n\n  b\n\n* c\n* d", "\ufeffgh-1: x", "\ufeff..\n", "x\r\n\ty\x1c\u00a0 z\x85", "\x00\xff", "ıſſue #", ".. bpo: 1__0\nx",
		".. a:\n.. b:\n.. c:\n.. d:\n.. e:\n.. f:\n.. g:\n.. h:\n.. i:\n.. j:\n.. k\nx", ".. release date: 1\nx", ".. no changes:\nx",
	} {
		f.Add(seed)
	}
	set := config.Preset().News
	const dir = "Misc/NEWS.d/next/Library/"
	file := func(path, text string) pull.File {
		return pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := dir + "2026-08-02.gh-issue-130000.a.rst"
		d := Judge(set, []pull.File{file(dir+"2026-08-01.gh-issue-130000.a.rst", "Last."), file(path, text),
			file(dir+"2026-08-03.gh-issue-130000.a.rst", "First.")})
		given := map[string]string{"section": "Library", "date": "2026-08-02", "nonce": "a", "gh-issue": "130000"}
		read, err := parse(set, text, maps.Clone(given))
		stops := err != nil || len(read) != 1
		if stops != d.Unwritten {
			t.Fatalf("blurb stops: %t (%v), and the faults are %v", stops, err, d.Faults)
		}
		if stops {
			return
		}
		back, err := parse(set, d.Release("3.15.0b2", time.Time{}), map[string]string{})
		whole := err == nil && len(back) == 3 && cmp.Equal(back[1], read[0], cmp.AllowUnexported(parsed{}))
		if whole != (len(d.Faults) == 0) {
			t.Errorf("the release is read back as it was: %t (%v), and the faults are %v", whole, err, d.Faults)
		}
	})
}
