package gh

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

func TestNotModified(t *testing.T) {
	var full, same atomic.Int32
	var version atomic.Int32
	app, _ := plain(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		etag := fmt.Sprintf(`"v%d"`, version.Load())
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		answer(w, 200, fmt.Sprintf(`[{"number":%d,"updated_at":"2026-11-05T12:00:00Z"}]`, 5+version.Load()))
	})
	list := func(want int) {
		t.Helper()
		got, err := app.PullRequests(t.Context(), Listing{Repository: somePull.Repository(), Installation: 1})
		must(t, err)
		if len(got) != 1 || got[0] != want {
			t.Errorf("got %v, want %d", got, want)
		}
	}
	list(5)
	list(5)
	list(5)
	version.Store(1)
	list(6)
	list(6)
	if full.Load() != 2 || same.Load() != 3 {
		t.Errorf("%d full answers and %d times 304, want 2 and 3", full.Load(), same.Load())
	}
}

// The cache holds so many bytes and answers, and each token has its own.
func TestCacheIsBounded(t *testing.T) {
	c := newEtags()
	for i := range 40 {
		c.put(etagKey{url: fmt.Sprint(i)}, etagEntry{body: make([]byte, maxCachedEntry)})
	}
	if n := c.entries.Len(); n != maxCached/maxCachedEntry || c.bytes != maxCached {
		t.Errorf("%d entries of %d bytes", n, c.bytes)
	}
	c.put(etagKey{url: "39"}, etagEntry{body: []byte("x")})
	if want := maxCached - maxCachedEntry + 1; c.bytes != want {
		t.Errorf("after replacing: %d bytes, want %d", c.bytes, want)
	}
	for i := range 5000 {
		c.put(etagKey{url: fmt.Sprint("small", i)}, etagEntry{body: []byte("x")})
	}
	if n := c.entries.Len(); n != 2000 || c.bytes != 2000 {
		t.Errorf("%d entries of %d bytes", n, c.bytes)
	}
	if _, found := c.get(etagKey{token: [32]byte{1}, url: "small4999"}); found {
		t.Error("a token gets the answer of another")
	}
}
