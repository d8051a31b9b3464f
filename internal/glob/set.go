package glob

import (
	"maps"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Set is globs, ready for matching. It is safe for concurrent use.
type Set struct {
	parts []part
	// keyed are the parts by a few bytes that every path they match has. So most
	// paths are held against a few globs of thousands.
	keyed   map[string][]int
	lengths []int // of keys
	open    []int // parts without a key
	starts  pairs // that keys start with: most places of a path need no more than a look here
}

// pairs of bytes, a bit for each.
type pairs []uint64

func (p pairs) add(key string) {
	for second := range 256 {
		if len(key) == 1 || second == int(key[1]) {
			n := int(key[0])<<8 | second
			p[n/64] |= 1 << (n % 64)
		}
	}
}

// has tells whether the bytes at a place of a path are such a pair; the last byte
// of a path is followed by a zero.
func (p pairs) has(path string, at int) bool {
	n := int(path[at]) << 8
	if at+1 < len(path) {
		n |= int(path[at+1])
	}
	return p[n/64]&(1<<(n%64)) != 0
}

// part is a glob, or one alternative of it.
type part struct {
	glob    int
	pattern string
}

// keyLength is how many bytes of a glob's longest literal are looked for.
const keyLength = 8

// New makes a set of globs that Check found good; others match nothing.
func New(patterns []string) *Set {
	s := &Set{keyed: map[string][]int{}}
	lengths := map[int]bool{}
	for i, pattern := range patterns {
		parts, err := expand(pattern)
		if err != nil || Check(pattern) != nil {
			continue
		}
		for _, p := range parts {
			if strings.HasSuffix(p, "/**") {
				p += "/*" // what is below a directory, but not a file of its name
			}
			number, key := len(s.parts), key(p)
			s.parts = append(s.parts, part{i, p})
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

// Each visits the globs that match a path, by their places in the list that New
// got; one may be visited several times.
func (s *Set) Each(path string, visit func(glob int)) {
	try := func(numbers []int) {
		for _, n := range numbers {
			if p := s.parts[n]; doublestar.MatchUnvalidated(p.pattern, path) {
				visit(p.glob)
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
}

// Any tells whether one of the globs matches.
func (s *Set) Any(path string) bool {
	found := false
	s.Each(path, func(int) { found = true })
	return found
}

// key is the end of the longest run of characters that a path must have to
// match. The end, since globs of one project start alike.
func key(pattern string) string {
	var best, run []byte
	end := func() {
		if len(run) > len(best) {
			best = slices.Clone(run)
		}
		run = run[:0]
	}
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if segment == "**" { // may stand for nothing, with the slash after it
			end()
			continue
		}
		for j := 0; j < len(segment); j++ {
			switch c := segment[j]; {
			case c == '*' || c == '?':
				end()
			case c == '[':
				end()
				j = classEnd(segment, j)
			case c == '\\' && j+1 < len(segment):
				j++
				run = append(run, segment[j])
			default:
				run = append(run, c)
			}
		}
		if i < len(segments)-1 {
			run = append(run, '/')
		}
	}
	end()
	return string(best[max(0, len(best)-keyLength):])
}
