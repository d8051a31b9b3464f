package apply

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Too many writes for one request are made in smaller ones; of those that are
// refused from some write on (110 in one document: 18 were made) the next run makes
// the others.
func TestTooManyWrites(t *testing.T) {
	const tooMany = `{"data":null,"errors":[{"type":"ARGUMENT_LIMIT","message":"too many"}]}`
	for _, c := range []struct {
		name           string
		refuse         func(*world)
		done, requests int // with the query for ids
	}{
		{"all, if there are more than four", func(w *world) {
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "change4:", Times: -1, Status: 200, Body: tooMany})
		}, 15, 1 + 7},
		{"from the eleventh on", func(w *world) {
			trial.OK(t, w.Srv.Hole(ghtest.Hole{Path: `change1\d`, Type: "RESOURCE_LIMITS_EXCEEDED",
				Message: "Resource limits for this query exceeded."}))
		}, 10, 2},
		{"whatever comes", func(w *world) {
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mutation", Times: -1, Status: 200, Body: tooMany})
		}, 0, 1 + 5},
		{"all, and they may be made", func(w *world) {
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mutation", Times: -1, Status: 502})
		}, 0, 2},
		{"all, after a while", func(w *world) {
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mutation", Times: -1, Status: 200,
				Body: `{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, or ` +
					`it could be a GitHub bug."}]}`})
		}, 0, 2},
	} {
		w := newWorld(t)
		key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
		w.load(snapshot.Query{Key: key})
		var actions []pull.Action
		for i := range 15 {
			name := fmt.Sprint("label ", i)
			trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: name}))
			actions = append(actions, pull.AddLabel{Name: name})
		}
		c.refuse(w)
		w.Srv.ResetRequests()
		for i, err := range w.app.ApplyAll(t.Context(), 0, key, actions) {
			if i >= c.done {
				ghtrial.Check(t, c.name, err, ghtrial.Temporary, "")
			} else {
				trial.OK(t, err)
			}
		}
		if got := w.PR(key).Labels; len(got) != c.done || w.Sent() != c.requests {
			t.Errorf("%s: %d labels in %d requests, want %d in %d", c.name, len(got), w.Sent(), c.done, c.requests)
		}
	}
}
