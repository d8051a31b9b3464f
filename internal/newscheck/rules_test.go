package newscheck

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/tracker"
	"github.com/concorde-bot/concorde/internal/weigh"
)

func request(files ...pull.File) *pull.Request {
	return &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, Now: time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC),
		Title: "gh-130000: Fix it", State: pull.Open, Base: "main", DefaultBranch: "main", Head: strings.Repeat("0a", 20),
		Facts: pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes, Files: files,
	}
}

const goodPath = "Misc/NEWS.d/next/Library/2026-08-01.gh-issue-130000.a.rst"

func added(path, text string) pull.File {
	return pull.File{Path: path, Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}
}

func FuzzLaws(f *testing.F) {
	f.Add([]byte{})
	for i := range 40 {
		seed := make([]byte, 120)
		for j := range seed {
			seed[j] = byte(i*j + j*j/7 + i)
		}
		f.Add(seed)
	}
	var sets [][]pull.Rule
	for _, settings := range []string{"{}", "abi: {mode: require}", "news: {mode: off}", "abi: {mode: off}"} {
		set, err := rules([]byte(settings))
		if err != nil {
			f.Fatal(err)
		}
		sets = append(sets, set)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := pulltest.Random(data)
		for _, set := range sets {
			pulltest.Laws(t, r, set)
			descriptions(t, r, set)
		}
	})
}

// descriptions may be of 50 characters, but for the one that branch protection
// and people know.
func descriptions(t *testing.T, r *pull.Request, set []pull.Rule) {
	for _, rule := range set {
		for _, s := range rule.Want(r).Statuses {
			if n := utf8.RuneCountInString(s.Description); n > 50 &&
				s.Description != "No news entry in Misc/NEWS.d/next/ or \"skip news\" label found" {
				t.Errorf("the description %q has %d characters", s.Description, n)
			}
		}
	}
}

// What the check run shows to copy is a good entry.
func TestDraftIsGood(t *testing.T) {
	set, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	news := config.Preset().News
	for _, title := range []string{"gh-130000: Fix it", "bpo-1: Fix `it` — \"now\".", "[3.14] gh-130000: .. (GH-1)", "gh-130000: " +
		strings.Repeat("word .. ", 80), "gh-130000: # 1",
		"gh-130000: (ABI break) Add it", "gh-130000: Add it (ABI Break)", `Revert "gh-130000: (ABI break) Add it"`,
		"gh-130000: (Re)raise it", "gh-130000: Cut of…"} {
		r := request(pull.File{Path: "Lib/csv.py", Change: pull.Modified})
		r.Title = title
		m := newMarkers("(ABI break)", "(CPython ABI break)")
		f := &findings{set: news, markers: m, marked: true, request: r, issues: tracker.Named(title)}
		d := f.draft()
		r.Files = append(r.Files, added(d.path, d.text))
		if m.subject(title).miss != "" {
			r.Title = m.withMarker(title)
		}
		plan, err := pull.Decide(r, set)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.String(); !strings.Contains(got, "bedevere/news success") || strings.Contains(got, "warning") {
			t.Errorf("the draft for %q is not good:\n%s\n%s\n%s", title, d.path, d.text, got)
		}
	}
}

// A day later nothing is written again, though the draft has a date.
func TestDraftDoesNotAge(t *testing.T) {
	set, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := request(pull.File{Path: "Lib/csv.py", Change: pull.Modified})
	r.CreatedAt, r.UpdatedAt = r.Now.Add(-2*time.Hour), r.Now.Add(-time.Hour)
	plan, err := pull.Decide(r, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range plan.Actions {
		if r, err = r.After(a); err != nil {
			t.Fatal(err)
		}
	}
	r.Now, r.UpdatedAt = r.Now.AddDate(0, 0, 1), r.Now.AddDate(0, 0, 1) // somebody commented
	if plan, err = pull.Decide(r, set); err != nil || len(plan.Actions) > 0 {
		t.Errorf("a day later (%v):\n%s", err, plan)
	}
}

// Sizes that come from people: a long line, many lines, many files.
func TestLargeEntries(t *testing.T) {
	set, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	const size = maxEntry - 10
	for name, text := range map[string]string{
		"a long line":       strings.Repeat("word ", size/5) + "\n",
		"a long word":       strings.Repeat("x", size),
		"many separators":   "x\n" + strings.Repeat("..\n", size/3),
		"much metadata":     strings.Repeat(".. a: b\n", size/8),
		"many tabs":         "x" + strings.Repeat("\t", size-2) + "y",
		"many near markers": strings.Repeat("ABI break) ( ", size/13),
		"many paragraphs":   strings.Repeat("x\n\n", size/3),
		"a line of 1 MB":    strings.Repeat("word ", 1<<20/5) + "\n",
		"the largest file":  strings.Repeat("x", pull.MaxContent),
	} {
		plan, err := pull.Decide(request(added(goodPath, text)), set)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(plan.String()); n > 20_000 {
			t.Errorf("%s: a plan of %d bytes", name, n)
		}
		if tooLarge := strings.Contains(plan.String(), "I didn't read it"); tooLarge != (len(text) > maxEntry) {
			t.Errorf("%s, %d bytes, is read or not as it should not be:\n%s", name, len(text), plan)
		}
	}
	var many []pull.File
	for i := range 200 {
		many = append(many, added(strings.Replace(goodPath, ".rst", fmt.Sprint(i, ".rst"), 1), strings.Repeat("- ", size/2)))
	}
	r := request(many...)
	took := weigh.Bytes(func() { _, err = pull.Decide(r, set) })
	if err != nil || took > 700*maxEntries*4 { // decided twice, by two rules
		t.Errorf("200 of the longest entries take %d bytes, %v", took, err)
	}
	var files []pull.File
	for i := range 3000 {
		files = append(files, added(fmt.Sprintf("Misc/NEWS.d/next/Frobnicate/%d.rst", i), "- x"))
	}
	plan, err := pull.Decide(request(files...), set)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(plan.String()); n > 200_000 {
		t.Errorf("3,000 faulty entries make a plan of %d bytes", n)
	}
}

func BenchmarkPlan300(b *testing.B) {
	set, err := rules(nil)
	if err != nil {
		b.Fatal(err)
	}
	var files []pull.File
	for i := range 297 {
		files = append(files, pull.File{Path: fmt.Sprintf("Lib/test/package_%d/test_module.py", i), Change: pull.Modified})
	}
	for i := range 3 {
		files = append(files, added(fmt.Sprintf("Misc/NEWS.d/next/Library/2026-08-0%d.gh-issue-130000.Ab3.rst", i+1),
			"Fix :func:`csv.reader` for rows without fields, which gave a list of one empty string. Patch by Eric.\n"))
	}
	r := request(files...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pull.Decide(r, set); err != nil {
			b.Fatal(err)
		}
	}
}

// The worst case of 300 files: every one is an entry with faults.
func BenchmarkPlan300Faulty(b *testing.B) {
	set, err := rules(nil)
	if err != nil {
		b.Fatal(err)
	}
	var files []pull.File
	for i := range 300 {
		files = append(files, added(fmt.Sprintf("Misc/NEWS.d/next/Libary/2026-08-01.gh-%d.rst.txt", 130000+i),
			"gh-130000: (ABI break) Fix it.\n..\n"))
	}
	r := request(files...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pull.Decide(r, set); err != nil {
			b.Fatal(err)
		}
	}
}
