package pulltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// dice makes choices of bytes; when they run out it chooses the first of all.
type dice struct{ bytes []byte }

func (d *dice) next() int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return int(b)
}

func (d *dice) often(n int) bool { return d.next()%n != 0 }

func pick[T any](d *dice, from []T) T { return from[d.next()%len(from)] }

// some joins up to n words of the vocabulary.
func (d *dice) some(n int, from []string) string {
	var b strings.Builder
	for range d.next() % (n + 1) {
		b.WriteString(pick(d, from))
	}
	return b.String()
}

// The vocabulary: pieces of what pull requests of CPython are made of, right
// and wrong.
type vocabulary struct {
	states       []pull.State
	associations []string
	labels       []string
	titles       []string
	directories  []string
	names        []string
	texts        []string
	changes      []pull.Change
	kinds        []pull.Kind
	digests      []string
	statuses     []pull.StatusState
	contexts     []string
	checks       []string
	notes        []string
}

func words() vocabulary {
	return vocabulary{
		states:       []pull.State{pull.Open, pull.Open, pull.Open, pull.Closed, pull.Merged},
		associations: []string{"MEMBER", "NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", ""},
		labels:       []string{"docs", "skip news", "Skip News", "awaiting review", "needs backport to 3.14"},
		titles: []string{"gh-130000: ", "[3.14] ", "(ABI break) ", "(ABI Break)", "(CPython ABI break) ", "bpo-1 ", "(GH-130001)", " (#7)",
			"Revert \"", "\"", "Merge branch 'main' into fix", "Fix it", "ABI", " break", "…", "`", ".. ", "high-5", "\n", "é", "\xff", "("},
		directories: []string{"Misc/NEWS.d/next/Library/", "Misc/NEWS.d/next/C_API/", "Misc/NEWS.d/next/", "Misc/NEWS.d/next/Libary/",
			"Misc/NEWS.d/next/Core and Builtins/", "Misc/NEWS.d/next/Tests/deep/", "Misc/NEWS.d/", "Lib/", "Lib/test/", "Doc/", "Doc/data/",
			"Python/", ""},
		names: []string{"2026-08-01-10-00-00.gh-issue-130000.Ab3_-9.rst", "2026-08-01.bpo-1.x.rst", "2026-02-30.gh-issue-130000.x.rst",
			"2026-08-01.gh-issue-1,2.x.rst", "2026-08-01.gh-130000.x.rst", "2026-08-01.gh-issue-7.x.rst.txt", "README.rst", "it.py",
			"python3.15.abi",
			"a`b.rst", "a\nb.rst", "é.rst", "\xff.rst", "..rst"},
		texts: []string{"Fix it. ", "(CPython ABI break) ", "(ABI break) ", "(cpython ABI break", "\n", "\n\n", "\n..\n", "..",
			".. section: Library\n",
			".. x: y\n", "# note\n", "  ", "gh-1: ", "- ", "Issue #", "\r\n", "\x00", "\xef\xbb\xbf", "\xff", "::\n\n", "* ", "\t",
			strings.Repeat("long", 20), " .. ", "\u00a0", "\x1c"},
		changes:  []pull.Change{pull.Added, pull.Modified, pull.Renamed, pull.Removed},
		kinds:    []pull.Kind{pull.Regular, pull.Regular, pull.Regular, pull.Symlink, pull.Submodule},
		digests:  []string{"", "0123456789abcdef"},
		statuses: []pull.StatusState{pull.StatusSuccess, pull.StatusFailure, pull.StatusPending},
		contexts: []string{"bedevere/news", "concorde/abi-markers", "other"},
		checks:   []string{"NEWS and ABI markers", "other"},
		notes:    []string{"news-help", "other"},
	}
}

// Random makes a pull request of random bytes, for fuzzing: the same bytes make
// the same one.
func Random(data []byte) *pull.Request {
	d, v := &dice{data}, words()
	now := time.Date(2026, 8, 5, 12, d.next()%60, 0, 0, time.UTC)
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1 + d.next()}, Now: now, CreatedAt: now.Add(-300 * time.Hour),
		UpdatedAt: now.Add(-time.Duration(d.next()) * time.Hour),
		State:     pick(d, v.states), Draft: !d.often(4), Association: pick(d, v.associations), Author: "contributor",
		Title: d.some(5, v.titles), Base: pick(d, []string{"main", "3.14"}), DefaultBranch: "main", Head: fmt.Sprintf("%040x", d.next()),
		Facts:        ^pull.Facts(0),
		FilesOmitted: max(0, d.next()-250), NotesDeleted: max(0, d.next()-250),
		Statuses: map[string]pull.Status{}, EarlierStatuses: map[string]bool{}, Checks: map[string]pull.CheckState{},
		Notes: map[string]pull.PostedNote{},
	}
	for range d.next() % 3 {
		r.Labels = append(r.Labels, pick(d, v.labels))
	}
	d.written(r, v)
	for i := range d.next() % 4 {
		r.Commits = append(r.Commits, pull.Commit{SHA: fmt.Sprintf("%040x", i), Message: d.some(5, v.titles), Merge: !d.often(4)})
	}
	seen := map[string]bool{}
	for range d.next() % 6 {
		if f := d.file(v); !seen[f.Path] {
			seen[f.Path] = true
			r.Files = append(r.Files, f)
		}
	}
	d.lived(r)
	return r
}

// written adds what earlier runs may have left.
func (d *dice) written(r *pull.Request, v vocabulary) {
	for range d.next() % 3 {
		s := pull.Status{Context: pick(d, v.contexts), State: pick(d, v.statuses), Description: d.some(2, v.titles)}
		r.EarlierStatuses[s.Context] = true
		if d.often(3) {
			r.Statuses[s.Context] = s
		}
	}
	for range d.next() % 3 {
		r.Checks[pick(d, v.checks)] = pull.CheckState{ID: 1, Digest: pick(d, v.digests)}
	}
	for range d.next() % 3 {
		r.Notes[pick(d, v.notes)] = pull.PostedNote{ID: 1, Digest: pick(d, v.digests)}
	}
}

func (d *dice) file(v vocabulary) pull.File {
	f := pull.File{Path: pick(d, v.directories) + pick(d, v.names), Change: pick(d, v.changes)}
	if f.Change == pull.Renamed && d.often(4) {
		f.Previous = pick(d, v.directories) + pick(d, v.names)
	}
	if f.Change == pull.Removed || !d.often(8) {
		return f
	}
	text := d.some(8, v.texts)
	if !d.often(4) { // the fuzzer's own bytes
		n := min(d.next(), len(d.bytes))
		text, d.bytes = text+string(d.bytes[:n]), d.bytes[n:]
	}
	f.Content = &pull.Content{Kind: pick(d, v.kinds), Size: int64(len(text)), Data: []byte(text)}
	if !d.often(32) {
		f.Content.Size, f.Content.Data = pull.MaxContent+1, nil
	}
	return f
}
