package gh

import (
	"fmt"
	"testing"
)

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
