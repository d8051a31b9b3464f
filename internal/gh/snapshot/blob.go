package snapshot

import (
	"context"

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

// exact reports whether GraphQL's text is the exact content. It's made for display, so it
// may lack a byte order mark and replaces what isn't UTF-8; the hash shows the difference.
func (b *blobData) exact() bool {
	return b.Text != nil && pull.BlobID([]byte(*b.Text), len(b.Oid)) == b.Oid
}

// content returns the exact content, from a request of its own if necessary.
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
	if pull.BlobID(data, len(b.Oid)) != b.Oid {
		return nil, &gh.Temporary{Answer: gh.Answer{Endpoint: gh.GetBlob, Message: "the content does not have the hash it should have"}}
	}
	return data, nil
}

// kind is the blob's kind.
func (e *entryData) kind() pull.Kind {
	if e.Mode == 0o120000 {
		return pull.Symlink
	}
	return pull.Regular
}
