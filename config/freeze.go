package config

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Freeze are the settings of the rule that closes a branch around a release (devguide,
// "Development Cycle").
type Freeze struct {
	// which versions freeze: on: all, by the release data; tracked: those with a tracking
	// issue (release.issues), which commands need in any case
	Mode   Mode   `yaml:"mode" jsonschema:"enum=on,enum=tracked,enum=off"`
	Status string `yaml:"status" names:"status"` // commit status context, failing while the branch is frozen
	// whether open pull requests into versions that never froze have the status too, so that
	// it can be required
	Always bool `yaml:"always"`
}

// Tracked is a mode of Freeze.
const Tracked Mode = "tracked"

// Life returns a version's phase and dates at a time, with the settings' corrections.
func (b *Backport) Life(calendar *lifecycle.Calendar, version string, now time.Time) (lifecycle.Branch, bool) {
	branch, found := calendar.Branch(version, now)
	for _, o := range b.Overrides {
		if o.Version != version {
			continue
		}
		branch.Version, branch.Name, branch.Phase, found = version, version, lifecycle.Phase(o.Phase), true
		if branch.Phase == lifecycle.EndOfLife && branch.EndOfLife.After(now) {
			branch.EndOfLife = time.Time{} // it ended early
		}
	}
	return branch, found
}

// Freezes reports whether the settings themselves close a version's branch.
func (b *Backport) Freezes(version string) bool {
	return slices.Contains(b.Overrides, Override{Version: version, Phase: string(lifecycle.FinalFreeze)})
}

// Logins returns those of a branch's release managers, each once.
func (b *Backport) Logins(of lifecycle.Branch) []string {
	var logins []string
	for _, name := range of.Managers {
		if login := b.Login(name); login != "" && !slices.ContainsFunc(logins, func(l string) bool { return strings.EqualFold(l, login) }) {
			logins = append(logins, login)
		}
	}
	return logins
}

// FreezesAct reports whether branches are frozen.
func (r *Rules) FreezesAct() bool { return r.Freeze.Mode != Off && r.Modes.Freeze == On }
