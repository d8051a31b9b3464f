package git

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// merged is the output of "git merge-tree -z --name-only --messages": a tree, and the
// paths that couldn't be merged with the kind of each conflict.
type merged struct {
	clean     bool
	tree      string
	conflicts map[string]string
}

// parseMerge reads it: the tree, paths up to an empty one, and messages, each a count,
// as many paths, a type and a text. Advice may follow. Anything unreadable is ignored.
func parseMerge(out string) (merged, bool) {
	fields := strings.Split(out, "\x00")
	m := merged{tree: fields[0], conflicts: map[string]string{}}
	if len(fields) < 2 || !fullID.MatchString(m.tree) {
		return m, false
	}
	fields = fields[1:]
	var paths []string
	for len(fields) > 0 && fields[0] != "" {
		paths, fields = append(paths, fields[0]), fields[1:]
	}
	kinds := messages(fields[min(1, len(fields)):])
	if len(paths) == 0 { // git stops at a rename that it can't follow, and leaves no path unmerged
		paths = slices.Collect(maps.Keys(kinds))
	}
	for _, name := range paths {
		original, _, _ := strings.Cut(name, "~") // git may have made up the name
		m.conflicts[name] = cmp.Or(kinds[name], kinds[original], "content")
	}
	return m, true
}

// messages returns each path's first kind of conflict.
func messages(fields []string) map[string]string {
	kinds := map[string]string{}
	for len(fields) > 3 {
		n, err := strconv.Atoi(fields[0])
		if err != nil || n < 0 || n > len(fields)-3 {
			break
		}
		kind, conflict := conflictKind(fields[1+n])
		for _, name := range fields[1 : 1+n] {
			if conflict && kinds[name] == "" {
				kinds[name] = kind
			}
		}
		fields = fields[3+n:]
	}
	return kinds
}

// conflictKind turns the type of git's message into a Conflict.Kind.
func conflictKind(name string) (kind string, conflict bool) {
	rest, conflict := strings.CutPrefix(name, "CONFLICT")
	rest = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(rest), "("), ")")
	switch {
	case rest == "contents":
		rest = "content"
	case rest == "distinct modes":
		rest = "mode"
	case strings.HasPrefix(rest, "submodule"):
		rest = "submodule"
	}
	return rest, conflict
}

const (
	maxHunks = 20       // of a file
	maxRead  = 100      // files to search
	maxFile  = 16 << 20 // bytes to search
)

// conflicts describes what couldn't be merged, by path and kind, as it is in a tree.
func (w *work) conflicts(ctx context.Context, kinds map[string]string, tree string) ([]Conflict, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	wanted := map[string]change{}
	for name := range kinds {
		wanted[name] = change{}
	}
	found, err := w.list(ctx, tree, wanted) // no submodules: their commits are not here
	if err != nil {
		return nil, err
	}
	var all []Conflict
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		c := Conflict{Path: name, Kind: kinds[name]}
		if id := found.others[name]; id != "" && c.Kind != "binary" && len(all) < maxRead {
			text, err := w.objects.read(ctx, id, maxFile)
			if err != nil {
				return nil, err
			}
			c.Hunks = hunks(text.data, maxHunks)
		}
		all = append(all, c)
	}
	return all, nil
}
