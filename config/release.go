package config

import (
	"fmt"
	"strings"
)

// Release are the settings for release managers: whether a version can be released,
// and what waits for their word (devguide, "Development Cycle", "Triaging an Issue").
type Release struct {
	// Issues are the tracking issues of versions, where the bot keeps its comments on a
	// release and release managers give commands. Nothing is posted on a version without one.
	Issues []TrackingIssue `yaml:"issues" jsonschema:"maxItems=50"`
	// DigestAt is the hour (UTC, 0 to 23) after which the digest of what waits for
	// the release manager is written, at most once a day.
	DigestAt int `yaml:"digest-at" jsonschema:"minimum=0,maximum=23"`
	// BlockerLabel is the label of what blocks the next release.
	BlockerLabel string `yaml:"blocker-label" jsonschema:"maxLength=50" names:"read label"`
	// DeferredLabel is the label of what blocks a later release, and not the next one.
	DeferredLabel string `yaml:"deferred-label" jsonschema:"maxLength=50" names:"read label"`
}

// TrackingIssue is where people follow the releases of a version.
type TrackingIssue struct {
	// the version, in quotes
	Version string `yaml:"version" jsonschema:"required,maxLength=11,format=version"`
	// the issue's number in the same repository
	Issue int `yaml:"issue" jsonschema:"required,minimum=1,maximum=1000000000"`
}

// Issue is the number of a version's tracking issue; 0: it has none.
func (r *Release) Issue(version string) int {
	for _, t := range r.Issues {
		if t.Version == version {
			return t.Issue
		}
	}
	return 0
}

// Version is that of a tracking issue; "" if the issue is none.
func (r *Release) Version(issue int) string {
	for _, t := range r.Issues {
		if t.Issue == issue {
			return t.Version
		}
	}
	return ""
}

// checkRelease finds versions with two tracking issues, issues of two versions, and
// labels that mean both.
func (d *decoder) checkRelease(r *Release) {
	versions, issues := map[string]string{}, map[string]string{}
	for i, t := range r.Issues {
		at := fmt.Sprintf("release.issues[%d]", i)
		d.once(versions, at+".version", t.Version)
		if t.Issue != 0 {
			d.once(issues, at+".issue", fmt.Sprint(t.Issue))
		}
	}
	d.once(map[string]string{strings.ToLower(r.BlockerLabel): "release.blocker-label"}, "release.deferred-label", r.DeferredLabel)
}
