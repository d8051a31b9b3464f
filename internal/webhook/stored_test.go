package webhook

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/queue"
)

// Nothing reads what a delivery said, so it isn't kept: 300 edits of an issue with a
// body of 65 kB, which filled 44 MB, make 300 small rows.
func TestEditsOfALargeBody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue.db")
	size := func() (bytes int64) {
		for _, name := range []string{path, path + "-wal"} {
			if info, err := os.Stat(name); err == nil {
				bytes += info.Size()
			}
		}
		return bytes
	}
	reopened := func() *queue.Queue {
		t.Helper()
		q, err := queue.Open(t.Context(), queue.Config{Database: path, Work: func(context.Context, queue.Job) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	stop := func(q *queue.Queue) { // all is in the file then
		t.Helper()
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop(reopened())
	before := size()
	q := reopened()
	r := start(t, Config{Store: q})
	text := strings.Repeat("0123456789 x", 65_536/12)
	for i := range 300 {
		body := fmt.Sprintf(`{"action":"edited","changes":{"body":{"from":"%s"}},"repository":{"full_name":"python/cpython"},`+
			`"issue":{"number":12,"updated_at":"2026-08-01T10:00:00Z","body":"%[1]s"}}`, text)
		req := r.request(body)
		req.Header.Set("X-GitHub-Event", "issues")
		req.Header.Set("X-GitHub-Delivery", fmt.Sprintf("72d3162e-cc78-11e3-81ab-%012d", i))
		if status, answer, _ := r.send(req); status != 202 || answer != "stored\n" {
			t.Fatalf("%d %q", status, answer)
		}
	}
	stop(q)
	if grew := size() - before; before == 0 || grew >= 1_000_000 {
		t.Errorf("the database grew by %d bytes from %d", grew, before)
	}
}
