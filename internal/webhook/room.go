package webhook

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// errNoRoom is the error of a body that lost its memory to newer ones.
var errNoRoom = errors.New("reading: newer bodies needed the memory")

// room is the memory that bodies may hold together: the size of their buffers, whatever
// they promise. Until a body is complete, it may come from anyone, and GitHub sends one
// quickly. So when the room is full, the largest body is cut off for newer ones, and
// stalled ones keep no one out.
type room struct {
	mu      sync.Mutex
	left    int64         // in bytes
	coming  []*arriving   // the oldest first
	changed chan struct{} // closed when room was given back
}

func newRoom(most int64) *room { return &room{left: most, changed: make(chan struct{})} }

// arriving is a body that isn't complete yet.
type arriving struct {
	room *room
	cut  func() // ends its reading
	held int64  // in bytes; under the lock of room
	lost bool   // it was cut off; under the lock of room
}

// enter puts a body at the end of the line.
func (r *room) enter(cut func()) *arriving {
	a := &arriving{room: r, cut: cut}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.coming = append(r.coming, a)
	return a
}

// arrived keeps a complete body from being cut off.
func (a *arriving) arrived() {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.settle()
}

// settle removes a body from those that are arriving. The caller holds the lock.
func (a *arriving) settle() {
	a.room.coming = slices.DeleteFunc(a.room.coming, func(other *arriving) bool { return other == a })
}

// give returns n bytes.
func (a *arriving) give(n int64) {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.free(n)
}

// free returns n bytes. The caller holds the lock.
func (a *arriving) free(n int64) {
	r := a.room
	a.held -= n
	r.left += n
	close(r.changed)
	r.changed = make(chan struct{})
}

// failed returns errNoRoom instead of a reading error if the body was cut off.
func (a *arriving) failed(err error) error {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	if a.lost && err != nil {
		return errNoRoom
	}
	return err
}

// leave returns everything.
func (a *arriving) leave() {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	a.settle()
	a.free(a.held)
}

// take gets n bytes, for which other bodies may be cut off.
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

// try takes the bytes, or returns when to try again.
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

// victim is the body to cut off for n bytes, or nil: the largest among older bodies and
// those at least as large as n, so that bodies of the usual size stay.
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
