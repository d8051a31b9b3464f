package queue

import (
	"context"
	"fmt"
	"time"
)

const (
	// incremental is SQLite's word for files that shrink on demand.
	incremental = 2
	// convertWithin bounds the start of a program on a file of an older one.
	convertWithin = 2 * time.Minute
	// shrinkBatch is how many pages one transaction gives back: 4 MB.
	shrinkBatch = 1000
)

// makeShrinkable converts a file that an older program made, once. SQLite does so all
// or not at all, so whoever kills the program does no harm; what does not work now is
// tried at the next start, since a file that is too large still works.
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
	q.cfg.Log.Info().Int64("pages", pages).Msg("rewriting the database once, so that it can give space back; this may take a minute")
	if _, err := db.writer.ExecContext(ctx, "VACUUM"); err != nil {
		q.cfg.Log.Warn().Err(q.explain(err)).Msg("the database stays as it was; the next start tries again")
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

// shrink gives free pages back a few at a time: others write too. The pages that
// the next deliveries need stay.
func (d *sqliteDB) shrink(ctx context.Context) error {
	for {
		free, err := d.pragma(ctx, "freelist_count")
		if err != nil || free <= shrinkBatch {
			return err
		}
		err = d.write(ctx, func(t tx) error {
			// SQLite gives one page back for each row that is read.
			return t.query(ctx, func(row) error { return nil }, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", shrinkBatch))
		})
		if err != nil {
			return fmt.Errorf("giving space back: %w", err)
		}
		if now, err := d.pragma(ctx, "freelist_count"); err != nil || now >= free {
			return err // a file that could not be converted
		}
	}
}
