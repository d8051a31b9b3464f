package gh_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What another organisation keeps to itself (single sign-on, a list of IP
// addresses) is missing from the answer, at its place, and ghtrial.Everything else is
// there. It is counted, and told once.
func TestHoles(t *testing.T) {
	var logged bytes.Buffer
	metrics := prometheus.NewRegistry()
	fault := func(path string) string {
		return `{"type":"FORBIDDEN","path":[` + path + `],"message":"Although you appear to have the correct authorization credentials, the X ` +
			`organization has an IP allow list enabled"}`
	}
	subject := `"repository","issueOrPullRequest"`
	body := fmt.Sprintf(`{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"__typename":"PullRequest",
		"number":1,"headRefOid":%[1]q,"headRepository":null,
		"labels":{"nodes":[null,{"id":"a","name":"docs"}]},
		"comments":{"nodes":[null,{"fullDatabaseId":"7","id":"c","body":"hello","author":null}]},
		"events":{"nodes":[{"__typename":"ClosedEvent","actor":{"login":"bob"}},null]},
		"commits":{"totalCount":2,"nodes":[null,{"commit":{"oid":"2","message":"n"}}]},
		"tip":{"nodes":[{"commit":{"oid":%[1]q}}]}}}},"errors":[`, ghtrial.SomeSHA) +
		strings.Join([]string{fault(subject + `,"headRepository"`), fault(subject + `,"labels","nodes",0`),
			fault(subject + `,"comments","nodes",0,"id"`),
			fault(subject + `,"comments","nodes",1,"author"`), fault(subject + `,"events","nodes",1`), fault(subject +
				`,"commits","nodes",0`)}, ",") + `]}`
	app, _ := plain(t, gh.Config{Log: zerolog.New(&logged), Metrics: metrics},
		func(w http.ResponseWriter, _ *http.Request) { trial.Answer(w, 200, body) })
	for range 2 {
		r, err := app.Load(t.Context(), snapshot.Query{Key: ghtrial.SomePull, Installation: 1, Needs: pull.Comments | pull.Events | pull.Commits})
		trial.OK(t, err)
		if diff := cmp.Diff([]string{"docs"}, r.Labels); diff != "" || len(r.Comments) != 1 || r.Comments[0].By != "ghost" ||
			len(r.Events) != 1 || len(r.Commits) != 1 || r.HeadOwner != "" {
			t.Errorf("loaded %+v", r)
		}
	}
	if n := strings.Count(logged.String(), "GitHub leaves something out"); n != 6 {
		t.Errorf("told %d times:\n%s", n, &logged)
	}
	counted := map[string]float64{}
	families, err := metrics.Gather()
	trial.OK(t, err)
	for _, f := range families {
		if f.GetName() == "concorde_github_holes_total" {
			for _, m := range f.GetMetric() {
				counted[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	want := map[string]float64{"headRepository": 2, "labels": 2, "comments.id": 2, "comments.author": 2, "events": 2, "commits": 2}
	if diff := cmp.Diff(want, counted); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}
