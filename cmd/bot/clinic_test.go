package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// clinic is a GitHub with a bot in this process. Both go by a clock that the test sets
// ahead; deliveries, pages and requests are real.
type clinic struct {
	*testing.T
	github  *ghtest.Server
	cpython *ghtest.Repo
	bot     *bot
	url     string
	log     lockedBuffer
	ahead   atomic.Int64
	number  int // of a pull request that was there before the bot

	database string
	stop     func() // stops the bot
}

func (c *clinic) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// pass lets time pass.
func (c *clinic) pass(d time.Duration) { c.ahead.Add(int64(d)) }

func (c *clinic) check(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// newClinic opens a pull request; run starts the bot.
func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{T: t, database: filepath.Join(t.TempDir(), "concorde.db")}
	c.github, c.cpython = newGitHub(t, ghtest.Config{Now: c.now})
	c.number = c.opens(c.cpython)
	c.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	return c
}

func (c *clinic) opens(repo *ghtest.Repo) int {
	c.Helper()
	_, err := repo.Push("eric:change", ghtest.Commit{Message: "Change",
		Files: map[string]ghtest.File{"Lib/changed.py": ghtest.Text("changed\n")}})
	c.check(err)
	number, err := repo.OpenPR(ghtest.PR{Title: "gh-140000: Change", Author: "eric", Head: "eric:change"})
	c.check(err)
	return number
}

func (c *clinic) run(settings string) {
	c.Helper()
	set, err := config.Parse("concorde.yml", []byte("preset: cpython\n"+settings))
	c.check(err)
	ctx, stop := context.WithCancel(context.Background())
	environment := identity(c.github)
	c.bot, err = newBot(streams{ctx, io.Discard, &c.log, variables(environment), c.now}, &serveCmd{
		Listen: "127.0.0.1:0", Database: c.database, Settle: 10 * time.Millisecond, ReadyWithin: 10 * time.Minute,
		LogLevel: "info",
		GitHub:   githubFlags{APIURL: c.github.APIURL(), ServerURL: c.github.URL},
	}, set)
	c.check(err)
	c.stop = inProcess(c, c.bot, ctx, stop)
	c.url = "http://" + c.bot.front.listener.Addr().String()
	c.github.SetHook(ghtest.Hook{URL: c.url + "/webhook"})
}

// inProcess has a bot run in this process until the function that it gives is called, or the test
// ends. stop ends ctx.
func inProcess(t testing.TB, b *bot, ctx context.Context, stop func()) func() {
	ended := make(chan error, 1)
	go func() { ended <- b.run(ctx) }()
	end := sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return end
}

// page is what the bot answers.
func (c *clinic) page(path string) (status int, text string) {
	c.Helper()
	answer, err := http.Get(c.url + path)
	c.check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	c.check(err)
	return answer.StatusCode, string(body)
}

// edit is a wish: someone edits the title of a pull request.
func (c *clinic) edit(repo *ghtest.Repo, number int) {
	c.Helper()
	c.check(repo.EditTitle(number, fmt.Sprintf("gh-140000: Change %d", time.Now().UnixNano())))
	flush(c, c.github)
}

// logs waits for a line of the log with all of the words.
func (c *clinic) logs(words ...string) {
	c.Helper()
	eventually(c, fmt.Sprintf("a line with %q", words), func() bool {
		for line := range strings.SplitSeq(c.log.String(), "\n") {
			missing := line == ""
			for _, word := range words {
				missing = missing || !strings.Contains(line, word)
			}
			if !missing {
				return true
			}
		}
		return false
	})
}

// tried waits until a run of the pull request was put off.
func (c *clinic) tried() {
	c.Helper()
	eventually(c, "a run to be put off", func() bool {
		for line := range strings.SplitSeq(c.log.String(), "\n") {
			if strings.Contains(line, `"until"`) && strings.Contains(line, fmt.Sprintf(`"key":"python/cpython#%d"`, c.number)) {
				return true
			}
		}
		return false
	})
}

// elevenMinutes is how /readyz shows a time that began 11 minutes ago or, on a slow machine,
// some minutes earlier.
var elevenMinutes = regexp.MustCompile(`\bfor 1[1-9]m`)

// becomes waits until /readyz answers with the status and all of the words, with "for 11m"
// for what began at least so long ago.
func (c *clinic) becomes(status int, words ...string) (text string) {
	c.Helper()
	var got int
	if !becomes(patience, func() bool {
		got, text = c.page("/readyz")
		text = elevenMinutes.ReplaceAllString(text, "for 11m")
		missing := got != status
		for _, word := range words {
			missing = missing || !strings.Contains(text, word)
		}
		return !missing
	}) {
		c.Fatalf("/readyz says %d %q, want %d with %q\n%s", got, text, status, words, &c.log)
	}
	return text
}

// counts waits until /metrics has one trouble of the kind and no other; "" for none.
func (c *clinic) counts(kind string) {
	c.Helper()
	want := map[string]string{}
	for _, k := range kinds() {
		want[string(k)] = "0"
	}
	if kind != "" {
		want[kind] = "1"
	}
	eventually(c, "the only trouble in /metrics to be of the kind "+kind, func() bool {
		_, text := c.page("/metrics")
		have := map[string]string{}
		for line := range strings.SplitSeq(text, "\n") {
			if rest, found := strings.CutPrefix(line, `concorde_alerts{kind="`); found {
				of, value, _ := strings.Cut(rest, `"} `)
				have[of] = value
			}
		}
		return maps.Equal(want, have)
	})
}

// second is another account with a cpython and a pull request there.
func second(c *clinic) {
	c.Helper()
	repo, err := c.github.Repo("psf/cpython", ghtest.RepoOptions{})
	c.check(err)
	c.opens(repo)
	c.check(c.github.Team("psf", "python-core", "dana"))
}
