package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func partyOf(key string) string {
	party, _, _ := strings.Cut(key, "#")
	return party
}

// floor holds every run until it is let go, and knows which runs there are.
type floor struct {
	mu      sync.Mutex
	running map[string]chan struct{}
	order   []string // as they began
	twice   []string // keys that ran twice at once
}

func (f *floor) work(ctx context.Context, job Job) error {
	end := make(chan struct{})
	f.mu.Lock()
	if f.running[job.Key] != nil {
		f.twice = append(f.twice, job.Key)
	}
	f.running[job.Key] = end
	f.order = append(f.order, job.Key)
	f.mu.Unlock()
	select {
	case <-end:
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running[job.Key] == end {
		delete(f.running, job.Key)
	}
	return ctx.Err()
}

// parties counts what runs.
func (f *floor) parties() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for key := range f.running {
		n[partyOf(key)]++
	}
	return n
}

// end lets one run of a party end.
func (f *floor) end(t *testing.T, party string) {
	t.Helper()
	f.mu.Lock()
	var key string
	for k := range f.running {
		if partyOf(k) == party && (key == "" || k < key) {
			key = k
		}
	}
	if key == "" {
		f.mu.Unlock()
		t.Fatalf("nothing of %s runs", party)
	}
	close(f.running[key])
	delete(f.running, key)
	f.mu.Unlock()
}

func (f *floor) endAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, end := range f.running {
		close(end)
		delete(f.running, key)
	}
}

// began are the keys that began, of one party.
func (f *floor) began(party string) (keys []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range f.order {
		if partyOf(key) == party {
			keys = append(keys, key)
		}
	}
	return keys
}

func keysOf(party string, n int) (hints []Hint) {
	for i := range n {
		hints = append(hints, Hint{Key: fmt.Sprintf("%s#%02d", party, i)})
	}
	return hints
}

// claimNow claims what can be claimed now.
func claimNow(t *testing.T, q *Queue) {
	t.Helper()
	if _, err := q.claimAll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// An account that hangs takes half of the workers, each of its repositories a quarter:
// another repository and another account run at once. What waits runs, the oldest first,
// as runs of its party end.
func TestShares(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		f := floor{running: map[string]chan struct{}{}}
		q := begin(t, Config{Database: database, Workers: 8, Party: partyOf, Work: f.work})
		t.Cleanup(f.endAll)
		for _, h := range keysOf("slow/a", 9) {
			add(t, q, h)
		}
		eventually(t, "two of slow/a run", func() bool { return f.parties()["slow/a"] == 2 })
		add(t, q, keysOf("slow/b", 9)...)
		eventually(t, "two of slow/b run", func() bool { return f.parties()["slow/b"] == 2 })
		add(t, q, keysOf("slow/c", 9)...)
		add(t, q, keysOf("quick/a", 3)...)
		eventually(t, "two of quick/a run", func() bool { return f.parties()["quick/a"] == 2 })
		claimNow(t, q)
		want := map[string]int{"slow/a": 2, "slow/b": 2, "quick/a": 2}
		if diff := cmp.Diff(want, f.parties()); diff != "" {
			t.Errorf("the runs (-want +have):\n%s", diff)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Running != 6 || s.Waiting != 7+7+9+1 {
			t.Errorf("stats %+v, %v", s, err)
		}
		f.end(t, "quick/a")
		eventually(t, "the third of quick/a runs", func() bool { return len(f.began("quick/a")) == 3 })
		for range 7 {
			n := len(f.began("slow/a"))
			f.end(t, "slow/a")
			eventually(t, "another of slow/a runs", func() bool { return len(f.began("slow/a")) == n+1 })
		}
		if keys := f.began("slow/a"); !slices.IsSorted(keys[2:]) {
			t.Errorf("slow/a ran in the order %q", keys)
		}
		f.end(t, "slow/a")
		eventually(t, "slow/c gets a worker that slow/a has left", func() bool { return f.parties()["slow/c"] == 1 })
		if len(f.twice) > 0 {
			t.Errorf("keys ran twice at once: %q", f.twice)
		}
	})
}

// Whoever opened many pull requests keeps the repository's others waiting for none of
// them, and a hint that doesn't know whose a key is changes nothing of it.
func TestSharesOfAuthors(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		f := floor{running: map[string]chan struct{}{}}
		q := begin(t, Config{Database: database, Workers: 16, Party: partyOf, Work: f.work})
		t.Cleanup(f.endAll)
		crowd, others := keysOf("python/cpython", 9), keysOf("python/cpython", 12)[9:]
		for i := range crowd {
			crowd[i].Owner = "mallory"
		}
		add(t, q, crowd...)
		eventually(t, "two of mallory's run", func() bool { return f.parties()["python/cpython"] == 2 })
		add(t, q, keysOf("python/cpython", 9)...)
		for i := range others {
			others[i].Owner = "Alice"
		}
		add(t, q, others...)
		eventually(t, "two of Alice's run", func() bool { return f.parties()["python/cpython"] == 4 })
		claimNow(t, q)
		owned := map[string]int{} // runs that are claimed together begin in any order
		for _, key := range f.began("python/cpython") {
			for _, h := range slices.Concat(crowd, others) {
				if h.Key == key {
					owned[h.Owner]++
				}
			}
		}
		if owned["mallory"] != 2 || owned["Alice"] != 2 {
			t.Errorf("these run: %v", owned)
		}
	})
}

// Each of two replicas keeps to its own workers' shares.
func TestSharesOfReplicas(t *testing.T) {
	f := floor{running: map[string]chan struct{}{}}
	cfg := Config{Database: postgresSchema(t), Workers: 8, Party: partyOf, Work: f.work}
	first, second := begin(t, cfg), begin(t, cfg)
	t.Cleanup(f.endAll)
	add(t, first, keysOf("slow/a", 20)...)
	eventually(t, "both replicas run what they may", func() bool { return f.parties()["slow/a"] == 4 })
	add(t, second, keysOf("quick/a", 2)...)
	eventually(t, "another account's keys run", func() bool { return f.parties()["quick/a"] == 2 })
	for range 20 {
		claimNow(t, first)
		claimNow(t, second)
	}
	if n := f.parties()["slow/a"]; n != 4 {
		t.Errorf("%d keys of slow/a run", n)
	}
	for n := 5; n <= 20; n++ {
		f.end(t, "slow/a")
		eventually(t, "another one runs", func() bool { return len(f.began("slow/a")) == n })
	}
	if len(f.twice) > 0 {
		t.Errorf("keys ran twice at once: %q", f.twice)
	}
}

// counted counts the statements that claim.
type counted struct {
	database
	claims *int
}

func (c counted) write(ctx context.Context, f func(tx) error) error {
	return c.database.write(ctx, func(t tx) error { return f(countedTx{t, c.claims}) })
}

type countedTx struct {
	tx
	claims *int
}

func (t countedTx) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	*t.claims++
	return t.tx.query(ctx, scan, query, args...)
}

// However many repositories wait, a claim asks for no more than there are workers.
func TestClaimsOfManyParties(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		f := floor{running: map[string]chan struct{}{}}
		q := open(t, Config{Database: database, Workers: 4, Party: partyOf, Work: f.work})
		t.Cleanup(f.endAll)
		n := 0
		q.db = counted{q.db, &n}
		var hints []Hint
		for i := range 300 {
			hints = append(hints, keysOf(fmt.Sprintf("account%d/a", i), 1)...)
		}
		add(t, q, hints...)
		n = 0
		claimNow(t, q)
		if n > 4 {
			t.Errorf("%d statements for 4 workers", n)
		}
		eventually(t, "four run", func() bool { return len(f.parties()) == 4 })
	})
}
