package config

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/config/hostile"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

// Reading a file of a stranger's pull request takes bounded work, by the counters of
// steps, and bounded memory, whatever is in it. (docs/performance.md has the time.)
func TestHostileFiles(t *testing.T) {
	central := Preset()
	hostile.Hold(t, func(data []byte) { _, _ = central.Override(RepositoryFile, data) })
	for _, text := range hostile.Files() {
		bounded(t, central, []byte(text))
	}
}

// bounded holds the counters to their bounds.
func bounded(t *testing.T, central *Config, data []byte) {
	t.Helper()
	d, rules := newDecoder(RepositoryFile), central.Rules
	d.decode(data, &rules)
	if len(d.Faults) > yamlfile.MaxWrong+yamlfile.MaxFaults || d.globs > maxGlobWork+20000 || d.expressions > maxExpressionWork+500000 {
		t.Errorf("%d faults, %d steps for globs", len(d.Faults), d.globs)
	}
}

// BenchmarkHostileFiles reads the worst files: the most CPU that one takes, in ms.
func BenchmarkHostileFiles(b *testing.B) {
	central := Preset()
	hostile.Worst(b, func(data []byte) { _, _ = central.Override(RepositoryFile, data) })
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

// FuzzLabelRules reads label rules, wrong ones too.
func FuzzLabelRules(f *testing.F) {
	for _, seed := range wrongRules {
		if len(seed.file) < 2000 {
			f.Add([]byte(seed.file))
		}
	}
	central := Preset()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2000 {
			return // TestHostileFiles has those
		}
		bounded(t, central, data)
		file := append([]byte("labels:\n  rules:\n  "), data...)
		set, err := central.Override(RepositoryFile, file)
		hostile.WellFormed(t, file, err)
		for _, rule := range set.Labels.Rules {
			hostile.InWords(t, rule.Where, rule.String())
		}
	})
}
