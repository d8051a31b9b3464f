package gh

import "strings"

var someSHA = strings.Repeat("ab", 20)
