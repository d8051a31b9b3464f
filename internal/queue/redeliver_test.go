package queue

import (
	"fmt"
	"testing"
)

// GitHub's GUID belongs to the event (github/docs#32822): a redelivery has the same, and someone asked for it because something
// went wrong. It is stored once, and hints again.
func TestRedeliveryIsStoredOnceAndHintsAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, Work: d.work})
		delivery := Delivery{ID: "1", Event: "pull_request", Action: "opened \x00", Hints: []Hint{{Key: "a"}, {Key: "b"}}}
		for i := range 3 {
			fresh, err := q.Receive(t.Context(), delivery)
			if err != nil || fresh != (i == 0) {
				t.Errorf("time %d: fresh %t, %v", i, fresh, err)
			}
			quiet(t, q)
		}
		if n := len(d.all()); n != 6 {
			t.Errorf("%d runs, want one for each of two keys, three times", n)
		}
		stored := 0
		if err := q.db.query(t.Context(), func(r row) error { return r.Scan(&stored) }, `SELECT count(*) FROM deliveries`); err != nil ||
			stored != 1 {
			t.Errorf("%d deliveries are stored, %v", stored, err)
		}
	})
}

// A delivery that is sent over and over makes no more runs than any other hints.
func TestRedeliveriesShareARun(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := open(t, Config{Database: database, Work: d.work})
		for range 200 {
			if _, err := q.Receive(t.Context(), Delivery{ID: "1", Event: "push", Hints: []Hint{{Key: "a"}}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		if n := len(d.all()); n != 1 {
			t.Errorf("%d runs of one key", n)
		}
	})
}

// A list of deliveries is longer than one statement's parameters.
func TestReceivedKnowsWhatIsStored(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		var ids []string
		for i := range 3 * receivedAtOnce {
			id := fmt.Sprint("delivery ", i)
			ids = append(ids, id)
			if i%100 == 0 {
				if _, err := q.Receive(t.Context(), Delivery{ID: id, Event: "push"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		stored, err := q.Received(t.Context(), ids)
		if err != nil || len(stored) != len(ids)/100 || !stored["delivery 1400"] {
			t.Errorf("%d are stored, %v, %v", len(stored), stored["delivery 1400"], err)
		}
		if stored, err := q.Received(t.Context(), nil); err != nil || len(stored) != 0 {
			t.Errorf("of none, %v are stored, %v", stored, err)
		}
	})
}
