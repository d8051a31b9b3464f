package lifecycle

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// entry is what either file says about a version; release-cycle.json has only some of
// it. Other keys aren't needed.
type entry struct {
	PEP           int    `json:"pep"`
	Status        string `json:"status"`
	Managers      string `json:"release_manager"`
	Start         string `json:"start_of_development"`
	FeatureFreeze string `json:"feature_freeze"`
	FirstRelease  string `json:"first_release"`
	EndOfBugfix   string `json:"end_of_bugfix"`
	EndOfLife     string `json:"end_of_life"`
}

type releaseEntry struct {
	Stage string `json:"stage"`
	State string `json:"state"`
	Date  string `json:"date"`
}

// facts are what both files say about one version.
type facts struct {
	cycle, meta entry
	releases    []releaseEntry
}

// schedule decides which days count: see the package comment.
func (f *facts) schedule(version string) (Schedule, error) {
	s := Schedule{Version: version, PEP: cmp.Or(f.meta.PEP, f.cycle.PEP), Managers: names(cmp.Or(f.meta.Managers, f.cycle.Managers))}
	for i, entry := range f.releases {
		r, err := entry.release(version)
		if err != nil {
			return s, fmt.Errorf("releases[%d]: %w", i, err)
		}
		s.Releases = append(s.Releases, r)
	}
	slices.SortStableFunc(s.Releases, func(a, b Release) int { return a.Date.Compare(b.Date) })
	for _, field := range []struct {
		to    *time.Time
		name  string
		text  string
		stage string // of X.Y.0; this release's day takes precedence
	}{
		{&s.Start, "start_of_development", f.meta.Start, ""},
		{&s.FeatureFreeze, "feature_freeze", f.meta.FeatureFreeze, "beta 1"},
		{&s.ABIFreeze, "", "", "candidate 1"},
		{&s.FirstRelease, "first_release", cmp.Or(f.meta.FirstRelease, f.cycle.FirstRelease), "final"},
		{&s.EndOfBugfix, "end_of_bugfix", f.meta.EndOfBugfix, ""},
	} {
		var err error
		if *field.to, err = s.settle(field.stage, field.text); err != nil {
			return s, fmt.Errorf("%s: %w", field.name, err)
		}
	}
	var err error
	if s.EndOfLife, s.EndOfLifeByMonth, err = f.endOfLife(); err != nil {
		return s, fmt.Errorf("end_of_life: %w", err)
	}
	if s.FirstRelease.IsZero() {
		return s, errors.New("first_release: it is missing")
	}
	s.estimate()
	return s, nil
}

// settle returns the day of a release X.Y.0, or else the one in the text, which must be
// valid in any case.
func (s Schedule) settle(stage, text string) (settled time.Time, err error) {
	if text != "" {
		if settled, err = readDay(text); err != nil {
			return settled, err
		}
	}
	for _, r := range s.Releases {
		if stage != "" && r.Stage == stage && r.Version == s.Version+".0" {
			return r.Date, nil
		}
	}
	return settled, nil
}

// endOfLife is a day or, for living versions, a month, which python-releases.json writes
// as its first day.
func (f *facts) endOfLife() (end time.Time, byMonth bool, err error) {
	text := f.meta.EndOfLife
	if f.meta.Status != string(EndOfLife) {
		text = strings.TrimSuffix(text, "-01")
	}
	text = cmp.Or(text, f.cycle.EndOfLife)
	if text == "" {
		return end, false, errors.New("it is missing")
	}
	if _, err := time.Parse("2006-01", text); err == nil {
		end, err = readDay(text + "-01")
		return end.AddDate(0, 1, 0), true, err
	}
	end, err = readDay(text)
	return end, false, err
}

// spans are PEP 602's, in months before and after the first release. Versions before
// 3.13 got 18 months of bug fixes.
var spans = struct{ start, freeze, abi, bugfix, bugfixOld int }{-17, -5, -2, 24, 18}

// estimate fills in the days that the data lacks.
func (s *Schedule) estimate() {
	bugfix := spans.bugfix
	if Compare(s.Version, "3.13") < 0 {
		bugfix = spans.bugfixOld
	}
	fill := func(d *time.Time, months int) bool {
		if !d.IsZero() {
			return false
		}
		*d = s.FirstRelease.AddDate(0, months, 0)
		return true
	}
	fill(&s.Start, spans.start)
	fill(&s.FeatureFreeze, spans.freeze)
	if fill(&s.ABIFreeze, spans.abi) && s.ABIFreeze.Before(s.FeatureFreeze) {
		s.ABIFreeze = s.FeatureFreeze
	}
	fill(&s.EndOfBugfix, bugfix)
}

var stageForm = regexp.MustCompile(`^([0-9]+\.[0-9]+)(\.[0-9]+)(?: ((?:alpha|beta|candidate) [0-9]+|final))?$`)

func (e releaseEntry) release(version string) (Release, error) {
	parts := stageForm.FindStringSubmatch(e.Stage)
	if parts == nil || parts[1] != version {
		return Release{}, fmt.Errorf("stage: %.40q isn't a release of this version", e.Stage)
	}
	if parts[3] == "" { // since 3.10 the data calls the final of X.Y.1 "X.Y.1"
		parts[3] = "final"
	}
	if e.State != "actual" && e.State != "expected" {
		return Release{}, fmt.Errorf("state: %.40q is neither actual nor expected", e.State)
	}
	date, err := readDay(e.Date)
	if err != nil {
		return Release{}, fmt.Errorf("date: %w", err)
	}
	return Release{Version: parts[1] + parts[2], Stage: parts[3], Date: date, Expected: e.State == "expected"}, nil
}

// readDay only accepts years in which there may be a Python.
func readDay(text string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil || d.Year() < 1990 || d.Year() > 2199 {
		return time.Time{}, fmt.Errorf("%.40q isn't a date: expected YYYY-MM-DD, from 1990 to 2199", text)
	}
	return d, nil
}

var (
	remark   = regexp.MustCompile(`\([^()]*\)`)
	nameEnds = regexp.MustCompile(`\s*(?:,\s*and\s+|,|&|\sand\s)\s*`)
)

// names splits "A & B (3.3.7)" and "A, B, and C".
func names(text string) []string {
	var all []string
	for _, name := range nameEnds.Split(remark.ReplaceAllString(text, ""), -1) {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}
