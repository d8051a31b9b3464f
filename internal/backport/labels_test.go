package backport_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// preset is the configuration of the preset, changed.
func preset(change ...func(*config.Backport)) *backport.Config {
	c := config.Preset()
	for _, f := range change {
		f(&c.Backport)
	}
	return &backport.Config{Settings: c.Backport, ABI: c.ABI, Calendar: lifecycle.Builtin}
}

func override(version, phase string) func(*config.Backport) {
	return func(b *config.Backport) {
		b.Overrides = append(b.Overrides, config.Override{Version: version, Phase: phase})
	}
}

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

const (
	asks     = "needs backport to "
	fixes    = "bug and security fixes"
	security = "only security fixes"
	ended    = "end of life, takes no more changes"
)

func TestLabels(t *testing.T) {
	made := func(name, color, description string) pull.LabelEdit {
		return pull.LabelEdit{LabelStyle: pull.LabelStyle{Name: name, Color: color, Description: description}}
	}
	edited := func(name, color, description string) pull.LabelEdit {
		e := made(name, color, description)
		e.Old = name
		return e
	}
	for name, c := range map[string]struct {
		at       string // a day; November 2026 if empty
		change   []func(*config.Backport)
		branches []string
		labels   []pull.LabelStyle
		want     []pull.LabelEdit
	}{
		"branch day": {at: "2026-05-08", branches: []string{"main", "3.15", "3.14"},
			labels: []pull.LabelStyle{{Name: asks + "3.14", Color: "c2e0c6", Description: fixes}},
			want:   []pull.LabelEdit{made(asks+"3.15", "c2e0c6", fixes)}},
		"newest first, 3.9 before 3.10": {at: "2021-06-01", branches: []string{"3.9", "3.10", "3.8"},
			want: []pull.LabelEdit{made(asks+"3.10", "c2e0c6", fixes), made(asks+"3.9", "c2e0c6", fixes), made(asks+"3.8", "e99695", security)}},
		"only names that are versions": {branches: []string{"main", "v3.14", "3.14-docs", "3.14.1", "03.14", "3", "backport-1234567-3.14",
			"--3.14"}},
		"cut before the data knows": {at: "2026-05-01", branches: []string{"main", "3.15", "4.2"}},
		"cut early, with an override": {at: "2026-05-01", change: []func(*config.Backport){override("3.15", "beta"), override("4.2", "bugfix")},
			branches: []string{"3.15", "4.2"}, want: []pull.LabelEdit{made(asks+"4.2", "c2e0c6", fixes), made(asks+"3.15", "c2e0c6", fixes)}},
		"dead branches get none": {branches: []string{"2.7", "3.9"}},
		"no branch, no label":    {branches: []string{"main"}},
		"turns to security": {branches: []string{"3.12"}, labels: []pull.LabelStyle{{Name: asks + "3.12", Color: "c2e0c6", Description: fixes}},
			want: []pull.LabelEdit{edited(asks+"3.12", "e99695", security)}},
		"frozen before the final release": {at: "2025-10-06", branches: []string{"3.14"},
			labels: []pull.LabelStyle{{Name: asks + "3.14", Color: "c2e0c6", Description: "reviewed " + fixes}},
			want:   []pull.LabelEdit{edited(asks+"3.14", "fbca04", "frozen until the final release")}},
		"retired, though the branch is but a tag": {labels: []pull.LabelStyle{{Name: asks + "3.9", Color: "e99695", Description: security}},
			want: []pull.LabelEdit{edited(asks+"3.9", "ededed", ended)}},
		"right already": {branches: []string{"3.12"},
			labels: []pull.LabelStyle{{Name: asks + "3.12", Color: "E99695", Description: security + " "},
				{Name: asks + "3.9", Color: "ededed", Description: ended}}},
		"case is kept": {branches: []string{"3.12"}, labels: []pull.LabelStyle{{Name: "Needs Backport to 3.12", Color: "c2e0c6"}},
			want: []pull.LabelEdit{edited("Needs Backport to 3.12", "e99695", security)}},
		"GitHub's default": {branches: []string{"3.14"}, labels: []pull.LabelStyle{{Name: asks + "3.14", Color: "ededed"}},
			want: []pull.LabelEdit{edited(asks+"3.14", "c2e0c6", fixes)}},
		"a text made by hand": {branches: []string{"3.12"},
			labels: []pull.LabelStyle{{Name: asks + "3.12", Color: "c2e0c6", Description: "ask Thomas"}},
			want:   []pull.LabelEdit{edited(asks+"3.12", "e99695", "ask Thomas")}},
		"a colour made by hand": {branches: []string{"3.12"},
			labels: []pull.LabelStyle{{Name: asks + "3.12", Color: "ff00ff", Description: fixes}},
			want:   []pull.LabelEdit{edited(asks+"3.12", "ff00ff", security)}},
		"both, also when it ended": {labels: []pull.LabelStyle{{Name: asks + "3.9", Color: "ff00ff", Description: "never again"}}},
		"settings moved away from the preset": {branches: []string{"3.14"},
			labels: []pull.LabelStyle{{Name: asks + "3.14", Color: "c2e0c6", Description: fixes}},
			change: []func(*config.Backport){func(b *config.Backport) {
				b.Phases = []config.Phase{{Phase: "bugfix", Allow: []string{"fix"}, Color: "00ff00", Description: "fixes"}}
			}}, want: []pull.LabelEdit{edited(asks+"3.14", "00ff00", "fixes")}},
		"a phase that the settings leave out": {branches: []string{"3.14"}, labels: []pull.LabelStyle{{Name: asks + "3.14", Color: "c2e0c6"}},
			change: []func(*config.Backport){func(b *config.Backport) { b.Phases = b.Phases[:1] }}},
		"another name in the settings": {branches: []string{"3.14"},
			change: []func(*config.Backport){func(b *config.Backport) { b.Label = "backport:" }},
			labels: []pull.LabelStyle{{Name: asks + "3.12", Color: "c2e0c6"}},
			want:   []pull.LabelEdit{made("backport: 3.14", "c2e0c6", fixes)}},
		"labels of others": {labels: []pull.LabelStyle{{Name: "type-bug", Color: "c2e0c6"}, {Name: asks + "main", Color: "c2e0c6"},
			{Name: "needs backport to"}, {Name: asks + "9.9", Color: "c2e0c6", Description: fixes},
			{Name: asks + "3.16", Color: "c2e0c6"}, {Name: asks + "  3.9"}, {Name: "3.9"}}},
		"the fork that gets the branches": {change: []func(*config.Backport){func(b *config.Backport) { b.PushTo = "python" }},
			branches: []string{"3.14"}},
		"another fork gets them": {change: []func(*config.Backport){func(b *config.Backport) { b.PushTo = "someone" }},
			branches: []string{"3.14"}, want: []pull.LabelEdit{made(asks+"3.14", "c2e0c6", fixes)}},
		"off": {change: []func(*config.Backport){func(b *config.Backport) { b.Mode = config.Off }},
			branches: []string{"3.14"}, labels: []pull.LabelStyle{{Name: asks + "3.9", Color: "c2e0c6"}}},
	} {
		t.Run(name, func(t *testing.T) {
			now := day("2026-11-21")
			if c.at != "" {
				now = day(c.at)
			}
			rules, o := preset(c.change...), pull.Repository{Key: pull.Key{Owner: "Python", Repo: "cpython"}, Branches: c.branches, Labels: c.labels}
			got := rules.Labels(o, now)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := rules.Labels(after(o, got), now); len(again) > 0 {
				t.Errorf("once more: %+v", again)
			}
		})
	}
}

// after is the repository once the changes are made.
func after(r pull.Repository, edits []pull.LabelEdit) pull.Repository {
	var labels []pull.LabelStyle
	for _, l := range r.Labels {
		for _, e := range edits {
			if e.Old == l.Name {
				l = e.LabelStyle
			}
		}
		labels = append(labels, l)
	}
	for _, e := range edits {
		if e.Old == "" {
			labels = append(labels, e.LabelStyle)
		}
	}
	r.Labels = labels
	return r
}

// A label passes through the looks of its branch's whole life.
func TestALabelFollowsItsBranch(t *testing.T) {
	rules, o := preset(), pull.Repository{Branches: []string{"3.14"}}
	for _, c := range []struct{ at, color, description string }{
		{"2025-05-08", "c2e0c6", fixes}, {"2025-08-01", "c2e0c6", "reviewed " + fixes},
		{"2025-10-07", "fbca04", "frozen until the final release"},
		{"2025-10-09", "c2e0c6", fixes}, {"2028-01-01", "e99695", security}, {"2031-01-01", "ededed", ended},
	} {
		o = after(o, rules.Labels(o, day(c.at)))
		if want := []pull.LabelStyle{{Name: asks + "3.14", Color: c.color, Description: c.description}}; !cmp.Equal(want, o.Labels) {
			t.Errorf("%s: %+v, want %+v", c.at, o.Labels, want)
		}
	}
}
