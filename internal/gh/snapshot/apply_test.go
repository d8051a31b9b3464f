package snapshot

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func newPull(t *testing.T) (*world, pull.Key) {
	t.Helper()
	w := newWorld(t)
	return w, w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
}
