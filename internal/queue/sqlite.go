package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB has one connection that writes, as SQLite has one writer anyway and
// waiting in Go is fair, and some that only read.
type sqliteDB struct {
	lock   *os.File
	writer *sql.DB
	reader *sql.DB
	stmts  map[string]*sql.Stmt // of the writer
	client *river.Client[*sql.Tx]
	pilot  *sqlitePilot
}

// A writer waits less for the file than a caller of Receive waits for an answer.
// A file is made so that it can shrink; the log beside it does so after a burst.
const sqlitePragmas = "_pragma=auto_vacuum(INCREMENTAL)&_pragma=journal_size_limit(4194304)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(3000)&_pragma=foreign_keys(1)&_txlock=immediate"

func sqliteDSN(path, options string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options
}

func (q *Queue) openSQLite(ctx context.Context) (err error) {
	path := q.cfg.Database
	db := &sqliteDB{pilot: &sqlitePilot{}, stmts: map[string]*sql.Stmt{}}
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
	if db.reader, err = sql.Open("sqlite", sqliteDSN(path, "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(3000)")); err != nil {
		return err
	}
	db.reader.SetMaxOpenConns(4)
	driver := &sqliteDriver{Driver: riversqlite.New(db.writer), pilot: db.pilot}
	if err := migrateRiver(ctx, driver, q.riverLog()); err != nil {
		return err
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if err := q.makeShrinkable(ctx, db); err != nil {
		return err
	}
	if err := db.prepare(ctx); err != nil {
		return err
	}
	if err := db.reset(ctx); err != nil {
		return err
	}
	db.client, err = river.NewClient(driver, q.riverConfig())
	q.river = db.client
	return err
}

// private makes a file that is not there yet, for the owner alone to read: what is
// done in private repositories will be in it. SQLite gives the files
// beside it the same mode.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// prepare keeps the statements of the busy paths: reading them each time would
// take longer than running them.
func (d *sqliteDB) prepare(ctx context.Context) error {
	for _, query := range []string{insertDelivery, upsertHint, dispatchDue, dispatchAgain, claimRun, finishRun} {
		stmt, err := d.writer.PrepareContext(ctx, strings.Replace(query, skipLocked, "", 1))
		if err != nil {
			return fmt.Errorf("preparing statements: %w", err)
		}
		d.stmts[query] = stmt
	}
	return nil
}

// reset takes back all runs: the lock says that whoever had them is gone.
func (d *sqliteDB) reset(ctx context.Context) error {
	return d.write(ctx, func(t tx) error {
		for _, s := range []string{backToWaiting, `DELETE FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`} {
			if _, err := t.each(ctx, s, [][]any{nil}); err != nil {
				return fmt.Errorf("taking back runs: %w", err)
			}
		}
		return nil
	})
}

func (d *sqliteDB) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	rows, err := d.reader.QueryContext(ctx, query, args...)
	return scanRows(rows, err, scan)
}

func scanRows(rows *sql.Rows, err error, scan func(row) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (d *sqliteDB) write(ctx context.Context, f func(tx) error) error {
	t := &sqliteTx{db: d}
	var err error
	if t.Tx, err = d.writer.BeginTx(ctx, nil); err != nil {
		return err
	}
	if err := f(t); err != nil {
		t.Rollback() // its error says nothing new
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	if t.enqueued {
		d.pilot.wake(ctx)
	}
	return nil
}

// tend has nothing to do: there are no other replicas.
func (d *sqliteDB) tend(context.Context, []int64) error { return nil }

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
		return fault{hint: "the database is busy for too long; does another program hold it locked, or is the disk slow?"}
	}
	if !errors.As(err, &e) {
		return fault{}
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault{hint: "another program holds the database locked; end it, or make it hold the lock for a shorter time", again: true}
	case sqlite3.SQLITE_FULL:
		return fault{hint: "the disk is full; make room, the queue goes on by itself"}
	case sqlite3.SQLITE_READONLY:
		return fault{hint: "the database cannot be written; check the permissions of the file and of its directory"}
	case sqlite3.SQLITE_CANTOPEN:
		return fault{hint: "check that the directory exists and may be written"}
	case sqlite3.SQLITE_IOERR:
		return fault{hint: "check the disk: its room, its quota and its health"}
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fault{hint: "the file is damaged or no SQLite database; move it away, a sweep restores all that is to be done"}
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH:
		return fault{data: true}
	}
	return fault{}
}

type sqliteTx struct {
	*sql.Tx
	db       *sqliteDB
	enqueued bool
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

func (t *sqliteTx) enqueue(ctx context.Context, runs []run) error {
	t.enqueued = true
	_, err := t.db.client.InsertManyFastTx(ctx, t.Tx, insertParams(runs))
	return err
}

func insertParams(runs []run) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(runs))
	for i, r := range runs {
		params[i].Args = r
	}
	return params
}

// sqliteDriver is River's driver without its listener, which would ask the
// database 20 times a second whether this same process inserted a job.
type sqliteDriver struct {
	*riversqlite.Driver
	pilot *sqlitePilot
}

// SupportsListener implements River's Driver.
func (*sqliteDriver) SupportsListener() bool { return false }

// SupportsListenNotify implements River's Driver.
func (*sqliteDriver) SupportsListenNotify() bool { return false }

// PluginInit lets River ask for the pilot.
func (*sqliteDriver) PluginInit(*baseservice.Archetype) {}

// PluginPilot gives River the pilot.
func (d *sqliteDriver) PluginPilot() riverpilot.Pilot { return d.pilot }

// sqlitePilot is River's standard pilot, but keeps the function that River itself
// calls after an insert so that a worker starts at once. River has no public call
// for that after an insert within a transaction.
type sqlitePilot struct {
	riverpilot.StandardPilot
	inserted func(context.Context, []*rivertype.JobInsertResult)
}

// PilotInit implements River's Pilot.
func (p *sqlitePilot) PilotInit(archetype *baseservice.Archetype, params *riverpilot.PilotInitParams) {
	p.StandardPilot.PilotInit(archetype, params)
	p.inserted = params.NotifyNonTxJobInsert
}

func (p *sqlitePilot) wake(ctx context.Context) {
	p.inserted(ctx, []*rivertype.JobInsertResult{{Job: &rivertype.JobRow{Queue: river.QueueDefault}}})
}
