package lifecycle

import (
	"bytes"
	_ "embed" // the built-in copies
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The built-in copies, of August 2026: https://peps.python.org/api/.
var (
	//go:embed data/release-cycle.json
	builtinCycle []byte
	//go:embed data/python-releases.json
	builtinReleases []byte
)

// Builtin is the copy that comes with the program.
func Builtin() *Calendar {
	c, err := Parse(BuiltinFiles())
	if err != nil {
		panic(fmt.Sprintf("the built-in release data is wrong: %v", err)) // a test holds it right
	}
	return c
}

// BuiltinFiles are the two files of the built-in copy, in the order of Parse.
func BuiltinFiles() (cycle, releases []byte) {
	return bytes.Clone(builtinCycle), bytes.Clone(builtinReleases)
}

// entry is what either file says of a version; release-cycle.json has only
// some of it. Keys that are not here are not needed.
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

// facts are what both files say of one version.
type facts struct {
	cycle, meta entry
	releases    []releaseEntry
}

// Parse reads the files of peps.python.org/api, release-cycle.json and
// python-releases.json. Either may be nil: then the other one must suffice.
// An error names the version and the field.
func Parse(cycle, releases []byte) (*Calendar, error) {
	versions := map[string]*facts{}
	about := func(version string) *facts {
		if versions[version] == nil {
			versions[version] = &facts{}
		}
		return versions[version]
	}
	if cycle != nil {
		err := each(cycle, func(version string, e entry) { about(version).cycle = e })
		if err != nil {
			return nil, fmt.Errorf("reading release-cycle.json: %w", err)
		}
	}
	if releases != nil {
		var file struct{ Metadata, Releases json.RawMessage }
		err := json.Unmarshal(releases, &file)
		if err == nil {
			err = each(file.Metadata, func(version string, e entry) { about(version).meta = e })
		}
		if err == nil {
			err = each(file.Releases, func(version string, r []releaseEntry) { about(version).releases = r })
		}
		if err != nil {
			return nil, fmt.Errorf("reading python-releases.json: %w", err)
		}
	}
	if len(versions) == 0 {
		return nil, errors.New("reading the release data: it has no versions")
	}
	c := &Calendar{}
	for version, f := range versions {
		s, err := f.schedule(version)
		if err != nil {
			return nil, fmt.Errorf("reading the release data: %s: %w", version, err)
		}
		c.schedules = append(c.schedules, s)
	}
	slices.SortFunc(c.schedules, func(a, b Schedule) int { return Compare(b.Version, a.Version) })
	return c, nil
}

// each reads an object whose keys are versions.
func each[T any](data []byte, take func(version string, value T)) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	if len(object) == 0 {
		return errors.New("it has no versions")
	}
	for version, raw := range object {
		if !ValidVersion(version) {
			return fmt.Errorf("%.40q is no version: want one such as 3.14", version)
		}
		var value T
		if err := json.Unmarshal(raw, &value); err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		take(version, value)
	}
	return nil
}

// schedule settles which days count: see the package comment.
func (f *facts) schedule(version string) (Schedule, error) {
	s := Schedule{Version: version, PEP: f.meta.PEP, Managers: names(f.meta.Managers)}
	if s.PEP == 0 {
		s.PEP = f.cycle.PEP
	}
	if len(s.Managers) == 0 {
		s.Managers = names(f.cycle.Managers)
	}
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
		stage string // of X.Y.0, the release that counts
		texts [2]string
	}{
		{&s.Start, "start_of_development", "", [2]string{f.meta.Start, f.cycle.Start}},
		{&s.FeatureFreeze, "feature_freeze", "beta 1", [2]string{f.meta.FeatureFreeze, f.cycle.FeatureFreeze}},
		{&s.ABIFreeze, "", "candidate 1", [2]string{}},
		{&s.FirstRelease, "first_release", "final", [2]string{f.meta.FirstRelease, f.cycle.FirstRelease}},
		{&s.EndOfBugfix, "end_of_bugfix", "", [2]string{f.meta.EndOfBugfix, f.cycle.EndOfBugfix}},
	} {
		var err error
		if *field.to, err = s.settle(field.stage, field.texts); err != nil {
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

// settle takes the day of a release X.Y.0, or else of the first text that is
// not empty.
func (s Schedule) settle(stage string, texts [2]string) (time.Time, error) {
	var at time.Time
	for _, text := range []string{texts[1], texts[0]} { // all of them must be right
		if text == "" {
			continue
		}
		d, err := readDay(text)
		if err != nil {
			return at, err
		}
		at = d
	}
	for _, r := range s.Releases {
		if stage != "" && r.Stage == stage && r.Version == s.Version+".0" {
			return r.Date, nil
		}
	}
	return at, nil
}

// endOfLife follows release-cycle.json. In python-releases.json a month is
// written as its first day while the version lives.
func (f *facts) endOfLife() (end time.Time, byMonth bool, err error) {
	text := f.cycle.EndOfLife
	if month, isFirst := strings.CutSuffix(f.meta.EndOfLife, "-01"); text == "" && isFirst && f.meta.Status != string(EndOfLife) {
		text = month
	}
	if text == "" {
		text = f.meta.EndOfLife
	}
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

// spans are those of PEP 602, in months before and after the first release.
// Versions before 3.13 got bug fixes for 18 months.
var spans = struct{ start, freeze, abi, bugfix, bugfixOld int }{-17, -5, -2, 24, 18}

// estimate fills the days that the data lacks.
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
		return Release{}, fmt.Errorf("stage: %.40q is no release of this version", e.Stage)
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

// readDay keeps to years in which there may be a Python.
func readDay(text string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil || d.Year() < 1990 || d.Year() > 2199 {
		return time.Time{}, fmt.Errorf("%.40q is no date: want YYYY-MM-DD, from 1990 to 2199", text)
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
