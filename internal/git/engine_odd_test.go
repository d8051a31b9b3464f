package git_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

// Texts in other encodings become UTF-8, as git cherry-pick makes them. What git
// couldn't read either keeps no commit from being picked, and its author stays byte
// for byte.
func TestPickOddCommits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, message, seen, wantHead, wantMessage string }{
		{"ISO-8859-1", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding ISO-8859-1\n", "f\xfcr\n", "für\n",
			"author Jürgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für\n\nfür \u20ac\n"},
		{"git's latin-1", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding latin-1\n", "f\xfcr\n", "für\n",
			"author Jürgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für\n\nfür \u20ac\n"},
		{"KOI8-R", "author \xe0\xd2\xc9\xca <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding KOI8-R\n",
			"\xfe\xc9\xce\xc9\xd4 \xd3\xd0\xc1\xcd\n", "Чинит спам\n",
			"author Юрий <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "Чинит спам\n\nfür \u20ac\n"},
		{"Shift-JIS", "author \x91\xbe\x98Y <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding Shift-JIS\n",
			"\x83X\x83p\x83\x80\x82\xf0\x92\xbc\x82\xb7\n", "スパムを直す\n",
			"author 太郎 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "スパムを直す\n\nfür \u20ac\n"},
		{"EUC-JP", "author \xc2\xc0\xcf\xba <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding EUC-JP\n",
			"\xbd\xa4\xc0\xb5\n", "修正\n",
			"author 太郎 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修正\n\nfür \u20ac\n"},
		{"Windows", "author \xde\xf0\xe8\xe9 <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding cp1251\n", "\xd7\xe8\xed\xe8\xf2\n",
			"Чинит\n",
			"author Юрий <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "Чинит\n\nfür \u20ac\n"},
		{"a code page by its number alone", "author \x91\xbe\x98Y <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding CP932\n",
			"\x83X\x83p\x83\x80\x87@\n", "スパム①\n",
			"author 太郎 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "スパム①\n\nfür \u20ac\n"},
		{"GB18030", "author \xc0\xee <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding gb18030\n", "\xd0\xde\xb8\xb4\n", "修复\n",
			"author 李 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修复\n\nfür \u20ac\n"},
		{"ISO-2022-JP", "author Taro <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding ISO-2022-JP\n",
			"\x1b$B=$@5\x1b(B\n", "修正\n",
			"author Taro <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修正\n\nfür \u20ac\n"},
		{"unknown encoding", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding x-spam\n", "f\xfcr\n", "für\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding x-spam\n",
			"f\xfcr\n\nf\xfcr ?\n"},
		{"bytes of another encoding", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding Shift-JIS\n", "f\xfcr\n",
			"für\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding Shift-JIS\n",
			"f\xfcr\n\nf\xfcr ?\n"},
		{"encoding that lies, in which no header can be", "author Ada <a@b.c> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding IBM037\n", "Fix it\n",
			"Fix it\n",
			"author Ada <a@b.c> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding IBM037\n", "Fix it\n\nf\xfcr ?\n"},
		{"encoding that is not named", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\n", "f\xfcr", "für",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "f\xfcr\nf\xfcr ?\n"},
		{"author alone", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\n", "für \u20ac\n", "für \u20ac\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für \u20ac\n\nfür \u20ac\n"},
		{"no message", "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0200\n", "", "",
			"author A <a@b> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "\nfür \u20ac\n"},
		{"author that is none", "author A <a@<b> someday\ncommitter A <a@b> later\n", "m\n", "m\n",
			"author A <a@b> 0 +0000\ncommitter Concorde <concorde@example.com> 0 +0000\n", "m\n\nfür \u20ac\n"},
		{"signature", "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0200\ngpgsig -----BEGIN\n author X <x@y> 1 +0000\n -----END\n", "m\n", "m\n",
			"author A <a@b> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "m\n\nfür \u20ac\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			object := "tree " + s.git("rev-parse", "main^{tree}") + "\nparent " + s.git("rev-parse", "main^") + "\n" + c.head + "\n" + c.message
			file := filepath.Join(t.TempDir(), "commit")
			if err := os.WriteFile(file, []byte(object), 0o666); err != nil {
				t.Fatal(err)
			}
			s.job.Commit = s.served("hash-object", "-t", "commit", "-w", "--literally", file)
			s.job.Message = func(from git.Source) string {
				if from.Message != c.seen {
					t.Errorf("the message is %q, want %q", from.Message, c.seen)
				}
				return from.Message + "\nfür \u20ac\x00"
			}
			p := s.cleanly(s.engine(nil))[0]
			if p.Original.Message != c.seen || p.Original.ID != s.job.Commit {
				t.Errorf("the original is %+v", p.Original)
			}
			_, got, _ := strings.Cut(s.raw("-C", s.bare, "cat-file", "commit", p.Commit), "\nparent "+p.Tip+"\n")
			if diff := cmp.Diff(c.wantHead+"\n"+c.wantMessage, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPickRefusesBadJobs(t *testing.T) {
	s := newStage(t)
	e := s.engine(nil)
	s.breaks(func(http.ResponseWriter, *http.Request) bool {
		t.Error("git has asked")
		return false
	})
	for name, change := range map[string]func(*git.Job){
		"no address":         func(j *git.Job) { j.Remote = "" },
		"path":               func(j *git.Job) { j.Remote = s.bare },
		"ssh":                func(j *git.Job) { j.Remote = "ssh://git@example.com/r.git" },
		"helper":             func(j *git.Job) { j.Remote = "ext::sh -c true" },
		"option":             func(j *git.Job) { j.Remote = "--upload-pack=true" },
		"token in it":        func(j *git.Job) { j.Remote = "https://x:secret@example.com/r.git" },
		"fork elsewhere":     func(j *git.Job) { j.Fork = "https://example.com/r.git" },
		"short id":           func(j *git.Job) { j.Commit = j.Commit[:10] },
		"name for an id":     func(j *git.Job) { j.Commit = "main" },
		"too many commits":   func(j *git.Job) { j.Commits = 251 },
		"no targets":         func(j *git.Job) { j.Targets = nil },
		"no committer":       func(j *git.Job) { j.Committer.Email = "" },
		"branch as option":   func(j *git.Job) { j.Targets[0].Branch = "--force" },
		"branch with lines":  func(j *git.Job) { j.Targets[0].Branch = "3.14\nx" },
		"head with dots":     func(j *git.Job) { j.Targets[0].Head = "a..b" },
		"head as refspec":    func(j *git.Job) { j.Targets[0].Head = "a:main" },
		"head twice":         func(j *git.Job) { j.Targets[0].Head = j.Targets[1].Head },
		"onto itself":        func(j *git.Job) { j.Targets[0].Head = "3.14" },
		"onto another":       func(j *git.Job) { j.Targets[0].Head = "3.13" },
		"what it has is bad": func(j *git.Job) { j.Targets[0].Have = "main" },
	} {
		t.Run(name, func(t *testing.T) {
			job := s.job
			job.Targets = append([]git.Target{}, s.job.Targets...)
			change(&job)
			_, err := e.Pick(t.Context(), job)
			wantFailure(t, err, git.Broken, false)
			if strings.Contains(err.Error(), "secret") {
				t.Error("the error tells the token")
			}
		})
	}
}
