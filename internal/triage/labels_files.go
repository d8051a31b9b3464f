package triage

import (
	"math/bits"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/pull"
)

// globs are all globs for files, each once.
type fileGlobs struct {
	patterns []string
	numbers  map[string]int
	set      *glob.Set
}

// add gives globs their numbers.
func (g *fileGlobs) add(patterns []string) (numbers []int) {
	for _, p := range patterns {
		n, found := g.numbers[p]
		if !found {
			n = len(g.patterns)
			g.patterns, g.numbers[p] = append(g.patterns, p), n
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func (g *fileGlobs) ready() { g.set = glob.New(g.patterns) }

// fileSet is a set of changed files, a bit for each. It is nil where nothing is in it.
type fileSet []uint64

func (s fileSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s fileSet) empty() bool { return s.count() == 0 }

func (s fileSet) count() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// changedFiles are the changed files by what rules ask of them.
type changedFiles struct {
	total   int // files that GitHub does not list are among them
	omitted bool
	all     fileSet
	kinds   map[pull.Change]fileSet
	globs   []fileSet // by the numbers of globs
}

func (g *fileGlobs) match(r *pull.Request) *changedFiles {
	words := (len(r.Files) + 63) / 64
	c := &changedFiles{
		total: len(r.Files) + r.FilesOmitted, omitted: r.FilesOmitted > 0, all: make(fileSet, words),
		kinds: map[pull.Change]fileSet{}, globs: make([]fileSet, len(g.patterns)),
	}
	for i, f := range r.Files {
		c.all.add(i)
		if c.kinds[f.Change] == nil {
			c.kinds[f.Change] = make(fileSet, words)
		}
		c.kinds[f.Change].add(i)
		g.set.Each(f.Path, func(n int) {
			if c.globs[n] == nil {
				c.globs[n] = make(fileSet, words)
			}
			c.globs[n].add(i)
		})
	}
	return c
}

// filesCondition is one, with the numbers of its globs.
type filesCondition struct {
	given                        bool
	any, all, none, except, also []int
	change                       []string
}

func (l *labelRules) files(c config.FilesCondition) filesCondition {
	f := filesCondition{
		any: l.globs.add(c.Any), all: l.globs.add(c.All), none: l.globs.add(c.None),
		except: l.globs.add(c.Except), also: l.globs.add(c.Also), change: c.Change,
	}
	f.given = f.any != nil || f.all != nil || f.none != nil || f.except != nil || f.change != nil
	return f
}

// meets decides a condition. Of more files than GitHub lists, nobody knows what
// all are like.
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
			asked = c.matching(counted, f.any, f.also)
		}
		v = v.and(c.sure(!asked.empty(), true))
	}
	if f.all != nil {
		good := c.matching(counted, f.all, f.also).count()
		v = v.and(c.sure(good == counted.count(), false))
		if counted.empty() {
			v = v.and(c.sure(false, true))
		}
	}
	if f.none != nil {
		v = v.and(c.sure(c.matching(counted, f.none, nil).empty(), false))
	}
	return v
}

// sure turns an answer into a holding: one that more files could change is not
// known where GitHub leaves files out.
func (c *changedFiles) sure(answer, final bool) holding {
	switch {
	case c.omitted && answer != final:
		return mayHold
	case answer:
		return holds
	}
	return holdsNot
}

// counted are the files that a condition is about.
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

// matching are those of some files that match one glob of a list, and all of
// another.
func (c *changedFiles) matching(some fileSet, one, each []int) fileSet {
	found := make(fileSet, len(some))
	for _, n := range one {
		for i, word := range c.globs[n] {
			found[i] |= word & some[i]
		}
	}
	for _, n := range each {
		if c.globs[n] == nil {
			return nil
		}
		for i, word := range c.globs[n] {
			found[i] &= word
		}
	}
	return found
}
