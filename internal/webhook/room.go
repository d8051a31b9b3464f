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
// began first is cut off for those that came later, and stalled ones keep nobody out.
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
	r := a.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.coming = slices.DeleteFunc(r.coming, func(other *arriving) bool { return other == a })
}

// give gives n bytes back.
func (a *arriving) give(n int64) {
	r := a.room
	r.mu.Lock()
	defer r.mu.Unlock()
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
	a.arrived()
	a.give(a.held) // nobody else changes it
}

// take gets n bytes, for which older bodies are cut off; the oldest of all gets none
// where there is too little.
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
	for _, older := range r.coming {
		if free >= n {
			break
		}
		if older == a { // nothing older is left to take it from
			a.lost = true
			return nil, errNoRoom
		}
		if !older.lost {
			older.lost = true
			older.cut()
		}
		free += older.held
	}
	return r.changed, nil
}
