package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// BenchmarkFirstWrite measures the time from an event at GitHub to the bot's
// first write, with no time to settle: the webhook, its storing, the load, the
// plan and the write, GitHub's side (a server on this machine) included.
func BenchmarkFirstWrite(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { firstWrite(b, filepath.Join(b.TempDir(), "concorde.db")) })
	b.Run("postgres", func(b *testing.B) { firstWrite(b, postgres(b)) })
}

func firstWrite(b *testing.B, database string) {
	written := make(chan time.Time, 100)
	github, cpython := newGitHub(b, ghtest.Config{RateLimit: 1 << 30, Observe: func(e ghtest.Exchange) {
		if e.Request.Method == http.MethodPost && strings.Contains(e.Route, "/statuses/") {
			written <- time.Now()
		}
	}})
	environment := identity(github)
	environment["DATABASE_URL"] = database
	bot := serve(b, environment, "--settle", "0s")
	github.SetHook(ghtest.Hook{URL: bot.URL + "/webhook"})
	number, err := cpython.OpenPR(ghtest.PR{Title: "gh-140000: Change", Author: "eric", Head: branch(b, cpython, "eric:change")})
	if err != nil {
		b.Fatal(err)
	}
	<-written
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		eventually(b, "the bot to be idle", bot.idle)
		for len(written) > 0 { // the opening has two statuses
			<-written
		}
		change := cpython.Label // the status turns green, and red again
		if i%2 == 1 {
			change = cpython.Unlabel
		}
		start := time.Now()
		if err := change(number, "carol", "skip news"); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-written).Sub(start))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op") // it holds the waiting between two events
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

// BenchmarkMemory measures the resident memory of `bot serve`: idle after its
// first sweep, and at most while 100 senders at once post webhooks of 20 kB
// about 50 pull requests; and how many of these it acknowledges in a second,
// senders and GitHub on the same processors.
func BenchmarkMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("left out: it reads /proc")
	}
	github, cpython := newGitHub(b, ghtest.Config{RateLimit: 1 << 30})
	var numbers []int
	for i := range 50 {
		number, err := cpython.OpenPR(ghtest.PR{Title: "gh-140000: Change", Author: "eric",
			Head: branch(b, cpython, fmt.Sprintf("eric:change-%d", i))})
		if err != nil {
			b.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	for b.Loop() {
		environment := identity(github)
		environment["DATABASE_URL"] = filepath.Join(b.TempDir(), "concorde.db")
		environment["BOT_CONFIG"] = settingsFile(b, "sweep: {max-writes: 1000, pull-requests-per-minute: 400}\n") // nothing was looked at before
		bot := serve(b, environment)
		eventually(b, "the first sweep", func() bool { return bot.metric("concorde_sweep_checked_total") >= 50 && bot.idle() })
		b.ReportMetric(bot.memory(b, "VmRSS"), "idle-MB")
		start := time.Now()
		flood(b, bot.URL+"/webhook", github.WebhookSecret(), numbers)
		b.ReportMetric(floodSize/time.Since(start).Seconds(), "webhooks/s")
		eventually(b, "the queue to be worked", bot.idle)
		b.ReportMetric(bot.memory(b, "VmHWM"), "peak-MB")
		bot.kill()
	}
	b.ReportMetric(0, "ns/op")
}

// floodSize is how many webhooks a flood has, from floodSenders at once.
const floodSize, floodSenders = 5000, 100

func flood(b *testing.B, url, secret string, numbers []int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: floodSenders}}
	defer client.CloseIdleConnections()
	var group errgroup.Group
	for sender := range floodSenders {
		group.Go(func() error {
			for i := range floodSize / floodSenders {
				payload := editedPayload(numbers[(sender+i)%len(numbers)])
				request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(payload))
				if err != nil {
					return err
				}
				mac := hmac.New(sha256.New, []byte(secret))
				mac.Write(payload)
				request.Header.Set("Content-Type", "application/json")
				request.Header.Set("X-GitHub-Event", "pull_request")
				request.Header.Set("X-GitHub-Delivery", fmt.Sprintf("flood-%d-%d-%d", sender, i, time.Now().UnixNano()))
				request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
				answer, err := client.Do(request)
				if err != nil {
					return err
				}
				if err := answer.Body.Close(); err != nil {
					return err
				}
				if answer.StatusCode != http.StatusAccepted {
					return fmt.Errorf("answer %s", answer.Status)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}

// editedPayload is a webhook of 20 kB.
func editedPayload(number int) []byte {
	head := fmt.Sprintf(`{"action":"edited","number":%d,"pull_request":{"number":%d,"body":"`, number, number)
	const tail = `"},"repository":{"name":"cpython","owner":{"login":"python"}}}`
	return []byte(head + strings.Repeat("x", 20_000-len(head)-len(tail)) + tail)
}

// memory is a line of /proc/PID/status, in MB.
func (p *process) memory(b testing.TB, name string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kilobytes / 1024
		}
	}
	b.Fatalf("no %s in /proc", name)
	return 0
}
