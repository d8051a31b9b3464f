package git_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// history writes a repository of CPython's size for git fast-import: files of
// all sizes in nested directories, squash-like commits that change one or two of
// them, more often the same ones, and maintenance branches with commits of their own.
type history struct {
	*rand.Rand
	out   *bufio.Writer
	words []string
	mark  int
	clock int64
	// files of each branch, by path
	files   map[string]map[string]string
	entries map[string]int // of news
	paths   []string       // of main, the often changed ones first
}

const (
	historyFiles    = 5200
	historyCommits  = 20000
	historyFixes    = 600 // of each maintenance branch
	historyPicks    = 6
	historyBranches = "3.10 3.11 3.12 3.13 3.14"
)

// writeHistory makes a bare repository and gives the commits that are to be
// picked, each the child of the one before, and the last one before them.
func writeHistory(b testing.TB, dir string) (before string, picks []string) {
	run := func(in io.Reader, args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
		cmd.Stdin, cmd.Stderr = in, os.Stderr
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		b.Fatal(err)
	}
	run(nil, "init", "-q", "--bare")
	for _, setting := range []string{"uploadpack.allowFilter true", "http.receivepack true", "receive.autogc false", "gc.auto 0",
		"core.compression 1"} {
		key, value, _ := strings.Cut(setting, " ")
		run(nil, "config", key, value)
	}
	in, out := io.Pipe()
	h := &history{Rand: rand.New(rand.NewPCG(1, 2)), out: bufio.NewWriterSize(out, 1<<20), clock: 1_000_000_000,
		files: map[string]map[string]string{}, entries: map[string]int{}}
	go func() {
		h.write()
		_ = out.CloseWithError(h.out.Flush())
	}()
	run(in, "fast-import", "--quiet", "--depth=0")
	run(nil, "symbolic-ref", "HEAD", "refs/heads/main")
	run(nil, "repack", "-a", "-d", "-f", "-q", "-b", "--window=10", "--depth=50")
	run(nil, "pack-refs", "--all")
	log := strings.Fields(run(nil, "rev-list", "--first-parent", "-n", fmt.Sprint(historyPicks+1), "refs/heads/main"))
	slices.Reverse(log)
	return log[0], log[1:]
}

func (h *history) write() {
	for range 3000 {
		word := make([]byte, 2+h.IntN(9))
		for i := range word {
			word[i] = byte('a' + h.IntN(26))
		}
		h.words = append(h.words, string(word))
	}
	main := map[string]string{}
	h.files["main"] = main
	h.begin("main", "Initial import")
	for i := range historyFiles {
		name := fmt.Sprintf("%s/%s_%d.%s", h.dir(), h.word(), i, []string{"py", "c", "h", "rst"}[h.IntN(4)])
		h.set("main", name, h.text(int(math.Exp(h.NormFloat64()*1.3+8.6))))
		h.paths = append(h.paths, name)
	}
	h.set("main", ".gitattributes", "*.rst text\n*.bin binary\nMisc/ACKS merge=union\n")
	branches := strings.Fields(historyBranches)
	cut := map[int]string{}
	for i, name := range branches {
		cut[historyCommits*(i+4)/(len(branches)+4)] = name
	}
	for n := range historyCommits {
		if name := cut[n]; name != "" {
			fmt.Fprintf(h.out, "reset refs/heads/%s\nfrom refs/heads/main\n\n", name)
			h.files[name] = maps.Clone(main)
		}
		h.change("main", n)
	}
	for _, name := range branches {
		for n := range historyFixes {
			h.change(name, n)
		}
	}
	for n := range historyPicks {
		h.pick(n, branches)
	}
}

func (h *history) word() string { return h.words[int(float64(len(h.words))*h.Float64()*h.Float64())] }

func (h *history) dir() string {
	top := []string{"Lib", "Lib", "Lib", "Lib/test", "Lib/test", "Doc", "Modules", "Include", "Python", "Misc/NEWS.d"}[h.IntN(10)]
	for range h.IntN(3) {
		top += "/" + h.words[h.IntN(12)]
	}
	return top
}

func (h *history) line() string {
	words := make([]string, 2+h.IntN(10))
	for i := range words {
		words[i] = h.word()
	}
	return strings.Repeat("    ", h.IntN(4)) + strings.Join(words, " ") + "\n"
}

func (h *history) text(size int) string {
	var s strings.Builder
	for s.Len() < min(size, 400_000) {
		s.WriteString(h.line())
	}
	return s.String()
}

func (h *history) begin(branch, message string) {
	h.mark++
	h.clock += 3600
	who := fmt.Sprintf("Dev %d <dev%d@example.com> %d +0000", h.IntN(200), h.IntN(200), h.clock)
	message += "\n\n" + h.text(200)
	fmt.Fprintf(h.out, "commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n", branch, h.mark, who, who, len(message),
		message)
}

func (h *history) set(branch, name, text string) {
	h.files[branch][name] = text
	fmt.Fprintf(h.out, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
}

// often gives a file, the first ones much more often than the others.
func (h *history) often() string {
	return h.paths[int(float64(len(h.paths))*math.Pow(h.Float64(), 3))]
}

func (h *history) change(branch string, n int) {
	h.begin(branch, fmt.Sprintf("gh-%d: %s", n+1000, h.line()))
	name := h.often()
	for len(h.files[branch][name]) > 60_000 {
		name = h.often()
	}
	text, line := h.files[branch][name], h.line()
	at := strings.IndexByte(text[h.IntN(len(text)):], '\n') + 1
	end := at + strings.IndexByte(text[at:], '\n') + 1
	h.set(branch, name, text[:at]+line+text[end:])
	if h.IntN(2) == 0 {
		h.news(branch)
	}
}

// news adds an entry; a release takes them all away.
func (h *history) news(branch string) {
	h.set(branch, fmt.Sprintf("Misc/NEWS.d/next/%s/%d.rst", h.words[h.IntN(9)], h.mark), h.text(150))
	if h.entries[branch]++; h.entries[branch] > 150 {
		fmt.Fprint(h.out, "D Misc/NEWS.d/next\n")
		h.entries[branch] = 0
	}
}

// pick changes some files of main in places that all branches have, and adds an
// entry of news.
func (h *history) pick(n int, branches []string) {
	h.begin("main", fmt.Sprintf("gh-%d: fix", n+200_000))
	for done := 0; done < 3; {
		name := h.often()
		lines := strings.SplitAfter(h.files["main"][name], "\n")
		if len(lines) < 30 {
			continue
		}
		at := 10 + h.IntN(len(lines)-20)
		window := strings.Join(lines[at-4:at+5], "")
		if slices.ContainsFunc(branches, func(branch string) bool { return strings.Count(h.files[branch][name], window) != 1 }) {
			continue
		}
		lines[at] = "fixed " + h.line()
		h.set("main", name, strings.Join(lines, ""))
		done++
	}
	h.news("main")
}

func size(dir string) (sum int64) {
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
