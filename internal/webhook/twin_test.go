package webhook

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/queue"
)

// What changes twice within one of GitHub's seconds is looked at once more: a read
// that lacks the second change has the same updated_at.
func TestTwiceInASecond(t *testing.T) {
	now := time.Date(2026, 8, 1, 10, 0, 5, 0, time.UTC)
	var at []time.Time // of the hints of one delivery
	bot := func() string { return "concorde[bot]" }
	r := start(t, Config{Now: func() time.Time { return now }, Login: bot, Store: storeFunc(func(_ context.Context, d queue.Delivery) (bool, error) {
		at = nil
		for _, hint := range d.Hints {
			at = append(at, hint.At)
		}
		return true, nil
	})})
	once, twice := []time.Time{{}}, []time.Time{{}, now.Add(twinsAfter)}
	const mine, theirs = "Bot", "User" // the type of concorde[bot]; a person can have any login
	for i, c := range []struct {
		number  int
		updated string
		want    []time.Time
		by      string
	}{
		{12, `"2026-08-01T10:00:00Z"`, once, theirs},
		{13, `"2026-08-01T10:00:00Z"`, once, theirs},
		{12, `"2026-08-01T10:00:00Z"`, twice, theirs},
		{12, `"2026-08-01T10:00:01Z"`, once, theirs},
		{13, `null`, once, theirs},
		{13, `null`, once, theirs},
		{13, `"2026-08-01T10:00:00Z"`, twice, theirs},
		{14, `"2026-08-01T10:00:00Z"`, nil, mine}, // needs no run itself
		{14, `"2026-08-01T10:00:00Z"`, twice, theirs},
	} {
		payload := fmt.Sprintf(`{"action":"edited","repository":{"full_name":"python/cpython"},"pull_request":{"number":%d,"updated_at":%s},`+
			`"sender":{"login":"concorde[bot]","type":%q}}`, c.number, c.updated, c.by)
		if status, text, _ := r.send(r.request(payload)); status != 202 {
			t.Fatal(status, text)
		}
		if diff := cmp.Diff(c.want, at); diff != "" {
			t.Errorf("delivery %d (-want +got):\n%s", i, diff)
		}
	}
}
