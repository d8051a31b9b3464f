package setup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Credentials are what the bot needs to be its App.
type Credentials struct {
	ID     int64
	Slug   string // the App's name in GitHub's URLs
	Key    []byte // PEM
	Secret string // of the webhook
	Client Client // for people who sign in to the pages
}

// Client is what GitHub wants to hear from an App when people authorize it. Both are "" if
// nobody knows them.
type Client struct{ ID, Secret string }

// Store keeps credentials.
type Store interface {
	// Ready reports what would keep Save from working: GitHub shows a new key only once,
	// so that must be known before.
	Ready() error
	// Save stores the credentials durably before it returns. It never overwrites any.
	Save(Credentials) error
	// Place says in words where Save puts them.
	Place() string
}

// ErrExists reports that credentials exist already.
var ErrExists = errors.New("there is an App already")

// Files keeps credentials in a directory that only its owner can read. The directory
// appears with all its files at once, or not at all.
type Files struct{ Dir string }

// The names of the files.
const (
	idFile     = "app-id"
	slugFile   = "app-slug"
	keyFile    = "private-key.pem"
	secretFile = "webhook-secret"

	clientFile       = "client-id"
	clientSecretFile = "client-secret"
)

// maxFile bounds each of them, in bytes.
const maxFile = 64 << 10

// Load reads the credentials. The error wraps fs.ErrNotExist if there are none.
func (f Files) Load() (Credentials, error) {
	if err := f.takeUp(); err != nil {
		return Credentials{}, err
	}
	read := func(name string) (string, error) {
		file, err := os.Open(filepath.Join(f.Dir, name))
		if err != nil {
			return "", err
		}
		defer file.Close()
		text, err := io.ReadAll(io.LimitReader(file, maxFile))
		return strings.TrimSpace(string(text)), err
	}
	var c Credentials
	if _, err := os.Stat(f.Dir); err != nil {
		return c, fmt.Errorf("reading the App's credentials: %w", err)
	}
	id, idErr := read(idFile)
	slug, slugErr := read(slugFile)
	key, keyErr := read(keyFile)
	secret, secretErr := read(secretFile)
	client, clientErr := optional(read(clientFile))
	clientSecret, clientSecretErr := optional(read(clientSecretFile))
	slug, slugErr = optional(slug, slugErr)
	if err := errors.Join(idErr, slugErr, keyErr, secretErr, clientErr, clientSecretErr); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return c, fmt.Errorf("reading the App's credentials in %s: a file is missing: restore it, or move the directory away "+
				"and run \"bot setup\"", f.Dir)
		}
		return c, fmt.Errorf("reading the App's credentials: %w", err)
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 || key == "" || secret == "" {
		return c, fmt.Errorf("reading the App's credentials in %s: the id isn't a number, or the key or the secret is empty", f.Dir)
	}
	return Credentials{number, slug, []byte(key + "\n"), secret, Client{client, clientSecret}}, nil
}

// optional reads a file that nobody needs to run.
func optional(text string, err error) (string, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return text, err
}

// Secrets are the paths of the private key and the webhook's secret.
func (f Files) Secrets() (key, secret string) {
	return filepath.Join(f.Dir, keyFile), filepath.Join(f.Dir, secretFile)
}

// Place implements Store.
func (f Files) Place() string { return f.Dir }

// Ready implements Store.
func (f Files) Ready() error {
	if entries, err := os.ReadDir(f.Dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("using the directory %s: %w", f.Dir, ErrExists)
	}
	trial, err := os.MkdirTemp(filepath.Dir(f.Dir), f.pattern())
	if err != nil {
		return fmt.Errorf("making a directory beside %s: %w", f.Dir, err)
	}
	err = write(filepath.Join(trial, "trial"), []byte("x"))
	return errors.Join(err, os.RemoveAll(trial))
}

// Save implements Store.
func (f Files) Save(c Credentials) error {
	if err := f.save(c); err != nil {
		return fmt.Errorf("storing the App's credentials: %w", err)
	}
	return nil
}

func (f Files) save(c Credentials) error {
	dir, err := os.MkdirTemp(filepath.Dir(f.Dir), f.pattern()) // 0700
	if err != nil {
		return err
	}
	files := []struct{ name, text string }{{slugFile, c.Slug + "\n"}, {keyFile, string(c.Key)}, {secretFile, c.Secret + "\n"},
		{clientFile, c.Client.ID + "\n"}, {clientSecretFile, c.Client.Secret + "\n"},
		{idFile, strconv.FormatInt(c.ID, 10) + "\n"}} // the last one: see takeUp
	for _, file := range files {
		if err := write(filepath.Join(dir, file.name), []byte(file.text)); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err := errors.Join(settle(dir), os.Rename(dir, f.Dir)); err != nil { // fails on a directory with files in it
		if entries, _ := os.ReadDir(f.Dir); len(entries) > 0 {
			err = ErrExists
		}
		return errors.Join(err, os.RemoveAll(dir))
	}
	return settle(filepath.Dir(f.Dir))
}

func (f Files) pattern() string { return "." + filepath.Base(f.Dir) + ".new-*" }

// takeUp finds credentials that a crash left between writing and renaming, since GitHub
// doesn't show the key again.
func (f Files) takeUp() error {
	if _, err := os.Stat(f.Dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(f.Dir), f.pattern()))
	if err != nil {
		return fmt.Errorf("looking for the App's credentials: %w", err)
	}
	for _, dir := range left {
		if text, err := os.ReadFile(filepath.Join(dir, idFile)); err == nil && strings.HasSuffix(string(text), "\n") {
			return os.Rename(dir, f.Dir)
		}
	}
	return nil
}

// write makes a file that's on disk when write returns.
func write(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// settle syncs a directory, so that the names in it are on disk.
func settle(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Printer shows credentials once, for a secret store, and keeps nothing.
type Printer struct{ Out io.Writer }

// Ready implements Store.
func (Printer) Ready() error { return nil }

// Place implements Store.
func (Printer) Place() string { return "the terminal" }

// Save implements Store: lines that a shell reads.
func (p Printer) Save(c Credentials) error {
	client := ""
	if c.Client.ID != "" {
		client = fmt.Sprintf("GITHUB_APP_CLIENT_ID='%s'\nGITHUB_APP_CLIENT_SECRET='%s'\n", c.Client.ID, c.Client.Secret)
	}
	_, err := fmt.Fprintf(p.Out, "\nGITHUB_APP_ID=%d\nGITHUB_WEBHOOK_SECRET='%s'\nGITHUB_APP_PRIVATE_KEY='%s'\n%s\n",
		c.ID, c.Secret, strings.TrimSpace(string(c.Key)), client)
	return err
}
