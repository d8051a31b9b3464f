package pull

import (
	"strings"
	"testing"
	"time"
)

// While a rule holds a pull request, the others only report, an auto-merge is taken
// back, and nothing is predicted.
func TestHold(t *testing.T) {
	r := &Request{Key: Key{"o", "r", 1}, Head: strings.Repeat("ab", 20), State: Open, AutoMerge: true, AutoMergeMine: true, Facts: ^Facts(0)}
	until := time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)
	busy := Rule{Name: "busy", Needs: ^Facts(0), Owns: []string{"busy *"}, Want: func(*Request) Want {
		return Want{
			Statuses: []Status{{Context: "busy status", State: StatusSuccess, Description: "Good"}},
			Checks:   []CheckPart{{Check: "busy check", Conclusion: Failure, Title: "Bad"}},
			Labels:   []Label{{Name: "busy label", On: true}}, Notes: []Note{{Key: "busy", Body: "Hello"}},
			Merge: &MergePull{Auto: true}, Waits: true, Readied: true, Close: true, Assignees: []string{"dana"},
			Reviewers: []Reviewer{{Login: "dana"}}, Opens: []OpenPull{{Base: "3.14"}}, Picks: []Pick{{SHA: "abc"}},
			Block: &Block{Start: "<!-- a -->", End: "<!-- b -->", Text: "text"}, Enqueue: []Key{{"o", "r", 2}}, Again: until.Add(-time.Hour),
		}
	}}
	holder := Rule{Name: "holder", Needs: Notes, Want: func(*Request) Want {
		return Want{Stop: &Hold{By: "dana", Until: until, Why: "the\nrelease"}, Notes: []Note{{Key: "held", Body: "Held"}}, Again: until}
	}}
	shy := Rule{Name: "shy", Needs: Notes, Shadow: &Shadow{}, Want: func(*Request) Want {
		return Want{Notes: []Note{{Key: "shy", Body: "Hello"}}}
	}}
	want := `on hold until 2026-12-05, by dana: the release
comment held
  Held
check "busy check" failure "Bad" with 0 annotations on abababa
status busy status success "Good" on abababa
cancel auto-merge
run again at 2026-12-05T00:00:00Z
`
	for _, rules := range [][]Rule{{busy, holder, shy}, {shy, holder, busy}} {
		plan, err := Decide(r, rules)
		if err != nil || plan.String() != want || len(plan.Predictions) > 0 {
			t.Errorf("%s %v %v", plan, plan.Predictions, err)
		}
	}
	if v := NewView(r, []Rule{busy, holder}, Plan{Held: &Hold{By: "dana"}}); v.Hold.By != "dana" {
		t.Errorf("%+v", v)
	}
}
