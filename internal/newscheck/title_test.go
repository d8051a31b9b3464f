package newscheck

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/tracker"
	"github.com/concorde-bot/concorde/internal/weigh"
)

func TestBare(t *testing.T) {
	m := newMarkers("(ABI break)", "(CPython ABI break)")
	for title, want := range map[string]string{
		"gh-1: Fix it":                           "Fix it",
		"[3.14] gh-1, bpo-2: Fix it (GH-3) (#4)": "Fix it",
		"(ABI break) [3.14] gh-1: Fix (it)":      "Fix (it)",
		"gh-1: (ABI break) Fix it":               "Fix it",
		"gh-1: (ABI break) (ABI Break): Fix it":  "Fix it",
		"gh-1: (Re)raise it":                     "(Re)raise it",
		`Revert "(ABI break) gh-1: Fix it"`:      `Revert "(ABI break) gh-1: Fix it"`,
		`Revert "gh-1: Fix it (GH-3)"`:           `Revert "gh-1: Fix it (GH-3)"`,
		"Fix gh-1: and more":                     "Fix gh-1: and more",
		"[3.14]":                                 "",
	} {
		if got := m.bare(title); got != want {
			t.Errorf("bare(%q) = %q, want %q", title, got, want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, seed := range []string{"[3.14] gh-130000: (ABI break) Fix it (GH-1) (#2)", "Revert \"(ABI break) x\"", "gh-1: ABI break)",
		"(\t(ABI break\x85", "bpo-1 : .. x"} {
		f.Add(seed)
	}
	set := config.Preset().Rules
	m := newMarkers(set.ABI.CommitMarker, set.ABI.NewsMarker)
	f.Fuzz(func(t *testing.T, title string) {
		weigh.Linear(t, len(title), 400, func() { m.subject(title); m.sentence(set.News, title, true); m.withMarker(title) })
		for _, marked := range []bool{false, true} {
			text := m.sentence(set.News, title, marked)
			l := linter{set: set.News}
			if remarks := l.lint([]byte(text), name{}); len(remarks) > 0 {
				t.Errorf("the suggested text %q has faults: %v", text, remarks)
			}
			if found := m.body(changelog.Read(text), set.News.Width); found != (mark{exact: marked}) {
				t.Errorf("the suggested text %q says of the ABI: %+v", text, found)
			}
		}
		found := m.subject(title)
		if found.exact && !strings.HasPrefix(title[found.at:], m.commit) || found.miss != "" && !strings.HasPrefix(title[found.at:], found.miss) {
			t.Errorf("%q: %+v is not there", title, found)
		}
		if !found.exact {
			if suggested := m.withMarker(title); !m.subject(suggested).exact {
				t.Errorf("the suggested title %q isn't right either", suggested)
			}
		}
	})
}

func TestSubject(t *testing.T) {
	m := newMarkers("(ABI break)", "(CPython ABI break)")
	for text, want := range map[string]string{
		"(ABI break)":                         "exact",
		"(ABI break)Fix":                      "exact",
		"[3.14]gh-1:bpo-2: (ABI break) Fix":   "exact",
		"Fix (ABI break)":                     "(ABI break)",
		"gh-1 (ABI break) Fix":                "(ABI break)",
		"( ABI break ) Fix":                   "( ABI break )",
		"(ABI_break) Fix":                     "(ABI_break)",
		"(abibreak) Fix":                      "(abibreak)",
		"{ABI break} Fix":                     "{ABI break}",
		"gh-1: abi break: Fix":                "abi break",
		"gh-1: Fix ABI break)":                "ABI break)",
		"gh-1: Fix (ABI break":                "(ABI break",
		"(ABI break is fine) Fix":             "(ABI break",
		"Fix (ABI break is fine)":             "",
		"Fix (possible ABI break)":            "",
		"Fix `(ABI break)` and (ABI Break)":   "(ABI Break)",
		"Fix an ABI break: it was bad":        "",
		"ABI breaks are fine":                 "",
		"ABI break in docs":                   "",
		"(ABI breakage)":                      "",
		"stable_abi_break: (x)":               "",
		`Revert "(ABI break) Fix"`:            "",
		`revert: “(ABI Break) Fix”`:           "",
		`[3.14] gh-1: Revert "(ABI break) x"`: "",
		`Reapply "(ABI break) Fix"`:           "",
		`Revert (ABI break)`:                  "(ABI break)",
		"":                                    "",
	} {
		found := m.subject(text)
		got := found.miss
		if found.exact {
			got = "exact"
		}
		if got != want {
			t.Errorf("subject(%q): %q, want %q", text, got, want)
		}
	}
	if found := newMarkers("!", "?").subject("Fix ABI"); found != (mark{}) {
		t.Errorf("markers without words: %+v", found)
	}
}

func TestReadName(t *testing.T) {
	for file, want := range map[string][]string{
		"2026-08-01.gh-issue-130000.a.rst":             nil,
		"2026-08-01-23-59-59.gh-issue-130000._-=9.rst": nil,
		"2024-02-29.bpo-0.x.rst":                       nil,
		"2025-02-29.bpo-1.x.rst":                       {faultDate("2025-02-29")},
		"2026-13-01.bpo-1.x.rst":                       {faultDate("2026-13-01")},
		"2026-08-01-10-60-00.bpo-1.x.rst":              {faultDate("2026-08-01-10-60-00")},
		"2026-8-1.bpo-1.x.rst":                         {faultDateForm},
		"2026-08-01.bpo-1.x.rst\n":                     {faultExtension, faultNameForm},
		" 2026-08-01.bpo-1.x.rst":                      {faultDateForm},
		"2026-08-01.bpo-1,2.x.txt":                     {faultExtension, faultIssueList},
		"2026-08-01.gh-issue-32425.é.rst":              {faultIssueLow(32425, 32426), faultNonce},
		"2026-08-01.gh-issue-130000.bpo-1.x.rst":       {faultNameForm},
		"..rst":                                        {faultNameForm},
		"":                                             {faultExtension, faultNameForm},
	} {
		n, got := readName(file, 32426)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", file, diff)
		}
		if len(got) == 0 && n.String() != file {
			t.Errorf("%q reads as %q", file, n)
		}
	}
}

func (n name) String() string { return n.date + "." + issueField(n.issue) + "." + n.nonce + extension }

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"Misc/NEWS.d/next/Library/2026-08-01.gh-issue-130000.a.rst", "Misc/NEWS.d/next/Libary/gh-130000.rst.txt",
		"Misc/NEWS.d/next/x", "Misc/NEWS.d/next/Library/x.bpo-7.rst",
		"2026-02-30.bpo-1.x.rst", "Misc/NEWS.d/next/a/b/c.rst", "Misc/NEWS.d/next/\xff/2026-02-20-24-00-00,1.x.y"} {
		f.Add(seed)
	}
	set := config.Preset().News
	f.Fuzz(func(t *testing.T, path string) {
		weigh.Linear(t, len(path), 400, func() { changelog.Locate(set, path); readName(path, set.MinGHIssue) })
		where, directory := changelog.Locate(set, path)
		file := path[strings.LastIndex(path, "/")+1:]
		n, faults := readName(file, set.MinGHIssue)
		if len(faults) == 0 && n.String() != file {
			t.Errorf("%q reads as %q", file, n)
		}
		if where == changelog.Outside || where == changelog.Ignored || slices.Contains(strings.Split(path, "/"), "..") {
			return
		}
		finding := &findings{set: set, request: request(), issues: tracker.Named("gh-130000: Fix it")}
		better := finding.betterPath(path, where)
		rest, found := strings.CutPrefix(better, set.Directory+"/")
		section, name, _ := strings.Cut(rest, "/")
		if !found || section != someSection && where == changelog.Misplaced && directoryOf(set, section) == "" {
			t.Errorf("for %q in %q, got %q", path, directory, better)
		}
		if _, faults := readName(name, set.MinGHIssue); len(faults) > 0 {
			t.Errorf("for %q, got %q: %v", path, better, faults)
		}
	})
}

func directoryOf(set config.News, directory string) string {
	for _, s := range set.Sections {
		if s.Directory == directory {
			return directory
		}
	}
	return ""
}

// Strangers write summary lines of 65,000 characters, 250 of them.
func TestLongSubject(t *testing.T) {
	long := strings.Repeat("é", 65_000)
	if got := subjectOf(long + "\nmore"); got != long[:maxSubject] {
		t.Errorf("%d bytes are read", len(got))
	}
	if got := subjectOf("a" + long); got != "a"+long[:maxSubject-2] {
		t.Errorf("%d bytes are read, or a part of a character", len(got))
	}
	if got := subjectOf("  gh-1: Fix it \n\nmore"); got != "gh-1: Fix it" {
		t.Errorf("a usual one: %q", got)
	}
}
