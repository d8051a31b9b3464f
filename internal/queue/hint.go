package queue

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Delivery is a message that was received, kept for Config.KeepDeliveries without
// what it said.
type Delivery struct {
	ID            string // of the event: the same ID twice is one delivery, and hints twice
	Event, Action string
	Installation  int64
	Received      time.Time // zero: now
	Hints         []Hint    // stored together with the delivery
}

// Hint says that something about a key may have changed.
type Hint struct {
	Key          string
	Installation int64     // 0: unknown
	UpdatedAt    time.Time // of the object in the payload: truth must be at least this new; zero: unknown
	Cause        string    // a delivery's ID, "sweep", …
	// Aside: nobody waits for it. Should the key have hints already, or be running,
	// their Cause stands.
	Aside bool

	// Owner is whose the key is within its party, as the author of a pull request; "":
	// unknown. It is not part of a Job.
	Owner string

	// Version names the state that the key's object had at UpdatedAt, as the id of a
	// commit; "": unknown. Seen tells when a version was first named.
	Version string

	// At makes the hint a look at a far future time. Hints in the meantime run
	// as usual and leave it standing; of two such times the earlier wins.
	At time.Time
}

// Job is one run of a key. Its hint is the sum of the hints it serves: the newest
// UpdatedAt, the newest known Installation and the latest Cause, of those aside only
// where there is no other.
type Job struct {
	Hint
	Attempt int       // 1 for the first; runs that ended in Later do not count
	Wanted  time.Time // when the first of the hints it serves came
}

const maxKey = 512

func checkName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the %s is empty", what)
	case len(name) > maxKey:
		return fmt.Errorf("the %s has %d bytes, more than %d", what, len(name), maxKey)
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return fmt.Errorf("the %s %q is not valid text", what, name)
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

// text makes s fit for a text column of either database.
func text(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// micros is a time as both databases keep it: microseconds since 1970, 0 for none.
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
