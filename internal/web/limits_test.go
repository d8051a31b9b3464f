package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/queue"
)

// What was used of GitHub's limits is summed over accounts, and the least that was left
// counts. An hour without requests is unknown, not full.
func TestLimitsOnTheOverview(t *testing.T) {
	s := newSite(t)
	for _, u := range []queue.Usage{
		{Name: "core/1", At: at, Least: 4000, Most: 5000, Spent: 70}, {Name: "core/2", At: at, Least: 500, Most: 5000, Spent: 7},
		{Name: "graphql/1", At: at.Add(-30 * time.Hour), Least: 2500, Most: 12_500, Spent: 3},
		{Name: "odd", At: at, Most: 0, Spent: 1}, {Name: "core/1", At: at.Add(-9 * 24 * time.Hour), Least: 1, Most: 5000, Spent: 9},
	} {
		s.ok(s.queue.AddUsage(t.Context(), u))
	}
	text := s.shows("/", 200, "Requests to GitHub in the last 24 hours", `<td data-head="REST">77</td>`, `<td data-head="REST requests">10</td>`,
		`<td data-head="GraphQL points">unknown</td>`, `<td data-head="GraphQL points">20</td>`)
	if n := strings.Count(text, "<svg"); n != 6 {
		t.Errorf("%d charts", n)
	}
	var o overview
	s.ok(json.Unmarshal(s.get("/overview.json").Body.Bytes(), &o))
	if n := len(o.Limits); n != 7*24 || o.Limits[n-1] != (limits{at, 77, 0, 10, -1}) || o.Limits[n-31].GraphQLLeft != 20 {
		t.Errorf("%d hours: %+v", n, o.Limits[n-1])
	}
}

// fleet is a database with replicas.
type fleet struct {
	Store
	all []queue.Replica
}

func (f fleet) Replicas(context.Context) ([]queue.Replica, error) { return f.all, nil }

// The overview shows which version runs since when, and that several do. Those that ended
// don't count.
func TestVersionsOnTheOverview(t *testing.T) {
	s := newSite(t)
	if text := s.shows("/", 200, "this process", "v1.2.3"); strings.Contains(text, "Several versions") {
		t.Error(text)
	}
	cfg := s.pages.Config
	old := queue.Replica{ID: "AAAAAAAAAAAAAAAA", Version: "v1.0.0", Began: at.Add(-50 * time.Hour), Seen: at.Add(-3 * time.Hour)}
	for seen, mixed := range map[time.Duration]bool{3 * time.Hour: false, 0: true} {
		old.Seen = at.Add(-seen)
		cfg.Store = fleet{s.pages.Store, []queue.Replica{old, {ID: "B", Version: markup, Began: at.Add(-time.Hour), Seen: at},
			{ID: "C", Seen: old.Seen}}}
		var err error
		s.pages, err = New(cfg)
		s.ok(err)
		text := s.shows("/", 200, "<code>AAAAAAAAAAAA</code>", "v1.0.0", "2 days ago", "&lt;script&gt;", `data-head="Version">unknown`)
		if strings.Contains(text, "Several versions run at once") != mixed || strings.Contains(text, "so it ended") == mixed ||
			strings.Contains(text, "<script") {
			t.Errorf("seen %v ago: %s", seen, text)
		}
		var o overview
		s.ok(json.Unmarshal(s.get("/overview.json").Body.Bytes(), &o))
		if len(o.Replicas) != 3 || o.Replicas[0].Alive != mixed {
			t.Errorf("%+v", o.Replicas)
		}
	}
}

// Who isn't signed in learns nothing of the bot's processes.
func TestProcessesAreNotForEverybody(t *testing.T) {
	g := newGate(t, func(s *SignIn) { s.Public = true })
	if status, text, _ := g.person("").open("/"); status != http.StatusOK || strings.Contains(text, "this process") ||
		strings.Contains(text, "v1.2.3") {
		t.Errorf("%d %s", status, text)
	}
}
