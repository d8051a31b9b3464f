package webhook

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// What changes twice within one of GitHub's seconds is looked at once more: a read
// that lacks the second change has the same updated_at.
func TestTwiceInASecond(t *testing.T) {
	now := time.Date(2026, 8, 1, 10, 0, 5, 0, time.UTC)
	var at []time.Time // of the hints of one delivery
	r := start(t, Config{Now: func() time.Time { return now }, Store: storeFunc(func(_ context.Context, d queue.Delivery) (bool, error) {
		at = nil
		for _, hint := range d.Hints {
			at = append(at, hint.At)
		}
		return true, nil
	})})
	once, twice := []time.Time{{}}, []time.Time{{}, now.Add(pull.ReadLag)}
	for i, c := range []struct {
		number  int
		updated string
		want    []time.Time
	}{
		{12, `"2026-08-01T10:00:00Z"`, once},
		{13, `"2026-08-01T10:00:00Z"`, once},
		{12, `"2026-08-01T10:00:00Z"`, twice},
		{12, `"2026-08-01T10:00:01Z"`, once},
		{13, `null`, once},
		{13, `null`, once},
		{13, `"2026-08-01T10:00:00Z"`, twice},
	} {
		payload := fmt.Sprintf(`{"action":"edited","repository":{"full_name":"python/cpython"},"pull_request":{"number":%d,"updated_at":%s}}`,
			c.number, c.updated)
		if status, text, _ := r.send(r.request(payload)); status != 202 {
			t.Fatal(status, text)
		}
		if diff := cmp.Diff(c.want, at); diff != "" {
			t.Errorf("delivery %d (-want +got):\n%s", i, diff)
		}
	}
}
