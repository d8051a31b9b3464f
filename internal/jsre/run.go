package jsre

// machine runs a program over a text by backtracking. Without back references, it visits
// each pair of places in the program and the text at most once, plus once for each
// lookaround that leads there. With them, only steps limit it.
type machine struct {
	*Expression
	text       []rune
	steps      int
	spent      bool
	seen       []uint32 // by place in the program and in the text: the last run that was there
	generation uint32
	looks      uint32 // generations given out
	captures   []int32
	marks      []int32
	stack      []frame
}

// frame is a branch to try later, or a value to restore if the branch that changed it
// fails: a capture's (pc -1-n), or a mark's.
type frame struct {
	pc, at int32
	mark   bool
}

// run reports whether the program matches from one of its places, at a place in the
// text. It leaves the values that it changed on the stack.
func (m *machine) run(pc, at int) bool {
	generation, base := m.generation, len(m.stack)
	for {
		if m.steps++; m.steps > MaxSteps {
			m.spent = true
			return false
		}
		ok := true
		if m.seen != nil {
			place := &m.seen[pc*(len(m.text)+1)+at]
			ok = *place != generation
			*place = generation
		}
		if ok {
			i := &m.program[pc]
			if i.op == opMatch {
				m.settle(base)
				return true
			}
			pc, at, ok = m.step(i, pc, at)
		}
		if m.spent {
			return false
		}
		if !ok {
			if pc, at, ok = m.back(base); !ok {
				return false
			}
		}
	}
}

// step executes one instruction. It returns where to continue, and whether to.
func (m *machine) step(i *instruction, pc, at int) (int, int, bool) {
	switch i.op {
	case opSet:
		if i.behind {
			return pc + 1, at - 1, at > 0 && i.set.has(m.text[at-1])
		}
		return pc + 1, at + 1, at < len(m.text) && i.set.has(m.text[at])
	case opSplit:
		m.stack = append(m.stack, frame{pc: int32(i.y), at: int32(at)})
		return i.x, at, true
	case opJump:
		return i.x, at, true
	case opBegin:
		return pc + 1, at, at == 0
	case opEnd:
		return pc + 1, at, at == len(m.text)
	case opBoundary:
		return pc + 1, at, (m.word(at-1) != m.word(at)) != i.not
	case opLook:
		return i.x, at, m.look(i, pc+1, at) != i.not
	case opReference:
		end, ok := m.refer(i, at)
		return pc + 1, end, ok
	}
	m.note(i, at)
	return pc + 1, at, i.op != opMoved || m.captures == nil || m.marks[i.x] != int32(at)
}

// look runs a lookaround's program in a new generation: what failed on the way to its
// end may succeed on another.
func (m *machine) look(i *instruction, pc, at int) bool {
	before, base := m.generation, len(m.stack)
	m.looks++
	m.generation = m.looks
	found := m.run(pc, at)
	m.generation = before
	if i.not {
		for found && len(m.stack) > base { // its captures are dropped
			m.undo()
		}
	}
	return found
}

// note does what only expressions with back references need.
func (m *machine) note(i *instruction, at int) {
	if m.captures == nil {
		return
	}
	switch i.op {
	case opSave:
		m.capture(i.x, int32(at))
	case opReset:
		m.steps += i.y - i.x
		for slot := i.x; slot < i.y; slot++ {
			m.capture(slot, -1)
		}
	case opMark:
		for len(m.marks) <= i.x {
			m.marks = append(m.marks, -1)
		}
		m.stack = append(m.stack, frame{pc: int32(-1 - i.x), at: m.marks[i.x], mark: true})
		m.marks[i.x] = int32(at)
	}
}

func (m *machine) capture(slot int, value int32) {
	m.stack = append(m.stack, frame{pc: int32(-1 - slot), at: m.captures[slot]})
	m.captures[slot] = value
}

// undo removes the last frame.
func (m *machine) undo() frame {
	top := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	switch {
	case top.pc < 0 && top.mark:
		m.marks[-1-top.pc] = top.at
	case top.pc < 0:
		m.captures[-1-top.pc] = top.at
	}
	return top
}

// back returns to the last branch that hasn't been tried.
func (m *machine) back(base int) (pc, at int, ok bool) {
	for len(m.stack) > base {
		if top := m.undo(); top.pc >= 0 {
			return int(top.pc), int(top.at), true
		}
	}
	return 0, 0, false
}

// settle drops branches that won't be tried any more.
func (m *machine) settle(base int) {
	kept := m.stack[:base]
	for _, f := range m.stack[base:] {
		if f.pc < 0 {
			kept = append(kept, f)
		}
	}
	m.stack = kept
}

// refer matches what a group captured again.
func (m *machine) refer(i *instruction, at int) (end int, ok bool) {
	for _, number := range i.groups {
		from, to := m.captures[2*number], m.captures[2*number+1]
		if from < 0 || to < 0 {
			continue
		}
		size := int(to - from)
		m.steps += size
		start := at
		if end = at + size; i.behind {
			start, end = at-size, at-size
		}
		if start < 0 || start+size > len(m.text) {
			return 0, false
		}
		for k := range size {
			if m.text[start+k] != m.text[int(from)+k] {
				return 0, false
			}
		}
		return end, true
	}
	return at, true
}

func (m *machine) word(at int) bool {
	return at >= 0 && at < len(m.text) && words.has(m.text[at])
}
