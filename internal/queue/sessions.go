package queue

import (
	"context"
	"fmt"
	"time"
)

// Session is a signed-in browser. The queue doesn't read its value.
type Session struct {
	ID    string // a digest of what the browser knows
	Began time.Time
	Seen  time.Time // when it was last used, as far as TouchSession was told
	Value []byte
}

// keepSessions is how long unused sessions are kept.
const keepSessions = 7 * 24 * time.Hour

// PutSession stores a new session, which begins now.
func (q *Queue) PutSession(ctx context.Context, id string, value []byte) error {
	if err := checkName("session's ID", id); err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	return q.onSession(ctx, "storing", putSession, id, micros(q.cfg.Now()), value)
}

// TouchSession notes that a session is used now. One that has ended stays so.
func (q *Queue) TouchSession(ctx context.Context, id string) error {
	return q.onSession(ctx, "touching", touchSession, id, micros(q.cfg.Now()))
}

// DropSession ends a session.
func (q *Queue) DropSession(ctx context.Context, id string) error {
	return q.onSession(ctx, "ending", dropSession, id)
}

// onSession makes one statement. No error names the session.
func (q *Queue) onSession(ctx context.Context, doing, statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := q.change(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s a session: %w", doing, q.explain(err))
	}
	return nil
}

// Session returns a session. Without one, its ID is "". It needs tables of the newest
// version.
func (r *Reader) Session(ctx context.Context, id string) (s Session, err error) {
	read := func(row row) error {
		var began, seen int64
		err := row.Scan(&began, &seen, &s.Value)
		s.ID, s.Began, s.Seen = id, fromMicros(began), fromMicros(seen)
		return err
	}
	if err := r.q.db.query(ctx, read, getSession, id); err != nil {
		return Session{}, fmt.Errorf("reading a session: %w", r.q.explain(err))
	}
	return s, nil
}
