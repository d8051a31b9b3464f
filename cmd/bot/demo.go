package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// stepTime is how long the demo waits for the bot, on a machine that does much else.
const stepTime = 3 * time.Minute

type demoCmd struct {
	Keep bool `help:"Leave GitHub and the bot running afterwards, until Ctrl-C."`
	Logs bool `help:"Print the bot's log too, to standard error."`
}

func (demoCmd) Help() string {
	return `It starts a small GitHub of its own on this machine, with a CPython-like git repository,
and the bot with a temporary database; then it plays the life of some pull requests and
prints what happens as it happens. It needs git, and no account.`
}

// demo is a play: a GitHub, a bot, and the story so far.
type demo struct {
	out     io.Writer
	github  *ghtest.Server
	cpython *ghtest.Repo
	told    int    // how many of the bot's writes were printed
	pages   string // their address
}

func (c *demoCmd) Run(s streams) (err error) {
	dir, err := os.MkdirTemp("", "concorde-demo-")
	if err != nil {
		return fmt.Errorf("starting the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	github, err := ghtest.New(ghtest.Config{Dir: filepath.Join(dir, "git")})
	if err != nil {
		return fmt.Errorf("starting the demo: %w", err)
	}
	defer func() { err = errors.Join(err, github.Close()) }()
	d := &demo{out: s.stdout, github: github}
	if d.cpython, err = ghtest.NewCPython(github); err != nil {
		return fmt.Errorf("starting the demo: %w", err)
	}
	var log lockedBuffer
	s.stderr = io.MultiWriter(&log, when(c.Logs, s.stderr))
	ctx, stop := context.WithCancel(s.ctx)
	s.ctx = ctx
	running, err := d.startBot(s, dir)
	if err != nil {
		stop()
		return fmt.Errorf("starting the demo: %w", err)
	}
	err = d.play(ctx)
	if err == nil && c.Keep {
		fmt.Fprintf(d.out, "\nStill running. See what the bot sees: http://%s\nGitHub's API is at %s, git at %s. Ctrl-C ends it.\n", d.pages,
			github.APIURL(), d.cpython.CloneURL())
		<-ctx.Done()
	}
	stop()
	if err = errors.Join(err, <-running); err != nil && !c.Logs {
		return fmt.Errorf("%w\nThe bot's log:\n%s", err, log.String())
	}
	return err
}

// startBot runs the bot as `bot serve` would, with the demo's GitHub.
func (d *demo) startBot(s streams, dir string) (<-chan error, error) {
	identity := map[string]string{
		"GITHUB_APP_ID":          strconv.FormatInt(d.github.AppID(), 10),
		"GITHUB_APP_PRIVATE_KEY": string(d.github.PrivateKeyPEM()),
		"GITHUB_WEBHOOK_SECRET":  d.github.WebhookSecret(),
	}
	s.getenv = func(name string) string { return identity[name] }
	b, err := newBot(s, &serveCmd{
		Listen: "127.0.0.1:0", Pages: "127.0.0.1:0", Database: filepath.Join(dir, "concorde.db"), Picks: filepath.Join(dir, "picks"),
		Settle: 50 * time.Millisecond, ReadyWithin: time.Minute, LogLevel: "info",
		GitHub: githubFlags{APIURL: d.github.APIURL(), ServerURL: d.github.URL},
	}, demoSettings())
	if err != nil {
		return nil, err
	}
	d.pages = b.pages.listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- b.run(s.ctx) }()
	address := "http://" + b.front.listener.Addr().String()
	d.github.SetHook(ghtest.Hook{URL: address + "/webhook"})
	return ended, waitReady(s.ctx, address+"/readyz")
}

// demoSettings gives branches phases that don't depend on the date.
func demoSettings() *config.Config {
	settings := config.Preset()
	settings.Backport.Overrides = []config.Override{
		{Version: "3.14", Phase: "bugfix"}, {Version: "3.13", Phase: "bugfix"}, {Version: "3.9", Phase: "end-of-life"},
	}
	return settings
}

func waitReady(ctx context.Context, url string) error {
	return poll(ctx, func() (bool, error) {
		answer, err := http.Get(url)
		if err != nil {
			return false, nil
		}
		return answer.StatusCode == http.StatusOK, answer.Body.Close()
	})
}

// poll asks until the answer is yes, for up to stepTime.
func poll(ctx context.Context, ask func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	for {
		if done, err := ask(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the bot: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (d *demo) say(format string, words ...any) { fmt.Fprintf(d.out, format+"\n", words...) }

// expect prints the bot's writes until a pull request is as it should be.
func (d *demo) expect(ctx context.Context, number int, right func(ghtest.PRState) bool) error {
	err := poll(ctx, func() (bool, error) {
		state, err := d.cpython.PR(number)
		if err == nil {
			err = d.tell(number)
		}
		return err == nil && right(state), err
	})
	if err != nil {
		return fmt.Errorf("pull request #%d: %w", number, err)
	}
	return nil
}

// tell prints the new writes on the story's pull request.
func (d *demo) tell(number int) error {
	writes := d.cpython.Writes()
	state, err := d.cpython.PR(number) // at least as new as the writes
	if err != nil {
		return err
	}
	for _, w := range writes[d.told:] {
		where := ""
		if w.Number != number && w.Number != 0 {
			where = fmt.Sprintf("#%d: ", w.Number)
		}
		d.say("    bot: %s%s", where, describe(w, state))
	}
	d.told = len(writes)
	return nil
}

func describe(w ghtest.Write, state ghtest.PRState) string {
	switch w.Kind {
	case "status":
		return fmt.Sprintf("status %s: %s", w.Key, w.Text)
	case "check-run":
		if n := len(state.CheckRuns); n > 0 {
			return fmt.Sprintf("check run %q: %s: %s", w.Key, state.CheckRuns[n-1].Conclusion, state.CheckRuns[n-1].Title)
		}
	case "pull":
		return "opens " + w.Text
	case "comment":
		text, _, _ := strings.Cut(strings.TrimSpace(w.Text), "\n")
		return "comment: " + text
	}
	if words, known := doings[w.Kind]; known {
		return fmt.Sprintf(words, w.Key)
	}
	return fmt.Sprintf("%s %s", w.Kind, w.Key)
}

// doings are the words for writes whose kind alone is unclear.
var doings = map[string]string{
	"push": "pushes %s", "label": "label %s set", "unlabel": "label %s taken off",
	"pull-edit": "%s edited: the link to the issue", "issue-edit": "%s edited: the link to the pull request",
	"label-edit": "label %s: color and description edited", "react": "reaction to comment %s",
	"comment-edit": "comment %s edited", "request-review": "%s asked for a review", "merge": "merged by %s", "assign": "assigned to %s",
	"ref-delete": "branch %s deleted",
}

func when(on bool, w io.Writer) io.Writer {
	if on {
		return w
	}
	return io.Discard
}

// lockedBuffer keeps the log in case something goes wrong.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
