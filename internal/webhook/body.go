package webhook

import (
	"bytes"
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

	"golang.org/x/sync/semaphore"
)

// freeBody is how much of each body, in bytes, needs no room in Handler.bodies.
// Most payloads are smaller, so that large ones, of whomever, do not keep them out.
const freeBody = 64 << 10

var errNoRoom = errors.New("waiting for memory: other large bodies hold it")

// arriving is a body on its way. It takes room only for what has come: strangers
// can promise anything, and then send nothing.
type arriving struct {
	io.Reader
	ctx         context.Context
	room        *semaphore.Weighted
	wait        time.Duration // for room, each time
	come, taken int64         // in bytes
}

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.come += int64(n)
	if more := a.come - freeBody - a.taken; more > 0 {
		ctx, cancel := context.WithTimeout(a.ctx, a.wait)
		defer cancel()
		if a.room.Acquire(ctx, more) != nil {
			return n, errNoRoom
		}
		a.taken += more
	}
	return n, err
}

// read reads the body up to the limit. done gives its room back,
// also after an error.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, done func(), err error) {
	a := &arriving{Reader: http.MaxBytesReader(w, r.Body, h.cfg.MaxBody), ctx: r.Context(), room: h.bodies, wait: h.cfg.memoryWait}
	done = func() { h.bodies.Release(a.taken) }
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), freeBody)) + bytes.MinRead)
	if _, err := b.ReadFrom(a); err != nil {
		return nil, done, fmt.Errorf("reading the body: %w", err)
	}
	return b.Bytes(), done, nil
}

// signature reads the header X-Hub-Signature-256 ("Validating webhook
// deliveries", GitHub). The older X-Hub-Signature, which is SHA-1, counts for
// nothing.
func signature(header string) (sum [sha256.Size]byte, ok bool) {
	digits, found := strings.CutPrefix(header, "sha256=")
	if !found || len(digits) != hex.EncodedLen(len(sum)) {
		return sum, false
	}
	_, err := hex.Decode(sum[:], []byte(digits))
	return sum, err == nil
}

// signed tells whether one of the secrets signs the payload. All are tried, each
// in constant time, so that the time tells nothing.
func signed(payload []byte, sum [sha256.Size]byte, secrets [][]byte) bool {
	valid := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(payload)
		valid = hmac.Equal(mac.Sum(nil), sum[:]) || valid
	}
	return valid
}
