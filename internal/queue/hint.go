package queue

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Delivery is a received message, kept for Config.KeepDeliveries without its content.
type Delivery struct {
	ID            string // the event's: the same ID twice is one delivery, but hints twice
	Event, Action string
	Installation  int64
	Received      time.Time // zero: now
	Hints         []Hint    // stored together with the delivery
}

// Hint means that something about a key may have changed.
type Hint struct {
	Key          string
	Installation int64     // 0: unknown
	UpdatedAt    time.Time // of the object in the payload: a snapshot must be at least this new; zero: unknown
	Cause        string    // a delivery's ID, "sweep", …
	// Aside means that nobody waits for it. If the key has other hints, or is running,
	// those keep their Cause.
	Aside bool

	// Owner is who the key belongs to within its party, such as a pull request's author;
	// "" if unknown. A Job's Hint doesn't have it.
	Owner string

	// Version names the state of the key's object at UpdatedAt, such as a commit's id; ""
	// if unknown. Seen returns when a version was first named.
	Version string

	// At schedules a run at a later time. Other hints before then run as usual and don't
	// change it. Of two such times, the earlier one counts; within ten seconds, the later.
	At time.Time
}

// Job is one run of a key. Its hint combines the hints that it serves: the newest
// UpdatedAt, the newest known Installation and the latest Cause, from those aside only
// if there are no others.
type Job struct {
	Hint
	Attempt int       // 1 for the first; runs that ended in Later don't count
	Wanted  time.Time // when the first of its hints came
}

const maxKey = 512

func checkName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the %s is empty", what)
	case len(name) > maxKey:
		return fmt.Errorf("the %s has %d bytes, more than %d", what, len(name), maxKey)
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return fmt.Errorf("the %s %q isn't valid text", what, name)
	}
	return nil
}

func (d *Delivery) check() error {
	if err := checkName("delivery's ID", d.ID); err != nil {
		return err
	}
	return checkHints(d.Hints)
}

func checkHints(hints []Hint) error {
	for i := range hints {
		if err := checkName("hint's key", hints[i].Key); err != nil {
			return err
		}
		if v := hints[i].Version; v != "" {
			if err := checkName("hint's version", v); err != nil {
				return err
			}
		}
	}
	return nil
}

const maxText = 2000

// text makes s valid for a text column of either database.
func text(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// micros is a time as both databases store it: microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
