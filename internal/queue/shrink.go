package queue

import (
	"context"
	"fmt"
	"time"
)

const (
	// incremental is SQLite's word for files that shrink on demand.
	incremental = 2
	// convertWithin limits the start of a program with an older file.
	convertWithin = 2 * time.Minute
	// shrinkBatch is how many pages one transaction releases: 4 MB.
	shrinkBatch = 1000
)

// makeShrinkable converts a file from an older version, once. SQLite does that entirely
// or not at all, so killing the program does no harm. If it doesn't work now, the next
// start tries again, since a file that can't shrink still works.
func (q *Queue) makeShrinkable(ctx context.Context, db *sqliteDB) error {
	mode, err := db.pragma(ctx, "auto_vacuum")
	if err != nil || mode == incremental {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, convertWithin)
	defer cancel()
	pages, err := db.pragma(ctx, "page_count")
	if err != nil {
		return err
	}
	q.cfg.Log.Info().Int64("pages", pages).Msg("rewriting the database once, so that it can release disk space; this may take a minute")
	if _, err := db.writer.ExecContext(ctx, "VACUUM"); err != nil {
		q.cfg.Log.Warn().Err(q.explain(err)).Msg("couldn't rewrite the database; the next start tries again")
	}
	return nil
}

// pragma reads a number.
func (d *sqliteDB) pragma(ctx context.Context, name string) (value int64, err error) {
	if err := d.writer.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value); err != nil {
		return 0, fmt.Errorf("reading %s: %w", name, err)
	}
	return value, nil
}

// shrink releases free pages a few at a time, so that others can write too. It keeps the
// pages that the next deliveries need.
func (d *sqliteDB) shrink(ctx context.Context) error {
	for {
		free, err := d.pragma(ctx, "freelist_count")
		if err != nil || free <= shrinkBatch {
			return err
		}
		err = d.write(ctx, func(t tx) error {
			// SQLite releases one page for each row that is read.
			return t.query(ctx, func(row) error { return nil }, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", shrinkBatch))
		})
		if err != nil {
			return fmt.Errorf("releasing space: %w", err)
		}
		if now, err := d.pragma(ctx, "freelist_count"); err != nil || now >= free {
			return err // a file that couldn't be converted
		}
	}
}
