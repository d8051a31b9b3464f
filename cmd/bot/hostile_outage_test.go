package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestWrongKeyOfTheApp: the bot receives, says what to check, and when it is
// started with the right key it does what it received.
func TestWrongKeyOfTheApp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	right := s.environment["GITHUB_APP_PRIVATE_KEY"]
	s.environment["GITHUB_APP_PRIVATE_KEY"] = newKey(t)
	s.run()
	t.Log(s.awaitLog("requesting a sweep", "check the number of the App, its private key, and the clock"))
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "check the number of the App, its private key, and the clock"))
	s.acknowledged(p)
	s.bot.stop(t)
	s.environment["GITHUB_APP_PRIVATE_KEY"] = right
	s.noSweeps()
	s.run()
	s.settled(p)
	s.tidy(p)
}

// TestAppIsRefusedForAWhile: the same without a restart.
func TestAppIsRefusedForAWhile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.noSweeps()
	s.check(s.github.Fault(ghtest.Fault{Path: "/access_tokens$", Times: -1, Status: 401,
		Body: `{"message":"A JSON web token could not be decoded"}`}))
	s.run()
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "A JSON web token could not be decoded: check the number of the App, its private key, and the clock"))
	s.acknowledged(p)
	s.github.ClearFaults()
	s.noSweeps()
	s.settled(p)
	s.tidy(p)
}

// newKey is a private key that no App has.
func newKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// TestGitHubOutOfReachAtStart: the bot starts, receives, and works when GitHub
// is there.
func TestGitHubOutOfReachAtStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	s.check(err)
	address := door.Addr().String()
	s.check(door.Close()) // nobody listens there now
	s.environment["GITHUB_API_URL"], s.environment["GITHUB_SERVER_URL"] = "http://"+address+"/api/v3", "http://"+address
	s.run()
	t.Log(s.awaitLog("requesting a sweep", "connection refused"))
	p := s.open(&pullRequest{})
	t.Log(s.awaitLog(key(p), "connection refused"))
	s.acknowledged(p)
	if page := s.bot.get("/readyz"); !strings.HasPrefix(page, "ready: ") {
		t.Errorf("/readyz: %s: the bot can receive, which it must not be taken out of service for", page)
	}
	s.noSweeps()
	behind, err := url.Parse(s.github.URL)
	s.check(err)
	door, err = net.Listen("tcp", address)
	s.check(err)
	server := &http.Server{Handler: httputil.NewSingleHostReverseProxy(behind)}
	go server.Serve(door)
	t.Cleanup(func() { server.Close() })
	s.settled(p)
	s.tidy(p)
}

// TestStopWhileWorking: on SIGTERM the bot ends within seconds and well, also
// when GitHub hangs, and the next start finishes the work.
func TestStopWhileWorking(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	var pulls []*pullRequest
	// The last one holds up pull requests that list themselves in the same issue.
	for i, at := range []func(ghtest.PRState) ghtest.Fault{atLoad, atStatus, atComment} {
		pulls = append(pulls, s.befall(trouble{"hanging", at, ghtest.Fault{Hang: true}, ""}, 1))
		eventually(t, "it to hang", func() bool { return failures(s.github) == i+1 })
	}
	for range 5 {
		pulls = append(pulls, s.open(&pullRequest{}))
	}
	flush(t, s.github)
	start := time.Now()
	s.bot.stop(t)
	t.Logf("stopped within %s: %s", time.Since(start).Round(time.Millisecond), logged(s.bot, `"stopped"`))
	s.noSweeps()
	s.run()
	s.settled(pulls...)
	s.tidy(pulls...)
}
