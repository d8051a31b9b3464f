package glob

import (
	"maps"
	"slices"
	"strings"
)

// Set is a list of globs, ready for matching. It's safe for concurrent use.
type Set struct {
	globs []*Glob
	parts []numbered
	// keyed holds the parts by a few bytes that every path they match contains. So most
	// paths are compared with a few of thousands of globs.
	keyed   map[string][]int
	lengths []int // of keys
	open    []int // parts without a key
	starts  pairs // the starts of keys: most places in a path need no other lookup
}

// numbered is a part, and its glob's place.
type numbered struct {
	part
	glob int
}

// pairs of bytes, one bit each.
type pairs []uint64

func (p pairs) add(key string) {
	for second := range 256 {
		if len(key) == 1 || second == int(key[1]) {
			n := int(key[0])<<8 | second
			p[n/64] |= 1 << (n % 64)
		}
	}
}

// has reports whether the bytes at a place in a path are such a pair. A zero follows the
// last byte.
func (p pairs) has(path string, at int) bool {
	n := int(path[at]) << 8
	if at+1 < len(path) {
		n |= int(path[at+1])
	}
	return p[n/64]&(1<<(n%64)) != 0
}

// keyLength is how many bytes of a glob's longest literal make its key.
const keyLength = 8

// New makes a set.
func New(globs []*Glob) *Set {
	s := &Set{globs: globs, keyed: map[string][]int{}}
	lengths := map[int]bool{}
	for i, g := range globs {
		for _, p := range g.parts {
			number, key := len(s.parts), p.key()
			s.parts = append(s.parts, numbered{p, i})
			if key == "" {
				s.open = append(s.open, number)
				continue
			}
			if s.starts == nil {
				s.starts = make(pairs, 1<<16/64)
			}
			s.starts.add(key)
			s.keyed[key] = append(s.keyed[key], number)
			lengths[len(key)] = true
		}
	}
	s.lengths = slices.Sorted(maps.Keys(lengths))
	return s
}

// Read makes a set of globs in the settings.
func Read(sources []string) *Set { return New(ReadAll(sources)) }

// ReadAll reads globs in the settings that passed Check; others match nothing.
func ReadAll(sources []string) (globs []*Glob) {
	for _, source := range sources {
		g, err := Parse(source, &Budget{Steps: checked})
		if err != nil {
			g = &Glob{source: source}
		}
		globs = append(globs, g)
	}
	return globs
}

// Negated reports whether a glob, by its place, matches the paths for which Each doesn't
// visit it.
func (s *Set) Negated(glob int) bool { return s.globs[glob].negated }

// Each visits the globs that match a path, without a ! before them, by their place in
// New's list. One may be visited several times. sure is false if some glob takes too
// many steps to find out.
func (s *Set) Each(path string, visit func(glob int)) (sure bool) {
	sure = true
	var names []string
	try := func(numbers []int) {
		for _, n := range numbers {
			if names == nil {
				names = strings.Split(path, "/")
			}
			found, known := s.parts[n].match(names)
			if sure = sure && known; found {
				visit(s.parts[n].glob)
			}
		}
	}
	try(s.open)
	for start := range len(path) {
		if s.starts == nil || !s.starts.has(path, start) {
			continue
		}
		for _, length := range s.lengths {
			if start+length > len(path) {
				break
			}
			if numbers, found := s.keyed[path[start:start+length]]; found {
				try(numbers)
			}
		}
	}
	return sure
}

// Any reports whether one of the globs matches, with any ! before them.
func (s *Set) Any(path string) (matches, sure bool) {
	found := make([]bool, len(s.globs))
	sure = s.Each(path, func(glob int) { found[glob] = true })
	for i, hit := range found {
		matches = matches || hit != s.globs[i].negated
	}
	return matches, sure
}

// key is the end of the longest run of characters that a matching path must contain. The
// end, since a project's globs start alike.
func (p *part) key() string {
	best, run := "", ""
	end := func() {
		if len(run) > len(best) {
			best = run
		}
		run = ""
	}
	for i, s := range p.segments {
		switch {
		case s.globstar: // it may match nothing, together with the slash after it
			end()
			continue
		case s.test == nil:
			run += s.literal
		default:
			for j, text := range s.runs {
				if j > 0 {
					end()
				}
				run += text
			}
		}
		if i < len(p.segments)-1 {
			run += "/"
		}
	}
	end()
	return best[max(0, len(best)-keyLength):]
}
