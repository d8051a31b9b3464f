package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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
	if status != 503 || text != "not stored: the database did not take it: send it again later\n" {
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

// stall sends the start of a chunked body, and then nothing until done is called.
func (r *receiver) stall(start string) (done func()) {
	r.t.Helper()
	reader, writer := io.Pipe()
	req := r.request(body)
	req.Body, req.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(start), reader)), -1
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if res, err := http.DefaultClient.Do(req); err == nil { // else it was refused while it sent
			res.Body.Close()
		}
	}()
	return func() {
		writer.Close()
		<-ended
	}
}

// Strangers who promise large bodies and send next to nothing take no place from
// others, and those who do send them take none from deliveries of the usual size.
func TestManyLargeBodiesAtOnce(t *testing.T) {
	const limit = 4 * freeBody
	r := start(t, Config{MaxBody: limit, memoryWait: time.Second})
	delivers := func(id string, size, want int) bool {
		req := r.request(padded(size))
		req.Header.Set("X-GitHub-Delivery", id)
		status, text, _ := r.send(req)
		if status == http.StatusServiceUnavailable && text != "not stored: too many large bodies arrive at once: send it again later\n" {
			t.Errorf("text %q", text)
		}
		return status == want
	}
	var done []func()
	for range 3 * bodiesAtOnce {
		done = append(done, r.stall("{"))
	}
	if !delivers("large", limit, http.StatusAccepted) {
		t.Error("a large delivery is refused for what strangers only promise")
	}
	const each = limit - freeBody // one after the other, or they would keep each other out
	for left := int64(bodiesAtOnce * limit); left >= each; left -= each {
		done = append(done, r.stall(padded(limit)))
		for deadline := time.Now().Add(time.Minute); r.bodies.TryAcquire(left - each + 1); {
			r.bodies.Release(left - each + 1)
			if time.Now().After(deadline) {
				t.Fatal("waited in vain for a large body to arrive")
			}
		}
	}
	if !delivers("larger", limit, http.StatusServiceUnavailable) {
		t.Error("a large delivery is taken beside too many large bodies")
	}
	if !delivers("usual", freeBody, http.StatusAccepted) {
		t.Error("a delivery of the usual size is refused for the large bodies of strangers")
	}
	for _, end := range done {
		end()
	}
	if !delivers("afterwards", limit, http.StatusAccepted) {
		t.Error("a large delivery is refused though the strangers are gone")
	}
}
