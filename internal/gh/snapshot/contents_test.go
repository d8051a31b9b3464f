package snapshot

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Contents come to the byte, whatever the bytes are.
func TestOddContents(t *testing.T) {
	w := newWorld(t)
	contents := map[string]string{
		"empty":        "",
		"crlf":         "a\r\nb\r\n",
		"cr":           "a\rb",
		"bom":          "\ufeffNEWS\n",
		"nul":          "a\x00b",
		"latin1":       "caf\xe9\n",
		"utf8":         "café 🌮\n",
		"replacement":  "a\ufffdb",
		"surrogate":    "\xed\xa0\x80",
		"utf16":        "\xff\xfea\x00b\x00",
		"no newline":   "x",
		"controls":     "\x01\x02\x1b[31m\x7f",
		"long line":    strings.Repeat("x", 1<<20) + "\n",
		"at the limit": strings.Repeat("y", pull.MaxContent),
		"above":        strings.Repeat("z", pull.MaxContent+1),
		"ä ö\t\"q\"#?": "odd name\n",
	}
	files := map[string]ghtest.File{
		"link":   {Content: "empty", Mode: "120000"},
		"module": {Content: ghtrial.SomeSHA, Mode: "160000"},
		"tool":   {Content: "#!/bin/sh\n", Mode: "100755"},
	}
	for path, content := range contents {
		files[path] = ghtest.Text(content)
	}
	r := w.load(Query{Key: w.Open(files), Needs: pull.Files, Reads: all})
	if len(r.Files) != len(files) {
		t.Errorf("%d files, want %d", len(r.Files), len(files))
	}
	for _, f := range r.Files {
		var want *pull.Content
		switch f.Path {
		case "link":
			want = &pull.Content{Kind: pull.Symlink, Size: 5, Data: []byte("empty")}
		case "module":
			want = &pull.Content{Kind: pull.Submodule}
		case "tool":
			want = regular("#!/bin/sh\n")
		case "above":
			want = &pull.Content{Kind: pull.Regular, Size: pull.MaxContent + 1}
		default:
			want = regular(contents[f.Path])
		}
		if f.Content == nil || f.Content.Kind != want.Kind || f.Content.Size != want.Size || !bytes.Equal(f.Content.Data, want.Data) {
			t.Errorf("%q: not as it should be", f.Path)
		}
	}
}

// A pull request of very many bytes does not fill the memory.
func TestContentsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files := map[string]ghtest.File{}
	for i := range 60 {
		files[fmt.Sprintf("f%02d", i)] = ghtest.Text(fmt.Sprint(i) + strings.Repeat("x", 450_000))
	}
	r := w.load(Query{Key: w.Open(files), Needs: pull.Files, Reads: all})
	sum, without := 0, 0
	for _, f := range r.Files {
		if f.Content == nil || f.Content.Size < 450_000 {
			t.Fatalf("%s: %v", f.Path, f.Content)
		}
		sum += len(f.Content.Data)
		if f.Content.Data == nil {
			without++
		}
	}
	if sum > maxContents || sum < maxContents-1<<20 || without == 0 {
		t.Errorf("%d bytes, %d of %d files without", sum, without, len(r.Files))
	}
}

// However many files there are, and however odd, loading costs a bounded number
// of requests.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files := map[string]ghtest.File{}
	for i := range 300 {
		files[fmt.Sprintf("f%03d", i)] = ghtest.Text(fmt.Sprintf("%d\xff", i))
	}
	key := w.Open(files)
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Needs: pull.Files, Reads: all})
	slices.SortFunc(r.Files, func(a, b pull.File) int { return strings.Compare(a.Path, b.Path) })
	if len(r.Files) != len(files) {
		t.Fatalf("%d files", len(r.Files))
	}
	for i, f := range r.Files {
		content := files[f.Path].Content
		var want *pull.Content
		switch {
		case i < maxRaw:
			want = regular(content)
		case i < maxRead: // what is known without its bytes
			want = &pull.Content{Kind: pull.Regular, Size: int64(len(content))}
		}
		if diff := cmp.Diff(want, f.Content); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Path, diff)
		}
	}
	if n, want := w.Sent(), 1+3+maxRead/entriesPerQuery+maxRaw; n != want { // the overview, the list of files, queries, blobs
		t.Errorf("%d requests, want %d", n, want)
	}
}

func TestSettings(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{settingsPath: ghtest.Text("of the pull request")})
	push := func(content string) {
		t.Helper()
		_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido",
			Files: map[string]ghtest.File{settingsPath: ghtest.Text(content)}})
		trial.OK(t, err)
	}
	q := Query{Key: key, SettingsPath: settingsPath}
	if r := w.load(q); r.Settings != nil {
		t.Errorf("settings %q come from the pull request", r.Settings)
	}
	for _, content := range []string{"a: 1\n", "", "\ufeffa: 1\r\n", "a: \xff\x00"} {
		push(content)
		if r := w.load(q); r.Settings == nil || string(r.Settings) != content {
			t.Errorf("settings %q, want %q", r.Settings, content)
		}
	}
	push(strings.Repeat("# long\n", pull.MaxContent/6))
	w.Srv.ResetRequests()
	if r := w.load(q); len(r.Settings) != pull.MaxContent+1 || w.Sent() != 1 {
		t.Errorf("%d bytes of large settings, %d requests", len(r.Settings), w.Sent())
	}
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido",
		Files: map[string]ghtest.File{settingsPath: ghtest.Deleted(), settingsPath + "/x": ghtest.Text("x")}})
	trial.OK(t, err)
	if r := w.load(q); r.Settings != nil {
		t.Errorf("settings %q come from a directory", r.Settings)
	}
}

// A snapshot that does not fit together is no snapshot.
func TestContentsThatMoved(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.bin": ghtest.Text("\x00")})
	for name, fault := range map[string]ghtest.Fault{
		"not in the tree": {Contains: "$p0", Status: 200, Body: `{"data":{"repository":{"head":{"f0":null,"f1":null}}}}`},
		"no head":         {Contains: "$p0", Status: 200, Body: `{"data":{"repository":{"head":null}}}`},
		"a directory": {Contains: "$p0", Status: 200, Body: `{"data":{"repository":{"head":{"f0":{"mode":16384,"type":"tree",` +
			`"object":{"__typename":"Tree"}}}}}}`},
		"no id": {Contains: "$p0", Status: 200, Body: `{"data":{"repository":{"head":{"f0":{"mode":33188,"type":"blob",` +
			`"object":{"__typename":"Blob","text":"x"}}}}}}`},
		"other bytes":      {Path: "/git/blobs/", Status: 200, Body: "other"},
		"a page for login": {Path: "/git/blobs/", Status: 200, Body: "<html>"},
		"half":             {Path: "/git/blobs/", Truncate: true},
	} {
		w.Srv.ClearFaults()
		w.app.missing.Purge() // each is the first that says so
		w.Fault(fault)
		_, err := w.app.Load(t.Context(), Query{Key: key, Needs: pull.Files, Reads: all})
		ghtrial.Check(t, name, err, ghtrial.Temporary, "loading python/cpython#1")
	}
	w.Srv.ClearFaults()
	w.load(Query{Key: key, Needs: pull.Files, Reads: all})
}

// A name that is not UTF-8 cannot be asked for; the rest is read.
func TestNameThatIsNotUTF8(t *testing.T) {
	app, err := newHub(gh.Config{AppID: 7, PrivateKey: trial.Key()})
	trial.OK(t, err)
	c, err := app.Client(t.Context(), ghtrial.SomePull, 1)
	trial.OK(t, err)
	l := &loading{Client: c, from: app.Loader, out: &pull.Request{}}
	content, err := l.content(t.Context(), "Misc/\ufffd.rst", nil)
	if content != nil || err != nil {
		t.Errorf("%v, %v", content, err)
	}
	if l.moved {
		t.Error("it moved")
	}
	_, err = l.content(t.Context(), "Misc/a.rst", nil)
	if err != nil || !l.moved {
		t.Errorf("another one that is not there: %v, moved %v", err, l.moved)
	}
}

func TestBlobID(t *testing.T) {
	if got := pull.BlobID([]byte("hello\n"), 40); got != "ce013625030ba8dba906f756967f9e9ca394464a" {
		t.Error(got)
	}
	if got := pull.BlobID([]byte("hello\n"), 64); got != "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4" {
		t.Error(got)
	}
	if got := pull.BlobID(nil, 40); got != "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" {
		t.Error(got)
	}
}
