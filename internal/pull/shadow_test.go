package pull_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// inShadow puts a rule into shadow, beside some bots.
func inShadow(rule pull.Rule, bots ...string) pull.Rule {
	rule.Shadow = &pull.Shadow{Bots: bots}
	return rule
}

func predicted(plan pull.Plan) []string {
	var all []string
	for _, p := range plan.Predictions {
		line := fmt.Sprintf("%s: %s wants %s, found %s", p.Thing, p.Rule, p.Want, p.Found)
		if p.Action == "" {
			line += ", done"
		}
		all = append(all, line)
	}
	return all
}

func expectPredictions(t *testing.T, plan pull.Plan, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, predicted(plan)); diff != "" {
		t.Errorf("predictions (-want +got):\n%s", diff)
	}
}

// TestShadowDecidesNothing: a rule that acts sees the true labels, not those that a rule in
// shadow would set.
func TestShadowDecidesNothing(t *testing.T) {
	labels := wants("labels", pull.Want{Labels: []pull.Label{{Name: "skip", On: true, Why: "cpython.yml:9"}}}, "skip")
	news := pull.Rule{Name: "news", Needs: all, Owns: []string{"news"}, Want: func(r *pull.Request) pull.Want {
		state := map[bool]pull.StatusState{true: pull.StatusSuccess, false: pull.StatusFailure}[r.HasLabel("skip")]
		return pull.Want{Statuses: []pull.Status{{Context: "news", State: state}}}
	}}
	plan := decide(t, request(), inShadow(labels), news)
	expect(t, plan, `status news failure "" on 0123456`)
	expectPredictions(t, plan, "label skip: labels wants on, found off")
	if why := plan.Predictions[0].Why; why != "cpython.yml:9" {
		t.Errorf("because of %q", why)
	}
	want := "status news failure \"\" on 0123456\nin shadow, so not applied:\n  label +\"skip\" (rule labels)\n"
	if diff := cmp.Diff(want, plan.String()); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	plan = decide(t, request(), inShadow(labels), inShadow(news))
	expect(t, plan)
	expectPredictions(t, plan, "label skip: labels wants on, found off", "status news on 0123456: news wants success, found none")
}

// TestShadowOfWhatIsDone: what others have done already is told apart from what's missing,
// and a status counts by its state alone.
func TestShadowOfWhatIsDone(t *testing.T) {
	rule := inShadow(wants("x", pull.Want{
		Statuses: []pull.Status{{Context: "a", State: pull.StatusSuccess, Description: "Good"}, {Context: "b", State: pull.StatusFailure}},
		Labels:   []pull.Label{{Name: "On", On: true}, {Name: "off"}, {Name: "extra"}},
	}, "a", "b", "c", "on", "off", "extra"))
	r := request()
	r.Labels = []string{"on", "extra", "unknown"}
	r.Statuses = map[string]pull.Status{
		"a": {Context: "a", State: pull.StatusSuccess, Description: "In other words"},
		"b": {Context: "b", State: pull.StatusSuccess},
		"c": {Context: "c", State: pull.StatusPending},
		"d": {Context: "d", State: pull.StatusPending}, // nobody's
	}
	expectPredictions(t, decide(t, r, rule),
		"label On: x wants on, found on, done",
		"label extra: x wants off, found on",
		"label off: x wants off, found off, done",
		"status a on 0123456: x wants success, found success",
		"status b on 0123456: x wants failure, found success",
		"status c on 0123456: x wants none, found pending, done")
	r.State = pull.Merged
	for _, line := range predicted(decide(t, r, rule)) {
		if strings.HasPrefix(line, "status c") {
			t.Errorf("a closed pull request keeps its statuses: %s", line)
		}
	}
}

// TestShadowOfWork: nothing is picked or opened, and what follows from that is foreseen.
func TestShadowOfWork(t *testing.T) {
	rule := pull.Rule{Name: "backport", Needs: all | pull.Comments, Owns: []string{"needs"}, Want: func(r *pull.Request) pull.Want {
		picked, done := r.Picked["3.14"]
		opened := r.Branches["pick-3.14"].Requests
		switch {
		case len(opened) > 0:
			return pull.Want{Labels: []pull.Label{{Name: "needs"}}, Notes: []pull.Note{{Key: "backports", Body: "Done"}}}
		case done:
			return pull.Want{Opens: []pull.OpenPull{{Head: picked.Head, Base: "3.14", Title: "[3.14] Fix it (GH-7)"}}}
		}
		return pull.Want{Picks: []pull.Pick{{SHA: "abcdef0123", Targets: []pull.Target{{Branch: "3.14", Head: "pick-3.14"}}}}}
	}}
	r := request()
	r.Facts |= pull.Comments
	r.Labels, r.State, r.Merge = []string{"needs"}, pull.Merged, &pull.Merge{SHA: "abcdef0123"}
	r.Into = map[string][]pull.Summary{"3.14": nil}
	plan, err := pull.Decide(r, []pull.Rule{inShadow(rule)})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, plan)
	if len(plan.Work()) > 0 || plan.Writes() > 0 {
		t.Errorf("work in shadow: %s", plan)
	}
	var shadow []string
	for _, a := range plan.Shadow {
		shadow = append(shadow, a.Kind())
	}
	if diff := cmp.Diff([]string{"pick", "open", "comment", "unlabel"}, shadow); diff != "" {
		t.Errorf("in shadow (-want +got):\n%s", diff)
	}
	expectPredictions(t, plan,
		"backport to 3.14: backport wants [3.14] Fix it (GH-7), found none",
		"comment backports: backport wants posted, found ",
		"label needs: backport wants off, found on")
	for _, other := range []pull.Summary{
		{Number: 8, Title: "3.14: Fix it (GH-7)"}, {Number: 8, Title: "Fix", Body: "(cherry picked from commit abcdef0123)"},
		{Number: 8, Title: "Fix", HeadBranch: "backport-abcdef0-3.14"},
	} {
		r.Into["3.14"] = []pull.Summary{{Number: 9, Title: "Other (GH-70)"}, other, {Number: 6, Title: "Older (GH-7)"}}
		if found, known := r.Found("backport to 3.14"); !known || found != other.Title {
			t.Errorf("found %q (%t), want %q", found, known, other.Title)
		}
	}
}

// TestShadowTakesOldBotsForTheApp: a label by a person stands; one by the bot that the rule
// replaces is as if this App had set it. Rules that act see who did it.
func TestShadowTakesOldBotsForTheApp(t *testing.T) {
	rule := pull.Rule{Name: "x", Needs: all | pull.Events, Want: func(*pull.Request) pull.Want {
		return pull.Want{Labels: []pull.Label{{Name: "conflict", Hold: pull.Following}}}
	}}
	r := request()
	r.Facts |= pull.Events
	r.Labels = []string{"conflict"}
	for by, want := range map[string]int{"Old-Bot": 1, "old-bot[bot]": 1, "carol": 0, "other[bot]": 0} {
		r.Events = []pull.Event{{Kind: pull.Labeled, Subject: "conflict", By: by, At: r.Now}}
		if plan := decide(t, r, inShadow(rule, "old-bot")); len(plan.Shadow) != want {
			t.Errorf("after a label by %s: %s", by, plan)
		}
		if plan := decide(t, r, rule); len(plan.Actions) != 0 {
			t.Errorf("a rule that acts removes a label by %s", by)
		}
		if r.Events[0].Own {
			t.Error("the request was changed")
		}
	}
}

// TestShadowEnqueuesNothing: keys that a rule in shadow would enqueue would come back to
// it for ever, since it never writes what they look for. It runs again at its time.
func TestShadowEnqueuesNothing(t *testing.T) {
	other := pull.Key{Owner: "python", Repo: "cpython", Number: 8}
	r := request()
	at := r.Now.Add(time.Hour)
	rule := wants("x", pull.Want{Enqueue: []pull.Key{other}, Points: []pull.Key{other}, Waits: true, Again: at})
	plan := decide(t, r, inShadow(rule))
	if len(plan.Enqueue)+len(plan.Points) > 0 || plan.Waits || !plan.Again.Equal(at) {
		t.Errorf("%+v", plan)
	}
}

// TestShadowNeeds: others' comments are loaded to compare with what a rule would comment.
func TestShadowNeeds(t *testing.T) {
	rule := pull.Rule{Name: "x", Needs: pull.Notes}
	if needs := pull.Needs([]pull.Rule{rule}); needs != pull.Notes {
		t.Errorf("a rule that acts needs %s", needs)
	}
	if needs := pull.Needs([]pull.Rule{inShadow(rule)}); needs != pull.Notes|pull.Comments {
		t.Errorf("in shadow, it needs %s", needs)
	}
}

// TestFound: the states of things that are told by name alone.
func TestFound(t *testing.T) {
	r := request()
	r.Facts |= pull.Reviews | pull.Merging
	r.Labels, r.Reviewers, r.Assignees, r.Draft, r.AutoMerge = []string{"Docs"}, []string{"dana"}, []string{"carol"}, true, true
	r.Branches = map[string]pull.Branch{"there": {Tip: "1"}, "gone": {}}
	r.Body = "Words\r\n\r\n<!-- a -->\r\n* Issue\r\n* Other\r\n<!-- /a -->\n<!-- b -->"
	r.Issues = map[int]pull.Issue{5: {Exists: true, Body: "### Linked PRs\r\n* gh-7\r\n"}, 6: {Exists: true, Body: "* gh-70\n"}}
	for thing, want := range map[string]string{
		"label docs": "on", "label tests": "off", "review by Dana": "on", "review by eric": "off", "assignment of carol": "on", "draft": "on",
		"state": "open", "auto-merge": "on", "branch there": "on", "branch gone": "none", "status a on 0123456": "none",
		"status a on 7654321": "?", "backport to 3.14": "?", "branch other": "?", "comment x": "?", "other x": "?",
		"block <!-- a -->": "* Issue * Other", "block <!-- b -->": "none", "list of issue #5": "on",
		"list of issue #6": "off", "list of issue #7": "?",
	} {
		found, known := r.Found(thing)
		if !known {
			found = "?"
		}
		if found != want {
			t.Errorf("%s is %s, want %s", thing, found, want)
		}
	}
}

// TestPredictionsOfEveryAction: each action either names a thing that it makes so, or is
// one that only an App itself can be seen to do.
func TestPredictionsOfEveryAction(t *testing.T) {
	r := request()
	r.Facts, r.Body = ^pull.Facts(0), "Words"
	r.Issues = map[int]pull.Issue{5: {Exists: true}}
	rule := pull.Rule{Name: "x", Needs: ^pull.Facts(0), Owns: []string{"s"}, Want: func(*pull.Request) pull.Want {
		block := pull.Block{Start: "<!-- a -->", Text: "* Issue", End: "<!-- /a -->", Markdown: markdown.Body{}}
		return pull.Want{
			Statuses: []pull.Status{{Context: "s", State: pull.StatusSuccess}}, Labels: []pull.Label{{Name: "s", On: true}},
			Checks: []pull.CheckPart{{Check: "c", Conclusion: pull.Failure, Title: "No"}}, Notes: []pull.Note{{Key: "n", Body: "N"}},
			Reviewers: []pull.Reviewer{{Login: "dana"}}, Assignees: []string{"carol"}, Block: &block, Close: true,
			Entries: []pull.Entry{{Issue: 5, On: true, List: pull.List{Block: block, Heading: "# H", Line: "* gh-%d"}}},
		}
	}}
	plan := decide(t, r, inShadow(rule))
	expectPredictions(t, plan,
		"assignment of carol: x wants on, found off",
		"block <!-- a -->: x wants * Issue, found none",
		"comment n: x wants posted, found ",
		"label s: x wants on, found off",
		"list of issue #5: x wants on, found off",
		"review by dana: x wants on, found off",
		"state: x wants closed, found open",
		"status s on 0123456: x wants success, found none")
	if n := len(plan.Shadow); n != len(plan.Predictions)+1 { // and the check run
		t.Errorf("%d actions: %s", n, plan)
	}
}
