// Package wrongbranch is the rule on pull requests that would merge a copy of a
// maintenance branch into the default branch: it closes them, or asks.
//
// It's pure, and must not know the other rules.
package wrongbranch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Rule checks pull requests from a fork's copy of a maintenance branch into the
// default branch (devguide, "Lifecycle of a pull request", section "Making good
// PRs": a new branch for each change). In mode off it has no Want.
func Rule(set config.WrongBranch) pull.Rule {
	rule := pull.Rule{
		Name:  "wrong-branch",
		About: about,
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
		rule.Want = func(r *pull.Request) pull.Want { return want(r, set) }
	case config.CommentOnly:
		rule.Want = func(r *pull.Request) pull.Want { return want(r, set) }
	}
	return rule
}

// fromVersion reports whether a pull request into the default branch comes from a
// fork's branch that is named like a maintenance branch.
func fromVersion(r *pull.Request) bool {
	fork := !strings.EqualFold(r.HeadOwner, r.Key.Owner)
	return r.State == pull.Open && !r.Own && r.Base == r.DefaultBranch && fork && lifecycle.ValidVersion(r.HeadBranch)
}

// want closes a pull request only if it's certain: everything in it is already in the
// maintenance branch. If the repository has no branch of that name, the name means
// nothing. Drafts, core developers and doubtful cases get a comment instead.
func want(r *pull.Request, set config.WrongBranch) pull.Want {
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
			Labels: []pull.Label{{Name: set.Label, On: true, Hold: pull.Suggested, Why: why}},
			Notes:  []pull.Note{{Key: "wrong-branch-closed", Body: fmt.Sprintf(noteClosed, r.HeadBranch, r.Base)}},
		}
	}
	text := noteDoubt
	if certain {
		text = noteEmpty
	}
	return pull.Want{Notes: []pull.Note{{Key: "wrong-branch", Body: fmt.Sprintf(text, r.HeadBranch, r.Base), Once: true}}}
}

// decided reports whether the bot closed the pull request before, or a person reopened
// it: from then on, people decide.
func decided(r *pull.Request) bool {
	return slices.ContainsFunc(r.Events, func(e pull.Event) bool {
		return e.Kind == pull.WasClosed && e.Own || e.Kind == pull.WasReopened && !e.Own
	})
}
