package git

import "sync"

// turns limit the jobs in progress. A repository gets at most half of them, so that one
// that hangs leaves some to others.
type turns struct {
	most int

	mu   sync.Mutex
	all  int
	busy map[string]int // by address
}

// room reports whether there's a free turn. The caller holds the lock.
func (t *turns) room(remote string) bool {
	return t.all < t.most && t.busy[remote] < max(t.most/2, 1)
}

func (t *turns) take(remote string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.room(remote) {
		return false
	}
	t.all++
	t.busy[remote]++
	return true
}

func (t *turns) end(remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.busy[remote]--; t.busy[remote] == 0 {
		delete(t.busy, remote)
	}
}

// Free reports whether a job in a repository would get a turn now.
func (e *Engine) Free(remote string) bool {
	e.turns.mu.Lock()
	defer e.turns.mu.Unlock()
	return e.turns.room(remote)
}
