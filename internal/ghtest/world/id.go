package world

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// NodeID is an opaque GraphQL id.
func NodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(kind+":"+Decimal(id)))
}

// ParseNodeID takes apart what NodeID made; anything else has no kind.
func ParseNodeID(id any) (kind string, number int64) {
	text, _ := id.(string)
	kind, encoded, _ := strings.Cut(text, "_")
	raw, _ := base64.RawURLEncoding.DecodeString(encoded)
	digits, ok := strings.CutPrefix(string(raw), kind+":")
	number, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return "", 0
	}
	return kind, number
}

// Decimal writes a number, as addresses and ids have it.
func Decimal(n int64) string { return strconv.FormatInt(n, 10) }

// RandomHex is that many random bytes in hexadecimal.
func RandomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

const stamp = time.RFC3339 // of all times in answers: whole seconds

// Timestamp is a time in whole seconds, or null for the zero time.
func Timestamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(stamp)
}

// Nullable is a text, or null for an empty one.
func Nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}
