package queue

import (
	"context"
	"fmt"
	"strings"
)

// accountNotes are the notes about an account.
type accountNotes struct {
	names []string
	bytes int
}

// cleanNotes keeps the notes about all accounts within maxNotes: anyone can install a public
// App, and bring settings files. The account with the most goes first, so those of others
// stay. Notes only save time.
func (q *Queue) cleanNotes(ctx context.Context) error {
	accounts, all, err := q.notes(ctx)
	if err != nil {
		return err
	}
	for all > q.cfg.maxNotes {
		largest := ""
		for account, has := range accounts {
			if has.bytes > accounts[largest].bytes || largest == "" {
				largest = account
			}
		}
		drop := accounts[largest]
		if err := q.dropNotes(ctx, drop.names); err != nil {
			return err
		}
		q.cfg.Log.Warn().Str("account", largest).Int("notes", len(drop.names)).Int("bytes", drop.bytes).
			Msg("notes about accounts take too much space: deleting those of the largest account")
		all -= drop.bytes
		delete(accounts, largest)
	}
	return nil
}

// notes are those whose names end with a slash and a key, by account.
func (q *Queue) notes(ctx context.Context) (accounts map[string]accountNotes, all int, err error) {
	accounts = map[string]accountNotes{}
	read := func(r row) error {
		var name string
		var bytes int
		if err := r.Scan(&name, &bytes); err != nil {
			return err
		}
		_, key, _ := strings.Cut(name, "/")
		if party := q.cfg.party(Hint{Key: key}); party != "" {
			account := levels(party)[0]
			has := accounts[account]
			accounts[account] = accountNotes{append(has.names, name), has.bytes + bytes}
			all += bytes
		}
		return nil
	}
	if err := q.db.query(ctx, read, noteSizes); err != nil {
		return nil, 0, fmt.Errorf("measuring notes: %w", q.explain(err))
	}
	return accounts, all, nil
}

// dropNotes removes notes, a few at a time.
func (q *Queue) dropNotes(ctx context.Context, names []string) error {
	for len(names) > 0 {
		some := names[:min(len(names), cleanBatch)]
		names = names[len(some):]
		err := q.db.write(ctx, func(t tx) error {
			var rows [][]any
			for _, name := range some {
				rows = append(rows, []any{name})
			}
			_, err := t.each(ctx, dropNote, rows)
			return err
		})
		if err != nil {
			return fmt.Errorf("removing notes: %w", q.explain(err))
		}
	}
	return nil
}
