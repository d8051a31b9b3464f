package pull_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

const all = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes

func request() *pull.Request {
	return &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 7}, Head: "0123456789abcdef", State: pull.Open, Facts: all,
		Now: time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)}
}

// wants is a rule that always wants the same.
func wants(name string, want pull.Want, owns ...string) pull.Rule {
	return pull.Rule{Name: name, Needs: all, Owns: owns, Want: func(*pull.Request) pull.Want { return want }}
}

func decide(t *testing.T, r *pull.Request, rules ...pull.Rule) pull.Plan {
	t.Helper()
	plan, err := pull.Decide(r, rules)
	if err != nil {
		t.Fatal(err)
	}
	pulltest.Laws(t, r, rules)
	return plan
}

func lines(plan pull.Plan) []string {
	var all []string
	for _, a := range plan.Actions {
		all = append(all, a.String())
	}
	return all
}

func expect(t *testing.T, plan pull.Plan, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

func TestStatusIsSetWhereItDiffers(t *testing.T) {
	status := pull.Status{Context: "ci/x", State: pull.StatusFailure, Description: "No", URL: "https://example.com"}
	rule := wants("x", pull.Want{Statuses: []pull.Status{status}}, "ci/x")
	r := request()
	expect(t, decide(t, r, rule), `status ci/x failure "No" on 0123456`)
	for _, there := range []pull.Status{
		{Context: "ci/x", State: pull.StatusSuccess, Description: "No", URL: "https://example.com"},
		{Context: "ci/x", State: pull.StatusFailure, Description: "Yes", URL: "https://example.com"},
		{Context: "ci/x", State: pull.StatusFailure, Description: "No"},
	} {
		r.Statuses = map[string]pull.Status{"ci/x": there}
		expect(t, decide(t, r, rule), `status ci/x failure "No" on 0123456`)
	}
	r.Statuses = map[string]pull.Status{"ci/x": status}
	expect(t, decide(t, r, rule))
}

func TestLabelsAreSingle(t *testing.T) {
	rule := wants("x", pull.Want{Labels: []pull.Label{{Name: "on", On: true}, {Name: "Kept", On: true}, {Name: "off"}, {Name: "gone"}}}, "On",
		"kept", "off", "gone")
	r := request()
	r.Labels = []string{"KEPT", "OFF", "other"}
	expect(t, decide(t, r, rule), `label -"off"`, `label +"on"`)
}

func TestNotes(t *testing.T) {
	note := pull.Note{Key: "hello", Body: "Hello."}
	once := note
	once.Once = true
	posted := func(digest string) map[string]pull.PostedNote {
		return map[string]pull.PostedNote{"hello": {ID: 9, Digest: digest}}
	}
	for _, test := range []struct {
		name    string
		note    pull.Note
		there   map[string]pull.PostedNote
		deleted int
		want    []string
	}{
		{"new", note, nil, 0, []string{"comment hello"}},
		{"there", note, posted(note.Digest()), 0, nil},
		{"with another text", note, posted("other"), 0, []string{"edit comment hello"}},
		{"deleted by people", note, nil, 1, []string{"comment hello"}},
		{"new, once", once, nil, 0, []string{"comment hello"}},
		{"there, once", once, posted("other"), 0, nil},
		{"deleted by people, once", once, nil, 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request()
			r.Notes, r.NotesDeleted = test.there, test.deleted
			expect(t, decide(t, r, wants("x", pull.Want{Notes: []pull.Note{test.note}})), test.want...)
		})
	}
	r := request()
	r.Notes = posted("other")
	plan := decide(t, r, wants("x", pull.Want{Notes: []pull.Note{note}}))
	if edit, ok := plan.Actions[0].(pull.EditNote); !ok || edit.ID != 9 {
		t.Errorf("the edit is of %+v", plan.Actions[0])
	}
}

func TestCheckPartsAreMerged(t *testing.T) {
	part := func(c pull.Conclusion, title string, n ...pull.Annotation) pull.Want {
		return pull.Want{Checks: []pull.CheckPart{{Check: "both", Conclusion: c, Title: title, Summary: title + ".\n", Annotations: n}}}
	}
	plan := decide(t, request(),
		wants("a", part(pull.Neutral, "Perhaps", pull.Annotation{Path: "b", Line: 2, Level: pull.WarningLevel, Title: "2"})),
		wants("b", part(pull.Failure, "No", pull.Annotation{Path: "b", Line: 1, Title: "1"}, pull.Annotation{Path: "a", Line: 9, Title: "9"})),
		wants("c", part(pull.Success, "Yes")),
	)
	want := []pull.Action{pull.SetCheck{SHA: request().Head, Check: pull.Check{
		Name: "both", Conclusion: pull.Failure, Title: "No", Summary: "No.\n\nPerhaps.\n\nYes.",
		Annotations: []pull.Annotation{{Path: "a", Line: 9, Title: "9"}, {Path: "b", Line: 1, Title: "1"},
			{Path: "b", Line: 2, Level: pull.WarningLevel, Title: "2"}},
	}}}
	if diff := cmp.Diff(want, plan.Actions); diff != "" {
		t.Error(diff)
	}
}

// A check run that would only say that all is well, as a status does, isn't
// created. One that is there doesn't keep saying something else.
func TestSilentCheck(t *testing.T) {
	note := []pull.Annotation{{Path: "a", Line: 1, Level: pull.NoticeLevel, Message: "m"}}
	for name, c := range map[string]struct {
		part  pull.CheckPart
		there bool
		want  int
	}{
		"all is well":               {pull.CheckPart{Check: "c", Conclusion: pull.Success, Title: "Yes", Summary: "Yes."}, false, 0},
		"all is well now":           {pull.CheckPart{Check: "c", Conclusion: pull.Success, Title: "Yes", Summary: "Yes."}, true, 1},
		"all is well, with remarks": {pull.CheckPart{Check: "c", Conclusion: pull.Success, Title: "Yes", Annotations: note}, false, 1},
		"something to look at":      {pull.CheckPart{Check: "c", Conclusion: pull.Neutral, Title: "Hm"}, false, 1},
		"a fault":                   {pull.CheckPart{Check: "c", Conclusion: pull.Failure, Title: "No"}, false, 1},
	} {
		r := request()
		if c.there {
			r.Checks = map[string]pull.CheckState{"c": {ID: 1, Digest: "another", Conclusion: pull.Failure}}
		}
		c.part.Repeats = true
		rule := wants("x", pull.Want{Checks: []pull.CheckPart{c.part}})
		if plan := decide(t, r, rule); len(plan.Actions) != c.want {
			t.Errorf("%s: %s", name, plan)
		}
		other := pull.CheckPart{Check: "c", Conclusion: pull.Success, Title: "Yes"} // of which no status tells
		if plan := decide(t, r, rule, wants("y", pull.Want{Checks: []pull.CheckPart{other}})); len(plan.Actions) != 1 {
			t.Errorf("%s, beside another: %s", name, plan)
		}
	}
}

func TestCheckIsSetWhereItSaysAnotherThing(t *testing.T) {
	rule := wants("x", pull.Want{Checks: []pull.CheckPart{{Check: "c", Conclusion: pull.Success, Title: "Yes"}}})
	r := request()
	r.Checks = map[string]pull.CheckState{"c": {ID: 1, Digest: "", Conclusion: pull.Success}} // a run broken off
	plan := decide(t, r, rule)
	expect(t, plan, `check "c" success "Yes" with 0 annotations on 0123456`)
	digest := plan.Actions[0].(pull.SetCheck).Digest()
	r.Checks["c"] = pull.CheckState{ID: 1, Digest: digest, Conclusion: pull.Success}
	expect(t, decide(t, r, rule))
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("é", 70_000)
	var annotations []pull.Annotation
	for i := range 250 {
		annotations = append(annotations, pull.Annotation{Path: fmt.Sprintf("%03d", i), Line: 1, Title: long[:600], Message: "m"})
	}
	annotations[0].Message = long
	want := pull.Want{
		Statuses: []pull.Status{{Context: "s", State: pull.StatusSuccess, Description: long}},
		Checks:   []pull.CheckPart{{Check: "c", Conclusion: pull.Failure, Title: "No", Summary: long, Annotations: annotations}},
		Notes:    []pull.Note{{Key: "n", Body: long}},
	}
	short := func(what, text string, limit int) {
		t.Helper()
		if len(text) > limit || len(text) < limit-4 || !utf8.ValidString(text) || !strings.HasSuffix(text, "é…") {
			t.Errorf("%s has %d bytes and ends in %q; the limit is %d", what, len(text), text[len(text)-5:], limit)
		}
	}
	for _, a := range decide(t, request(), wants("x", want, "s")).Actions {
		switch a := a.(type) {
		case pull.SetStatus:
			if want := long[:2*139] + "…"; a.Description != want { // of characters, not bytes
				t.Errorf("the description is %q", a.Description)
			}
		case pull.AddNote:
			short("the comment", a.Body, 65280)
		case pull.SetCheck:
			short("the summary", a.Summary, 65535)
			if len(a.Annotations) != 200 || !strings.HasPrefix(a.Summary, "50 more annotations") {
				t.Errorf("%d annotations, %q", len(a.Annotations), a.Summary[:30])
			}
			short("a title", a.Annotations[0].Title, 255)
			short("a message", a.Annotations[0].Message, 65280)
		}
	}
	if annotations[0].Message != long {
		t.Error("the rule's own annotations are cut")
	}
}

func TestOrderOfActionsEnqueueAndAgain(t *testing.T) {
	r := request()
	r.Labels = []string{"old"}
	other, more := pull.Key{Owner: "python", Repo: "cpython", Number: 1}, pull.Key{Owner: "python", Repo: "cpython", Number: 3}
	first := wants("first", pull.Want{
		Notes: []pull.Note{{Key: "n", Body: "x"}}, Labels: []pull.Label{{Name: "new", On: true}, {Name: "old"}},
		Enqueue: []pull.Key{more, r.Key, other}, Again: r.Now.Add(2 * time.Hour),
	}, "new", "old")
	second := wants("second", pull.Want{
		Statuses: []pull.Status{{Context: "s", State: pull.StatusSuccess}}, Enqueue: []pull.Key{other}, Again: r.Now.Add(time.Hour),
		Checks: []pull.CheckPart{{Check: "z", Conclusion: pull.Neutral}, {Check: "a", Conclusion: pull.Neutral}},
	}, "s")
	plan := decide(t, r, first, second)
	const want = `comment n
  x
label -"old"
label +"new"
check "a" neutral "" with 0 annotations on 0123456
check "z" neutral "" with 0 annotations on 0123456
status s success "" on 0123456
enqueue python/cpython#1
enqueue python/cpython#3
run again at 2026-08-05T13:00:00Z
`

	if diff := cmp.Diff(want, plan.String()); diff != "" {
		t.Error(diff)
	}
}

func TestDecideRefusesWhatARuleDidNotDeclare(t *testing.T) {
	status := pull.Want{Statuses: []pull.Status{{Context: "s"}}}
	undeclared := func(want pull.Want, needs pull.Facts, owns ...string) pull.Rule {
		return pull.Rule{Name: "x", Needs: needs, Owns: owns, Want: func(*pull.Request) pull.Want { return want }}
	}
	for want, rule := range map[string]pull.Rule{
		"without owning it":    undeclared(status, pull.Statuses),
		`the label "l"`:        undeclared(pull.Want{Labels: []pull.Label{{Name: "l"}}}, 0, "s"),
		"add it to Needs":      undeclared(status, pull.Files, "s"),
		"compared with Checks": undeclared(pull.Want{Checks: []pull.CheckPart{{Check: "c"}}}, pull.Statuses),
		"compared with Notes":  undeclared(pull.Want{Notes: []pull.Note{{Key: "n"}}}, pull.Checks),
	} {
		if _, err := pull.Decide(request(), []pull.Rule{rule}); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "python/cpython#7: rule x") {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	r := request()
	r.Facts = pull.Statuses
	if _, err := pull.Decide(r, []pull.Rule{undeclared(status, all, "s")}); err == nil ||
		!strings.Contains(err.Error(), "rule x needs Files|Commits|Checks|") {
		t.Errorf("facts are missing, and the error is %v", err)
	}
}

func TestPlanOfNothing(t *testing.T) {
	if got := decide(t, request()).String(); got != "nothing to do\n" {
		t.Error(got)
	}
}
