package git_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/suite"
)

// TestMain also is what tests need a process of its own for, named by an
// environment variable.
func TestMain(m *testing.M) {
	switch os.Getenv("GIT_TEST_ROLE") {
	case "":
		if err := quiet(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(suite.Tests{M: m}.Run())
	case "server":
		serveAlone()
	case "pick":
		pickAlone()
	case "proc-receive":
		refuse(bufio.NewReader(os.Stdin), os.Stdout, os.Getenv("GIT_TEST_REASON"))
	}
}

// quiet has git read the tests' own configuration, and make no samples of hooks
// in new repositories.
func quiet() error {
	config, err := filepath.Abs(filepath.Join("testdata", "gitconfig"))
	return errors.Join(err, os.Setenv("GIT_CONFIG_NOSYSTEM", "1"), os.Setenv("GIT_CONFIG_GLOBAL", config), os.Setenv("GIT_TEMPLATE_DIR", ""))
}

// refuse is the hook proc-receive (githooks(5)), the only one that can name a
// reason for each branch, as GitHub does.
func refuse(in *bufio.Reader, out io.Writer, reason string) {
	packets := func() (lines []string) {
		for {
			head := make([]byte, 4)
			if _, err := io.ReadFull(in, head); err != nil {
				return lines
			}
			size, err := strconv.ParseInt(string(head), 16, 32)
			if err != nil || size == 0 {
				return lines
			}
			line := make([]byte, size-4)
			if _, err := io.ReadFull(in, line); err != nil {
				return lines
			}
			lines = append(lines, strings.TrimSpace(string(line)))
		}
	}
	packets() // the version
	fmt.Fprint(out, "000eversion=1\n0000")
	for _, command := range packets() { // OLD NEW REF
		line := "ng " + strings.Fields(command)[2] + " " + reason + "\n"
		fmt.Fprintf(out, "%04x%s", len(line)+4, line)
	}
	fmt.Fprint(out, "0000")
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
