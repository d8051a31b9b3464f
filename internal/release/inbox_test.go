package release_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/release"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// spammed is a tracking issue's request: a hundred pull requests wait, each with long comments.
func spammed(number int, now time.Time, by string) *pull.Request {
	f := pull.Release{Branch: "3.12", Tip: "aa", Tag: "v3.12.13", Tagged: "bb", Me: "concorde", Said: map[int]pull.Said{}}
	for n := range 100 {
		waits := pull.Summary{Number: 1000 + n, Title: "[3.12] Fix", Base: "3.12"}
		f.Open = append(f.Open, pull.Incoming{Summary: waits, Created: now, Approved: now})
		var all []pull.Comment
		for i := range 50 {
			all = append(all, pull.Comment{ID: int64(100*n + i), By: fmt.Sprint(by, i), At: now.Add(-time.Hour),
				Body: "@concorde allow 3.12\n" + strings.Repeat("> ", 500)})
		}
		f.Said[1000+n] = pull.Said{Comments: all}
	}
	return &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: number}, Issue: true, State: pull.Open, Now: now,
		Facts: ^pull.Facts(0), Notes: map[string]pull.PostedNote{}, Releases: map[string]pull.Release{"3.12": f}, Memo: &pull.Memo{}}
}

// TestInboxReadsManagers: however much strangers write on pull requests that wait, nobody reads
// it for the inbox, and a release manager's word there is found once for each snapshot.
func TestInboxReadsManagers(t *testing.T) {
	now := time.Date(2026, 8, 5, 7, 0, 0, 0, time.UTC)
	set := config.Preset().Rules
	set.Release.Issues = []config.TrackingIssue{{Version: "3.12", Issue: 600}}
	c := with(set, builtin)
	decisions, read, asked := c.Decisions, 0, 0
	c.Decisions = func(r *pull.Request) []pull.Event {
		asked++
		read += len(r.Comments)
		return decisions(r)
	}
	r := spammed(600, now, "mallory")
	there := r.Releases["3.12"].Said
	say := func(number int, more ...pull.Comment) {
		there[number] = pull.Said{Comments: append(there[number].Comments, more...)}
	}
	say(1007,
		pull.Comment{ID: 1, By: "erin", Body: "@concorde hold", At: now.Add(-3 * time.Hour), Answered: true, Done: true},
		pull.Comment{ID: 2, By: "Yhg1s", Body: "@concorde refuse 3.12 later", At: now.Add(-2 * time.Hour)})
	say(1008, pull.Comment{ID: 3, By: "yhg1s", Body: "@concorde refuse it is late", At: now.Add(-2 * time.Hour)})
	rule := release.Rule(c)
	for range 3 {
		if body := rule.Want(r).Notes[0].Body; !strings.Contains(body, "Waiting for the release manager: 99") {
			t.Errorf("a command into a hold counts, or one without it doesn't:\n%s", body)
		}
	}
	if asked != 2 || read != 3 {
		t.Errorf("%d times, %d comments: want 3 on two pull requests, once", asked, read)
	}
	look := c.Look("3.12", &pull.Request{DefaultBranch: "main", Now: now})
	if kept := look.Heard(there[1007].Comments); len(kept) != 2 || len(look.Heard(there[1000].Comments)) != 0 {
		t.Errorf("kept when they're loaded: %d", len(kept))
	}
	r.Memo = nil
	weigh.Linear(t, 100*50*1000, 1, func() { rule.Want(r) })
}
