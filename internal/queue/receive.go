package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	// answerWithin limits Receive and Add: GitHub counts a delivery as lost if it gets no
	// answer within about 10 seconds.
	answerWithin = 8 * time.Second
	// commitWithin limits one transaction, so that its own error, which says more, comes
	// before the end of answerWithin.
	commitWithin = 7 * time.Second

	maxBatch = 128
)

var errStopped = errors.New("the queue is stopped")

// write is one call of Receive or Add that isn't stored yet.
type write struct {
	ctx      context.Context
	delivery *Delivery // nil for Add
	hints    []Hint
	fresh    bool
	err      error
	done     chan struct{}
}

// Receive stores a delivery and its hints; both are on disk when it returns nil. The
// same ID again isn't fresh: nothing is stored, but it hints again, since an ID belongs
// to the event and only comes again if someone wants it redone. After an error, the
// delivery may still have been stored; sending it again does no harm. It returns within
// about 8 seconds.
func (q *Queue) Receive(ctx context.Context, d Delivery) (fresh bool, err error) {
	if err := d.check(); err != nil {
		return false, fmt.Errorf("storing a delivery: %w", err)
	}
	w := &write{delivery: &d, hints: d.Hints}
	if err := q.submit(ctx, w); err != nil {
		return false, fmt.Errorf("storing delivery %s: %w", d.ID, err)
	}
	return w.fresh, nil
}

// Add stores hints without a delivery, with the same guarantees as Receive.
func (q *Queue) Add(ctx context.Context, hints ...Hint) error {
	if len(hints) == 0 {
		return nil
	}
	if err := checkHints(hints); err != nil {
		return fmt.Errorf("storing hints: %w", err)
	}
	if err := q.submit(ctx, &write{hints: hints}); err != nil {
		return fmt.Errorf("storing %d hints, the first for %s: %w", len(hints), hints[0].Key, err)
	}
	return nil
}

func (q *Queue) submit(ctx context.Context, w *write) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	w.ctx, w.done = ctx, make(chan struct{})
	select {
	case q.writes <- w:
	case <-q.closing:
		return errStopped
	case <-ctx.Done():
		return waited(ctx)
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return waited(ctx)
	}
}

func waited(ctx context.Context) error {
	return fmt.Errorf("waiting for the database: %w (is it locked, overloaded or unreachable?)", ctx.Err())
}

// writeLoop is the only writer: calls that come while it commits share the next
// transaction, and a single call doesn't wait for others.
func (q *Queue) writeLoop() {
	for {
		select {
		case <-q.closing:
			return
		case w := <-q.writes:
			q.commit(q.collect(w))
		}
	}
}

// collect takes all waiting writes, up to a limit.
func (q *Queue) collect(first *write) []*write {
	runtime.Gosched() // lets callers join whose last write was just stored
	batch := []*write{first}
	for len(batch) < maxBatch {
		select {
		case w := <-q.writes:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit stores the batch in one transaction. If one write breaks it, each gets its own.
// If the database takes longer than the first caller waits, the others continue.
func (q *Queue) commit(batch []*write) {
	batch = slices.DeleteFunc(batch, func(w *write) bool { return w.ctx.Err() != nil })
	err := q.storeInTime(batch)
	if len(batch) > 0 {
		q.refused.note(err, q.cfg.Now())
	}
	if err == nil {
		answer(batch, nil)
		return
	}
	if len(batch) > 1 && q.db.blame(err).data {
		for _, w := range batch {
			q.commit([]*write{w})
		}
		return
	}
	var late, others []*write
	for _, w := range batch {
		if time.Now().Before(w.until()) {
			others = append(others, w)
		} else {
			late = append(late, w)
		}
	}
	answer(late, q.explain(err))
	if len(late) > 0 && len(others) > 0 {
		q.commit(others)
		return
	}
	answer(others, q.explain(err))
}

func answer(batch []*write, err error) {
	for _, w := range batch {
		w.err = err
		close(w.done)
	}
}

// until is when a write must be stored: a little before its caller gives up, so that the
// caller learns that it isn't.
func (w *write) until() time.Time {
	if end, bounded := w.ctx.Deadline(); bounded {
		return end.Add(commitWithin - answerWithin)
	}
	return time.Now().Add(commitWithin)
}

// storeInTime retries errors that may pass quickly, such as a lost connection: they're no
// reason to reject a delivery.
func (q *Queue) storeInTime(batch []*write) error {
	if len(batch) == 0 {
		return nil
	}
	first := slices.MinFunc(batch, func(a, b *write) int { return a.until().Compare(b.until()) })
	ctx, cancel := context.WithDeadline(context.Background(), first.until())
	defer cancel()
	var last error
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		err := q.store(ctx, batch)
		if err == nil || !q.db.blame(err).again {
			return err
		}
		if last == nil || ctx.Err() == nil { // an error says more than the timeout
			last = err
		}
		if !pause(ctx, wait) {
			return last
		}
	}
}

func (q *Queue) store(ctx context.Context, batch []*write) error {
	now := q.cfg.Now()
	var first time.Time // when the first of the hints is due
	err := q.db.write(ctx, func(t tx) error {
		if err := q.insertDeliveries(ctx, t, batch); err != nil {
			return err
		}
		var hints []Hint
		for _, w := range batch {
			hints = append(hints, w.hints...)
		}
		if len(hints) == 0 {
			return nil
		}
		// Replicas that lock keys in the same order cannot lock each other out.
		slices.SortStableFunc(hints, func(a, b Hint) int { return strings.Compare(a.Key, b.Key) })
		rows := make([][]any, len(hints))
		for i, h := range hints {
			var due time.Time
			rows[i], due = q.hintRow(h, now)
			if first.IsZero() || due.Before(first) {
				first = due
			}
		}
		if _, err := t.each(ctx, upsertHint, rows); err != nil {
			return err
		}
		if err := addVersions(ctx, t, hints); err != nil {
			return err
		}
		return t.announce(ctx, first)
	})
	if err == nil && !first.IsZero() {
		q.alarm.set(first)
	}
	return err
}

// insertDeliveries stores new deliveries and marks them fresh.
func (q *Queue) insertDeliveries(ctx context.Context, t tx, batch []*write) error {
	var writes []*write
	var rows [][]any
	for _, w := range batch {
		if d := w.delivery; d != nil {
			received := d.Received
			if received.IsZero() {
				received = q.cfg.Now()
			}
			writes = append(writes, w)
			rows = append(rows, []any{d.ID, text(d.Event), text(d.Action), d.Installation, micros(received)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	touched, err := t.each(ctx, insertDelivery, rows)
	if err != nil {
		return err
	}
	for i, w := range writes {
		w.fresh = touched[i] == 1
	}
	return nil
}

// hintRow returns the arguments of upsertHint, and when the hint is due.
func (q *Queue) hintRow(h Hint, now time.Time) (args []any, due time.Time) {
	party := q.cfg.party(h)
	if h.At.IsZero() {
		due = now.Add(q.cfg.Settle)
		aside := int64(0)
		if h.Aside {
			aside = 1
		}
		return []any{h.Key, h.Installation, micros(h.UpdatedAt), text(h.Cause), micros(now), micros(due), int64(0), "", aside, party}, due
	}
	return []any{h.Key, h.Installation, micros(h.UpdatedAt), "", int64(0), int64(0), micros(h.At), text(h.Cause), int64(0), party}, h.At
}
