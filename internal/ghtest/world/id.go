package world

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

const stamp = time.RFC3339 // of all times in answers: whole seconds

func Timestamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(stamp)
}

func (w *World) SortedInstalls() []*Installation {
	return slices.SortedFunc(maps.Values(w.Installs), func(a, b *Installation) int { return int(a.ID - b.ID) })
}

func Decimal(n int64) string { return strconv.FormatInt(n, 10) }

// NodeID is an opaque GraphQL id.
func NodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(kind+":"+Decimal(id)))
}

func Nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// IssueHTML is the page of an issue or pull request.
func (w *World) IssueHTML(r *Repo, i *Issue) string {
	if i.Pull != nil {
		return w.PullHTML(r, i)
	}
	return w.URL + "/" + r.FullName() + fmt.Sprintf("/issues/%d", i.Number)
}

func (w *World) PullHTML(r *Repo, i *Issue) string {
	return w.URL + "/" + r.FullName() + fmt.Sprintf("/pull/%d", i.Number)
}

// PullDiff compares the head with the base branch of now; of a merged pull request with the base before the merge.
func (r *Repo) PullDiff(p *Pull) (*gitstore.Diff, error) {
	base := p.BaseSHA
	if tip := r.Refs["refs/heads/"+p.BaseRef]; tip != "" && !p.Merged() {
		base = tip
	}
	return r.Diff(base, p.HeadSHA)
}
