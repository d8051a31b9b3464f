package pull

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// BlobID is git's id of a file's content, with that many digits: 40 for SHA-1, 64 for
// SHA-256.
func BlobID(data []byte, digits int) string {
	whole := append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...)
	if digits == hex.EncodedLen(sha256.Size) {
		sum := sha256.Sum256(whole)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(whole)
	return hex.EncodeToString(sum[:])
}
