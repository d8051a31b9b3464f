package gh

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

func TestNamedTime(t *testing.T) {
	now := trial.NewClock().Now()
	unix := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, test := range []struct {
		name   string
		header map[string]string
		want   time.Duration // 0: none
	}{
		{"nothing", nil, 0},
		{"Retry-After", map[string]string{"Retry-After": "90", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 90 * time.Second},
		{"Retry-After as a date", map[string]string{"Retry-After": date(time.Minute)}, time.Minute},
		{"reset", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(20 * time.Minute)}, 20 * time.Minute},
		{"reset while some are left", map[string]string{"X-RateLimit-Remaining": "9", "X-RateLimit-Reset": unix(20 * time.Minute)}, 0},
		{"a clock ahead of theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, time.Second},
		{"a clock an hour ahead of theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(-40 * time.Minute),
			"Date": date(-time.Hour)}, 20 * time.Minute},
		{"a clock an hour behind theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(80 * time.Minute),
			"Date": date(time.Hour)}, 20 * time.Minute},
		{"Retry-After as a date, a clock ahead", map[string]string{"Retry-After": date(-59 * time.Minute), "Date": date(-time.Hour)},
			time.Minute},
		{"Retry-After, a clock ahead", map[string]string{"Retry-After": "90", "Date": date(-time.Hour)}, 90 * time.Second},
		{"a Date that is none", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(20 * time.Minute), "Date": "today"},
			20 * time.Minute},
		{"Retry-After 0", map[string]string{"Retry-After": "0"}, time.Second},
		{"years", map[string]string{"Retry-After": "99999999999"}, 2 * time.Hour},
		{"negative", map[string]string{"Retry-After": "-5"}, 0},
		{"words", map[string]string{"Retry-After": "soon", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "later"}, 0},
	} {
		h := http.Header{}
		for k, v := range test.header {
			h.Set(k, v)
		}
		got := named(h, now)
		if test.want == 0 && !got.IsZero() || test.want != 0 && !got.Equal(now.Add(test.want)) {
			t.Errorf("%s: %v, want %v after %v", test.name, got, test.want, now)
		}
	}
}

// A commit has a message as well, and may be about limits.
func TestMessageOfACommit(t *testing.T) {
	for body, want := range map[string]bool{
		`{"message":"You have exceeded a secondary rate limit. Please wait.","documentation_url":"https://docs.github.com"}`: true,
		`{"message":"You have exceeded a secondary rate limit."}`:                                                            true,
		`{"message":"secondary rate limit","sha":"ab"}`:                                                                      false,
		`{"message":"Fix it"}`:                        false,
		`{"data":{"message":"secondary rate limit"}}`: false,
	} {
		if got := (exchange{resp: &http.Response{StatusCode: 200}, body: []byte(body)}).limited(); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}
