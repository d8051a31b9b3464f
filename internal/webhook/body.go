package webhook

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// prealloc bounds the memory that a mere Content-Length gets, in bytes: most
// payloads have less, and strangers can promise anything.
const prealloc = 64 << 10

// read reads the body up to the limit. The buffer belongs to the caller: the
// store may hold it longer than the request lasts.
func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), prealloc)) + bytes.MinRead)
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	return b.Bytes(), nil
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
