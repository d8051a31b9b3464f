package labels

import (
	"math/bits"
	"slices"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/pull"
)

// fileGlobs are all file globs, each once.
type fileGlobs struct {
	globs   []*glob.Glob
	numbers map[string]int
	set     *glob.Set
}

// add numbers globs.
func (g *fileGlobs) add(globs []*glob.Glob) (numbers []int) {
	for _, one := range globs {
		n, found := g.numbers[one.String()]
		if !found {
			n = len(g.globs)
			g.globs, g.numbers[one.String()] = append(g.globs, one), n
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func (g *fileGlobs) ready() { g.set = glob.New(g.globs) }

// fileSet is a set of changed files, a bit for each. The empty set may be nil.
type fileSet []uint64

func (s fileSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s fileSet) empty() bool { return s.count() == 0 }

func (s fileSet) count() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// changedFiles are the changed files, by kind of change and by glob.
type changedFiles struct {
	total   int  // includes files that GitHub doesn't list
	omitted bool // some files aren't listed, or some globs take too many steps
	all     fileSet
	kinds   map[pull.Change]fileSet
	globs   []fileSet // by the numbers of globs
}

func (g *fileGlobs) match(r *pull.Request) *changedFiles {
	words := (len(r.Files) + 63) / 64
	c := &changedFiles{
		total: len(r.Files) + r.FilesOmitted, omitted: r.FilesOmitted > 0, all: make(fileSet, words),
		kinds: map[pull.Change]fileSet{}, globs: make([]fileSet, len(g.globs)),
	}
	for i, f := range r.Files {
		c.all.add(i)
		if c.kinds[f.Change] == nil {
			c.kinds[f.Change] = make(fileSet, words)
		}
		c.kinds[f.Change].add(i)
		sure := g.set.Each(f.Path, func(n int) {
			if c.globs[n] == nil {
				c.globs[n] = make(fileSet, words)
			}
			c.globs[n].add(i)
		})
		c.omitted = c.omitted || !sure
	}
	for n := range c.globs {
		if g.set.Negated(n) {
			c.globs[n] = c.all.without(c.globs[n])
		}
	}
	return c
}

// without are the files that aren't among others.
func (s fileSet) without(others fileSet) fileSet {
	rest := slices.Clone(s)
	for i, word := range others {
		rest[i] &^= word
	}
	return rest
}

// filesCondition is a condition on files, with the numbers of its globs.
type filesCondition struct {
	given                  bool
	any, all, none, except []int
	change                 []string
}

func (l *ruleSet) files(c config.FilesCondition) filesCondition {
	add := func(sources []string) []int { return l.globs.add(glob.ReadAll(sources)) }
	f := filesCondition{any: add(c.Any), all: add(c.All), none: add(c.None), except: add(c.Except), change: c.Change}
	f.given = f.any != nil || f.all != nil || f.none != nil || f.except != nil || f.change != nil
	return f
}

// meets decides a condition. If GitHub doesn't list all files, some answers are unknown.
func (c *changedFiles) meets(f filesCondition) holding {
	if !f.given {
		return holds
	}
	if c.total == 0 {
		return holdsNot
	}
	counted := c.counted(f)
	v := holds
	if f.any != nil || f.all == nil && f.none == nil {
		asked := counted
		if f.any != nil {
			asked = c.matching(counted, f.any)
		}
		v = v.and(c.sure(!asked.empty(), true))
	}
	if f.all != nil {
		good := c.matching(counted, f.all).count()
		v = v.and(c.sure(good == counted.count(), false))
		if counted.empty() {
			v = v.and(c.sure(false, true))
		}
	}
	if f.none != nil {
		v = v.and(c.sure(c.matching(counted, f.none).empty(), false))
	}
	return v
}

// sure turns an answer into a holding. If GitHub leaves files out, an answer that they
// could change is unknown.
func (c *changedFiles) sure(answer, final bool) holding {
	switch {
	case c.omitted && answer != final:
		return mayHold
	case answer:
		return holds
	}
	return holdsNot
}

// counted are the files that a condition covers.
func (c *changedFiles) counted(f filesCondition) fileSet {
	counted := make(fileSet, len(c.all))
	copy(counted, c.all)
	if f.change != nil {
		clear(counted)
		for _, kind := range f.change {
			for i, word := range c.kinds[pull.Change(kind)] {
				counted[i] |= word
			}
		}
	}
	for _, n := range f.except {
		for i, word := range c.globs[n] {
			counted[i] &^= word
		}
	}
	return counted
}

// matching are the files that match a glob in a list.
func (c *changedFiles) matching(some fileSet, globs []int) fileSet {
	found := make(fileSet, len(some))
	for _, n := range globs {
		for i, word := range c.globs[n] {
			found[i] |= word & some[i]
		}
	}
	return found
}

func (l *ruleSet) changed(c *config.ChangedFiles) []int {
	if c == nil {
		return nil
	}
	return l.globs.add(c.Globs)
}

// meetsWay decides a labeler file's condition, as the action does: without files, a
// condition on all of them holds.
func (c *changedFiles) meetsWay(way string, globs []int) holding {
	switch way {
	case config.AnyToAny:
		return c.sure(!c.matching(c.all, globs).empty(), true)
	case config.AnyToAll:
		return c.sure(slices.ContainsFunc(globs, func(n int) bool { return c.globs[n].count() == c.all.count() }), false)
	case config.AllToAny:
		return c.sure(!c.matchingEach(globs).empty(), true)
	case config.AllToAll:
		return c.sure(c.matchingEach(globs).count() == c.all.count(), false)
	}
	return whether(c.total > 0)
}

// matchingEach are the files that match every glob in a list.
func (c *changedFiles) matchingEach(globs []int) fileSet {
	found := slices.Clone(c.all)
	for _, n := range globs {
		if c.globs[n] == nil {
			return nil
		}
		for i, word := range c.globs[n] {
			found[i] &= word
		}
	}
	return found
}
