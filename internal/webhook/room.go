package webhook

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// errNoRoom is that of a body which lost its memory to newer ones.
var errNoRoom = errors.New("reading: newer bodies needed the memory")

// room is the memory that bodies may hold together: what their buffers were made
// with, whatever they promise. Until a body is there as a whole, anybody may have sent
// it, and GitHub sends one within a moment. So when the room is used up, the body that
// holds the most is cut off for those that came later, and stalled ones keep nobody out.
type room struct {
	mu      sync.Mutex
	left    int64         // in bytes
	coming  []*arriving   // the oldest first
	changed chan struct{} // closed when room was given back
}

func newRoom(most int64) *room { return &room{left: most, changed: make(chan struct{})} }

// arriving is a body on its way.
type arriving struct {
	room *room
	cut  func() // ends its reading
	held int64  // in bytes; under the lock of room
	lost bool   // it was cut off; under the lock of room
}

// enter puts a body last in the line.
func (r *room) enter(cut func()) *arriving {
	a := &arriving{room: r, cut: cut}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.coming = append(r.coming, a)
	return a
}

// arrived keeps a body from being cut off: it's there as a whole.
func (a *arriving) arrived() {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.settle()
}

// settle takes the body out of those on their way; the lock is held.
func (a *arriving) settle() {
	a.room.coming = slices.DeleteFunc(a.room.coming, func(other *arriving) bool { return other == a })
}

// give gives n bytes back.
func (a *arriving) give(n int64) {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.free(n)
}

// free gives n bytes back; the lock is held.
func (a *arriving) free(n int64) {
	r := a.room
	a.held -= n
	r.left += n
	close(r.changed)
	r.changed = make(chan struct{})
}

// failed tells whether the body was cut off, where err is that of its reading.
func (a *arriving) failed(err error) error {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	if a.lost && err != nil {
		return errNoRoom
	}
	return err
}

// leave gives everything back.
func (a *arriving) leave() {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.settle()
	a.free(a.held)
}

// take gets n bytes, for which other bodies are cut off.
func (a *arriving) take(ctx context.Context, n int64) error {
	for {
		wait, err := a.try(n)
		if wait == nil {
			return err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return errNoRoom
		}
	}
}

// try takes the bytes, or tells when to try again.
func (a *arriving) try(n int64) (wait <-chan struct{}, err error) {
	r := a.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.lost {
		return nil, errNoRoom
	}
	if r.left >= n {
		r.left -= n
		a.held += n
		return nil, nil
	}
	free := r.left
	for _, other := range r.coming {
		if other.lost {
			free += other.held // it's about to be given back
		}
	}
	for free < n {
		victim := a.victim(n)
		if victim == nil {
			a.lost = true
			return nil, errNoRoom
		}
		victim.lost = true
		victim.cut()
		free += victim.held
	}
	return r.changed, nil
}

// victim is the body to cut off for n bytes: of those that hold as much or began
// earlier, the one that holds the most, so that bodies of usual size stay; nil where
// there is none.
func (a *arriving) victim(n int64) (victim *arriving) {
	older := true
	for _, other := range a.room.coming {
		if other == a {
			older = false
			continue
		}
		if !other.lost && (older || other.held >= n) && (victim == nil || other.held > victim.held) {
			victim = other
		}
	}
	return victim
}
