package pull

import "sync"

// Memo remembers what rules made of a request: they are asked about the same one
// several times, before and after labels and work. It is of one snapshot and ends with
// it. The zero Memo is empty.
type Memo struct{ known sync.Map }

// Reader is a Markdown that reads each body of the snapshot once. It's for looking: what
// is written is read as it is then.
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

// Once gives what read finds out, and reads but once for a key of the snapshot. The key
// has a type of the caller's own, as those of contexts have. What is read must depend on
// nothing but the key and what neither labels nor work change; callers share it.
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
