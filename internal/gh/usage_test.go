package gh

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"
)

// What GitHub says is left, and how many answers there were, is counted once.
func TestUsage(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	b := newBudget()
	for _, left := range []int{4990, 4980} {
		b.note(http.Header{
			"X-Ratelimit-Resource": {"core"}, "X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Remaining": {strconv.Itoa(left)},
			"X-Ratelimit-Reset": {strconv.FormatInt(now.Add(time.Hour).Unix(), 10)}, "Date": {now.Format(http.TimeFormat)},
		}, now)
	}
	for _, want := range []Usage{{Resource: "core", Left: 4980, Limit: 5000, Requests: 2}, {Resource: "core", Left: 4980, Limit: 5000}} {
		if got := b.usage(now); !slices.Equal(got, []Usage{want}) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if got := b.usage(now.Add(2 * time.Hour)); got[0].Left != 5000 {
		t.Errorf("in the next hour: %+v", got)
	}
}
