package reconcile_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A comment without a reaction asks for something. So there is none while GitHub
// made only some of the writes that it asked for, however many these are.
func TestReactionWaitsForWhatWasAsked(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	s.check(s.repo.SetLabel(ghtest.Label{Name: "docs"}))
	_, err := s.repo.Comment(number, "carol", "@concorde docs")
	s.check(err)
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{Name: "asked", Needs: pull.Comments | pull.Events, Want: func(r *pull.Request) (w pull.Want) {
				for _, c := range r.Comments {
					if !c.Answered {
						w.Labels = append(w.Labels, pull.Label{Name: "docs", On: true, Hold: pull.Asked})
						w.Reactions = append(w.Reactions, pull.React{Comment: c.ID, With: pull.ThumbsUp})
					}
				}
				return w
			}}}
		}
	})
	s.check(s.github.Hole(ghtest.Hole{Path: "change0", Type: "SERVICE_UNAVAILABLE", Message: "Something went wrong"}))
	if err := r.Run(t.Context(), s.job(number)); err == nil {
		t.Error("the run went well")
	}
	s.github.ClearFaults()
	s.check(r.Run(t.Context(), s.job(number)))
	state, err := s.repo.PR(number)
	s.check(err)
	if len(state.Labels) != 1 || state.Labels[0] != "docs" {
		t.Errorf("labels %q", state.Labels)
	}
}
