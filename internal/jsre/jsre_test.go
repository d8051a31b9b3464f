package jsre

import (
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
)

// Expressions come out as JavaScript decides.
func TestAsJavaScript(t *testing.T) {
	data, err := os.ReadFile("testdata/javascript.tsv")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(strings.TrimSpace(line), "\t")
		var source, text string
		if err := errors.Join(json.Unmarshal([]byte(row[0]), &source), json.Unmarshal([]byte(row[1]), &text)); err != nil {
			t.Fatal(err)
		}
		tried++
		have := "error"
		e, err := Compile(source)
		if err == nil {
			found, failed := e.Match(text)
			if err = failed; found {
				have = "yes"
			} else if failed == nil {
				have = "no"
			}
		}
		if have != row[2] {
			t.Errorf("%q on %q: %s (%v), JavaScript has %s", source, text, have, err, row[2])
		}
	}
	if tried < 200 {
		t.Errorf("only %d rows", tried)
	}
}

// No expression and no text takes more than the steps that are allowed.
func TestSteps(t *testing.T) {
	as := strings.Repeat("a", 255)
	for _, tt := range []struct {
		source, text string
		most         int
		err          error
	}{
		{"^main$", "main", 10, nil},
		{"(a+)+$", as + "b", 7000, nil}, // takes 2^255 steps without a memory
		{"(a|aa|aaa)*$", as + "b", 8000, nil},
		{"(?=(a+)+$)b", as, 300000, nil},
		{"^(a*)*\\1b$", as, MaxSteps + 1, ErrSteps},
		{"(a*)(a*)(a*)(a*)\\1\\2\\3\\4b", as, MaxSteps + 300, ErrSteps},
		{strings.Repeat("(?:a?a*){10}", 20) + "b", as, MaxSteps, nil},
	} {
		e, err := Compile(tt.source)
		if err != nil {
			t.Fatalf("%s: %v", tt.source, err)
		}
		if _, steps, err := e.MatchSteps(tt.text); steps > tt.most || !errors.Is(err, tt.err) {
			t.Errorf("%s: %d steps, want at most %d; %v", tt.source, steps, tt.most, err)
		}
	}
}

// Nor more memory, however long a name in a path is.
func TestMemory(t *testing.T) {
	const megabytes = 40 // all that is allocated on the way; less of it is in use at once
	for _, source := range []string{
		"(?:" + strings.Repeat("()", 960) + "a|b)*\\1x", // forgets 960 groups a round
		strings.Repeat("(?:a?a*){20}", 20) + "[^b]",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Fatalf("%.40s: %v", source, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err = e.MatchSteps(strings.Repeat("b", 4096))
		runtime.ReadMemStats(&after)
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > megabytes || !errors.Is(err, ErrSteps) {
			t.Errorf("%.40s: %d MB, %v", source, n, err)
		}
	}
}

func TestBounds(t *testing.T) {
	for source, want := range map[string]string{
		strings.Repeat("a", MaxLength+1):                          "has 2001 characters",
		"a{2000}b{2000}":                                          "is too large",
		"((((a{99}){99}){99}){99}){99}":                           "is too large",
		"(?:){99999999}":                                          "is too large",
		strings.Repeat("(", 60) + strings.Repeat(")", 60):         "more than 50 deep",
		strings.Repeat("(?:", 666):                                "more than 50 deep",
		"(((?:){1000}){1000}){1000}":                              "is too large",
		"a{99999999999999999999}":                                 "is too large",
		"(?<" + strings.Repeat("x", 1000) + ">a)\\k<y>" + "(?i:)": `refers to the group "y"`,
	} {
		if _, err := Compile(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: want %q, have %v", source, want, err)
		}
	}
}

// FuzzCompile holds what strangers write to the bounds.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"^(?!main$)", "(a*)*\\1", "[^]{2}", "(?<n>a)\\k<n>", "\\u0066|\\cA|[\\d-x]", "(?<=(a+)+)b{2,3}?"} {
		f.Add(seed, "aaaaaaaab")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(text) > 255 {
			return
		}
		e, err := Compile(source)
		if err != nil {
			return
		}
		if _, steps, err := e.MatchSteps(text); e.Size() > MaxProgram || steps > MaxSteps+len(text)+1 || steps > MaxSteps && err == nil {
			t.Fatalf("%q on %q: %d instructions, %d steps, %v", source, text, e.Size(), steps, err)
		}
	})
}
