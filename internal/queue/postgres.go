package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

type postgresDB struct {
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]
	lease  time.Duration
}

func (q *Queue) openPostgres(ctx context.Context) (err error) {
	db := &postgresDB{lease: q.cfg.lease}
	q.db = db
	defer func() {
		if err != nil {
			err = fmt.Errorf("opening the database: %w", errors.Join(q.explain(err), db.close()))
		}
	}()
	cfg, err := pgxpool.ParseConfig(q.cfg.Database) // its errors hide the password
	if err != nil {
		return err
	}
	if _, set := cfg.ConnConfig.RuntimeParams["synchronous_commit"]; !set {
		cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	}
	if !strings.Contains(q.cfg.Database, "pool_max_conns") {
		cfg.MaxConns = 12
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	driver := riverpgxv5.New(db.pool)
	err = db.alone(ctx, func() error {
		return errors.Join(migrateRiver(ctx, driver, q.riverLog()), migrate(ctx, db))
	})
	if err != nil {
		return err
	}
	db.client, err = river.NewClient(driver, q.riverConfig())
	q.river = db.client
	return err
}

// alone runs f while no other replica does, for replicas that start together.
func (d *postgresDB) alone(ctx context.Context, f func() error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	const lock = `hashtextextended('internal/queue ' || current_schema(), 0)`
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(`+lock+`)`); err != nil {
		return fmt.Errorf("waiting for other replicas: %w", err)
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(`+lock+`)`)
	return f()
}

func (d *postgresDB) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	rows, err := d.pool.Query(ctx, query, args...)
	return scanPgRows(rows, err, scan)
}

func scanPgRows(rows pgx.Rows, err error, scan func(row) error) error {
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

func (d *postgresDB) write(ctx context.Context, f func(tx) error) error {
	return pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error { return f(&postgresTx{Tx: t, client: d.client}) })
}

const (
	beat = `INSERT INTO replicas (id, seen) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen = now()`

	forgetReplicas = `DELETE FROM replicas WHERE seen < now() - interval '1 day'`

	// takeBack ends jobs of silent replicas, and jobs of this one ($1) that it
	// does not run ($3): River marked them as running, but the answer was lost.
	// The keys wait again, unless another run has taken over already.
	takeBack = `WITH dead AS (
UPDATE river_job SET state = 'discarded', finalized_at = now()
WHERE state = 'running' AND attempted_at < now() - make_interval(secs => $2) AND CASE attempted_by[cardinality(attempted_by)]
	WHEN $1 THEN id <> ALL($3::bigint[])
	ELSE NOT EXISTS (SELECT 1 FROM replicas r WHERE r.id = attempted_by[cardinality(attempted_by)] AND r.seen > now() - make_interval(secs => $2)) END
RETURNING args)
` + backToWaiting + ` AND EXISTS (SELECT 1 FROM dead WHERE dead.args->>'key' = keys.key AND (dead.args->>'run')::bigint = keys.run)`
)

func (d *postgresDB) tend(ctx context.Context, running []int64) error {
	if running == nil {
		running = []int64{}
	}
	return pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(beat, d.client.ID())
		batch.Queue(forgetReplicas)
		batch.Queue(takeBack, d.client.ID(), d.lease.Seconds(), running)
		return t.SendBatch(ctx, batch).Close()
	})
}

// shrink has nothing to do: PostgreSQL uses the room again, and autovacuum sees to it.
func (d *postgresDB) shrink(context.Context) error { return nil }

func (d *postgresDB) close() error {
	if d.pool != nil {
		d.pool.Close()
	}
	return nil
}

func (d *postgresDB) blame(err error) fault {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if noConnection(err) {
			return fault{hint: "PostgreSQL is out of reach or does not answer; check the server and DATABASE_URL", again: true}
		}
		return fault{}
	}
	switch class := e.Code[:min(2, len(e.Code))]; {
	case class == "22" || class == "23":
		return fault{data: true}
	case class == "40": // replicas met in a deadlock
		return fault{again: true}
	case class == "53":
		return fault{hint: "PostgreSQL is out of room or connections; the queue goes on by itself when it has some"}
	case e.Code == "25006":
		return fault{hint: "PostgreSQL is read-only; give the address of the primary server"}
	case class == "57":
		return fault{hint: "PostgreSQL is stopping or starting; the queue goes on by itself when it is back", again: true}
	case class == "28":
		return fault{hint: "check user and password of DATABASE_URL"}
	case class == "42":
		return fault{hint: "the user of DATABASE_URL needs the right to create tables in its schema"}
	}
	return fault{}
}

func noConnection(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

type postgresTx struct {
	pgx.Tx
	client *river.Client[pgx.Tx]
}

func (t *postgresTx) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	rows, err := t.Query(ctx, query, args...)
	return scanPgRows(rows, err, scan)
}

// each sends all rows at once: one round trip.
func (t *postgresTx) each(ctx context.Context, query string, rows [][]any) ([]int64, error) {
	batch := &pgx.Batch{}
	for _, args := range rows {
		batch.Queue(query, args...)
	}
	results := t.SendBatch(ctx, batch)
	touched := make([]int64, len(rows))
	for i := range rows {
		tag, err := results.Exec()
		if err != nil {
			return nil, errors.Join(err, results.Close())
		}
		touched[i] = tag.RowsAffected()
	}
	return touched, results.Close()
}

func (t *postgresTx) enqueue(ctx context.Context, runs []run) error {
	_, err := t.client.InsertManyFastTx(ctx, t.Tx, insertParams(runs))
	return err
}
