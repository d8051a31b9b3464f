// Package hostile has the files that cost most to read, for tests of the packages that
// read settings, and what holds for every file.
package hostile

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/suite"
)

// grown repeats lines or items, numbered, up to the size that is read.
func grown(before, each, after string) string {
	var b strings.Builder
	b.WriteString(before)
	for i := 0; b.Len() < yamlfile.MaxSize-len(each)-len(after)-20; i++ {
		b.WriteString(strings.ReplaceAll(each, "#", fmt.Sprint(i)))
	}
	return b.String() + after
}

// Files are the worst settings files and labeler files that were found, by name.
func Files() map[string]string {
	label := func(globs string) string { return "x: [{changed-files: [{any-glob-to-any-file: [" + globs }
	rules := "labels:\n  rules:\n"
	return map[string]string{
		"items":                   grown("[", "a,", "]"),
		"groups":                  grown("[", "{},", "]"),
		"keys":                    grown("", "a:\n", ""),
		"keys, all different":     grown("", "labelz#: 1\n", ""),
		"depth":                   strings.Repeat("[", yamlfile.MaxSize),
		"depth and items":         grown(strings.Repeat("[", 9000), "a,", ""),
		"anchors":                 grown("[", "&a a,", "]"),
		"14,000 labels, one list": strings.Replace(label(strings.Repeat("a,", 100)+"b]}]}]\n"), "x:", "x: &x", 1) + manyLabels(14000),
		"labels":                  grown("x: &x [{base-branch: x}]\n", "l#: *x\n", ""),
		"merge keys":              grown("x: &x {a: &l [{base-branch: x}], b: *l}\n<<: [", "*x,", "]"),
		"merge keys in a chain":   chain(),
		"globs":                   grown(label(""), "'!(a#|b)*',", "a]}]}]"),
		"classes, not closed":     label(quoted("[", 19000) + ", " + quoted("[:", 9500) + ", " + quoted("@(", 9500) + "]}]}]"),
		"ranges":                  grown(label(""), "'{1..9999}#/@(a|b)',", "a]}]}]"),
		"braces in braces":        label(quoted("{a,", 6000) + ", " + quoted("{a,b}", 3900) + "," + quoted("{", 19000) + "]}]}]"),
		"expressions":             grown("x: [{base-branch: [", "'(?=a{3900})#',", "a]}]"),
		"repetitions of nothing":  grown("x: [{base-branch: [", "'(((?:){60}){60}){2}#',", "a]}]"),
		"RE2, repetitions":        grown(rules, "  - {label: l#, title: '(a{999}|"+strings.Repeat("b{900}", 60)+")'}\n", ""),
		"RE2, classes of Unicode": grown(rules, `  - {label: l#, title: '(?i)\pL\pL'}`+"\n", ""),
		"RE2, classes":            grown(rules, "  - {label: l#, title: '"+strings.Repeat("[^a]", 100)+"'}\n", ""),
		"own globs":               grown(rules, "  - {label: a#, files: {any: ['{1..9999}#/@(a|b)', '{1..9999}#x']}}\n", ""),
	}
}

func quoted(each string, n int) string { return "'" + strings.Repeat(each, n) + "'" }

// chain has mappings that merge one another, each with all keys of those before.
func chain() string {
	var b strings.Builder
	b.WriteString("x: [{<<: [&m0 {")
	for i := range 3000 {
		fmt.Fprintf(&b, "k%d: ,", i)
	}
	b.WriteString("}")
	for i := 1; b.Len() < yamlfile.MaxSize-100; i++ {
		fmt.Fprintf(&b, ",&m%d {<<: *m%d}", i, i-1)
	}
	return b.String() + "]}]"
}

func manyLabels(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "l%d: *x\n", i)
	}
	return b.String()
}

// Hold reads each of Files. Whatever is in them, that takes bounded memory.
func Hold(t *testing.T, read func(data []byte)) {
	const megabytes = 32 // all that is allocated on the way; less of it is in use at once
	for name, text := range Files() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			read([]byte(text))
			runtime.ReadMemStats(&after)
			if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > megabytes && !suite.Raced {
				t.Errorf("it takes %d MB", n)
			}
		})
	}
}

// Worst reads all Files, and reports the most CPU that one takes, in ms.
func Worst(b *testing.B, read func(data []byte)) {
	worst, files := time.Duration(0), Files()
	for b.Loop() {
		for name, text := range files {
			start := cpu(b)
			read([]byte(text))
			if took := cpu(b) - start; took > worst {
				worst = took
				b.Logf("%s: %v", name, took)
			}
		}
	}
	b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
}

// cpu is what this process has used of the processors, garbage collection included.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// WellFormed holds the faults of any file to their form.
func WellFormed(t *testing.T, data []byte, err error) {
	t.Helper()
	var faults yamlfile.Faults
	if err == nil {
		return
	}
	if !errors.As(err, &faults) || len(faults) == 0 || len(faults) > yamlfile.MaxFaults+1 {
		t.Fatalf("the error is %#v", err)
	}
	lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 2
	for _, fault := range faults {
		placed := fault.File != "" && fault.Line >= 1 && fault.Line <= lines && fault.Col >= 1
		if !placed || len(fault.Message) > 2000 || strings.Contains(fault.Message, "%!") {
			t.Fatalf("%d lines have the fault %q", lines, fault)
		}
	}
}

// InWords holds what a label rule says of itself to its form.
func InWords(t *testing.T, where, text string) {
	t.Helper()
	if where == "" || strings.HasPrefix(text, ",") || strings.Contains(text, "%!") || strings.HasSuffix(text, "when ") {
		t.Fatalf("%q: %q", where, text)
	}
}
