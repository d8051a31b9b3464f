package lifecycle

import (
	"cmp"
	"regexp"
	"strings"
)

// versionForm allows no leading zeros: "3.08" would be a second name for 3.8.
var versionForm = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,4})\.(?:0|[1-9][0-9]{0,4})$`)

// ValidVersion reports whether name is a version, such as "3.14": two numbers of at most
// five digits.
func ValidVersion(name string) bool { return versionForm.MatchString(name) }

// Compare orders versions: 3.9 comes before 3.10. It's negative if a comes first, and
// zero only for equal names.
func Compare(a, b string) int {
	majorA, minorA, _ := strings.Cut(a, ".")
	majorB, minorB, _ := strings.Cut(b, ".")
	return cmp.Or(compareNumbers(majorA, majorB), compareNumbers(minorA, minorB), strings.Compare(a, b))
}

// compareNumbers needs no limit on digits: numbers have no leading zeros.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
