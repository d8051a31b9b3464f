package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestStartsThatCannotBe holds every mistake that one can make before the bot
// runs to its exit code and to one line that says what to do, and that shows
// no secret.
func TestStartsThatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	key := newKey(t)
	block, _ := pem.Decode([]byte(key))
	cut := string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes[:len(block.Bytes)/2]}))
	good := map[string]string{"GITHUB_APP_ID": "7", "GITHUB_APP_PRIVATE_KEY": key, "GITHUB_WEBHOOK_SECRET": "hush-hush"}
	const wholeFile = "give the whole file that GitHub offers for download"
	for name, c := range map[string]struct {
		environment map[string]string // over the good one; "" takes away
		flags       []string
		code        int
		want        string
	}{
		"no secret": {map[string]string{"GITHUB_WEBHOOK_SECRET": ""}, nil, exitMisuse,
			"reading GITHUB_WEBHOOK_SECRET: it isn't set: without it, anyone could send webhooks. Set it to the secret on the App's settings page"},
		"no id": {map[string]string{"GITHUB_APP_ID": ""}, nil, exitMisuse,
			"reading GITHUB_APP_ID: it must be the App's id, a number"},
		"id is no number": {map[string]string{"GITHUB_APP_ID": "Iv1.8a61f9b3a7aba766"}, nil, exitMisuse,
			"reading GITHUB_APP_ID: it must be the App's id, a number"},
		"id is negative": {map[string]string{"GITHUB_APP_ID": "-7"}, nil, exitMisuse,
			"reading GITHUB_APP_ID: it must be the App's id, a number"},
		"no key": {map[string]string{"GITHUB_APP_PRIVATE_KEY": ""}, nil, exitMisuse,
			"reading the private key: set GITHUB_APP_PRIVATE_KEY_FILE (or GITHUB_APP_PRIVATE_KEY) to the key made on the App's settings page"},
		"both keys": {map[string]string{"GITHUB_APP_PRIVATE_KEY_FILE": write("key.pem", key)}, nil, exitMisuse,
			"both GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_FILE are set: unset one"},
		"no such file": {map[string]string{"GITHUB_APP_PRIVATE_KEY": "",
			"GITHUB_APP_PRIVATE_KEY_FILE": filepath.Join(dir, "none.pem")}, nil, exitMisuse,
			"reading the private key named by GITHUB_APP_PRIVATE_KEY_FILE: open " + dir + "/none.pem: no such file or directory"},
		"a directory": {map[string]string{"GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": dir}, nil, exitMisuse,
			"is a directory"},
		"an empty file": {map[string]string{"GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": write("empty.pem", "")},
			nil, exitMisuse, wholeFile},
		"garbage":                   {map[string]string{"GITHUB_APP_PRIVATE_KEY": "MIIEpAIBAAKCAQEA"}, nil, exitMisuse, wholeFile},
		"half a key":                {map[string]string{"GITHUB_APP_PRIVATE_KEY": key[:len(key)/2]}, nil, exitMisuse, wholeFile},
		"half a key, ends in place": {map[string]string{"GITHUB_APP_PRIVATE_KEY": cut}, nil, exitMisuse, wholeFile},
		"a key on one line": {map[string]string{"GITHUB_APP_PRIVATE_KEY": strings.ReplaceAll(key, "\n", " ")}, nil, exitMisuse,
			"line breaks included"},
		"a key with \\n": {map[string]string{"GITHUB_APP_PRIVATE_KEY": strings.ReplaceAll(key, "\n", `\n`)}, nil, exitMisuse,
			"line breaks included"},
		"a key of another kind": {map[string]string{"GITHUB_APP_PRIVATE_KEY": ellipticKey(t)}, nil, exitMisuse, wholeFile},
		"unknown flag":          {nil, []string{"--databse", "x"}, exitMisuse, "unknown flag --databse, did you mean \"--database\"?"},
		"odd level":             {nil, []string{"--log-level", "loud"}, exitMisuse, "--log-level must be one of"},
		"token in the clear": {nil, []string{"--api-url", "http://github.example.com/api/v3", "--server-url",
			"http://github.example.com"}, exitMisuse, "would send tokens in the clear: use https"},
		"one address of two": {nil, []string{"--server-url", "https://github.example.com"}, exitMisuse, "set both addresses"},
		"port in use": {nil, []string{"--listen", taken.Addr().String()}, exitFailed,
			"address already in use: stop the program that listens there, or choose another address with --listen"},
		"no address": {nil, []string{"--listen", "nonsense"}, exitMisuse, "reading --listen: "},
		"port of the pages in use": {nil, []string{"--pages", taken.Addr().String()}, exitFailed,
			"serving pages: listen tcp " + taken.Addr().String() + ": bind: address already in use: stop the program that listens there"},
		"pages for everybody": {nil, []string{"--pages", "0.0.0.0:8081"}, exitMisuse, "reading --pages: 0.0.0.0 isn't a loopback address"},
		"sign-in without an address": {nil, []string{"--pages", "0.0.0.0:0", "--pages-sign-in"}, exitMisuse,
			"set --url (BOT_URL): the public address must be https://HOST"},
		"sign-in without TLS": {nil, []string{"--pages", "0.0.0.0:0", "--pages-sign-in", "--url", "http://bot.example.org"}, exitMisuse,
			"set --url (BOT_URL): the public address must be https://HOST"},
		"sign-in without a client": {nil, []string{"--pages", "127.0.0.1:0", "--pages-sign-in", "--url", "https://bot.example.org"}, exitMisuse,
			"set GITHUB_APP_CLIENT_ID and GITHUB_APP_CLIENT_SECRET"},
		"public pages without sign-in": {nil, []string{"--pages", "127.0.0.1:0", "--pages-public"}, exitMisuse,
			"it needs --pages-sign-in"},
		"pages on any address": {nil, []string{"--pages", ":8081"}, exitMisuse, "isn't a loopback address"},
		"pages without a port": {nil, []string{"--pages", "localhost"}, exitMisuse, "want ADDRESS:PORT, such as 127.0.0.1:8081, or off"},
		"missing directory": {nil, []string{"--database", filepath.Join(dir, "none", "concorde.db")}, exitMisuse,
			"reading --database: using the file's directory: stat " + dir + "/none: no such file or directory"},
		"not SQLite": {nil, []string{"--database", write("notes.txt", strings.Repeat("no database ", 1000))}, exitFailed,
			"the file is damaged or isn't an SQLite database; move it away"},
		"a directory as database": {nil, []string{"--database", dir}, exitMisuse, "reading --database: open " + dir +
			": is a directory: the bot must be able to write the file"},
		"another database": {nil, []string{"--database", "mysql://bot:hush-hush@localhost/concorde"}, exitMisuse,
			"reading --database: it's neither a file nor postgres://"},
		"a receiver with a file": {nil, []string{"--role", "receive"}, exitMisuse, "reading --role: receive needs a PostgreSQL database"},
		"PostgreSQL out of reach": {nil, []string{"--database", "postgres://bot:hush-hush@127.0.0.1:1/concorde"}, exitFailed,
			"can't reach PostgreSQL; check the server and DATABASE_URL"},
		"garbled PostgreSQL": {nil, []string{"--database", "postgres://bot:hush-hush@127.0.0.1:port/concorde"}, exitFailed,
			"cannot parse"},
		"settings with faults": {nil, []string{"--config",
			write("faulty.yml", "repositories: [python/cpython]\nnews:\n  hepl: true\nabi:\n  mode: maybe\n")}, exitMisuse, "\n" + dir +
			"/faulty.yml:3:3: "},
		"settings, second fault": {nil, []string{"--config", filepath.Join(dir, "faulty.yml")}, exitMisuse, "\n" + dir + "/faulty.yml:5:9: "},
		"no settings": {nil, []string{"--config", filepath.Join(dir, "none.yml")}, exitMisuse, "reading the settings: open " +
			dir + "/none.yml: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			environment := maps.Clone(good)
			maps.Copy(environment, c.environment)
			database := filepath.Join(t.TempDir(), "concorde.db")
			flags := append([]string{"serve", "--listen", "127.0.0.1:0", "--pages", "off", "--database", database}, c.flags...)
			code, stdout, stderr := runCommand(t, environment, flags...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d, want %d; wrote\n%swant %q in it", code, c.code, stderr, c.want)
			}
			if lines := strings.Count(stderr, "\n"); lines != 1 && !strings.HasPrefix(name, "settings") {
				t.Errorf("wrote %d lines, want 1", lines)
			}
			if stdout != "" || strings.Contains(stderr, "hush") || strings.Contains(stderr, key[40:60]) {
				t.Errorf("shows what it should not: %s%s", stdout, stderr)
			}
			t.Log(stderr)
		})
	}
}

func ellipticKey(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestTwoBotsOnOneFile: the second one must not start.
func TestTwoBotsOnOneFile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run()
	code, _, stderr := runCommand(t, s.environment, "serve", "--listen", "127.0.0.1:0", "--database", s.environment["DATABASE_URL"],
		"--api-url", s.github.APIURL(), "--server-url", s.github.URL)
	if code != exitFailed || !strings.Contains(stderr, "another process is using it (stop that one first, or use PostgreSQL, which several "+
		"can share)") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	t.Log(stderr)
	p := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: The first goes on"}})
	s.settled(p)
}

// TestPlansThatCannotBe: `bot plan` says why, and writes nothing.
func TestPlansThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.open(&pullRequest{})
	if _, err := s.github.Repo("python/secret", ghtest.RepoOptions{NotInstalled: true}); err != nil {
		t.Fatal(err)
	}
	settings := settingsFile(t, "repositories: ['*/*']\n")
	always := func(f ghtest.Fault) *ghtest.Fault {
		f.Times = -1
		return &f
	}
	for _, c := range []struct {
		name, of string
		fault    *ghtest.Fault
		code     int
		want     string
	}{
		{"fine", "python/cpython#1", nil, exitOK, ""},
		{"no pull request", "python/cpython#99", nil, exitFailed, "is the number right, and is the App installed there?"},
		{"no repository", "python/cpithon#1", nil, exitFailed, "is the number right, and is the App installed there?"},
		{"not installed", "python/secret#1", nil, exitFailed, "is the number right, and is the App installed there?"},
		{"not allowed", "python/cpython#1", always(ghtest.Fault{Path: "^/graphql$", Status: 403,
			Body: `{"message":"Resource not accessible by integration"}`}), exitFailed, "grant the App the permission"},
		{"limited", "python/cpython#1", always(ghtest.SecondaryLimit(0)), exitFailed, "limited until"},
		{"wrong key", "python/cpython#1", always(ghtest.Fault{Status: 401, Body: `{"message":"A JSON web token could not be decoded"}`}),
			exitFailed, "check the number of the App, its private key, and the clock"},
		{"down", "python/cpython#1", always(ghtest.BadGateway()), exitFailed, "502"},
		{"gone away", "python/cpython#1", always(ghtest.Fault{Drop: true}), exitFailed, "sending the request"},
	} {
		if c.fault != nil {
			s.check(s.github.Fault(*c.fault))
		}
		code, stdout, stderr := runCommand(t, s.environment, "plan", "--config", settings, "--api-url", s.github.APIURL(), "--server-url",
			s.github.URL, c.of)
		if code != c.code || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") > 1 || (stdout != "") != (code == exitOK) {
			t.Errorf("%s: exit code %d, want %d, and %q in one line\n%s%s", c.name, code, c.code, c.want, stdout, stderr)
		}
		t.Logf("%s: %s", c.name, stderr)
		s.github.ClearFaults()
	}
	if writes := s.cpython.Writes(); len(writes) != 0 {
		t.Errorf("written: %+v", writes)
	}
}
