package abi

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Release is a release by name: "3.9.0b2", "3.9.0rc1" or "3.9.1".
type Release struct {
	Version string // "3.9"
	Micro   int
	Stage   string // "a", "b", "rc", or "" for a final one
	Serial  int    // of the stage; 0 for a final one
}

var releaseForm = regexp.MustCompile(`^([0-9]+\.[0-9]+)\.(0|[1-9][0-9]{0,4})(?:(a|b|rc)([1-9][0-9]{0,4}))?$`)

// ParseRelease reads a name; a tag's v may be left on.
func ParseRelease(name string) (Release, error) {
	parts := releaseForm.FindStringSubmatch(strings.TrimPrefix(name, "v"))
	if parts == nil || !lifecycle.ValidVersion(parts[1]) {
		return Release{}, fmt.Errorf("reading %.40q: it isn't a release: expected one such as 3.15.0b2, 3.15.0rc1 or 3.14.8", name)
	}
	r := Release{Version: parts[1], Stage: parts[3]}
	r.Micro, _ = strconv.Atoi(parts[2])
	r.Serial, _ = strconv.Atoi(parts[4])
	return r, nil
}

// String is the name.
func (r Release) String() string {
	if r.Stage == "" {
		return fmt.Sprintf("%s.%d", r.Version, r.Micro)
	}
	return fmt.Sprintf("%s.%d%s%d", r.Version, r.Micro, r.Stage, r.Serial)
}

// Tag is the name of its tag.
func (r Release) Tag() string { return "v" + r.String() }

// preFreeze reports whether the ABI may still change: until candidate 1.
func (r Release) preFreeze() bool { return r.Stage == "a" || r.Stage == "b" }

// ranks of stages, in the order of releases.
var ranks = map[string]int{"a": 1, "b": 2, "rc": 3, "": 4}

// compare orders releases of one version as they come.
func compare(a, b Release) int {
	return cmp.Or(a.Micro-b.Micro, ranks[a.Stage]-ranks[b.Stage], strings.Compare(a.Stage, b.Stage), a.Serial-b.Serial)
}

// rolling reports whether a scheme names releases by whether they break the ABI.
func rolling(s lifecycle.Scheme) bool {
	return slices.ContainsFunc(s.Steps, func(step lifecycle.Step) bool { return step.Kind == lifecycle.Rolling })
}

// stages are the calendar's words for them.
var stages = map[string]string{"alpha": "a", "beta": "b", "candidate": "rc"}

// planned is a release of the calendar by its name.
func planned(r lifecycle.Release) Release {
	version, micro, _ := cutLast(r.Version, ".")
	named := Release{Version: version}
	named.Micro, _ = strconv.Atoi(micro)
	kind, serial, _ := strings.Cut(r.Stage, " ")
	named.Stage = stages[kind]
	named.Serial, _ = strconv.Atoi(serial)
	return named
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Planned is a coming release. Date is zero if the calendar has none.
type Planned struct {
	Release
	Date time.Time
}

// Coming are the releases after the last one, by a scheme: the next one, named by whether
// there are breaks, and those that follow as long as nothing else breaks. Last is nil before
// the first release. With the calendar at its end, there are none.
func Coming(scheme lifecycle.Scheme, schedule lifecycle.Schedule, last *Release, breaks bool) []Planned {
	var all []Planned
	for _, r := range schedule.Releases {
		all = append(all, Planned{planned(r), r.Date})
	}
	if !rolling(scheme) {
		return slices.DeleteFunc(all, func(p Planned) bool { return last != nil && compare(p.Release, *last) <= 0 })
	}
	return comingRolling(all, last, breaks)
}

// comingRolling names releases by PEP 605, under which alphas and betas have one serial
// number: their place in the calendar.
func comingRolling(all []Planned, last *Release, breaks bool) []Planned {
	past := 0 // alphas and betas
	if last != nil && last.preFreeze() {
		past = last.Serial
		if i := slices.IndexFunc(all, func(p Planned) bool { return p.Release == *last }); i >= 0 {
			past = i + 1
		}
	}
	var coming []Planned
	for i, p := range all {
		if !p.preFreeze() {
			if last == nil || last.preFreeze() || compare(p.Release, *last) > 0 {
				coming = append(coming, p)
			}
			continue
		}
		if last != nil && !last.preFreeze() || i < past {
			continue
		}
		p.Serial, p.Stage = i+1, "b"
		if i == 0 || breaks && i == past {
			p.Stage = "a"
		}
		coming = append(coming, p)
	}
	return coming
}
