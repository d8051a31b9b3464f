package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type postgresDB struct {
	pool    *pgxpool.Pool
	lease   time.Duration
	channel string // of announcements: the schema's own
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
	if err = db.alone(ctx, func() error { return migrate(ctx, db) }); err != nil {
		return err
	}
	// Names have at most 63 bytes, and a schema's name may need all of them.
	return db.pool.QueryRow(ctx, `SELECT 'keys_due_' || md5(current_schema())`).Scan(&db.channel)
}

// alone runs f while no other replica does, since replicas may start together.
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
	found, err := d.pool.Query(ctx, query, args...)
	return scanPgRows(found, err, scan)
}

func scanPgRows(found pgx.Rows, err error, scan func(row) error) error {
	if err != nil {
		return err
	}
	defer found.Close()
	return scanAll(found, scan)
}

func (d *postgresDB) write(ctx context.Context, f func(tx) error) error {
	return pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error { return f(&postgresTx{Tx: t, channel: d.channel}) })
}

const (
	showLife = `INSERT INTO replicas (id, seen, version, began) VALUES ($1, ` + utc +
		`, $2, $3) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`

	listReplicas = `SELECT id, version, began, CAST(extract(epoch FROM ` + utc + ` - seen) AS BIGINT) FROM replicas ORDER BY began, id`

	countReplicas = `SELECT count(*) FROM replicas WHERE seen > ` + utc + ` - make_interval(secs => $1)`

	forgetReplicas = `DELETE FROM replicas WHERE seen < ` + utc + ` - interval '1 day'`

	takeBack = backToWaiting + ` AND NOT EXISTS (SELECT 1 FROM replicas
WHERE id = keys.owner AND seen > ` + utc + ` - make_interval(secs => $1))`

	// utc is the server's time. Each connection has its own time zone, and in some of them
	// an hour comes twice a year.
	utc = `(now() AT TIME ZONE 'UTC')`
)

func (d *postgresDB) beat(ctx context.Context, r Replica) (alive int, err error) {
	err = pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(showLife, r.ID, r.Version, micros(r.Began))
		batch.Queue(forgetReplicas)
		batch.Queue(takeBack, d.lease.Seconds())
		batch.Queue(countReplicas, d.lease.Seconds()).QueryRow(func(r pgx.Row) error { return r.Scan(&alive) })
		return t.SendBatch(ctx, batch).Close()
	})
	return alive, err
}

func (d *postgresDB) listen(ctx context.Context, wake func(due time.Time)) error {
	pooled, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := pooled.Hijack() // it listens until it's closed
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `LISTEN `+d.channel); err != nil {
		return err
	}
	wake(time.Now()) // there may have been announcements before
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		due, err := strconv.ParseInt(n.Payload, 10, 64)
		if err != nil {
			return fmt.Errorf("reading an announcement: %w", err)
		}
		wake(fromMicros(due))
	}
}

// shrink has nothing to do: autovacuum lets PostgreSQL reuse the space.
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
			return fault{hint: "can't reach PostgreSQL; check the server and DATABASE_URL", again: true}
		}
		return fault{}
	}
	switch class := e.Code[:min(2, len(e.Code))]; {
	case class == "22" || class == "23":
		return fault{data: true}
	case class == "40": // a deadlock between replicas
		return fault{again: true}
	case class == "53":
		return fault{hint: "PostgreSQL is out of disk space or connections; the queue continues by itself once it has some"}
	case e.Code == "25006":
		return fault{hint: "PostgreSQL is read-only; use the address of the primary server"}
	case class == "57":
		return fault{hint: "PostgreSQL is stopping or starting; the queue continues by itself once it's back", again: true}
	case class == "28":
		return fault{hint: "check the user and password in DATABASE_URL"}
	case class == "42":
		return fault{hint: "the user in DATABASE_URL needs permission to create tables in its schema"}
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
	channel string
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

func (t *postgresTx) announce(ctx context.Context, due time.Time) error {
	_, err := t.Exec(ctx, `SELECT pg_notify($1, $2)`, t.channel, strconv.FormatInt(micros(due), 10))
	return err
}
