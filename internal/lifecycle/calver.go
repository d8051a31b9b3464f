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
)

// SequentialVersion is the number that a version named by PEP 2026 would have had
// without it: 3.15 for 3.26, and 3.14 for 3.14, which keeps its name. 3.15 to 3.25
// don't exist under PEP 2026 and are errors.
func SequentialVersion(calendar string) (string, error) {
	minor, err := minorOf(calendar)
	switch {
	case err != nil:
		return "", err
	case minor < firstSkipped:
		return calendar, nil
	case minor < firstCalendar:
		return "", fmt.Errorf("reading %s: PEP 2026 has no such version: 3.%d is followed by 3.%d", calendar, firstSkipped-1, firstCalendar)
	}
	return "3." + strconv.Itoa(minor-calendarBy), nil
}

// minorOf reads a version of Python 3; PEP 2026 has no others.
func minorOf(version string) (int, error) {
	text, isThree := strings.CutPrefix(version, "3.")
	if !isThree || !ValidVersion(version) {
		return 0, fmt.Errorf("reading %.40q: want a version of Python 3, such as 3.14", version)
	}
	return strconv.Atoi(text)
}
