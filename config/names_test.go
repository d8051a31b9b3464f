package config

import (
	"slices"
	"strings"
	"testing"
)

// Every setting that names a status or a label says so in its tag, so that no list has
// a new rule's names.
func TestSettingsSayWhatTheyName(t *testing.T) {
	set := Preset().Rules
	names := set.Names()
	kinds := []string{aStatus, aKeptLabel, keptLabels, aPeoplesLabel, aSharedLabel, aReadLabel}
	for _, n := range names {
		if !slices.Contains(kinds, n.Is) || n.Text == "" {
			t.Errorf("%s names %q, which is %q: expected one of %q", n.Setting, n.Text, n.Is, kinds)
		}
	}
	d := newDecoder("cpython.yml")
	d.decode(preset, &Config{})
	for setting := range d.marks {
		group, key, found := strings.Cut(setting, ".")
		if !found || strings.ContainsAny(setting, "[") || key != "status" && key != "label" && !strings.HasSuffix(key, "-label") {
			continue
		}
		if !slices.ContainsFunc(names, func(n Name) bool { return n.Setting == setting }) {
			t.Errorf("%s in the group %s has no tag names", setting, group)
		}
	}
}

// What a rule holds, no label rule may hold otherwise.
func TestDeciding(t *testing.T) {
	set := Preset().Rules
	names := set.Names()
	for _, tt := range []struct{ label, hold, want string }{
		{"awaiting Merge", Suggested, "stages.merge"},
		{"merge conflict", Kept, "conflicts.label"},
		{"needs backport to 3.14", Suggested, "backport.label"},
		{"needs backport to", Suggested, ""},
		{"skip news", Suggested, ""},
		{"skip news", Kept, "news.skip-label"},
		{"invalid", Kept, "wrong-branch.label"},
		{"DO-NOT-MERGE", Kept, "backport.hold-label"},
		{"release-blocker", Kept, "release.blocker-label"},
		{"release-blocker", Suggested, ""},
		{"bedevere/news", Kept, ""},
		{"docs", Kept, ""},
	} {
		if have := strings.Join(names.Deciding(tt.label, tt.hold), " "); have != tt.want {
			t.Errorf("on %q, %s, decide %q, want %q", tt.label, tt.hold, have, tt.want)
		}
	}
}
