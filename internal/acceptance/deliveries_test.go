package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Each delivery counts for one change, and only what came after it was written.
func TestMatch(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	changes := []change{{event: "e", action: "edited", since: at}, {event: "e", action: "edited", since: at}, {event: "c",
		action: "created", since: at.Add(time.Minute)}}
	all := []gh.HookDelivery{
		{ID: 1, Event: "e", Action: "edited", At: at.Add(-time.Second)}, {ID: 2, Event: "e", Action: "edited", At: at}, {ID: 3, Event: "c",
			Action: "created", At: at},
		{ID: 4, Event: "e", Action: "edited", At: at.Add(time.Second)}, {ID: 5, Event: "c", Action: "created", At: at.Add(time.Hour)},
	}
	for n, want := range map[int]string{4: "2 4 0 false", 5: "2 4 5 true"} {
		came := make([]gh.HookDelivery, len(changes))
		whole := match(changes, all[:n], came)
		if got := fmt.Sprint(came[0].ID, " ", came[1].ID, " ", came[2].ID, " ", whole); got != want {
			t.Errorf("of %d deliveries: %s, want %s", n, got, want)
		}
	}
}

// What a delivery says about the bot's own server is not kept.
func TestRedactedDelivery(t *testing.T) {
	r := newRedactor(Config{Repository: pull.Key{Owner: "o", Repo: "x.y"}, Archived: pull.Key{Owner: "o", Repo: "old"}})
	got := string(r.json([]byte(`{"id":1,"delivered_at":"2026","url":"https://bot.example.org/webhook",` +
		`"request":{"headers":{"X-Hub-Signature-256":"sha256=abc"},` +
		`"payload":{"sender":{"login":"ann","id":7},"text":"o/x.y and o/old, by @ann"}},` +
		`"response":{"headers":{"Server":"secret"},"payload":"ok"}}`)))
	for _, gone := range []string{"bot.example.org", "abc", "ann", "secret", "x.y", "old", ":7"} {
		if strings.Contains(got, gone) {
			t.Errorf("%q is in %s", gone, got)
		}
	}
	if !strings.Contains(got, "owner/repository and owner/archived, by @person-1") {
		t.Error(got)
	}
	if left := slices.Sorted(maps.Keys(r.people)); len(left) != 4 {
		t.Errorf("%q", left)
	}
}
