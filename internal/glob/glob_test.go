package glob

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// row is one of testdata/minimatch.tsv.
type row struct{ glob, path, want string }

func table(t testing.TB) (rows []row) {
	t.Helper()
	data, err := os.ReadFile("testdata/minimatch.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		r := row{want: cells[2]}
		if err := errors.Join(json.Unmarshal([]byte(cells[0]), &r.glob), json.Unmarshal([]byte(cells[1]), &r.path)); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

const plenty = 10_000_000

// Globs match what minimatch matches, one by one and by the index.
func TestAsMinimatch(t *testing.T) {
	rows, unsupported := table(t), 0
	for _, r := range rows {
		have := "no"
		g, err := Parse(r.glob, &Budget{plenty})
		switch {
		case err != nil && r.want != "error" && strings.Contains(err.Error(), "isn't supported"):
			unsupported++ // said so, never taken for something else
			continue
		case err != nil:
			have = "error"
		default:
			one, sure := g.Match(r.path)
			if many, known := New([]*Glob{g}).Any(r.path); one != many || !sure || !known {
				t.Errorf("%q and %q: %v (%v) alone, %v (%v) by the index", r.glob, r.path, one, sure, many, known)
			}
			if one {
				have = "yes"
			}
		}
		if have != r.want {
			t.Errorf("%q and %q: %s (%v), minimatch has %s", r.glob, r.path, have, err, r.want)
		}
	}
	if len(rows)-unsupported < 350 || unsupported > 4 {
		t.Errorf("%d rows, of them %d with globs that aren't supported", len(rows), unsupported)
	}
}

func TestSet(t *testing.T) {
	var globs []*Glob
	for _, r := range table(t) {
		if g, err := Parse(r.glob, &Budget{plenty}); err == nil {
			globs = append(globs, g)
		}
	}
	set := New(globs)
	for _, r := range table(t) {
		found := map[int]bool{}
		if !set.Each(r.path, func(glob int) { found[glob] = true }) {
			t.Errorf("%q is not sure", r.path)
		}
		for i, g := range globs {
			if want, _ := g.Match(r.path); found[i] != (want != g.negated) {
				t.Errorf("%q and %q: %v among many", g, r.path, found[i])
			}
		}
	}
}

// What isn't what it looks like is told.
func TestNotes(t *testing.T) {
	for source, want := range map[string]string{
		"":                             "is empty",
		"#x":                           "is a comment",
		"a[b":                          "has a [ that isn't closed",
		"@(a":                          "has a group in parentheses that isn't closed",
		"@(a/b|c)":                     "has a group in parentheses that isn't closed",
		"!(a)/b":                       "matches everything but (a)/b",
		"/a":                           "matches no path",
		"a/":                           "matches no path",
		"./a":                          "matches no path",
		"{a,/b}":                       "matches no path",
		`*\.py`:                        "has a backslash after *",
		`a\`:                           "has a backslash at the end",
		"x!(a|)":                       "matches any text there",
		"+(@(?(*(@(?(+(!(*(a)))))))))": "so deep",
		"Doc/**":                       "",
		`\{a\}`:                        "",
		"[[:alpha:]]{1..3}":            "",
	} {
		g, err := Parse(source, &Budget{plenty})
		if err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		if have := strings.Join(g.Notes(), "; "); !strings.Contains(have, want) || want == "" && have != "" {
			t.Errorf("%q: want %q, have %q", source, want, have)
		}
	}
}

func TestFaults(t *testing.T) {
	for source, want := range map[string]string{
		strings.Repeat("a", MaxLength+1):   "has 20001 characters",
		"{1..20000}":                       "more than 10000 alternatives",
		strings.Repeat("{a,b}", 20):        "more than 10000 alternatives",
		strings.Repeat("{a,b}", 4000):      "stands for too much text",
		"{1..9999999999999999}":            "numbers are too large",
		"x[🎉]":                             "isn't supported",
		"x!(!(a))b":                        "isn't supported",
		`*a\|b`:                            "isn't supported",
		"!!(a)@(|b)":                       "",
		"@(a)!(x)@(|b)":                    "",
		"!!!(x)@(|b)":                      "",
		"[[:alpha:]] x":                    "minimatch stops with an error",
		strings.Repeat("x/**/", 201) + "y": "has ** more than 200 times",
		"+(" + strings.Repeat("ab|", 2000) + "c)":           "is too large",
		"@(x)" + strings.Repeat("!(a)", 30):                 "has too many groups",
		"{" + strings.Repeat("abcdefgh,", 2000) + "}{1..4}": "",
	} {
		_, err := Parse(source, &Budget{1_000_000})
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.40q: want %q, have %v", source, want, err)
		}
	}
}

// Check is stricter: in the settings nothing is odd on purpose.
// What isn't closed is read again and again, and a group !(…) is about all that
// follows it: the budget ends what would take minutes.
func TestBudget(t *testing.T) {
	for _, unit := range []string{"[", "[:", "[[:", "@(", "+(", "@([", "!(@(", "?!(a)", "a@(b)"} {
		_, err := Parse(strings.Repeat(unit, 19000/len(unit)), &Budget{Steps: 1_000_000})
		if err == nil || !strings.Contains(err.Error(), "stands for too much text") {
			t.Errorf("%s, many times: %v", unit, err)
		}
	}
	for _, source := range []string{strings.Repeat("[", 200), strings.Repeat("@(a)", 200), strings.Repeat("+(a)b", 200)} {
		if _, err := Parse(source, &Budget{Steps: 1_000_000}); err != nil {
			t.Errorf("%.10s, 200 times: %v", source, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for source, want := range map[string]string{
		"Doc/**": "", "x-!(name)/**": "", "v{01..12}/[[:digit:]]*": "",
		"!Doc/**": "starts with an exclamation mark", "a[": "isn't closed", "a/": "matches no path", "": "is empty",
	} {
		if err := Check(source); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, have %v", source, want, err)
		}
	}
}

// A budget holds for all globs together, whatever is in them.
func FuzzGlob(f *testing.F) {
	for i, r := range table(f) {
		if i%7 == 0 && len(r.glob) < 100 {
			f.Add(r.glob, r.path)
		}
	}
	f.Add(strings.Repeat("{a,", 50), "a")
	f.Add(strings.Repeat("{a,b}", 9)+"{1..99}", "a")
	f.Add("!(!(a|b)c)!(d)@(e|*(f))", "cd")
	f.Fuzz(func(t *testing.T, source, path string) {
		budget := &Budget{Steps: 100_000}
		g, err := Parse(source, budget)
		if err == nil && budget.Steps < 0 {
			t.Fatalf("%q took %d steps more than it may", source, -budget.Steps)
		}
		if err != nil || len(path) > 255 || strings.Contains("/"+path+"/", "//") {
			return
		}
		one, sure := g.Match(path)
		many, known := New([]*Glob{g}).Any(path)
		if sure && known && one != many {
			t.Fatalf("%q and %q: %v alone, %v by the index", source, path, one, many)
		}
	})
}
