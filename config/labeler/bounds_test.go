package labeler

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/hostile"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/jsre"
)

// Reading a file of a stranger's pull request takes bounded work, by the counters of
// steps, and bounded memory, whatever is in it. (docs/performance.md has the time.)
func TestHostileFiles(t *testing.T) {
	set := config.Preset().Rules
	hostile.Hold(t, func(data []byte) { _, _ = Read(set, Path, data) })
	for _, text := range hostile.Files() {
		bounded(t, set, []byte(text))
	}
}

// bounded holds the counters to their bounds.
func bounded(t *testing.T, set config.Rules, data []byte) {
	t.Helper()
	r := newReader(Path, &set)
	r.read(data)
	wrong := len(r.Faults) + len(r.Warnings)
	if r.values > maxValues+1000 || r.labels > maxValues || len(r.rules) > maxLabels ||
		r.expressions > maxPrograms+2*jsre.MaxProgram+jsre.MaxLength || wrong > yamlfile.MaxWrong+100 {
		t.Errorf("%d values, %d labels, %d rules, %d instructions, %d faults and warnings",
			r.values, r.labels, len(r.rules), r.expressions, wrong)
	}
}

// A file that isn't read to its end isn't in force, and says so, though nothing in it
// is more than odd.
func TestTooManyWarnings(t *testing.T) {
	odd := strings.Repeat("{k: },", yamlfile.MaxWrong+100)
	set, err := Read(config.Preset().Rules, Path, []byte("x: [{changed-files: [{any-glob-to-any-file: a}]}, "+odd+"]"))
	if err == nil || !strings.Contains(err.Error(), "more than 2000 faults and warnings") || len(set.Labels.Rules) > 0 {
		t.Errorf("%d rules, %v", len(set.Labels.Rules), err)
	}
}

// BenchmarkHostileFiles reads the worst files: the most CPU that one takes, in ms.
func BenchmarkHostileFiles(b *testing.B) {
	set := config.Preset().Rules
	hostile.Worst(b, func(data []byte) { _, _ = Read(set, Path, data) })
}

// BenchmarkOneAlias reads 14,000 labels over one alias.
func BenchmarkOneAlias(b *testing.B) {
	set, text := config.Preset().Rules, []byte(hostile.Files()["14,000 labels, one list"])
	for b.Loop() {
		if _, err := Read(set, Path, text); err == nil {
			b.Fatal("no fault")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
}

// FuzzRead reads files of both kinds, wrong ones too.
func FuzzRead(f *testing.F) {
	for _, seed := range slices.Concat(understood, refused, leftOut, warned) {
		if len(seed.file) < 2000 {
			f.Add([]byte(seed.file))
		}
	}
	set := config.Preset().Rules
	alone := set
	alone.Labels.Rules = nil
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2000 {
			return // TestHostileFiles has those
		}
		bounded(t, set, data)
		for _, set := range []config.Rules{set, alone} {
			with, err := Read(set, Path, data)
			hostile.WellFormed(t, data, err)
			if with.LeftOut != nil {
				hostile.WellFormed(t, data, with.LeftOut)
			}
			for _, rule := range with.Labels.Rules {
				hostile.InWords(t, rule.Where, rule.String())
			}
		}
	})
}
