package pull

import "testing"

// What an action leaves in the audit log is found again among what rules want.
func TestWritten(t *testing.T) {
	sha := "0123456789abcdef0123456789abcdef01234567"
	want := Want{
		Statuses: []Status{{Context: "a b/c", State: StatusFailure, Description: `an "entry" success "x" on 123`}},
		Checks:   []CheckPart{{Check: `NEWS "and" ABI`, Conclusion: Neutral, Title: "x"}},
		Labels:   []Label{{Name: `odd: "label"`, On: true}, {Name: "type-bug"}},
		Notes:    []Note{{Key: "command-1", Body: "Hello"}},
	}
	actions := []Action{
		SetStatus{SHA: sha, Status: want.Statuses[0]}, SetCheck{SHA: sha, Check: Check{Name: `NEWS "and" ABI`, Conclusion: Neutral, Title: "x"}},
		AddLabel{Name: `odd: "label"`}, RemoveLabel{Name: "type-bug"}, EditNote{Note: want.Notes[0]},
	}
	for i, wanted := range want.things("rule") {
		thing, value, ok := LogEntry{Action: actions[i].String()}.Written()
		if name, state := wanted.Parts(); !ok || thing != name || value != state {
			t.Errorf("%s: %q %q %v, want %q %q", actions[i], thing, value, ok, name, state)
		}
	}
	for _, other := range []string{"close", "pointed here by #5", "", "label docs"} {
		if thing, _, ok := (LogEntry{Action: other}).Written(); ok {
			t.Errorf("%q wrote %q", other, thing)
		}
	}
}
