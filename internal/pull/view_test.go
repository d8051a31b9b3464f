package pull_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestView(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}, Now: at, Title: "gh-1: Fix\nit", Author: "alice",
		State: pull.Merged, Base: "main", DefaultBranch: "main",
		Merge: &pull.Merge{By: "dana"}, Labels: []string{"type-bug", "docs", "old"}, Facts: pull.Events | pull.Statuses, FilesOmitted: 2,
		Files: []pull.File{{Path: "a"}},
		Statuses: map[string]pull.Status{
			"ours": {Context: "ours", State: pull.StatusFailure, Description: "Add an entry"}, "ci": {State: pull.StatusSuccess}},
		Events: []pull.Event{
			{Kind: pull.Labeled, Subject: "type-bug", By: "concorde[bot]", Own: true, At: at.Add(-time.Hour)},
			{Kind: pull.Labeled, Subject: "docs", By: "bob", At: at.Add(-2 * time.Hour)},
		},
	}
	labels := pull.Rule{Name: "labels", Want: func(*pull.Request) pull.Want {
		return pull.Want{Labels: []pull.Label{
			{Name: "type-bug", On: true, Why: "c.yml:3"}, {Name: "docs", On: true, Why: "c.yml:4"}, {Name: "gone"}, {Name: "Old", Why: "c.yml:5"},
		}}
	}}
	news := pull.Rule{Name: "news", About: "Checks entries.", Owns: []string{"ours"}, Want: func(*pull.Request) pull.Want {
		return pull.Want{Statuses: []pull.Status{{Context: "ours", State: pull.StatusFailure, Description: "Add an entry"}}, Close: true}
	}}
	broken := pull.Rule{Name: "broken", Want: func(*pull.Request) pull.Want { panic("bug") }}
	shadow := pull.Rule{Name: "shadow", Shadow: &pull.Shadow{}, Owns: []string{"ci"}, Want: func(*pull.Request) pull.Want {
		return pull.Want{Labels: []pull.Label{{Name: "type-bug", On: true, Why: "c.yml:9"}}}
	}}
	plan := pull.Plan{Actions: []pull.Action{pull.RemoveLabel{Name: "old", Why: "c.yml:5"}, pull.Close{}},
		Because: map[string]string{`label -"old"`: "labels", "close": "news"}, Again: at.Add(time.Hour)}
	want := pull.View{
		Brief: pull.Brief{Number: 5, Title: "gh-1: Fix it", Author: "alice", State: pull.Merged, Base: "main", Main: true,
			MergedBy: "dana", Waits: 2, Seen: at,
			Labels: []pull.Mark{
				{Name: "type-bug", By: "concorde[bot]", Own: true, Rule: "labels", Why: "c.yml:3", Since: at.Add(-time.Hour)},
				{Name: "docs", By: "bob", Since: at.Add(-2 * time.Hour)}, {Name: "old"},
			}},
		Statuses: []pull.Mark{
			{Name: "ci", Value: "success"}, {Name: "ours", Value: "failure: Add an entry", Rule: "news", Why: "Checks entries."},
		},
		Files: 3,
		Wants: []pull.Wanted{
			{Rule: "labels", What: "label type-bug: on", Why: "c.yml:3"}, {Rule: "labels", What: "label docs: on", Why: "c.yml:4"},
			{Rule: "labels", What: "label Old: off", Why: "c.yml:5"}, {Rule: "news", What: "status ours: failure", Why: "Add an entry"},
			{Rule: "news", What: "close"}, {Rule: "shadow", What: "label type-bug: on", Why: "c.yml:9", Shadow: true},
		},
		Plan:  []pull.Wanted{{Rule: "labels", What: `label -"old"`, Why: "c.yml:5"}, {Rule: "news", What: "close"}},
		Again: at.Add(time.Hour),
	}
	if diff := cmp.Diff(want, pull.NewView(r, []pull.Rule{labels, news, broken, shadow}, plan)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Title, r.Labels = strings.Repeat("é", 5000), make([]string, 5000)
	if v := pull.NewView(r, nil, pull.Plan{}); len(v.Title) > 500 || len(v.Labels) != 100 {
		t.Errorf("a title of %d bytes, %d labels", len(v.Title), len(v.Labels))
	}
}
