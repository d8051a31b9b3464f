package gh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// As TestAgainstGitHubsDescriptions, for what is asked of a whole repository.
func TestOutlineAndWalkAgainstGitHubsDescription(t *testing.T) {
	graphql, asked := graphqlDescription{octokit.GraphQL(t)}, 0
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) {
		c.Observe = func(x ghtest.Exchange) {
			if !strings.HasSuffix(x.Route, "/graphql") {
				return
			}
			asked++
			if err := graphql.check(x); err != nil {
				t.Errorf("%v\nrequest %.600s\nanswer %.600s", err, x.RequestBody, x.Body)
			}
		}
	})
	for i := range 101 {
		trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i), Description: "d"}))
		_, err := w.Repo.Push(fmt.Sprint("3.", i))
		trial.OK(t, err)
	}
	w.Backport("b")
	_, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: "b", Base: "main", Labels: []string{"label 1"}})
	trial.OK(t, err)
	_, err = w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: ghtrial.CPython, SettingsPath: "README.rst"})
	trial.OK(t, err)
	for _, walk := range []snapshot.List{{}, {Base: "main", Labels: []string{"label 1"}, States: []pull.State{pull.Open}}} {
		walk.Key, walk.Pages = ghtrial.CPython, 1
		if found, _, err := w.app.Pulls(t.Context(), walk); err != nil || len(found) != 1 {
			t.Errorf("%+v: %v, %v", walk, found, err)
		}
	}
	if asked != 5 {
		t.Errorf("%d queries were checked, want 5", asked)
	}
}
