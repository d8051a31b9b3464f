package main

import (
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/setup"
)

// front is the listener with what answers there: first the setup, if no App is known,
// and then the bot.
type front struct {
	listener net.Listener
	server   *http.Server
	answers  atomic.Pointer[http.Handler]

	begin sync.Once
	ended chan struct{} // closed once nothing is served any more
	fault error
}

func newFront(address string, log zerolog.Logger) (*front, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("receiving webhooks: %w: stop the program that listens there, or choose another address with --listen", err)
	}
	return frontOn(listener, log), nil
}

func frontOn(listener net.Listener, log zerolog.Logger) *front {
	f := &front{listener: listener, ended: make(chan struct{})}
	f.server = &http.Server{
		Handler:           f,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second, // as long as GitHub waits for an answer
		WriteTimeout:      40 * time.Second, // more than it takes to read, wait for memory and store; the setup waits 30 s for GitHub
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnState:         newConnections(maxConnections).note,
		ErrorLog:          stdlog.New(log.Level(zerolog.WarnLevel), "", 0),
	}
	return f
}

// handle sets the handler for further requests.
func (f *front) handle(h http.Handler) { f.answers.Store(&h) }

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*f.answers.Load()).ServeHTTP(w, r)
}

// serve answers until the server is shut down, and waits for that. Only the first call
// starts it.
func (f *front) serve() error {
	f.begin.Do(func() {
		go func() {
			if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
				f.fault = fmt.Errorf("serving: %w", err)
			}
			close(f.ended)
		}()
	})
	<-f.ended
	return f.fault
}

// routes are the bot's pages.
func (b *bot) routes() *http.ServeMux {
	mux := http.NewServeMux()
	if b.Role != roleWork {
		mux.Handle("/webhook", b.hooks)
	}
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", b.ready)
	mux.HandleFunc("GET /readyz/database", b.usable)
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	if b.wizard != nil {
		mux.Handle(setup.Path, b.wizard)
		mux.Handle(setup.Path+"/", b.wizard)
	}
	return mux
}

func alive(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") }

// newLog writes JSON lines, or readable ones to a terminal.
func newLog(w io.Writer, level string) zerolog.Logger {
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
		}
	}
	parsed, err := zerolog.ParseLevel(level)
	if err != nil { // the flag has an enum
		parsed = zerolog.InfoLevel
	}
	return zerolog.New(w).Level(parsed).With().Timestamp().Logger()
}
