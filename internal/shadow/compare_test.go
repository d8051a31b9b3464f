package shadow

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestSame(t *testing.T) {
	s := newTrial(t)
	s.look(0, "label a: on", "label b: off", "status x on 0123456: success")
	s.expect("label a open", "status x on 0123456 open")
	if want := noon.Add(time.Hour); !s.again.Equal(want) {
		t.Errorf("again at %s, want %s", s.again, want)
	}
	s.label("old-bot", "a")
	s.look(1, "label a: on", "label b: off", "status x on 0123456: success")
	s.expect("label a same", "status x on 0123456 open")
	s.status("x", pull.StatusSuccess)
	s.look(60, "label a: on", "label b: off", "status x on 0123456: success")
	s.expect("label a same", "status x on 0123456 same")
	if !s.again.IsZero() {
		t.Errorf("again at %s without an open prediction", s.again)
	}
	s.look(500, "label a: on", "label b: off", "status x on 0123456: success")
	s.expect("label a same", "status x on 0123456 same")
}

// TestFasterBot: what is done at the first look at a new pull request counts as well.
func TestFasterBot(t *testing.T) {
	s := newTrial(t)
	s.label("old-bot", "a")
	s.status("x", pull.StatusFailure)
	s.look(0, "label a: on", "status x on 0123456: failure", "status y on 0123456: success")
	s.expect("label a same", "status x on 0123456 same", "status y on 0123456 open")
}

func TestMissing(t *testing.T) {
	s := newTrial(t)
	s.label("carol", "requested")
	s.look(0, "label a: on", "label requested: off", "state: closed", "backport to 3.14: [3.14] Fix")
	s.look(59, "label a: on", "label requested: off", "state: closed")
	s.expect("label a open", "label requested open", "state open") // nobody wants the backport any more
	s.look(60, "label a: on", "label requested: off", "state: closed")
	s.expect("label a missing", "label requested missing", "state missing")
}

func TestDifferent(t *testing.T) {
	s := newTrial(t)
	s.request.Merge = &pull.Merge{SHA: "abcdef0123"}
	s.request.Into = map[string][]pull.Summary{"3.14": nil}
	s.look(0, "status x on 0123456: failure", "backport to 3.14: [3.14] Fix (GH-7)", "state: closed")
	s.status("x", pull.StatusSuccess)
	s.request.State = pull.Merged
	s.request.Into["3.14"] = []pull.Summary{{Number: 8, Title: "3.14: Fix (GH-7)"}}
	s.look(1, "status x on 0123456: failure") // the rule takes the pull request for the backport
	s.expect("backport to 3.14 open", "state open", "status x on 0123456 open")
	s.look(60, "status x on 0123456: failure")
	s.expect("backport to 3.14 different", "state different", "status x on 0123456 different")
	for _, r := range s.records {
		if strings.HasPrefix(r.Thing, "backport") && (r.Number != 8 || r.Found != "3.14: Fix (GH-7)") {
			t.Errorf("%+v", r)
		}
	}
}

// TestStateOnTheWay: a status may be pending before it is what the rule wants.
func TestStateOnTheWay(t *testing.T) {
	s := newTrial(t)
	s.look(0, "status x on 0123456: success")
	s.status("x", pull.StatusPending)
	s.look(10, "status x on 0123456: success")
	s.expect("status x on 0123456 open")
	s.status("x", pull.StatusSuccess)
	s.look(20, "status x on 0123456: success")
	s.expect("status x on 0123456 same")
	s.status("x", pull.StatusFailure) // it was right, and isn't any more
	s.look(30, "status x on 0123456: success")
	s.look(90, "status x on 0123456: success")
	s.expect("status x on 0123456 same", "status x on 0123456 different")
}

func TestExtra(t *testing.T) {
	s := newTrial(t)
	s.look(0, "label a: on", "label b: off")
	s.label("old-bot", "a")
	s.label("old-bot", "b")
	s.label("other[bot]", "c")
	s.look(1, "label a: on", "label b: off", "label c: off", "status z on 0123456: none")
	s.expect("label a same", "label b open", "label c open")
	s.status("z", pull.StatusSuccess)
	s.unlabel("c")
	s.look(2, "label a: on", "label b: off", "label c: off", "status z on 0123456: none")
	s.expect("label a same", "label b open", "status z on 0123456 open") // c is gone again
	s.look(62, "label a: on", "label b: off", "label c: off", "status z on 0123456: none")
	s.expect("label a same", "label b extra", "status z on 0123456 extra")
}

// TestStageMoves: of labels that move, each move counts once.
func TestStageMoves(t *testing.T) {
	s := newTrial(t)
	s.look(0, "label a: on", "label b: off")
	s.label("old-bot", "a")
	s.look(1, "label a: on", "label b: off")
	s.look(2, "label a: off", "label b: on")
	s.expect("label a same", "label a open", "label b open")
	s.unlabel("a")
	s.label("old-bot", "b")
	s.look(3, "label a: off", "label b: on")
	s.expect("label a same", "label a same", "label b same")
	s.look(4, "label a: on", "label b: off")
	s.look(64, "label a: on", "label b: off")
	s.expect("label a same", "label a same", "label b same", "label a missing", "label b missing")
}

// TestChangeOfMind: a prediction that its rule takes back counts only if it came true.
func TestChangeOfMind(t *testing.T) {
	s := newTrial(t)
	s.look(0, "status x on 0123456: failure", "status y on 0123456: failure")
	s.status("x", pull.StatusFailure)
	s.look(1, "status x on 0123456: success", "status y on 0123456: success")
	s.expect("status x on 0123456 same", "status x on 0123456 open", "status y on 0123456 open")
	s.status("x", pull.StatusSuccess)
	s.status("y", pull.StatusSuccess)
	s.look(2, "status x on 0123456: success", "status y on 0123456: success")
	s.expect("status x on 0123456 same", "status x on 0123456 same", "status y on 0123456 same")
}

// TestPush ends the predictions for the commit before.
func TestPush(t *testing.T) {
	s := newTrial(t)
	s.look(0, "status x on 0123456: success")
	s.request.Head = "7654321"
	s.look(1, "status x on 7654321: success")
	s.expect("status x on 7654321 open")
}

// TestBaseline: what is wrong at the first look at an older pull request counts for
// nothing, until it changes.
func TestBaseline(t *testing.T) {
	s := newTrial(t)
	s.request.CreatedAt = noon.Add(-100 * time.Hour)
	s.label("old-bot", "there")
	s.look(0, "label missing: on", "label there: off", "label right: off", "status x on 0123456: success")
	s.expect("label missing earlier", "label there earlier", "status x on 0123456 earlier")
	s.look(200, "label missing: on", "label there: off", "label right: off", "status x on 0123456: success")
	s.expect("label missing earlier", "label there earlier", "status x on 0123456 earlier")
	s.label("old-bot", "right")
	s.look(201, "label missing: off", "label there: on", "label right: off", "label new: on")
	s.look(261, "label missing: off", "label there: on", "label right: off", "label new: on")
	s.expect("label missing earlier", "label there earlier", "status x on 0123456 earlier", "label missing earlier", "label new missing",
		"label right extra", "label there earlier")
}

// TestJustMerged: an old pull request that has just been merged has no baseline, since most
// comes from that.
func TestJustMerged(t *testing.T) {
	s := newTrial(t)
	s.request.CreatedAt, s.request.State, s.request.ClosedAt = noon.Add(-100*time.Hour), pull.Merged, noon.Add(-time.Minute)
	s.look(0, "label a: on")
	s.expect("label a open")
}

// TestComments: each comment of a bot counts for one prediction.
func TestComments(t *testing.T) {
	s := newTrial(t)
	comment := func(id int64, by string, minute int, bot bool) {
		s.request.Comments = append(s.request.Comments, pull.Comment{ID: id, By: by, Bot: bot, At: noon.Add(time.Duration(minute) * time.Minute)})
	}
	comment(1, "other[bot]", -5, true) // before
	comment(2, "eric", 0, false)
	s.look(0, "comment a: posted", "comment b: posted")
	s.expect("comment a open", "comment b open")
	comment(3, "old-bot", 1, false) // an account like a person's
	s.look(2, "comment a: posted", "comment b: posted")
	s.expect("comment a same", "comment b open")
	s.look(60, "comment a: posted", "comment b: posted")
	s.expect("comment a same", "comment b missing")
	comment(4, "other[bot]", 61, true)
	s.look(61, "comment a: posted", "comment b: posted", "comment c: posted") // a little before the look
	s.look(200, "comment c: posted")
	s.expect("comment a same", "comment b missing", "comment c same")
}

// TestSwitchedOn: predictions of a rule that acts now are withdrawn, and it begins with a
// baseline when it's in shadow again.
func TestSwitchedOn(t *testing.T) {
	s := newTrial(t)
	s.look(0, "label a: on", "label b: on")
	s.label("old-bot", "a")
	s.look(1, "label a: on", "label b: on")
	mode := s.rules[0].Shadow
	s.rules[0].Shadow = nil
	s.look(2)
	s.expect("label a same")
	if !s.again.IsZero() {
		t.Errorf("again at %s", s.again)
	}
	s.rules[0].Shadow = mode
	s.look(500, "label a: on", "label c: on")
	s.expect("label a same", "label c earlier")
}

// TestNothingInShadow: without rules in shadow, nothing is stored.
func TestNothingInShadow(t *testing.T) {
	s := newTrial(t)
	s.rules = s.rules[1:]
	s.look(0)
	if len(s.records) > 0 {
		t.Errorf("%+v", s.records)
	}
}
