package abi

import (
	"regexp"
	"slices"
)

// item is the head of an item in the manifest, such as [function.PyObject_Str].
var item = regexp.MustCompile(`(?m)^\[(function|data|macro|struct|typedef|const)\.([A-Za-z_][A-Za-z0-9_]*)\]`)

// Stable is how the stable ABI's manifest changed: names such as "function PyObject_Str".
type Stable struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"` // breaks the promise of the stable ABI
}

// CompareStable compares two states of the manifest.
func CompareStable(before, after []byte) Stable {
	old, now := items(before), items(after)
	s := Stable{Added: []string{}, Removed: []string{}}
	for _, name := range now {
		if _, found := slices.BinarySearch(old, name); !found {
			s.Added = append(s.Added, name)
		}
	}
	for _, name := range old {
		if _, found := slices.BinarySearch(now, name); !found {
			s.Removed = append(s.Removed, name)
		}
	}
	return s
}

// items are sorted, each once.
func items(manifest []byte) []string {
	var names []string
	for _, parts := range item.FindAllSubmatch(manifest, -1) {
		names = append(names, string(parts[1])+" "+string(parts[2]))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
