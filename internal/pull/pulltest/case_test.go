package pulltest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestCase(t *testing.T) {
	c, err := parse(txtar.Parse([]byte(`Words.
-- request --
title: T
files: ["A a b", M m, D d, R o -> n, R -> u, A link, A big, A unread, A bytes]
contents: {bytes: !!binary AP8=}
kinds: {link: symlink}
sizes: {big: 3000000}
commits: [one, two]
merges: [2]
statuses: {s: {state: failure, description: D}}
checks: {c: digest}
notes: {n: digest}
-- head/a b --
text
-- head/n --
-- plan --
p
`)))
	if err != nil {
		t.Fatal(err)
	}
	rule := pull.Rule{Reads: func(_ *pull.Request, path string) bool { return path != "m" }}
	r := c.load([]pull.Rule{rule})
	want := []pull.File{
		{Path: "a b", Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 5, Data: []byte("text\n")}},
		{Path: "m", Change: pull.Modified},
		{Path: "d", Change: pull.Removed},
		{Path: "n", Previous: "o", Change: pull.Renamed, Content: &pull.Content{Kind: pull.Regular, Data: []byte{}}},
		{Path: "u", Change: pull.Renamed},
		{Path: "link", Change: pull.Added, Content: &pull.Content{Kind: pull.Symlink, Data: []byte{}}},
		{Path: "big", Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 3000000}},
		{Path: "unread", Change: pull.Added},
		{Path: "bytes", Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 2, Data: []byte{0, 0xff}}},
	}
	if diff := cmp.Diff(want, r.Files); diff != "" {
		t.Error(diff)
	}
	if len(r.Commits) != 2 || r.Commits[0].Merge || !r.Commits[1].Merge || r.Statuses["s"].Description != "D" || !r.EarlierStatuses["s"] ||
		r.Checks["c"].Digest != "digest" || r.Notes["n"].Digest != "digest" || c.plan != "p\n" {
		t.Errorf("%+v, plan %q", r, c.plan)
	}
}

func TestCaseFaults(t *testing.T) {
	for text, want := range map[string]string{
		"-- request --\n":                                    "sentence",
		"W.\n-- requests --\n":                               `"requests"`,
		"W.\n-- request --\ntitel: T\n":                      "titel",
		"W.\n-- request --\nfiles: [X a]\n":                  "A, M, D or R",
		"W.\n-- request --\nfiles: [A]\n":                    "no path",
		"W.\n-- request --\nfiles: [R a b]\n":                "arrow",
		"W.\n-- request --\nstate: opened\n":                 "opened",
		"W.\n-- request --\npr: 12\n":                        "12",
		"W.\n-- request --\ncommits: [a]\nmerges: [2]\n":     "no commit 2",
		"W.\n-- request --\ncommits: [a]\nauthors: [b, c]\n": "1 commits have 2 authors",
		"W.\n-- request --\ntitle: T\n-- head/a --\ntext\n":  "not among the changed files",
	} {
		if _, err := parse(txtar.Parse([]byte(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want an error with %q, got %v", text, want, err)
		}
	}
}
