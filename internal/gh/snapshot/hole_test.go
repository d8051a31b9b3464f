package snapshot

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A changed file that GitHub does not have keeps a pull request from being loaded
// once: the pull request may have changed meanwhile.
func TestFileThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.txt": ghtest.Text("B\n")})
	reads := func(r *pull.Request, path string) bool { return true }
	q := Query{Key: key, Needs: pull.Files, Reads: reads}
	without := fmt.Sprintf(`{"data":{"repository":{"head":{"f0":null,"f1":{"mode":33188,"type":"blob",
		"object":{"__typename":"Blob","oid":%q,"byteSize":2,"text":"B\n"}}}}},
		"errors":[{"type":"NOT_FOUND","path":["repository","head","f0"],
		"message":"Could not resolve file for path 'a.txt'."}]}`, pull.BlobID([]byte("B\n"), 40))
	w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "Entry on TreeEntry", Times: -1, Status: 200, Body: without})
	_, err := w.app.Load(t.Context(), q)
	trial.As[*gh.Temporary](t, err)
	r := w.load(q)
	if r.Files[0].Content != nil || r.Files[1].Content == nil || string(r.Files[1].Content.Data) != "B\n" {
		t.Errorf("files %+v", r.Files)
	}
}
