package pull

import (
	"strings"
	"testing"
)

// lines is Markdown that takes every line for a comment where it starts so.
type lines struct{}

func (lines) Comments(body string) (at []int) {
	for i := range body {
		if strings.HasPrefix(body[i:], "<!--") && (i == 0 || body[i-1] == '\n') {
			at = append(at, i)
		}
	}
	return at
}

func TestChange(t *testing.T) {
	r := &Request{
		Statuses:  map[string]Status{"news": {Context: "news", State: StatusFailure, Description: "No NEWS entry"}},
		Checks:    map[string]CheckState{"abi": {Conclusion: Failure}},
		Reviewers: []string{"dana"}, Assignees: nil,
	}
	block := Block{Start: "<!-- a -->", End: "<!-- /a -->", Text: "* gh-1\n* gh-2", Markdown: lines{}}
	for _, c := range []struct {
		action        Action
		before, after string
	}{
		{SetStatus{Status: Status{Context: "news", State: StatusSuccess, Description: "Found"}}, "failure: No NEWS entry", "success: Found"},
		{SetStatus{Status: Status{Context: "new", State: StatusSuccess, Description: "Found"}}, "none", "success: Found"},
		{SetCheck{Check: Check{Name: "abi", Conclusion: Success, Title: "All is well"}}, "failure", "success: All is well"},
		{SetCheck{Check: Check{Name: "new", Conclusion: Success, Title: "All is well"}}, "none", "success: All is well"},
		{AddLabel{Name: "docs"}, "off", "on"},
		{RemoveLabel{Name: "docs"}, "on", "off"},
		{AddNote{Note{Body: "Hello\n\nyou"}}, "none", "Hello you"},
		{EditNote{Note: Note{Body: strings.Repeat("é", 300)}}, "", strings.Repeat("é", 199) + "…"},
		{EditBlock{Block: block, Seen: "Text\n<!-- a -->\n* gh-1\n<!-- /a -->\n"}, "* gh-1", "* gh-1 * gh-2"},
		{EditEntry{Entry: Entry{On: true}}, "off", "on"},
		{EditEntry{}, "on", "off"},
		{RequestReview{Login: "eric"}, "dana", "dana, eric"},
		{Assign{Login: "eric"}, "nobody", "eric"},
		{OpenPull{Title: "[3.14] Fix"}, "none", "[3.14] Fix"},
		{Reopen{}, "closed", "open"},
		{Close{}, "open", "closed"},
		{Ready{}, "draft", "ready for review"},
		{MergePull{Auto: true}, "no auto-merge", "auto-merge"},
		{MergePull{}, "open", "merged"},
		{CancelMerge{}, "auto-merge", "no auto-merge"},
		{Pick{}, "", ""}, // their lines say it all
		{RestoreBranch{}, "", ""},
		{DeleteBranch{}, "", ""},
		{React{}, "", ""},
	} {
		if before, after := r.Change(c.action); before != c.before || after != c.after {
			t.Errorf("%T: %q → %q, want %q → %q", c.action, before, after, c.before, c.after)
		}
	}
	if len(r.Reviewers) != 1 {
		t.Errorf("the snapshot changed: %v", r.Reviewers)
	}
}
