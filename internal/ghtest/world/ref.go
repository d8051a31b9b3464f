package world

import (
	"maps"
	"slices"
	"strings"
)

// Branches are the names of all branches, sorted.
func (r *Repo) Branches() []string {
	var names []string
	for _, ref := range slices.Sorted(maps.Keys(r.Refs)) {
		if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			names = append(names, name)
		}
	}
	return names
}
