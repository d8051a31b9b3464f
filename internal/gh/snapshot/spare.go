package snapshot

import (
	"math"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxSaid limits what's kept of other people's comments in one place, in bytes of their
// bodies: of those to which this App's answer was that all is done, of the others that name
// it, and of the rest.
const maxSaid = 256 << 10

// spare empties bodies until those of each kind take at most most bytes. Everyone has the
// same share, and whoever needs more loses the longest ones: neither long comments nor many
// accounts' keep someone's short one from being read, and what was carried out stays known.
//
// It goes by what all comments had when they came, so that what's kept only shrinks with
// each comment that comes: their order, and in which pages they come, makes no difference.
func spare(all []commentData, slug string, most int) {
	var kinds [3]map[string][]*commentData // by author
	for i := range all {
		c := &all[i]
		if c.own(slug) {
			continue
		}
		if c.size == 0 {
			c.size, c.named = len(c.Body), pull.Names(slug, c.Body)
		}
		kind, by := &kinds[c.kind()], strings.ToLower(c.Author.login())
		if *kind == nil {
			*kind = map[string][]*commentData{}
		}
		(*kind)[by] = append((*kind)[by], c)
	}
	for _, kind := range kinds {
		var needs []int
		for _, theirs := range kind {
			needs = append(needs, sum(sizes(theirs)))
		}
		each := share(needs, most)
		for _, theirs := range kind {
			longest := share(sizes(theirs), each)
			for _, c := range theirs {
				if c.size > longest {
					c.Body, c.unread = "", c.named
				}
			}
		}
	}
}

// kind of a comment: carried out, to be read, or neither.
func (n commentData) kind() int {
	switch {
	case !n.named:
		return 2
	case n.answered(pull.ThumbsUp):
		return 0
	}
	return 1
}

// share is the most that each may have so that all together have at most most.
func share(needs []int, most int) int {
	slices.Sort(needs)
	for i, need := range needs {
		each := most / (len(needs) - i)
		if need > each {
			return each
		}
		most -= need
	}
	return math.MaxInt
}

func sizes(all []*commentData) (sizes []int) {
	for _, c := range all {
		sizes = append(sizes, c.size)
	}
	return sizes
}

func sum(all []int) (sum int) {
	for _, n := range all {
		sum += n
	}
	return sum
}
