package pull

import (
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want string
	}{
		{"Skipped: ‘skip news’ – naïve, 日本語 ⚠️", 140, "Skipped: ‘skip news’ – naïve, 日本語 ⚠️"}, // all BMP
		{"a  b", 140, "a  b"},
		{"🐛 An error", 140, "An error"},
		{"An error 🐛 in asyncio", 140, "An error in asyncio"},
		{"An error in asyncio 🐛🐛", 140, "An error in asyncio"},
		{"👩‍💻 Code 👍🏽, 𝐛𝐨𝐥𝐝", 140, "Code ,"},
		{"🏳️‍🌈", 140, ""},
		{strings.Repeat("é", 140), 140, strings.Repeat("é", 140)}, // GitHub counts characters, not bytes
		{strings.Repeat("é", 141), 140, strings.Repeat("é", 139) + "…"},
		{"🐛" + strings.Repeat("é", 140), 140, strings.Repeat("é", 140)},
	} {
		have := Describe(tt.text, tt.most)
		if have != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.text, have, tt.want)
		}
		if again := Describe(have, tt.most); again != have {
			t.Errorf("%q becomes %q and then %q", tt.text, have, again)
		}
	}
}

// What GitHub shows of a description that it took without its emoji is what is
// compared: the second plan is empty.
func TestStatusWithEmojiIsSetOnce(t *testing.T) {
	rule := Rule{Name: "x", Needs: Statuses, Owns: []string{"c"}, Want: func(*Request) Want {
		return Want{Statuses: []Status{{Context: "c", State: StatusFailure, Description: "Conflict markers are left in Doc/🐛 bugs.rst" +
			strings.Repeat("–", 140)}}}
	}}
	r := &Request{Key: Key{Owner: "python", Repo: "cpython", Number: 1}, State: Open, Head: strings.Repeat("a", 40), Facts: Statuses,
		Statuses: map[string]Status{}}
	plan, err := Decide(r, []Rule{rule})
	if err != nil || len(plan.Actions) != 1 {
		t.Fatalf("%v, %v", plan, err)
	}
	set, _ := plan.Actions[0].(SetStatus)
	if want := "Conflict markers are left in Doc/ bugs.rst" + strings.Repeat("–", 97) + "…"; set.Description != want {
		t.Errorf("the description is %q, want %q", set.Description, want)
	}
	r.Statuses["c"] = set.Status
	if plan, err = Decide(r, []Rule{rule}); err != nil || len(plan.Actions) > 0 {
		t.Errorf("again: %v, %v", plan, err)
	}
}
