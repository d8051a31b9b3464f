package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/agnivade/levenshtein"
)

// renamed are settings of older versions, and what to do about them.
var renamed = map[string]string{
	"requests-per-minute": `write "pull-requests-per-minute", which counts pull requests: 40 for 120 requests`,
}

// advice is what to do about a key that the struct does not have.
func advice(key string, t reflect.Type) string {
	if instead, known := renamed[key]; known {
		return instead
	}
	var known []string
	best, nearest := 4, ""
	for _, f := range fields(t) {
		name := keyOf(f)
		known = append(known, name)
		if len(key) > 2*len(name) {
			continue // nowhere near, and long ones cost time
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(key), name); d < best && d < len(name) {
			best, nearest = d, name
		}
	}
	if nearest != "" {
		return fmt.Sprintf("did you mean %q?", nearest)
	}
	return "expected one of " + strings.Join(known, ", ")
}
