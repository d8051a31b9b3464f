package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("did not happen within a minute: %s", what)
		}
	}
}

// held is what all bodies hold, in bytes.
func (r *receiver) held() int64 {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()
	return r.memory - r.room.left
}

// stalled counts the bodies on their way that have room for all that was sent of them.
func (r *receiver) stalled(sent int64) (n int) {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()
	for _, a := range r.room.coming {
		if !a.lost && a.held >= sent {
			n++
		}
	}
	return n
}

// stall sends the start of a body, with a promise of its size or none (-1), and then
// nothing until end is called.
func (r *receiver) stall(start string, promise int64) (end func()) {
	r.t.Helper()
	reader, writer := io.Pipe()
	req := r.request(body)
	req.Body, req.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(start), reader)), promise
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if res, err := http.DefaultClient.Do(req); err == nil { // else it was cut off while it sent
			res.Body.Close()
		}
	}()
	return func() {
		writer.Close()
		<-ended
	}
}

// delivers sends signed deliveries of one size at once, all of which must be stored.
func (r *receiver) delivers(what string, count, size int) {
	r.t.Helper()
	var all sync.WaitGroup
	for i := range count {
		req := r.request(padded(size))
		req.Header.Set("X-GitHub-Delivery", fmt.Sprintf("%s-%d", strings.ReplaceAll(what, " ", "-"), i))
		all.Go(func() {
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				r.t.Errorf("%s: %v", what, err)
				return
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusAccepted {
				text, err := io.ReadAll(res.Body)
				r.t.Errorf("%s: %d %q %v", what, res.StatusCode, text, err)
			}
		})
	}
	all.Wait()
}

// Strangers can't tell signed from unsigned bodies, nor can the bot before it has read
// them. Deliveries get through beside those who stall with bodies of the largest size,
// however much of them has come, and whatever they promise.
func TestStalledBodies(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sent    int
		promise int64
		holds   int64 // at least, all of them together
	}{
		{"all but the last byte", MaxBody - 1, MaxBody, MaxBody},
		{"all but the last byte, in chunks", MaxBody - 1, -1, MaxBody},
		{"half of it", MaxBody / 2, MaxBody, bodyMemory / 2},
		{"one byte", 1, MaxBody, 24 * firstBuffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, Config{})
			start := padded(MaxBody)[:tt.sent]
			var ends []func()
			for range 24 {
				ends = append(ends, r.stall(start, tt.promise))
			}
			eventually(t, "all strangers stall, or are cut off",
				func() bool { return r.stalled(int64(tt.sent))+int(r.count("pull_request", "busy")) == 24 })
			if held := r.held(); held < tt.holds {
				t.Errorf("strangers hold %d bytes, want %d at least", held, tt.holds)
			}
			r.delivers("usual", 50, 30_000)
			r.delivers("large", 8, 1<<20)
			r.delivers("largest", 1, MaxBody)
			if held := r.held(); held > bodyMemory {
				t.Errorf("bodies hold %d bytes", held)
			}
			for _, end := range ends {
				end()
			}
			eventually(t, "all memory is free", func() bool { return r.held() == 0 })
			if cut := r.count("pull_request", "busy"); (cut > 0) != (tt.sent > 1) {
				t.Errorf("%v bodies were cut off", cut)
			}
		})
	}
}

// The count is the size of the buffer, at each moment, whatever is promised.
func TestMemoryOfABody(t *testing.T) {
	const most = 100_000
	for _, size := range []int{0, 1, firstBuffer - 1, firstBuffer, firstBuffer + 1, 3*firstBuffer + 1, most} {
		for _, promised := range []int64{-1, 0, int64(size), int64(size) / 2, most} {
			room := newRoom(2*most + 1)
			b := buffer{arriving: room.enter(func() {}), promised: promised, most: most}
			check := readerFunc(func([]byte) (int, error) {
				if held := 2*most + 1 - room.left; held != int64(cap(b.bytes)) || held != b.held {
					t.Errorf("%d bytes, %d promised: %d are counted, the buffer has %d", size, promised, held, cap(b.bytes))
				}
				return 0, nil
			})
			text := strings.Repeat("x", size)
			err := b.readFrom(t.Context(), between{check, iotest.HalfReader(strings.NewReader(text))})
			if err != nil || string(b.bytes) != text {
				t.Errorf("%d bytes, %d promised: read %d, %v", size, promised, len(b.bytes), err)
			}
			if promised == int64(size) && size > firstBuffer && cap(b.bytes) != size+1 {
				t.Errorf("%d bytes as promised have a buffer of %d", size, cap(b.bytes))
			}
			b.leave()
			if room.left != 2*most+1 || len(room.coming) != 0 {
				t.Errorf("%d bytes, %d promised: afterwards %d are free", size, promised, room.left)
			}
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// between calls one reader before each call of the other.
type between struct{ first, second io.Reader }

func (b between) Read(p []byte) (int, error) {
	if _, err := b.first.Read(nil); err != nil {
		return 0, err
	}
	return b.second.Read(p)
}

// The body that holds the most loses, the oldest of equals, and no more bodies than
// must be. A smaller body that began later loses to none.
func TestLargestBodyLoses(t *testing.T) {
	room := newRoom(100)
	bodies := map[string]*arriving{}
	var cut []string
	for _, name := range []string{"oldest", "older", "newer", "newest", "last"} {
		bodies[name] = room.enter(func() {
			cut = append(cut, name)
			go bodies[name].leave()
		})
	}
	for _, step := range []struct {
		who  string
		n    int64
		lost bool
		cut  string
	}{
		{"oldest", 30, false, "[]"},
		{"older", 30, false, "[]"},
		{"newer", 40, false, "[]"},
		{"newest", 10, false, "[newer]"},
		{"newest", 21, false, "[newer]"},
		{"newest", 25, false, "[newer oldest]"},
		{"older", 40, false, "[newer oldest newest]"}, // that holds more
		{"last", 20, false, "[newer oldest newest]"},
		{"older", 40, true, "[newer oldest newest]"},
		{"older", 1, true, "[newer oldest newest]"},
		{"oldest", 1, true, "[newer oldest newest]"},
	} {
		if err := bodies[step.who].take(t.Context(), step.n); (err != nil) != step.lost || step.lost && !errors.Is(err, errNoRoom) {
			t.Errorf("%s takes %d: %v", step.who, step.n, err)
		}
		if have := fmt.Sprint(cut); have != step.cut {
			t.Errorf("%s takes %d: %s were cut off, want %s", step.who, step.n, have, step.cut)
		}
	}
	bodies["older"].leave()
	bodies["last"].arrived()
	next := room.enter(func() {})
	if err := next.take(t.Context(), 90); err == nil {
		t.Error("a body that is there as a whole lost its memory")
	}
	bodies["last"].leave()
	next.leave()
	if room.left != 100 || len(room.coming) != 0 {
		t.Errorf("afterwards %d bytes are free", room.left)
	}
}
