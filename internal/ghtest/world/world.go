package world

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// World is the state of a GitHub, and the changes of it. Its lock guards all of it: who reads or changes anything holds the lock.
type World struct {
	sync.Mutex
	URL    string      // of the server, without a slash at the end
	Listen func(Event) // is called at every event, with the lock held

	cfg      Config
	App      *App
	Git      *gitstore.Git
	Dir      string
	offset   time.Duration
	lastID   int64
	Users    map[string]*User // by lower-case login
	repos    map[string]*Repo // by lower-case owner/name
	renamed  map[string]*Repo // by a name that they had
	RepoList []*Repo          // in order of creation
	others   map[string]*App  // beside the one under test, by slug
	Installs map[string]*Installation
	teams    map[string]*Team // by lower-case org/slug
	Tokens   map[string]*Token
	Weather  Weather
	Dice     *mathrand.Rand // of the weather
}

// Config is what newWorld needs.
type Config struct {
	Dir         string            // where repositories are kept; when empty a temporary directory that close removes
	Now         func() time.Time  // the clock of everything but authentication
	Slug        string            // of the App
	Permissions map[string]string // of every installation: name to read or write
}

// User is an account.
type User struct {
	ID    int64
	Login string
	Kind  string // User, Bot, Organization
}

// New makes an empty one. It needs git on the machine.
func New(cfg Config) (*World, error) {
	w := &World{
		cfg: cfg, Dir: cfg.Dir, Listen: func(Event) {}, Users: map[string]*User{}, repos: map[string]*Repo{}, renamed: map[string]*Repo{},
		others: map[string]*App{}, Installs: map[string]*Installation{}, teams: map[string]*Team{}, Tokens: map[string]*Token{},
	}
	if err := w.start(); err != nil {
		return nil, errors.Join(err, w.removeDir())
	}
	return w, nil
}

// appKey is the key of the App in all worlds of a process: making one takes longer than most tests.
var appKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (w *World) start() error {
	if w.Dir == "" {
		dir, err := os.MkdirTemp("", "ghtest-")
		if err != nil {
			return err
		}
		w.Dir = dir
	}
	home := filepath.Join(w.Dir, ".home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	var err error
	if w.Git, err = gitstore.FindGit(home); err != nil {
		return err
	}
	key, err := appKey()
	if err != nil {
		return err
	}
	w.App = &App{ID: 1 + w.nextID(), Slug: w.cfg.Slug, key: key, Created: w.Now(), Permissions: w.cfg.Permissions}
	w.App.Bot = &User{ID: w.nextID(), Login: w.cfg.Slug + "[bot]", Kind: "Bot"}
	w.Users[strings.ToLower(w.App.Bot.Login)] = w.App.Bot
	return nil
}

// Close ends the processes that read repositories, and removes what newWorld created.
func (w *World) Close() error {
	w.Lock()
	defer w.Unlock()
	var err error
	for _, r := range w.RepoList {
		if r.Parent == nil {
			err = errors.Join(err, r.Store.Close())
		}
	}
	return errors.Join(err, w.removeDir())
}

func (w *World) removeDir() error {
	if w.cfg.Dir != "" || w.Dir == "" {
		return nil
	}
	return os.RemoveAll(w.Dir)
}

// APIURL is the base of the REST API, with a slash at the end, in the manner of GitHub Enterprise Server.
func (w *World) APIURL() string { return w.URL + "/api/v3/" }

// Advance moves the clock forward.
func (w *World) Advance(d time.Duration) { w.offset += d }

// TokenTime is the clock of authentication: the machine's, since the client's
// library asks that one, and moved by advance alone.
func (w *World) TokenTime() time.Time { return time.Now().Add(w.offset).UTC() }

func (w *World) Now() time.Time { return w.cfg.Now().Add(w.offset).UTC() }

func (w *World) nextID() int64 {
	w.lastID++
	return w.lastID
}

// Account finds or makes a user; a login ending in "[bot]" is a bot.
func (w *World) Account(login string) *User {
	if login == "" {
		login = "ghost"
	}
	if u := w.Users[strings.ToLower(login)]; u != nil {
		return u
	}
	u := &User{ID: w.nextID(), Login: login, Kind: "User"}
	if strings.HasSuffix(login, "[bot]") {
		u.Kind = "Bot"
	}
	w.Users[strings.ToLower(login)] = u
	return u
}

func RandomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// User is the account of a login, nil if there is none.
func (w *World) User(login string) *User { return w.Users[strings.ToLower(login)] }
