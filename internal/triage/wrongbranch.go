package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// WrongBranch is the rule on pull requests from somebody's copy of a maintenance
// branch into the default branch (devguide, "Lifecycle of a pull request",
// section "Making good PRs": a branch of its own for each change). In mode off it
// has no Want.
func WrongBranch(set config.WrongBranch) pull.Rule {
	rule := pull.Rule{
		Name:  "wrong-branch",
		About: aboutWrongBranch,
		Needs: pull.Notes | pull.Events,
		Looks: func(r *pull.Request) pull.Looks {
			if !fromVersion(r) {
				return pull.Looks{}
			}
			return pull.Looks{Compared: []string{r.HeadBranch}}
		},
	}
	switch set.Mode {
	case config.CloseCertain:
		rule.Needs |= pull.Team
		rule.Want = func(r *pull.Request) pull.Want { return wantRightBranch(r, set) }
	case config.CommentOnly:
		rule.Want = func(r *pull.Request) pull.Want { return wantRightBranch(r, set) }
	}
	return rule
}

// fromVersion tells whether a pull request into the default branch comes from a
// branch of a fork that has the name of a maintenance branch.
func fromVersion(r *pull.Request) bool {
	return r.State == pull.Open && !r.Own && r.Base == r.DefaultBranch && lifecycle.ValidVersion(r.HeadBranch) && !strings.EqualFold(r.HeadOwner, r.Key.Owner)
}

// wantRightBranch closes with certainty alone: all that the pull request has is
// in the maintenance branch. Where the repository has no such branch, a name says
// nothing. Drafts and core developers get words, and so does doubt.
func wantRightBranch(r *pull.Request, set config.WrongBranch) pull.Want {
	if !fromVersion(r) || decided(r) {
		return pull.Want{}
	}
	seen := r.Compared[r.HeadBranch]
	closes := set.Mode == config.CloseCertain
	certain := seen.Known && seen.Ahead == 0
	switch {
	case !seen.Known, closes && r.CoreFault != "":
		return pull.Want{}
	case certain && closes && !r.Draft && !r.IsCore(r.Author):
		return pull.Want{
			Close:  true,
			Labels: []pull.Label{{Name: set.Label, On: true, Hold: pull.Suggested, Why: whyWrongBranch}},
			Notes:  []pull.Note{{Key: "wrong-branch-closed", Body: fmt.Sprintf(noteBranchClosed, r.HeadBranch, r.Base)}},
		}
	}
	words := noteBranchDoubt
	if certain {
		words = noteBranchEmpty
	}
	return pull.Want{Notes: []pull.Note{{Key: "wrong-branch", Body: fmt.Sprintf(words, r.HeadBranch, r.Base), Once: true}}}
}

// decided tells whether this was closed by the bot, or opened again by a person:
// what people make of it then stands.
func decided(r *pull.Request) bool {
	return slices.ContainsFunc(r.Events, func(e pull.Event) bool {
		return e.Kind == pull.WasClosed && e.Own || e.Kind == pull.WasReopened && !e.Own
	})
}
