package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB has one connection that writes, since SQLite allows only one writer and
// waiting in Go is fair, and some that only read.
type sqliteDB struct {
	lock   *os.File
	writer *sql.DB
	reader *sql.DB
	stmts  map[string]*sql.Stmt // of the writer
}

// A writer waits for the file for less time than a caller of Receive waits for an
// answer. New files can shrink; the log beside them does so after a burst.
const sqlitePragmas = "_pragma=auto_vacuum(INCREMENTAL)&_pragma=journal_size_limit(4194304)" +
	"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(800)&_pragma=foreign_keys(1)&_txlock=immediate"

const sqliteReading = "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(3000)"

func sqliteDSN(path, options string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options
}

func (q *Queue) openSQLite(ctx context.Context) (err error) {
	path := q.cfg.Database
	db := &sqliteDB{stmts: map[string]*sql.Stmt{}}
	q.db = db
	defer func() {
		if err != nil {
			err = fmt.Errorf("opening the database %s: %w", path, errors.Join(q.explain(err), db.close()))
		}
	}()
	if db.lock, err = lockFile(path + ".lock"); err != nil {
		return err
	}
	if err = private(path); err != nil {
		return err
	}
	if db.writer, err = sql.Open("sqlite", sqliteDSN(path, sqlitePragmas)); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	if db.reader, err = sql.Open("sqlite", sqliteDSN(path, sqliteReading)); err != nil {
		return err
	}
	db.reader.SetMaxOpenConns(4)
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if err := q.makeShrinkable(ctx, db); err != nil {
		return err
	}
	if err := db.prepare(ctx); err != nil {
		return err
	}
	return db.reset(ctx)
}

// private creates a missing file that only its owner can read: it will show what happens
// in private repositories. SQLite gives the files beside it the same mode.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// prepare keeps the statements that run often: parsing them each time would take longer
// than running them.
func (d *sqliteDB) prepare(ctx context.Context) error {
	for _, query := range []string{insertDelivery, upsertHint, claimDue, claimAgain, finishRun} {
		stmt, err := d.writer.PrepareContext(ctx, strings.Replace(query, skipLocked, "", 1))
		if err != nil {
			return fmt.Errorf("preparing statements: %w", err)
		}
		d.stmts[query] = stmt
	}
	return nil
}

// reset takes back all runs: the lock shows that their process is gone.
func (d *sqliteDB) reset(ctx context.Context) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.each(ctx, backToWaiting, [][]any{nil})
		return err
	})
	if err != nil {
		return fmt.Errorf("taking back runs: %w", err)
	}
	return nil
}

func (d *sqliteDB) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	rows, err := d.reader.QueryContext(ctx, query, args...)
	return scanRows(rows, err, scan)
}

func scanRows(found *sql.Rows, err error, scan func(row) error) error {
	if err != nil {
		return err
	}
	defer found.Close()
	return scanAll(found, scan)
}

func (d *sqliteDB) write(ctx context.Context, f func(tx) error) error {
	t := &sqliteTx{db: d}
	var err error
	if t.Tx, err = d.writer.BeginTx(ctx, nil); err != nil {
		return err
	}
	if err := f(t); err != nil {
		t.Rollback() // its error adds nothing
		return err
	}
	return t.Commit()
}

// There are no other replicas to notify.

func (d *sqliteDB) beat(context.Context, Replica) (int, error) { return 1, nil }

func (d *sqliteDB) listen(ctx context.Context, _ func(time.Time)) error {
	<-ctx.Done()
	return ctx.Err()
}

func (t *sqliteTx) announce(context.Context, time.Time) error { return nil }

func (d *sqliteDB) close() error {
	var errs []error
	for _, db := range []*sql.DB{d.reader, d.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close()) // and with it the lock
	}
	return errors.Join(errs...)
}

func (d *sqliteDB) blame(err error) fault {
	var e *sqlite.Error
	if errors.Is(err, context.DeadlineExceeded) {
		return fault{hint: "the database was busy for too long; is another program locking it, or is the disk slow?"}
	}
	if !errors.As(err, &e) {
		return fault{}
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault{hint: "another program is locking the database; stop it, or make it release the lock sooner", again: true}
	case sqlite3.SQLITE_FULL:
		return fault{hint: "the disk is full; free some space, and the queue continues by itself"}
	case sqlite3.SQLITE_READONLY:
		return fault{hint: "the database can't be written; check the permissions of the file and its directory"}
	case sqlite3.SQLITE_CANTOPEN:
		return fault{hint: "check that the directory exists and is writable"}
	case sqlite3.SQLITE_IOERR:
		return fault{hint: "check the disk's free space, quota and health"}
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fault{hint: "the file is damaged or isn't an SQLite database; move it away, and a sweep restores the pending work"}
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH:
		return fault{data: true}
	}
	return fault{}
}

type sqliteTx struct {
	*sql.Tx
	db *sqliteDB
}

func (t *sqliteTx) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	var rows *sql.Rows
	var err error
	if stmt := t.db.stmts[query]; stmt != nil {
		rows, err = t.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	} else {
		rows, err = t.QueryContext(ctx, query, args...)
	}
	return scanRows(rows, err, scan)
}

func (t *sqliteTx) each(ctx context.Context, query string, rows [][]any) ([]int64, error) {
	exec := func(args []any) (sql.Result, error) { return t.ExecContext(ctx, query, args...) }
	if stmt := t.db.stmts[query]; stmt != nil {
		stmt = t.StmtContext(ctx, stmt)
		exec = func(args []any) (sql.Result, error) { return stmt.ExecContext(ctx, args...) }
	}
	touched := make([]int64, len(rows))
	for i, args := range rows {
		result, err := exec(args)
		if err != nil {
			return nil, err
		}
		if touched[i], err = result.RowsAffected(); err != nil {
			return nil, err
		}
	}
	return touched, nil
}
