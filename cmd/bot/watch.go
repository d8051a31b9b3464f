package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// watchEvery is how often the database file is checked.
const watchEvery = time.Second

// watch ends the bot if someone deletes or replaces its SQLite file. On Unix, an open
// file lives on without a name: everything would seem to work, but the next start would
// lose everything received meanwhile. After a start without a file, a full sweep finds
// what is due.
func (b *bot) watch(ctx context.Context, opened fs.FileInfo) error {
	for opened != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
		now, err := os.Stat(b.Database)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(opened, now) {
			return fmt.Errorf("watching the database %s: it was deleted or replaced while in use: restart the bot, and a sweep will find what is "+
				"due", b.Database)
		}
	}
	return nil
}
