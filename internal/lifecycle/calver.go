package lifecycle

import (
	"fmt"
	"strconv"
	"strings"
)

// The numbers of PEP 2026: 3.15 would have been 3.26, released in 2026.
const (
	century       = 2000
	firstCalendar = 26 // 3.26, instead of 3.15
	firstSkipped  = 15
	calendarBy    = firstCalendar - firstSkipped
	lifeInYears   = 5
)

// CalendarVersion is the name under PEP 2026 of a version numbered in
// sequence: 3.26 for 3.15, and 3.14 for 3.14, which keeps its name.
func CalendarVersion(sequential string) (string, error) {
	minor, err := minorOf(sequential)
	if err != nil {
		return "", err
	}
	if minor >= firstSkipped {
		minor += calendarBy
	}
	return "3." + strconv.Itoa(minor), nil
}

// SequentialVersion is the opposite of CalendarVersion. 3.15 to 3.25 do not
// exist under PEP 2026 and are errors.
func SequentialVersion(calendar string) (string, error) {
	minor, err := minorOf(calendar)
	switch {
	case err != nil:
		return "", err
	case minor < firstSkipped:
		return calendar, nil
	case minor < firstCalendar:
		return "", fmt.Errorf("reading %s: PEP 2026 has no such version: after 3.%d comes 3.%d", calendar, firstSkipped-1, firstCalendar)
	}
	return "3." + strconv.Itoa(minor-calendarBy), nil
}

// CalendarYears are the years of release and of the end of life that a version
// named by PEP 2026 tells: 2026 and 2031 for 3.26.
func CalendarYears(calendar string) (release, endOfLife int, err error) {
	minor, err := minorOf(calendar)
	if err != nil {
		return 0, 0, err
	}
	if minor < firstCalendar {
		return 0, 0, fmt.Errorf("reading %s: its number is not that of a year: PEP 2026 starts with 3.%d", calendar, firstCalendar)
	}
	return century + minor, century + minor + lifeInYears, nil
}

// minorOf reads a version of Python 3; PEP 2026 has no others.
func minorOf(version string) (int, error) {
	text, isThree := strings.CutPrefix(version, "3.")
	if !isThree || !ValidVersion(version) {
		return 0, fmt.Errorf("reading %.40q: want a version of Python 3, such as 3.14", version)
	}
	return strconv.Atoi(text)
}
