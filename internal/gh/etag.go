package gh

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// etags remembers answers to GETs. GitHub can then answer "not modified" (304), which
// costs nothing. Its ETags are valid for one token, so the token is part of the key.
type etags struct {
	mu      sync.Mutex
	entries *simplelru.LRU[etagKey, etagEntry]
	bytes   int
}

const (
	maxCached      = 16 << 20 // bytes of all bodies
	maxCachedEntry = 1 << 20
)

type etagKey struct {
	token       [sha256.Size]byte
	url, accept string
}

type etagEntry struct {
	header http.Header
	body   []byte
}

func newEtags() *etags {
	c := &etags{}
	c.entries, _ = simplelru.NewLRU(2000, func(_ etagKey, e etagEntry) { c.bytes -= len(e.body) }) // errs only on a size below 1
	return c
}

func (c *etags) get(k etagKey) (etagEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries.Get(k)
}

func (c *etags) put(k etagKey, e etagEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(k) // Add would not tell what it replaces
	c.entries.Add(k, e)
	c.bytes += len(e.body)
	for c.bytes > maxCached {
		c.entries.RemoveOldest()
	}
}

// etagged asks GitHub whether the remembered answer is still valid.
type etagged struct {
	cache *etags
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *etagged) RoundTrip(r *http.Request) (*http.Response, error) {
	token := r.Header.Get("Authorization")
	if r.Method != http.MethodGet || !strings.HasPrefix(token, "token ") {
		return t.next.RoundTrip(r)
	}
	key := etagKey{sha256.Sum256([]byte(token)), r.URL.String(), strings.Join(r.Header.Values("Accept"), ",")}
	known, found := t.cache.get(key)
	if found {
		r = r.Clone(r.Context())
		r.Header.Set("If-None-Match", known.header.Get("ETag"))
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if found && resp.StatusCode == http.StatusNotModified {
		resp.StatusCode, resp.Status, resp.Header = http.StatusOK, "200 OK", known.header.Clone()
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(known.body)), int64(len(known.body))
		return resp, nil
	}
	if resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "" && resp.ContentLength <= maxCachedEntry {
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		t.cache.put(key, etagEntry{resp.Header.Clone(), body})
	}
	return resp, nil
}
