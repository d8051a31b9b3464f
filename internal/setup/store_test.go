package setup

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var some = Credentials{ID: 7, Slug: "concorde", Key: []byte("-----BEGIN X-----\nAAAA\n-----END X-----\n"),
	Secret: "0123456789abcdef0123", Client: Client{"Iv1.0123", "fedcba9876543210fedc"}}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	f := Files{filepath.Join(t.TempDir(), "github-app")}
	if _, err := f.Load(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	must(t, f.Ready())
	must(t, f.Save(some))
	got, err := f.Load()
	must(t, err)
	if got.ID != some.ID || got.Slug != some.Slug || !bytes.Equal(got.Key, some.Key) || got.Secret != some.Secret ||
		got.Client != some.Client {
		t.Errorf("%+v", got)
	}
	entries, err := os.ReadDir(f.Dir)
	must(t, err)
	if len(entries) != 6 {
		t.Errorf("%v", entries)
	}
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v", e.Name(), info.Mode())
		}
	}
	info, err := os.Stat(f.Dir)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has the mode %v", info.Mode())
	}
}

// Nobody gets a key back that was overwritten.
func TestFilesOverwriteNothing(t *testing.T) {
	for _, there := range []string{keyFile, "anything"} {
		f := Files{filepath.Join(t.TempDir(), "github-app")}
		must(t, os.Mkdir(f.Dir, 0o700))
		must(t, os.WriteFile(filepath.Join(f.Dir, there), []byte("mine"), 0o600))
		if err := f.Ready(); !errors.Is(err, ErrExists) {
			t.Errorf("%v", err)
		}
		if err := f.Save(some); !errors.Is(err, ErrExists) {
			t.Errorf("%v", err)
		}
		text, err := os.ReadFile(filepath.Join(f.Dir, there))
		if err != nil || string(text) != "mine" {
			t.Errorf("%q %v", text, err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(f.Dir), ".*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestFilesWhereNothingCanBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	f := Files{filepath.Join(file, "github-app")} // below a file, root can't write either
	if err := f.Ready(); err == nil || strings.Contains(err.Error(), "AAAA") {
		t.Errorf("%v", err)
	}
	if err := f.Save(some); err == nil || strings.Contains(err.Error(), "AAAA") {
		t.Errorf("%v", err)
	}
}

// A crash before the last file leaves nothing that counts; after it, the next start takes
// up the directory.
func TestFilesAfterACrash(t *testing.T) {
	f := Files{filepath.Join(t.TempDir(), "github-app")}
	must(t, f.Save(some))
	crashed := filepath.Join(filepath.Dir(f.Dir), ".github-app.new-123")
	must(t, os.Rename(f.Dir, crashed))
	must(t, os.Rename(filepath.Join(crashed, idFile), filepath.Join(crashed, "aside")))
	if _, err := f.Load(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of the files count: %v", err)
	}
	must(t, os.Rename(filepath.Join(crashed, "aside"), filepath.Join(crashed, idFile)))
	if got, err := f.Load(); err != nil || got.ID != some.ID {
		t.Errorf("%+v %v", got, err)
	}
}

// An earlier version stored no client, and nobody needs one to run.
func TestFilesWithoutAClient(t *testing.T) {
	f := Files{filepath.Join(t.TempDir(), "github-app")}
	must(t, f.Save(some))
	must(t, errors.Join(os.Remove(filepath.Join(f.Dir, clientFile)), os.Remove(filepath.Join(f.Dir, clientSecretFile))))
	if got, err := f.Load(); err != nil || got.Client != (Client{}) || got.Secret != some.Secret {
		t.Errorf("%v", err)
	}
}

func TestFilesThatAreDamaged(t *testing.T) {
	for name, text := range map[string]string{idFile: "seven", keyFile: "", secretFile: " \n"} {
		f := Files{filepath.Join(t.TempDir(), "github-app")}
		must(t, f.Save(some))
		must(t, os.WriteFile(filepath.Join(f.Dir, name), []byte(text), 0o600))
		if _, err := f.Load(); err == nil || errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), some.Secret) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, os.Remove(filepath.Join(f.Dir, name)))
		if _, err := f.Load(); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v: the setup would begin again", name, err)
		}
	}
}

func TestProgressOverARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "github-app")
	m := openMemo(progressFile(dir))
	must(t, m.keep(progress{State: "abc", Webhook: "https://bot.example.org/webhook"}))
	must(t, m.keep(progress{State: "def"}))
	if got := openMemo(progressFile(dir)).last; got.State != "def" || !Unfinished(dir) {
		t.Errorf("%+v", got)
	}
	must(t, os.WriteFile(progressFile(dir), []byte("{"), 0o600))
	if got := openMemo(progressFile(dir)).last; got.State != "" {
		t.Errorf("%+v", got)
	}
	must(t, m.forget())
	must(t, m.forget())
	if Unfinished(dir) {
		t.Error("it is still there")
	}
}

func TestPrinter(t *testing.T) {
	var out bytes.Buffer
	must(t, Printer{&out}.Save(some))
	for _, want := range []string{"GITHUB_APP_ID=7\n", "GITHUB_WEBHOOK_SECRET='" + some.Secret + "'\n",
		"GITHUB_APP_CLIENT_ID='Iv1.0123'\n", "GITHUB_APP_CLIENT_SECRET='" + some.Client.Secret + "'\n",
		"GITHUB_APP_PRIVATE_KEY='-----BEGIN X-----\nAAAA\n-----END X-----'\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in %s", want, out.String())
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
