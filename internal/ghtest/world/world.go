package world

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// Config is what New needs.
type Config struct {
	Dir         string            // where repositories are kept; when empty a temporary directory that Close removes
	Now         func() time.Time  // the clock of everything but authentication
	Slug        string            // of the App
	Permissions map[string]string // of every installation: name to read or write
	NoApp       bool              // somebody creates it later
}

// New makes an empty one. It needs git on the machine.
func New(cfg Config) (*World, error) {
	w := &World{
		cfg: cfg, Dir: cfg.Dir, Listen: func(Event) {}, Users: map[string]*User{}, repos: map[string]*Repo{}, renamed: map[string]*Repo{},
		others: map[string]*App{}, codes: map[string]registered{}, grants: map[string]Grant{}, agreed: map[*User]bool{}, owners: map[*User][]*User{}, Installs: map[string]*Installation{}, teams: map[string]*Team{}, Tokens: map[string]*Token{},
	}
	if err := w.start(); err != nil {
		return nil, errors.Join(err, w.removeDir())
	}
	return w, nil
}

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
	w.App = &App{ID: 1 + w.nextID(), Slug: w.cfg.Slug, key: key, Created: w.Now(), Permissions: w.cfg.Permissions, Events: DefaultEvents(), Public: true, Missing: w.cfg.NoApp, ClientSecret: RandomHex(20)}
	w.App.Bot = &User{ID: w.nextID(), Login: w.cfg.Slug + "[bot]", Kind: "Bot"}
	w.Users[strings.ToLower(w.App.Bot.Login)] = w.App.Bot
	w.App.Owner = w.Account(w.cfg.Slug + "-owner")
	return nil
}

// appKey is the key of the App in all worlds of a process: making one takes longer than most tests. GitHub's keys have 2,048 bits, which
// take five times as long to sign with; nobody breaks into a test.
var appKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) })

// Close ends the processes that read repositories, and removes what New created.
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

// Now is the time of everything but authentication.
func (w *World) Now() time.Time { return w.cfg.Now().Add(w.offset).UTC() }

// Advance moves the clock forward.
func (w *World) Advance(d time.Duration) { w.offset += d }

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

// User is the account of a login, nil if there is none.
func (w *World) User(login string) *User { return w.Users[strings.ToLower(login)] }

// Repo is the repository of a name, a fork too, or nil.
func (w *World) Repo(fullName string) *Repo { return w.repos[strings.ToLower(fullName)] }

// RenamedRepo is the repository that had a name until it was renamed, or nil.
func (w *World) RenamedRepo(fullName string) *Repo { return w.renamed[strings.ToLower(fullName)] }

// Installation is that on an account, nil if there is none.
func (w *World) Installation(owner string) *Installation { return w.Installs[strings.ToLower(owner)] }

// SortedInstalls are all installations by number.
func (w *World) SortedInstalls() []*Installation {
	return slices.SortedFunc(maps.Values(w.Installs), func(a, b *Installation) int { return int(a.ID - b.ID) })
}

// Team is nil for one that does not exist.
func (w *World) Team(org, slug string) *Team { return w.teams[teamKey(org, slug)] }

// otherApp is an App that isn't the one under test.
func (w *World) otherApp(slug string) *App {
	if w.others[slug] == nil {
		if w.others == nil {
			w.others = map[string]*App{}
		}
		w.others[slug] = &App{ID: w.nextID(), Slug: slug, Bot: w.Account(slug + "[bot]")}
	}
	return w.others[slug]
}

// AppOf is the App that made a check run.
func (w *World) AppOf(k *Check) *App {
	if k.App == nil {
		return w.App
	}
	return k.App
}

func teamKey(org, slug string) string { return strings.ToLower(org + "/" + slug) }
