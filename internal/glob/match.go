package glob

// part is a glob, or one alternative of it.
type part struct {
	segments []*segment

	// If it has a **: the names before the first one, after the last one, and in between.
	globstar   bool
	head, tail []*segment
	body       []section
}

// section is the names between two **. At the latest, it ends so many names before the
// tail.
type section struct {
	segments []*segment
	reserve  int
}

// divide finds the sections. minimatch reserves the length of the sections before one in
// reverse order, not of those after it. So it can miss a match with several sections of
// different lengths, and the bot misses it too.
func (p *part) divide() {
	first, last := -1, -1
	for i, s := range p.segments {
		if s.globstar {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return
	}
	p.globstar, p.head, p.tail = true, p.segments[:first], p.segments[last+1:]
	if last <= first+1 {
		return
	}
	before, current := []int{0}, section{}
	names := 0
	for _, s := range p.segments[first+1 : last] {
		if s.globstar {
			p.body, current, before = append(p.body, current), section{}, append(before, names)
			continue
		}
		current.segments = append(current.segments, s)
		names++
	}
	p.body = append(p.body, current)
	for i := range p.body {
		p.body[i].reserve = before[len(p.body)-1-i] + len(p.body[i].segments)
	}
}

func (p *part) match(names []string) (matches, sure bool) {
	if !p.globstar {
		if len(names) != len(p.segments) {
			return false, true
		}
		return matchNames(p.segments, names)
	}
	if len(names) < len(p.head)+len(p.tail) {
		return false, true
	}
	if matches, sure = matchNames(p.head, names[:len(p.head)]); !matches {
		return false, sure
	}
	end := len(names) - len(p.tail)
	if matches, sure = matchNames(p.tail, names[end:]); !matches {
		return false, sure
	}
	from := len(p.head)
	for _, s := range p.body { // a section's first match is as good as any other
		for ; ; from++ {
			if from > end-s.reserve {
				return false, true
			}
			if matches, sure = matchNames(s.segments, names[from:from+len(s.segments)]); !sure {
				return false, false
			} else if matches {
				break
			}
		}
		from += len(s.segments)
	}
	return len(p.tail) > 0 || from < end, true
}

func matchNames(segments []*segment, names []string) (matches, sure bool) {
	for i, s := range segments {
		if matches, sure = s.match(names[i]); !matches {
			return false, sure
		}
	}
	return true, true
}
