package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// stillSettle is how long the bot of a still stage collects events.
const stillSettle = 100 * time.Millisecond

// newStillStage is a stage whose bot runs in this process. It and GitHub go by a clock that
// stands still until all that's due is done. So however slow the machine is, the bot makes
// the same runs and the same requests.
func newStillStage(t testing.TB) *stage {
	t.Helper()
	clock := trial.NewClock()
	s := newStageOf(t, ghtest.Config{Now: clock.Now})
	s.clock = clock
	return s
}

func (s *stage) runHere() {
	s.Helper()
	settings, err := readSettings(s.environment["BOT_CONFIG"])
	s.check(err)
	s.bot = &process{t: s, log: &lockedBuffer{}}
	ctx, stop := context.WithCancel(context.Background())
	b, err := newBot(streams{ctx, io.Discard, s.bot.log, variables(s.environment), s.clock.Now}, &serveCmd{
		Listen: "127.0.0.1:0", Database: s.environment["DATABASE_URL"], Settle: stillSettle, ReadyWithin: time.Hour, LogLevel: "info",
		PickMemory: 512, PickCPU: time.Minute, PickFile: 5, GitHub: githubFlags{APIURL: s.github.APIURL(), ServerURL: s.github.URL},
	}, settings)
	s.check(err)
	inProcess(s, b, ctx, stop)
	s.bot.URL = "http://" + b.front.listener.Addr().String()
}

// pace moves a still clock on to what waits for its time, once GitHub has sent all webhooks and
// nothing is due or runs.
func (s *stage) pace() {
	s.Helper()
	if s.clock == nil || s.busy() {
		return
	}
	flush(s, s.github) // what the last runs made it send
	if !s.busy() && !s.bot.idle() {
		s.clock.Advance(stillSettle)
	}
}

func (s *stage) busy() bool {
	return !strings.HasPrefix(s.bot.get("/readyz"), "ready: 0 waiting, 0 running, ")
}
