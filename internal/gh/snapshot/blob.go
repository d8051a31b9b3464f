package snapshot

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

type blobData struct {
	Typename    string `json:"__typename"`
	Oid         string
	ByteSize    int64
	IsTruncated bool
	Text        *string
}

// entriesPerQuery: GraphQL gives up to 512 kB of text for each.
const entriesPerQuery = 25

type entryData struct {
	Mode   int // as stat(2) has it: 0o100644
	Type   string
	Object *blobData
}

// exact reports whether GraphQL's text is the content to the byte. It is for
// showing: it may lack a byte order mark, and has other characters in place of
// what is not UTF-8; the hash tells.
func (b *blobData) exact() bool {
	return b.Text != nil && blobID([]byte(*b.Text), len(b.Oid)) == b.Oid
}

// content is the blob to the byte, if need be read by itself.
func (b *blobData) content(ctx context.Context, c *gh.Client) ([]byte, error) {
	if b.exact() {
		return []byte(*b.Text), nil
	}
	if !gh.IsCommit(b.Oid) {
		return nil, gh.BadAnswer("the answer lacks the id of a blob")
	}
	data, _, err := c.REST.Git.GetBlobRaw(ctx, c.About.Owner, c.About.Repo, b.Oid)
	if err = gh.Settle(err); err != nil {
		return nil, err
	}
	if blobID(data, len(b.Oid)) != b.Oid {
		return nil, &gh.Temporary{Answer: gh.Answer{Endpoint: gh.GetBlob, Message: "the content does not have the hash it should have"}}
	}
	return data, nil
}

// blobID is git's id of a blob, in as many digits as asked for: 40 are SHA-1,
// 64 SHA-256.
func blobID(data []byte, digits int) string {
	whole := append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...)
	if digits == hex.EncodedLen(sha256.Size) {
		sum := sha256.Sum256(whole)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(whole)
	return hex.EncodeToString(sum[:])
}

// kind is that of a blob.
func (e *entryData) kind() pull.Kind {
	if e.Mode == 0o120000 {
		return pull.Symlink
	}
	return pull.Regular
}
