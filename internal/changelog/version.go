package changelog

import (
	"regexp"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

var versionForm = regexp.MustCompile(`^([0-9]+\.[0-9]+)\.(?:0|[1-9][0-9]{0,4})(?:(?:a|b|rc)[1-9][0-9]{0,4})?$`)

// VersionOf is the version to which a release belongs, as blurb names releases: "3.15" for
// "3.15.0b2" and "3.15.1". It's false for anything else.
func VersionOf(release string) (version string, ok bool) {
	parts := versionForm.FindStringSubmatch(release)
	if parts == nil || !lifecycle.ValidVersion(parts[1]) {
		return "", false
	}
	return parts[1], true
}
