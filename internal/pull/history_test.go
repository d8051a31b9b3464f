package pull

import (
	"testing"
	"time"
)

// A head came when the earliest evidence says, but not before the last forced push
// to it: it may have been the head before.
func TestHeadCame(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 5, hour, 0, 0, 0, time.UTC) }
	forced := func(hour int, to string) Event { return Event{Kind: ForcePushed, Subject: to, At: at(hour)} }
	for _, test := range []struct {
		what string
		r    Request
		want int
	}{
		{"nothing is known", Request{}, 9},
		{"seen", Request{HeadSeen: at(5)}, 5},
		{"seen before it was opened", Request{HeadSeen: at(0)}, 1},
		{"reviewed", Request{HeadSeen: at(5), Opinions: []Opinion{{Commit: "a", At: at(3)}, {Commit: "b", At: at(2)}}}, 3},
		{"forced", Request{HeadSeen: at(5), Events: []Event{forced(4, "a")}}, 4},
		{"another one was forced", Request{HeadSeen: at(5), Events: []Event{forced(4, "b"), forced(6, "")}}, 5},
		{"the head of before came back", Request{HeadSeen: at(2), Opinions: []Opinion{{Commit: "a", At: at(3)}},
			Events: []Event{forced(4, "b"), forced(6, "a")}}, 6},
		{"it came back twice", Request{HeadSeen: at(2), Events: []Event{forced(4, "a"), forced(6, "a")}}, 6},
	} {
		test.r.Head, test.r.CreatedAt, test.r.UpdatedAt = "a", at(1), at(9)
		if got := test.r.HeadCame(); !got.Equal(at(test.want)) {
			t.Errorf("%s: %s, want %d o'clock", test.what, got.Format(time.TimeOnly), test.want)
		}
	}
}
