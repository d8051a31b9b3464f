package feed

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

func TestFeedKeepsWhatItHas(t *testing.T) {
	write := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // the client may be gone
		}
	}
	cycle, releases := lifecycle.BuiltinFiles()
	older := strings.Replace(string(releases), "\"stage\": \"3.14.7\",\n        \"state\": \"actual\"",
		`"stage": "3.14.7", "state": "expected"`, 1)
	for name, test := range map[string]struct {
		path   string
		answer http.HandlerFunc
		cause  string
	}{
		"server error":    {"/cycle", write(500, "oops"), "it answers 500"},
		"not found":       {"/releases", write(404, ""), "reading python-releases.json: asking 127.0.0.1"},
		"unasked 304":     {"/releases", write(304, ""), "it answers 304"},
		"HTML":            {"/releases", write(200, "<!DOCTYPE html><title>Down for repairs</title>"), "invalid character '<'"},
		"empty":           {"/cycle", write(200, ""), "unexpected end of JSON input"},
		"no versions":     {"/cycle", write(200, "{}"), "it has no versions"},
		"half a file":     {"/releases", write(200, string(releases[:len(releases)/2])), "unexpected end of JSON input"},
		"files exchanged": {"/releases", write(200, string(cycle)), "it has no versions"},
		"older":           {"/releases", write(200, older), "the source is older: 3.14 has 22 releases, and had 23"},
		"fewer versions":  {"/releases", write(200, without(t, releases, "3.12")), "the source is older: 3.12 has 0 releases"},
		"huge":            {"/cycle", write(200, "{"+strings.Repeat(" ", 2<<20)+"}"), "the file has more than 1048576 bytes"},
		"broken off": {"/releases", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(releases)))
			_, _ = w.Write(releases[:100])
		}, "unexpected EOF"},
		"hung up": {"/cycle", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"redirected in a circle": {"/cycle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/cycle?again", http.StatusFound)
		}, "too many redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			a, store := newAPI(t), newStore(t)
			a.release(t, "3.14.8")
			c := newStand(t, a.sources(), store)
			a.set(func() { a.answer[test.path] = test.answer })
			for range 2 {
				if err := c.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), test.cause) {
					t.Errorf("got %v, want %q", err, test.cause)
				}
			}
			if got := c.newest(); got != "3.14.7" {
				t.Errorf("it has data up to %s", got)
			}
			if text := c.log.String(); strings.Count(text, `"level":"warn"`) != 1 {
				t.Errorf("it does not warn once:\n%s", text)
			}
			if note, err := store.Get(t.Context(), noteName); err != nil || note != nil {
				t.Errorf("it keeps %.80q, %v", note, err)
			}
			a.set(func() { clear(a.answer) })
			if err := c.Refresh(t.Context()); err != nil || c.newest() != "3.14.8" {
				t.Errorf("once it is good again: %v, data up to %s", err, c.newest())
			}
			if text := c.log.String(); !strings.Contains(text, "can be read again") {
				t.Errorf("it does not say that all is well:\n%s", text)
			}
		})
	}
}

// without cuts a version out of python-releases.json.
func without(t *testing.T, file []byte, version string) string {
	t.Helper()
	var parts map[string]map[string]json.RawMessage
	if err := json.Unmarshal(file, &parts); err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		delete(part, version)
	}
	shorter, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	return string(shorter)
}

func TestFeedWarnsOncePerCause(t *testing.T) {
	a := newAPI(t)
	c := newStand(t, a.sources(), nil)
	answers := func(status int) {
		a.set(func() { a.answer["/cycle"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) } })
		if err := c.Refresh(t.Context()); err == nil {
			t.Fatal("it is taken")
		}
	}
	for _, status := range []int{500, 500, 500, 404, 404, 500} {
		answers(status)
	}
	if text := c.log.String(); strings.Count(text, `"level":"warn"`) != 3 {
		t.Errorf("want 3 warnings:\n%s", text)
	}
}

func TestFeedOutOfReach(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String() + "/secret-path?token=hunter2"
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	c := newStand(t, Config{Cycle: address}, nil)
	for range 2 {
		if err := c.Refresh(t.Context()); err == nil {
			t.Fatal("there is nothing")
		}
	}
	text := c.log.String()
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "refused") || strings.Contains(text, "hunter2") {
		t.Errorf("the log:\n%s", text)
	}
}

// TestFeedOnConnectionReset: the local port in such an error is another
// one each time, and is no new cause.
func TestFeedOnConnectionReset(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 1))
			_ = connection.(*net.TCPConn).SetLinger(0)
			_ = connection.Close()
		}
	}()
	c := newStand(t, Config{Cycle: "http://" + listener.Addr().String()}, nil)
	for range 3 {
		if err := c.Refresh(t.Context()); err == nil {
			t.Fatal("there is nothing")
		}
	}
	if text := c.log.String(); strings.Count(text, "\n") != 1 {
		t.Errorf("the log:\n%s", text)
	}
}

// TestFeedTimesOut on a server that takes the request and never answers.
func TestFeedTimesOut(t *testing.T) {
	a := newAPI(t)
	a.set(func() { a.answer["/cycle"] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() } })
	c := newStand(t, a.sources(), nil)
	if c.client.Timeout != timeout {
		t.Errorf("it waits for %s", c.client.Timeout)
	}
	c.client.Timeout = time.Millisecond
	for range 2 {
		if err := c.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "exceeded") {
			t.Errorf("got %v", err)
		}
	}
	if text := c.log.String(); strings.Count(text, "\n") != 1 {
		t.Errorf("the log:\n%s", text)
	}
}
