package queue

import (
	"context"
	"fmt"
)

// migrations are the versions of the package's tables, in order. A released version
// never changes: add another one, which only adds, since older processes work on beside
// it.
var migrations = [][]string{{
	`CREATE TABLE deliveries (
id TEXT PRIMARY KEY,
event TEXT NOT NULL,
action TEXT NOT NULL,
installation BIGINT NOT NULL,
received BIGINT NOT NULL,
payload BYTEA NOT NULL)`,
	`CREATE INDEX deliveries_received ON deliveries (received)`,
	`CREATE TABLE keys (
key TEXT PRIMARY KEY,
state SMALLINT NOT NULL DEFAULT 0,
run BIGINT NOT NULL DEFAULT 0,
attempt INTEGER NOT NULL DEFAULT 0,
installation BIGINT NOT NULL DEFAULT 0,
updated_at BIGINT NOT NULL DEFAULT 0,
cause TEXT NOT NULL DEFAULT '',
wanted BIGINT NOT NULL DEFAULT 0,
due BIGINT NOT NULL DEFAULT 0,
run_wanted BIGINT NOT NULL DEFAULT 0,
run_due BIGINT NOT NULL DEFAULT 0,
again_at BIGINT NOT NULL DEFAULT 0,
again_cause TEXT NOT NULL DEFAULT '',
gave_up BIGINT NOT NULL DEFAULT 0,
reason TEXT NOT NULL DEFAULT '',
done_at BIGINT NOT NULL DEFAULT 0)`,
	`CREATE INDEX keys_due ON keys (due) WHERE state = 0 AND due > 0`,
	`CREATE INDEX keys_again ON keys (again_at) WHERE state = 0 AND again_at > 0`,
	`CREATE TABLE notes (name TEXT PRIMARY KEY, value BYTEA NOT NULL)`,
	// replicas is only used on PostgreSQL.
	`CREATE TABLE replicas (id TEXT PRIMARY KEY, seen TIMESTAMP NOT NULL)`,
}, {
	`CREATE TABLE trail (
key TEXT NOT NULL,
at BIGINT NOT NULL,
place BIGINT NOT NULL,
entry BYTEA NOT NULL,
PRIMARY KEY (key, at, place))`,
	`CREATE INDEX trail_at ON trail (at)`,
}, {
	`CREATE TABLE versions (
key TEXT NOT NULL,
version TEXT NOT NULL,
seen BIGINT NOT NULL,
PRIMARY KEY (key, version))`,
	`CREATE INDEX versions_seen ON versions (seen)`,
}, {
	// Nothing reads a delivery's content: only that it came, and when.
	`ALTER TABLE deliveries DROP COLUMN payload`,
}, {
	`ALTER TABLE keys ADD COLUMN rested BIGINT NOT NULL DEFAULT 0`,
}, {
	// The table of keys is the whole queue. River, which handed runs to workers, is gone:
	// state 1 was "handed to River", 2 was "running".
	`ALTER TABLE keys ADD COLUMN owner TEXT NOT NULL DEFAULT ''`,
	`UPDATE keys SET state = 1 WHERE state = 2`,
	`CREATE INDEX keys_running ON keys (owner) WHERE state = 1`,
	`DROP TABLE IF EXISTS river_job`,
	`DROP TABLE IF EXISTS river_leader`,
	`DROP TABLE IF EXISTS river_notification`,
	`DROP TABLE IF EXISTS river_client_queue`,
	`DROP TABLE IF EXISTS river_client`,
	`DROP TABLE IF EXISTS river_queue`,
	`DROP TABLE IF EXISTS river_migration`,
}, {
	// A key from an older version belongs to no one until its next hint.
	`ALTER TABLE keys ADD COLUMN party TEXT NOT NULL DEFAULT ''`,
	`DROP INDEX keys_due`,
	`DROP INDEX keys_again`,
	`CREATE INDEX keys_due ON keys (party, due) WHERE state = 0 AND due > 0`,
	`CREATE INDEX keys_again ON keys (party, again_at) WHERE state = 0 AND again_at > 0`,
}, {
	`CREATE TABLE views (
grp TEXT NOT NULL,
number BIGINT NOT NULL,
class TEXT NOT NULL,
at BIGINT NOT NULL,
brief BYTEA NOT NULL,
detail BYTEA NOT NULL,
PRIMARY KEY (grp, number))`,
	`CREATE INDEX views_class ON views (grp, class, number)`,
	`CREATE INDEX views_at ON views (at)`,
	`CREATE TABLE predictions (
key TEXT NOT NULL,
thing TEXT NOT NULL,
at BIGINT NOT NULL,
value BYTEA NOT NULL,
PRIMARY KEY (key, thing, at))`,
	`CREATE INDEX predictions_at ON predictions (at)`,
}, {
	`CREATE TABLE sessions (
id TEXT PRIMARY KEY,
began BIGINT NOT NULL,
seen BIGINT NOT NULL,
value BYTEA NOT NULL)`,
	`CREATE INDEX sessions_seen ON sessions (seen)`,
}, {
	`ALTER TABLE replicas ADD COLUMN version TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE replicas ADD COLUMN began BIGINT NOT NULL DEFAULT 0`,
	`CREATE TABLE usage (
name TEXT NOT NULL,
at BIGINT NOT NULL,
least BIGINT NOT NULL,
most BIGINT NOT NULL,
spent BIGINT NOT NULL,
PRIMARY KEY (at, name))`,
	`CREATE TABLE feeds (
person BIGINT PRIMARY KEY,
id TEXT NOT NULL UNIQUE,
made BIGINT NOT NULL,
value BYTEA NOT NULL)`,
	`CREATE INDEX feeds_made ON feeds (made)`,
}}

// migrate updates the package's tables to the newest version.
func migrate(ctx context.Context, db database) error {
	return db.write(ctx, func(t tx) error {
		if _, err := t.each(ctx, `CREATE TABLE IF NOT EXISTS queue_version (version BIGINT NOT NULL)`, [][]any{nil}); err != nil {
			return fmt.Errorf("creating tables: %w", err)
		}
		var have int
		read := func(r row) error { return r.Scan(&have) }
		if err := t.query(ctx, read, `SELECT coalesce(max(version), 0) FROM queue_version`); err != nil {
			return fmt.Errorf("reading the version of the tables: %w", err)
		}
		if have > len(migrations) {
			return fmt.Errorf("a newer program has upgraded the database's tables to version %d, and this one only knows version %d. Nothing was "+
				"changed: start the newer program, or restore the backup from before the upgrade", have, len(migrations))
		}
		for i, statements := range migrations[have:] {
			version := have + i + 1
			for _, s := range statements {
				if _, err := t.each(ctx, s, [][]any{nil}); err != nil {
					return fmt.Errorf("updating the tables to version %d: %w", version, err)
				}
			}
			if _, err := t.each(ctx, `INSERT INTO queue_version (version) VALUES ($1)`, [][]any{{int64(version)}}); err != nil {
				return fmt.Errorf("updating the tables to version %d: %w", version, err)
			}
		}
		return nil
	})
}
