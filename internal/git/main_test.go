package git_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
)

// TestMain also is what tests need a process of its own for, named by an
// environment variable.
func TestMain(m *testing.M) {
	switch os.Getenv("GIT_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "server":
		serveAlone()
	}
}

// serveAlone is a server whose CPU time is not that of the tests. It prints its
// address, answers /-/bytes with what it has carried, and ends with its input.
func serveAlone() {
	s, err := startServer(os.Getenv("GIT_TEST_ROOT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s.breaks(on("/-/bytes", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.bytes.Load()) }))
	fmt.Println(s.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Close()
}
