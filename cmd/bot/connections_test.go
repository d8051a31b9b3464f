package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// TestConnectionsAreBounded: of more connections than are kept open, those are closed that
// have waited longest, whether they sent anything or not. Requests are answered all the same.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := frontOn(listener, zerolog.Nop())
	f.handle(http.HandlerFunc(alive))
	go f.serve()
	defer f.server.Close()
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	ask := func(conn net.Conn) {
		t.Helper()
		_, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", answer, err)
		}
	}
	idle, silent := dial(), dial()
	ask(idle)
	for range maxConnections {
		ask(dial())
	}
	for what, conn := range map[string]net.Conn{"one that asked": idle, "one that said nothing": silent} {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s is still open: %v", what, err)
		}
	}
}
