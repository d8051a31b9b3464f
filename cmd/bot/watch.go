package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// watchEvery is how often the file of the database is looked for.
const watchEvery = time.Second

// watch ends the bot when somebody deletes or replaces the SQLite file under
// it. On Unix the open file lives on without a name: everything would seem to
// work, and with the next start all that was taken meanwhile would be lost.
// After a start without a file, a full sweep finds what is due.
func (b *bot) watch(ctx context.Context, opened fs.FileInfo) error {
	for opened != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
		now, err := os.Stat(b.Database)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(opened, now) {
			return fmt.Errorf("watching the database %s: it was deleted or replaced while in use: start the bot again, a sweep finds what is due", b.Database)
		}
	}
	return nil
}
