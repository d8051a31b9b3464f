package queue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Predictions are kept, replaced and forgotten one by one, outlive a restart, are read by
// another process meanwhile, and are cleaned up with the audit log.
func TestPredictions(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var ahead atomic.Int64
		start := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		config := Config{Database: database, Work: (&diary{}).work, Now: func() time.Time { return start.Add(time.Duration(ahead.Load())) }}
		q := open(t, config)
		predict := func(all ...Prediction) {
			t.Helper()
			if err := q.Predict(t.Context(), all...); err != nil {
				t.Fatal(err)
			}
		}
		show := func(p Prediction) string {
			return fmt.Sprintf("%s %s %s=%s", p.At.UTC().Format(time.TimeOnly), p.Key, p.Thing, p.Value)
		}
		expect := func(key string, want ...string) {
			t.Helper()
			all, err := q.Predictions(t.Context(), key)
			var got []string
			for _, p := range all {
				got = append(got, show(p))
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
		later := start.Add(time.Hour)
		expect("a")
		predict()
		predict(Prediction{"a", "label x", start, []byte("open")}, Prediction{"a", "", start, []byte("look")},
			Prediction{"b", "label x", start, []byte("b")})
		predict(Prediction{"a", "label x", start, []byte("same")}, Prediction{"a", "label x", later, []byte("open")})
		expect("a", "13:00:00 a label x=open", "12:00:00 a =look", "12:00:00 a label x=same")
		expect("b", "12:00:00 b label x=b")
		if err := q.Predict(t.Context(), Prediction{"a", "y", start, []byte("1")}, Prediction{"", "y", start, []byte("2")}); err == nil {
			t.Error("a prediction without a key was stored")
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		q = open(t, config)
		expect("a", "13:00:00 a label x=open", "12:00:00 a =look", "12:00:00 a label x=same")
		predict(Prediction{"a", "label x", later, nil}, Prediction{"a", "never stored", start, nil})
		expect("a", "12:00:00 a =look", "12:00:00 a label x=same")

		reader, err := OpenReader(t.Context(), database, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		var all []string
		keep := func(p Prediction) error { all = append(all, show(p)); return nil }
		if err := reader.Predictions(t.Context(), start, keep); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(all, ", "); got != "12:00:00 a =look, 12:00:00 a label x=same, 12:00:00 b label x=b" {
			t.Errorf("the reader has %s", got)
		}
		enough := errors.New("enough")
		if err := reader.Predictions(t.Context(), start, func(Prediction) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("error %v", err)
		}
		all = nil
		if err := reader.Predictions(t.Context(), later, keep); err != nil || all != nil {
			t.Errorf("%q, %v", all, err)
		}

		ahead.Store(int64(q.cfg.KeepLog) - int64(time.Millisecond))
		clean(t, q)
		expect("b", "12:00:00 b label x=b")
		ahead.Store(int64(q.cfg.KeepLog) + int64(time.Millisecond))
		clean(t, q)
		expect("b")
	})
}

// TestPredictionsAreBounded: a table that strangers' events fill keeps the newest rows,
// and a key gives its newest ones.
func TestPredictionsAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		start := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		q := open(t, Config{Database: database, Work: (&diary{}).work, maxRows: 600, Now: func() time.Time { return start.Add(time.Hour) }})
		var all []Prediction
		for i := range 700 {
			all = append(all, Prediction{"a", "label", start.Add(time.Duration(i) * time.Second), []byte{1}})
		}
		if err := q.Predict(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		read, err := q.Predictions(t.Context(), "a")
		if err != nil || len(read) != predictionsOfKey || !read[0].At.Equal(all[699].At) {
			t.Errorf("%d predictions, %v", len(read), err)
		}
		clean(t, q)
		left := 0
		count := func(r row) error { return r.Scan(&left) }
		if err := q.db.query(t.Context(), count, `SELECT count(*) FROM predictions`); err != nil || left != 600 {
			t.Errorf("%d are left, %v", left, err)
		}
	})
}

func clean(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.clean(t.Context()); err != nil {
		t.Fatal(err)
	}
}
