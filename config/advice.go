package config

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// renamed are settings of older versions, and what to do about them.
var renamed = map[string]string{
	"requests-per-minute": `write "pull-requests-per-minute", which counts pull requests: 40 for 120 requests`,
}

// advice is what to do about a key that is none of these.
func advice(key string, known []string) string {
	if instead, is := renamed[key]; is {
		return instead
	}
	best, nearest := 4, ""
	for _, name := range known {
		if far := len(key) - len(name); max(far, -far) >= best {
			continue // nowhere near, and each costs time and memory
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
