package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A version has one tracking issue, and an issue tracks one version.
func TestTrackingIssues(t *testing.T) {
	c, err := Parse("c.yml", []byte(`release: {issues: [{version: 3.10, issue: 7}, {version: "3.9", issue: 8}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := c.Release
	if r.Issue("3.10") != 7 || r.Issue("3.9") != 8 || r.Issue("3.1") != 0 || r.Version(7) != "3.10" || r.Version(0) != "" {
		t.Errorf("read as %+v", r.Issues)
	}
	if preset := Preset().Release; len(preset.Issues) > 0 || preset.Version(0) != "" {
		t.Errorf("the preset posts to %+v", preset.Issues)
	}
	_, err = Parse("c.yml", []byte(`release:
  issues:
  - {version: "3.15", issue: 7}
  - {version: "3.15", issue: 8}
  - {version: "3.14", issue: 7}
  - {version: main, issue: 0}
  digest-at: 24
  blocker-label: Blocker
  deferred-label: blocker
`))
	want := strings.TrimSpace(`
c.yml:4:15: release.issues[1].version is "3.15", and so is release.issues[0].version: make them differ
c.yml:5:30: release.issues[2].issue is "7", and so is release.issues[0].issue: make them differ
c.yml:6:15: release.issues[3].version is "main", which isn't a version: expected MAJOR.MINOR, as in 3.14
c.yml:6:28: release.issues[3].issue is "0": expected a whole number from 1 to 1000000000
c.yml:7:14: release.digest-at is "24": expected a whole number from 0 to 23
c.yml:9:19: release.deferred-label is "blocker", and so is release.blocker-label: make them differ`)
	if err == nil {
		t.Fatal("no fault")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}
