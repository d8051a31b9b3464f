//go:build unix

package queue

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The environment of a test binary that runs as a victim of kill -9.
const (
	victimEnv = "CONCORDE_QUEUE_VICTIM" // "hints", "poison", "upgrade" or "fill"
	victimDB  = "CONCORDE_QUEUE_VICTIM_DATABASE"
)

const crashLease = time.Second

// victim receives deliveries as fast as it can, works their keys, and says on
// standard output what it promised and what it did, until it is killed.
func victim() {
	say := func(what, key string, at time.Time) { // it's in the pipe before anything else is stored
		fmt.Fprintf(os.Stdout, "%s %s %d\n", what, key, at.UnixMicro())
	}
	kill := func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	cfg := Config{Database: os.Getenv(victimDB), Settle: time.Millisecond, lease: crashLease}
	cfg.Work = func(_ context.Context, job Job) error {
		if os.Getenv(victimEnv) == "poison" {
			kill()
		}
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		say("worked", job.Key, job.UpdatedAt)
		return nil
	}
	if os.Getenv(victimEnv) == "fill" {
		fmt.Fprintln(os.Stderr, fill(context.Background(), cfg.Database))
		os.Exit(1)
	}
	q, err := Open(context.Background(), cfg)
	if err == nil {
		err = q.Start(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				at := time.Now().Truncate(time.Microsecond)
				key := fmt.Sprintf("%d-%d", g, rand.IntN(10)) // one goroutine for each key: its times ascend
				d := Delivery{ID: fmt.Sprint(at.UnixNano(), "-", g), Hints: []Hint{{Key: key, UpdatedAt: at}}}
				if _, err := q.Receive(context.Background(), d); err == nil {
					say("stored", key, at)
				}
			}
		}()
	}
	select {}
}

// killVictim lets a victim live for a while and calls note for each line it wrote.
func killVictim(t *testing.T, kind, database string, note func(line string)) {
	t.Helper()
	cmd := victimOf(t, kind, database)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	last := 100 + rand.IntN(500)
	for n := 0; lines.Scan(); n++ {
		if n == last {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
		note(lines.Text()) // what is still in the pipe was promised, too
	}
	wasKilled(t, cmd)
}

func victimOf(t *testing.T, kind, database string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), victimEnv+"="+kind, victimDB+"="+database)
	cmd.Stderr = os.Stderr
	return cmd
}

func wasKilled(t *testing.T, victim *exec.Cmd) {
	t.Helper()
	if err := victim.Wait(); victim.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("the victim ended by itself: %v", err)
	}
}

func TestKilledProcessLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		stored, worked := map[string]int64{}, map[string]int64{}
		note := func(line string) {
			var what, key string
			var at int64
			if _, err := fmt.Sscan(line, &what, &key, &at); err != nil {
				return // cut off by the kill
			}
			into := stored
			if what == "worked" {
				into = worked
			}
			into[key] = max(into[key], at)
		}
		for range 4 {
			killVictim(t, "hints", database, note)
		}
		var d diary
		q := begin(t, Config{Database: database, Work: d.work, lease: crashLease})
		quiet(t, q)
		for _, job := range d.all() {
			worked[job.Key] = max(worked[job.Key], job.UpdatedAt.UnixMicro())
		}
		if len(stored) == 0 {
			t.Error("the victims stored nothing")
		}
		for key, at := range stored {
			if worked[key] < at {
				t.Errorf("key %s: stored up to %d, worked up to %d", key, at, worked[key])
			}
		}
	})
}

// A key that takes the process down with it must not do so for ever.
func TestPoisonousKeyIsGivenUp(t *testing.T) {
	database := filepath.Join(t.TempDir(), "queue.db")
	open(t, Config{Database: database, Work: (&diary{}).work}).Stop(t.Context())
	for range 2 {
		killVictim(t, "poison", database, func(string) {})
	}
	var d diary
	q := begin(t, Config{Database: database, Work: d.work, MaxAttempts: 1})
	quiet(t, q)
	s, err := q.Stats(t.Context())
	if err != nil || s.GivenUp == 0 {
		t.Errorf("nothing was given up: %+v, %v", s, err)
	}
	for _, job := range d.all() {
		if job.Attempt > 1 {
			t.Errorf("worked again after a crash: %+v", job)
		}
	}
	var reason string
	read := func(r row) error { return r.Scan(&reason) }
	err = q.db.query(t.Context(), read, `SELECT reason FROM keys WHERE gave_up > 0`)
	if err != nil || !strings.Contains(reason, "the process ended") {
		t.Errorf("reason %q, %v", reason, err)
	}
}

func TestStopWaitsForWork(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began, goOn := make(chan struct{}), make(chan struct{})
		var d diary
		q := begin(t, Config{Database: database, Workers: 1, Work: func(ctx context.Context, job Job) error {
			began <- struct{}{}
			<-goOn
			d.note(job)
			return ctx.Err()
		}})
		add(t, q, Hint{Key: "a"})
		<-began
		stopped := make(chan error)
		go func() { stopped <- q.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatalf("did not wait for running work: %v", err)
		case goOn <- struct{}{}:
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if len(d.all()) != 1 {
			t.Errorf("runs %+v", d.all())
		}
		if _, err := q.Receive(t.Context(), Delivery{ID: "1"}); err == nil {
			t.Error("a stopped queue took a delivery")
		}
		q = begin(t, Config{Database: database, Work: d.work})
		quiet(t, q)
		if len(d.all()) != 1 {
			t.Errorf("work that ended before the stop ran again: %+v", d.all())
		}
	})
}

func TestStopCancelsWorkInTheEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began := make(chan struct{}, 1)
		q := begin(t, Config{Database: database, Work: func(ctx context.Context, _ Job) error {
			began <- struct{}{}
			<-ctx.Done()
			return fmt.Errorf("asking: %w", ctx.Err())
		}})
		add(t, q, Hint{Key: "a"})
		<-began
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
		var d diary
		q = begin(t, Config{Database: database, Work: d.work})
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 1 || jobs[0].Attempt != 1 {
			t.Errorf("want one more run, and the one that was cut off not counted: %+v", jobs)
		}
	})
}
