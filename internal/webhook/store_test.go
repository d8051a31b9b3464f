package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/queue"
)

// storeFunc stands for stores that the queue cannot be made to be on demand.
type storeFunc func(context.Context, queue.Delivery) (bool, error)

func (f storeFunc) Receive(ctx context.Context, d queue.Delivery) (bool, error) { return f(ctx, d) }

func TestStoreError(t *testing.T) {
	r := start(t, Config{})
	if err := r.queue.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, text, _ := r.send(r.request(body))
	if status != 503 || text != "not stored: the database couldn't store it: send it again later\n" {
		t.Errorf("%d %q", status, text)
	}
	log := r.log.String()
	for _, want := range []string{`"level":"error"`, `"delivery":"d-1"`, `"event":"pull_request"`, `the queue is stopped`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s: %s", want, log)
		}
	}
	if r.count("pull_request", "not stored") != 1 {
		t.Error("not counted")
	}
}

// A sender that goes away does not leave a store waiting.
func TestSenderGone(t *testing.T) {
	arrived, ended := make(chan struct{}), make(chan error, 1)
	r := start(t, Config{Store: storeFunc(func(ctx context.Context, _ queue.Delivery) (bool, error) {
		close(arrived)
		<-ctx.Done()
		ended <- ctx.Err()
		return false, ctx.Err()
	})})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := http.DefaultClient.Do(r.request(body).WithContext(ctx)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// padded is a delivery of exactly the given size.
func padded(size int) string {
	return body[:len(body)-1] + strings.Repeat(" ", size-len(body)) + "}"
}

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		name    string
		size    int
		limit   int64
		chunked bool
		status  int
		text    string
	}{
		{"at GitHub's limit", MaxBody, 0, false, 202, "stored\n"},
		{"above GitHub's limit", MaxBody + 1, 0, false, 413, "not stored: the body has more than 26214400 bytes\n"},
		{"at the limit, in chunks", 1000, 1000, true, 202, "stored\n"},
		{"above the limit, in chunks", 1001, 1000, true, 413, "not stored: the body has more than 1000 bytes\n"},
		{"far above the limit, in chunks", 100_000, 1000, true, 413, "not stored: the body has more than 1000 bytes\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, Config{MaxBody: tt.limit})
			req := r.request(padded(tt.size))
			if tt.chunked {
				req.ContentLength = -1
				req.Body = io.NopCloser(struct{ io.Reader }{req.Body})
			}
			// A server that will not read on may close the connection before
			// the client has sent all: only then is no answer right.
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				if tt.status == 413 && tt.size > 1<<20 {
					t.Logf("refused while sending: %v", err)
					r.nothingStored()
					return
				}
				t.Fatal(err)
			}
			defer res.Body.Close()
			text, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != tt.status || string(text) != tt.text {
				t.Errorf("%d %q %v", res.StatusCode, text, err)
			}
			if tt.status == 413 {
				r.nothingStored()
			} else if r.waiting() != 1 {
				t.Error("the key is not stored")
			}
		})
	}
}

// A body that ends early is no delivery.
func TestCutOff(t *testing.T) {
	r := start(t, Config{})
	req := r.request(body)
	req.ContentLength = int64(len(body) + 1)
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Errorf("answered %d", res.StatusCode)
	}
	req.Body.Close()
	r.nothingStored()
}

// A hint knows who opened what its key is about, whoever the event is of.
func TestHintsKnowTheAuthor(t *testing.T) {
	const sender = `"sender":{"login":"dana"},"repository":{"id":1,"full_name":"python/cpython","default_branch":"main"}`
	for name, c := range map[string]struct{ event, payload, owner string }{
		"a pull request": {"pull_request", `{"action":"edited","pull_request":{"number":12,"user":{"login":"alice"}},` + sender + `}`, "alice"},
		"a comment on one": {"issue_comment", `{"action":"created","comment":{"body":"@concorde rerun","user":{"login":"dana"}},` +
			`"issue":{"number":12,"user":{"login":"alice"}},` + sender + `}`, "alice"},
		"a branch": {"create", `{"ref":"3.15","ref_type":"branch",` + sender + `}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var hints []queue.Hint
			r := start(t, Config{Store: storeFunc(func(_ context.Context, d queue.Delivery) (bool, error) {
				hints = d.Hints
				return true, nil
			})})
			req := r.request(c.payload)
			req.Header.Set("X-GitHub-Event", c.event)
			if status, text, _ := r.send(req); status != 202 || len(hints) == 0 {
				t.Fatal(status, text, hints)
			}
			for _, h := range hints {
				if h.Owner != c.owner {
					t.Errorf("%s is of %q, want %q", h.Key, h.Owner, c.owner)
				}
			}
		})
	}
}
