package config

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/jsre"
)

// grown repeats lines or items, numbered, up to the size that is read.
func grown(before, each, after string) string {
	var b strings.Builder
	b.WriteString(before)
	for i := 0; b.Len() < MaxSize-len(each)-len(after)-20; i++ {
		b.WriteString(strings.ReplaceAll(each, "#", fmt.Sprint(i)))
	}
	return b.String() + after
}

// hostile are the worst files of either kind that were found.
func hostile() map[string]string {
	label := func(globs string) string { return "x: [{changed-files: [{any-glob-to-any-file: [" + globs }
	rules := "labels:\n  rules:\n"
	return map[string]string{
		"items":                   grown("[", "a,", "]"),
		"groups":                  grown("[", "{},", "]"),
		"keys":                    grown("", "a:\n", ""),
		"keys, all different":     grown("", "labelz#: 1\n", ""),
		"depth":                   strings.Repeat("[", MaxSize),
		"depth and items":         grown(strings.Repeat("[", 9000), "a,", ""),
		"anchors":                 grown("[", "&a a,", "]"),
		"14,000 labels, one list": "x: &x [{changed-files: [{any-glob-to-any-file: [" + strings.Repeat("a,", 100) + "b]}]}]\n" + manyLabels(14000),
		"labels":                  grown("x: &x [{base-branch: x}]\n", "l#: *x\n", ""),
		"merge keys":              grown("x: &x {a: &l [{base-branch: x}], b: *l}\n<<: [", "*x,", "]"),
		"merge keys in a chain":   chain(),
		"globs":                   grown(label(""), "'!(a#|b)*',", "a]}]}]"),
		"classes, not closed":     label("'" + strings.Repeat("[", 19000) + "', '" + strings.Repeat("[:", 9500) + "', '" + strings.Repeat("@(", 9500) + "']}]}]"),
		"ranges":                  grown(label(""), "'{1..9999}#/@(a|b)',", "a]}]}]"),
		"braces in braces":        label("'" + strings.Repeat("{a,", 6000) + "', '" + strings.Repeat("{a,b}", 3900) + "','" + strings.Repeat("{", 19000) + "']}]}]"),
		"expressions":             grown("x: [{base-branch: [", "'(?=a{3900})#',", "a]}]"),
		"repetitions of nothing":  grown("x: [{base-branch: [", "'(((?:){60}){60}){2}#',", "a]}]"),
		"RE2, repetitions":        grown(rules, "  - {label: l#, title: '(a{999}|"+strings.Repeat("b{900}", 60)+")'}\n", ""),
		"RE2, classes of Unicode": grown(rules, `  - {label: l#, title: '(?i)\pL\pL'}`+"\n", ""),
		"RE2, classes":            grown(rules, "  - {label: l#, title: '"+strings.Repeat("[^a]", 100)+"'}\n", ""),
		"own globs":               grown(rules, "  - {label: a#, files: {any: ['{1..9999}#/@(a|b)', '{1..9999}#x']}}\n", ""),
	}
}

// chain has mappings that merge one another, each with all keys of those before.
func chain() string {
	var b strings.Builder
	b.WriteString("x: [{<<: [&m0 {")
	for i := range 3000 {
		fmt.Fprintf(&b, "k%d: ,", i)
	}
	b.WriteString("}")
	for i := 1; b.Len() < MaxSize-100; i++ {
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

// Reading a file of a stranger's pull request takes bounded work, by the counters of
// steps, and bounded memory, whatever is in it. (docs/performance.md has the time.)
func TestHostileFiles(t *testing.T) {
	const megabytes = 32 // all that is allocated on the way; less of it is in use at once
	// CI's short run has the race detector, under which the runtime allocates far more.
	weighed := !testing.Short()
	central := Preset()
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			bounded(t, central, []byte(text))
			for kind, read := range readers(central, []byte(text)) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				read()
				runtime.ReadMemStats(&after)
				if n := (after.TotalAlloc - before.TotalAlloc) >> 20; weighed && n > megabytes {
					t.Errorf("as %s it takes %d MB", kind, n)
				}
			}
		})
	}
}

// A file that isn't read to its end isn't in force, and says so, though nothing in it
// is more than odd.
func TestTooManyWarnings(t *testing.T) {
	var odd strings.Builder
	for i := range maxWrong + 100 {
		fmt.Fprintf(&odd, "k%d: ,", i)
	}
	set, err := Preset().WithLabeler(LabelerFile, []byte("x: [{changed-files: [{any-glob-to-any-file: a}]}, {"+odd.String()+"}]"))
	if err == nil || !strings.Contains(err.Error(), "more than 2000 faults and warnings") || len(set.Labels.Rules) > 0 {
		t.Errorf("%d rules, %v", len(set.Labels.Rules), err)
	}
}

func readers(central *Config, data []byte) map[string]func() {
	return map[string]func(){
		LabelerFile:    func() { _, _ = central.WithLabeler(LabelerFile, data) },
		RepositoryFile: func() { _, _ = central.Override(RepositoryFile, data) },
	}
}

// bounded reads a file in both ways, and holds the counters to their bounds.
func bounded(t *testing.T, central *Config, data []byte) {
	t.Helper()
	l := newLabeler(LabelerFile, &central.Rules)
	l.read(data)
	if l.values > maxValues+1000 || l.labels > maxValues || len(l.rules) > maxLabels || l.expressions > maxPrograms+2*jsre.MaxProgram+jsre.MaxLength || len(l.faults)+len(l.warnings) > maxWrong+100 {
		t.Errorf("%d values, %d labels, %d rules, %d instructions, %d faults and %d warnings",
			l.values, l.labels, len(l.rules), l.expressions, len(l.faults), len(l.warnings))
	}
	d, rules := &decoder{file: RepositoryFile, marks: map[string]mark{}}, central.Rules
	d.decode(data, &rules)
	if len(d.faults) > maxWrong+maxFaults || d.globs > maxGlobWork+20000 || d.expressions > maxExpressionWork+500000 {
		t.Errorf("%d faults, %d steps for globs", len(d.faults), d.globs)
	}
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

// BenchmarkHostileFiles reads the worst files: the most CPU that one takes, in ms.
func BenchmarkHostileFiles(b *testing.B) {
	central, files := Preset(), hostile()
	for _, kind := range []string{LabelerFile, RepositoryFile} {
		b.Run(strings.TrimPrefix(kind, ".github/"), func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				for name, text := range files {
					start := cpu(b)
					readers(central, []byte(text))[kind]()
					if took := cpu(b) - start; took > worst {
						worst = took
						b.Logf("%s: %v", name, took)
					}
				}
			}
			b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
		})
	}
}

// BenchmarkOneAlias reads 14,000 labels over one alias.
func BenchmarkOneAlias(b *testing.B) {
	central, text := Preset(), []byte(hostile()["14,000 labels, one list"])
	for b.Loop() {
		if _, err := central.WithLabeler(LabelerFile, text); err == nil {
			b.Fatal("no fault")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
}

// A thousand rules with an expression each are not too many.
func TestManyExpressionsAreRead(t *testing.T) {
	text := "labels:\n  rules:\n"
	for i := range 1000 {
		text += fmt.Sprintf("  - {label: l%d, title: '(?i)\\bm%dx{2,3}\\b'}\n", i, i)
	}
	if set, err := Preset().Override(RepositoryFile, []byte(text)); err != nil || len(set.Labels.Rules) != 1000 {
		t.Errorf("%d rules, %v", len(set.Labels.Rules), err)
	}
}
