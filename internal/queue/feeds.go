package queue

import (
	"context"
	"fmt"
	"time"
)

// Feed is the secret address of somebody's feed. The queue doesn't look into it.
type Feed struct {
	Person int64
	Made   time.Time // zero: there's none
	Value  []byte
}

// KeepFeeds is how long an address works, at most.
const KeepFeeds = 365 * 24 * time.Hour

// PutFeed stores a person's feed under a digest of its address, in place of the one before.
func (q *Queue) PutFeed(ctx context.Context, person int64, id string, value []byte) error {
	if err := checkName("feed's ID", id); err != nil {
		return fmt.Errorf("storing a feed: %w", err)
	}
	return q.onFeed(ctx, "storing", putFeed, person, id, micros(q.cfg.Now()), value)
}

// DropFeed ends a person's feed.
func (q *Queue) DropFeed(ctx context.Context, person int64) error {
	return q.onFeed(ctx, "ending", dropFeed, person)
}

// onFeed makes one statement. No error names the feed.
func (q *Queue) onFeed(ctx context.Context, doing, statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := q.change(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s a feed: %w", doing, q.explain(err))
	}
	return nil
}

// Feed returns the feed with a digest. It needs tables of the newest version, as FeedOf
// does.
func (r *Reader) Feed(ctx context.Context, id string) (Feed, error) { return r.feed(ctx, getFeed, id) }

// FeedOf returns a person's feed.
func (r *Reader) FeedOf(ctx context.Context, person int64) (Feed, error) {
	return r.feed(ctx, getFeedOf, person)
}

func (r *Reader) feed(ctx context.Context, query string, arg any) (f Feed, err error) {
	read := func(row row) error {
		var made int64
		err := row.Scan(&f.Person, &made, &f.Value)
		f.Made = fromMicros(made)
		return err
	}
	if err := r.q.db.query(ctx, read, query, arg); err != nil {
		return Feed{}, fmt.Errorf("reading a feed: %w", r.q.explain(err))
	}
	return f, nil
}
