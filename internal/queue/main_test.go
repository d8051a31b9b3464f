package queue

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/suite"
)

const postgresEnv = "CONCORDE_TEST_POSTGRES"

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		victim()
		return
	}
	os.Exit(suite.Tests{M: m, Parallel: 8}.Run())
}

// onBoth runs f on a fresh database of each kind.
func onBoth(t *testing.T, f func(t *testing.T, database string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, filepath.Join(t.TempDir(), "queue.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, postgresSchema(t))
	})
}

// postgresSchema is the URL of a schema of its own.
func postgresSchema(t testing.TB) string {
	t.Helper()
	server := os.Getenv(postgresEnv)
	if server == "" {
		t.Skip(postgresEnv + " is not set: .ci/postgres start DIR prints a URL for it")
	}
	name := "q" + strings.ToLower(rand.Text())
	administer(t, server, "CREATE SCHEMA "+name)
	t.Cleanup(func() { administer(t, server, "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	values.Set("search_path", name)
	u.RawQuery = values.Encode()
	return u.String()
}

func administer(t testing.TB, server, statement string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// open opens a queue that logs to the test and is stopped at its end.
func open(t testing.TB, cfg Config) *Queue {
	t.Helper()
	if cfg.Log.GetLevel() == zerolog.DebugLevel { // the zero Logger writes nowhere
		cfg.Log = zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)
	}
	if cfg.RetryMin == 0 {
		cfg.RetryMin = 10 * time.Millisecond
	}
	q, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return q
}

func begin(t testing.TB, cfg Config) *Queue {
	t.Helper()
	q := open(t, cfg)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q
}

func add(t testing.TB, q *Queue, hints ...Hint) {
	t.Helper()
	if err := q.Add(t.Context(), hints...); err != nil {
		t.Fatal(err)
	}
}

// eventually polls until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("did not happen within two minutes: %s", what)
		}
	}
}

// quiet waits until nothing waits or runs.
func quiet(t testing.TB, q *Queue) {
	t.Helper()
	eventually(t, "the queue is quiet", func() bool {
		s, err := q.Stats(t.Context())
		return err == nil && s.Waiting+s.Running+s.Delayed == 0
	})
}

// diary notes the runs of Work.
type diary struct {
	mu   sync.Mutex
	jobs []Job
}

func (d *diary) note(job Job) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.jobs = append(d.jobs, job)
	return len(d.jobs)
}

func (d *diary) all() []Job {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Job(nil), d.jobs...)
}

func (d *diary) work(_ context.Context, job Job) error {
	d.note(job)
	return nil
}
