package gh

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

func TestLoad(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	r := w.load(Query{Key: key, Needs: everything, Reads: all, SettingsPath: ".github/concorde.yml"})
	t.Logf("%+v", r)
	for _, q := range w.srv.Requests() {
		t.Logf("%+v", q)
	}
}
