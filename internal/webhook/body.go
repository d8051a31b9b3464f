package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// firstBuffer is the size of a body's first buffer, in bytes. Most bodies need more, but
// most strangers' connections need less.
const firstBuffer = 4 << 10

// buffer holds an arriving body. Its memory is counted before it's allocated.
type buffer struct {
	*arriving
	bytes    []byte
	promised int64 // its size by Content-Length; -1: unknown
	most     int64 // its largest size
}

// read reads the body up to the limit. Its memory counts until done is called, even
// after an error.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (whole []byte, done func(), err error) {
	control := http.NewResponseController(w)
	a := h.room.enter(func() { _ = control.SetReadDeadline(time.Unix(1, 0)) }) // without deadlines, the server ends it by its own
	b := buffer{arriving: a, promised: r.ContentLength, most: h.cfg.MaxBody}
	if err := a.failed(b.readFrom(r.Context(), http.MaxBytesReader(w, r.Body, b.most))); err != nil {
		return nil, a.leave, fmt.Errorf("reading the body: %w", err)
	}
	a.arrived()
	return b.bytes, a.leave, nil
}

func (b *buffer) readFrom(ctx context.Context, from io.Reader) error {
	for {
		if len(b.bytes) == cap(b.bytes) {
			if err := b.grow(ctx); err != nil {
				return err
			}
		}
		n, err := from.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// grow doubles the buffer. One byte more than the largest body is enough to see the end.
func (b *buffer) grow(ctx context.Context) error {
	before := int64(cap(b.bytes))
	size := min(max(2*before, firstBuffer), b.most+1)
	if b.promised >= before {
		size = min(size, b.promised+1)
	}
	if err := b.take(ctx, size); err != nil {
		return err
	}
	larger := make([]byte, len(b.bytes), size)
	copy(larger, b.bytes)
	b.bytes = larger
	b.give(before)
	return nil
}

// signature reads the header X-Hub-Signature-256 ("Validating webhook deliveries",
// GitHub). The older X-Hub-Signature, a SHA-1, is ignored.
func signature(header string) (sum [sha256.Size]byte, ok bool) {
	digits, found := strings.CutPrefix(header, "sha256=")
	if !found || len(digits) != hex.EncodedLen(len(sum)) {
		return sum, false
	}
	_, err := hex.Decode(sum[:], []byte(digits))
	return sum, err == nil
}

// signed reports whether one of the secrets signs the payload. All are tried, each in
// constant time, so that timing reveals nothing.
func signed(payload []byte, sum [sha256.Size]byte, secrets [][]byte) bool {
	valid := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(payload)
		valid = hmac.Equal(mac.Sum(nil), sum[:]) || valid
	}
	return valid
}
