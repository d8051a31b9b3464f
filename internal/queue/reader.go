package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Reader reads a database, whether or not a Queue works on it, and changes nothing.
type Reader struct{ q *Queue }

// OpenReader opens a database for reading: the path of an SQLite file, or a postgres://
// URL. The error wraps fs.ErrNotExist if the file doesn't exist.
func OpenReader(ctx context.Context, database string, now func() time.Time) (*Reader, error) {
	q := &Queue{cfg: Config{Database: database, Now: now}}
	if isPostgres(database) {
		cfg, err := pgxpool.ParseConfig(database)
		if err != nil { // it hides the password
			return nil, fmt.Errorf("opening the database: %w", err)
		}
		cfg.MaxConns = 2
		cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
		pool, err := pgxpool.NewWithConfig(ctx, cfg)
		if err != nil {
			return nil, fmt.Errorf("opening the database: %w", err)
		}
		q.db = &postgresDB{pool: pool}
		return &Reader{q}, nil
	}
	if info, err := os.Stat(database); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("opening the database %s: %w", database, errors.Join(errors.New("it isn't a file"), fs.ErrInvalid))
	}
	db, err := sql.Open("sqlite", sqliteDSN(database, "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(3000)"))
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", database, err)
	}
	q.db = &sqliteDB{reader: db}
	return &Reader{q}, nil
}

// Close ends the connections.
func (r *Reader) Close() error { return r.q.db.close() }

// Version returns the version of the database's tables, and the newest one that this
// program knows. Open upgrades older tables.
func (r *Reader) Version(ctx context.Context) (have, newest int, err error) {
	read := func(row row) error { return row.Scan(&have) }
	if err := r.q.db.query(ctx, read, `SELECT coalesce(max(version), 0) FROM queue_version`); err != nil {
		return 0, 0, fmt.Errorf("reading the version of the tables: %w", r.q.explain(err))
	}
	return have, len(migrations), nil
}

// Stats is Queue.Stats. It needs tables of the newest version.
func (r *Reader) Stats(ctx context.Context) (Stats, error) { return r.q.Stats(ctx) }

// Get is Queue.Get.
func (r *Reader) Get(ctx context.Context, name string) ([]byte, error) { return r.q.Get(ctx, name) }

// AuditLog is Queue.AuditLog.
func (r *Reader) AuditLog(ctx context.Context, key string, most int) ([][]byte, error) {
	return r.q.AuditLog(ctx, key, most)
}

// Seen is Queue.Seen.
func (r *Reader) Seen(ctx context.Context, key, version string) (time.Time, error) {
	return r.q.Seen(ctx, key, version)
}
