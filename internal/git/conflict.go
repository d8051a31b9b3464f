package git

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
)

// merged is what "git merge-tree -z --name-only --messages" says: a tree, the
// paths that it could not merge, and its kind of conflict for each.
type merged struct {
	clean bool
	tree  string
	paths []string
	kinds map[string]string
}

// parseMerge reads it: the tree, paths up to an empty one, and messages: a count,
// as many paths, a type and a text. Advice without any of this may follow; what
// can't be read is left out.
func parseMerge(out string) (merged, bool) {
	fields := strings.Split(out, "\x00")
	m := merged{tree: fields[0], kinds: map[string]string{}}
	if len(fields) < 2 || !fullID.MatchString(m.tree) {
		return m, false
	}
	fields = fields[1:]
	for len(fields) > 0 && fields[0] != "" {
		m.paths = append(m.paths, fields[0])
		fields = fields[1:]
	}
	if len(fields) > 0 {
		fields = fields[1:]
	}
	for len(fields) > 3 {
		n, err := strconv.Atoi(fields[0])
		if err != nil || n < 0 || n > len(fields)-3 {
			break
		}
		kind, conflict := conflictKind(fields[1+n])
		for _, name := range fields[1 : 1+n] {
			if _, known := m.kinds[name]; conflict && !known {
				m.kinds[name] = kind
			}
		}
		fields = fields[3+n:]
	}
	slices.Sort(m.paths)
	m.paths = slices.Compact(m.paths)
	return m, true
}

// conflictKind makes a Conflict.Kind of git's name of a message.
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
	maxFile  = 16 << 20 // bytes that are searched for them
)

// conflicts adds those of a merge to the ones that are known.
func (w *work) conflicts(ctx context.Context, m merged, known []Conflict) ([]Conflict, error) {
	for _, name := range m.paths {
		c := Conflict{Path: name, Kind: m.kinds[name]}
		if c.Kind == "" {
			original, _, _ := strings.Cut(name, "~")
			c.Kind = cmp.Or(m.kinds[original], "content")
		}
		found, err := w.objects.read(ctx, m.tree+":"+name, maxFile)
		if err != nil {
			return nil, err
		}
		if found.kind == "blob" && c.Kind != "binary" {
			c.Hunks = hunks(found.data, maxHunks)
		}
		known = slices.DeleteFunc(known, func(k Conflict) bool { return k.Path == name })
		known = append(known, c)
	}
	slices.SortFunc(known, func(a, b Conflict) int { return strings.Compare(a.Path, b.Path) })
	return known, nil
}
