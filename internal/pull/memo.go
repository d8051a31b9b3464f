package pull

import "sync"

// Memo remembers what rules derived from a request: they run several times on the same
// one, before and after labels and work. It belongs to one snapshot. The zero Memo is
// empty.
type Memo struct{ known sync.Map }

// Reader returns a Markdown that reads each of the snapshot's bodies once. It's only for
// reading: before a write, the body is read again.
func (r *Request) Reader(m Markdown) Markdown {
	if m == nil {
		return nil
	}
	return reader{r, m}
}

type reader struct {
	request *Request
	of      Markdown
}

type comments struct{ body string }

// Comments implements Markdown.
func (m reader) Comments(body string) []int {
	return Once(m.request, comments{body}, func() []int { return m.of.Comments(body) })
}

// Once returns what read finds out, and calls it only once for each key and snapshot. A
// key has the caller's own type, like context keys. The result must depend only on the
// key and on what neither labels nor work change; callers share it.
func Once[V any](r *Request, key any, read func() V) V {
	if r.Memo == nil {
		return read()
	}
	if v, found := r.Memo.known.Load(key); found {
		return v.(V)
	}
	v := read()
	r.Memo.known.Store(key, v)
	return v
}
