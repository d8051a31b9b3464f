package revert

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// PullRule is about the pull requests that the bot opened to revert others.
func PullRule(c Config) pull.Rule {
	return pull.Rule{
		Name:  "revert-pr",
		About: aboutPull,
		Needs: pull.Events,
		Looks: func(r *pull.Request) pull.Looks {
			if !c.own(r) {
				return pull.Looks{}
			}
			looks := pull.Looks{Requests: []int{of(r.Body)}}
			if r.State == pull.Merged && c.here(r) {
				looks.Branches = []string{r.HeadBranch}
			}
			return looks
		},
		Want: c.wantPull,
	}
}

// own reports whether the bot made this revert. A body may be edited, but not made its own.
func (c Config) own(r *pull.Request) bool {
	return r.Own && strings.HasPrefix(r.HeadBranch, c.Settings.RevertBranch+"-") && of(r.Body) > 0 && of(r.Body) < r.Key.Number
}

// here reports whether the branch is in this repository, where the bot may delete it.
func (c Config) here(r *pull.Request) bool { return strings.EqualFold(r.HeadOwner, r.Key.Owner) }

func (c Config) wantPull(r *pull.Request) pull.Want {
	if !c.own(r) {
		return pull.Want{}
	}
	original := r.Others[of(r.Body)]
	want := pull.Want{Related: []pull.Related{{Number: of(r.Body), State: "reverted"}}}
	if original.Number == 0 || original.State != pull.Merged {
		return want
	}
	if r.State == pull.Open {
		want.Labels = c.labels(original)
	}
	if shown := recall(original.Notes[noteKey]); shown.Asked != 0 && shown.State != string(r.State) {
		want.Enqueue = []pull.Key{{Owner: r.Key.Owner, Repo: r.Key.Repo, Number: original.Number}}
	}
	tip := r.Branches[r.HeadBranch].Tip
	want.Drop = r.State == pull.Merged && c.here(r) && tip != "" && tip == r.Head
	return want
}

// labels are the original's that a backport would get too, once each.
func (c Config) labels(original pull.Summary) (all []pull.Label) {
	for _, label := range original.Labels {
		for _, start := range c.Backport.CopyLabels {
			if len(label) >= len(start) && strings.EqualFold(label[:len(start)], start) {
				all = append(all, pull.Label{Name: label, On: true, Hold: pull.Suggested, Why: "the reverted pull request's labels"})
				break
			}
		}
	}
	return all
}
