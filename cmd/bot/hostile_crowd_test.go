package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

const (
	mostMemory  = 200.0 // MB, the peak of the bot's resident memory
	fileOfRules = 128_000
	textOfOne   = 65_000 // characters, of 65,536 that GitHub takes
)

// lightness divides what there is many of, so that the usual run of the tests takes
// seconds.
func lightness() int { return suite.Sizes[int]{Normal: 40, Long: 10, Full: 1}.Size() }

// crowdSize is how many there are. Each kind of bombs is there.
func crowdSize() int { return suite.Sizes[int]{Normal: 7, Long: 16, Full: 16}.Size() }

// bomb repeats lines or items, numbered, up to the size of a file that is read.
func bomb(before, each, after string, size int) ghtest.File {
	var b strings.Builder
	b.WriteString(before)
	for i := 0; b.Len() < size-len(each)-len(after)-20; i++ {
		b.WriteString(strings.ReplaceAll(each, "#", strconv.Itoa(i)))
	}
	return ghtest.Text(b.String() + after)
}

// bombs are the worst label rules and settings that TestHostileFiles in package config
// has; n keeps those of two pull requests from being the same file.
func bombs(n int) map[string]ghtest.File {
	own := fmt.Sprintf("# %d\n", n)
	globs, branches, rules := "x: [{changed-files: [{any-glob-to-any-file: [", "x: [{base-branch: [", "labels:\n  rules:\n"
	labelers := []ghtest.File{
		bomb(own, "a:\n", "", fileOfRules),
		bomb(own+"x: &x [{changed-files: [{any-glob-to-any-file: ["+strings.Repeat("a,", 100)+"b]}]}]\n", "l#: *x\n", "", fileOfRules),
		bomb(own+globs, "'{1..9999}#/@(a|b)',", "a]}]}]", fileOfRules),
		bomb(own+branches, "'(?=a{3900})#',", "a]}]", fileOfRules),
		bomb(own+branches, "'(((?:){60}){60}){2}#',", "a]}]", fileOfRules),
		bomb(own+"[", "&a a,", "]", fileOfRules),
		bomb(own+globs, "'!(a#|b)*',", "a]}]}]", fileOfRules),
	}
	settings := []ghtest.File{
		bomb(own+rules, "  - {label: l#, title: '(a{999}|"+strings.Repeat("b{900}", 60)+")'}\n", "", fileOfRules),
		bomb(own+rules, `  - {label: l#, title: '(?i)\pL\pL'}`+"\n", "", fileOfRules),
		bomb(own+rules, "  - {label: l#}\n", "", fileOfRules),
		bomb(own+rules, "  - {label: a#, files: {any: ['{1..9999}#/@(a|b)', '{1..9999}#x']}}\n", "", fileOfRules),
		bomb(own+strings.Repeat("[", 9000), "a,", "", fileOfRules),
	}
	return map[string]ghtest.File{
		".github/labeler.yml":  labelers[n%len(labelers)],
		".github/concorde.yml": settings[n%len(settings)],
	}
}

// entries are as many NEWS entries of the largest size as are read, full of markup that
// doesn't end.
func entries(n int) map[string]ghtest.File {
	files := map[string]ghtest.File{}
	for i := range 200 / lightness() {
		path := fmt.Sprintf("Misc/NEWS.d/next/Library/2026-11-21-10-00-%02d.gh-issue-%d.AAAA%02d.rst", i%60, 140000+n, i)
		files[path] = bomb(fmt.Sprintf("%d %d\n", n, i), ":func:`a`` **b :: *c `d#\n", "", 60_000)
	}
	return files
}

// nested are texts that cost a careless reader of Markdown more than linear time.
var nested = []string{"> ", "- ", "[", "*a_ ", "`` ` ``` ", "<!--", "[a](", "a|b\n-|-\n", "@concorde label +docs ", "gh-140000 ",
	"[^1]: a\n", "@concorde [x](<b\n"}

func text(n int) string {
	piece := nested[n%len(nested)]
	return strings.Repeat(piece, textOfOne/len(piece))
}

// hostileOne opens one of the crowd: all have bombs, and each something more. With words
// there are thousands of texts, too.
func (s *stage) hostileOne(n int, words bool) int {
	s.Helper()
	files := bombs(n)
	switch n % 4 {
	case 1:
		with(files, entries(n))
	case 2:
		with(files, many(3000, fmt.Sprintf("Lib/%s%d/%%d.py", strings.Repeat("[a]{b,c}!(d)/", 15), n)))
	}
	head := fmt.Sprintf("mallory:crowd-%d", n)
	commits := []ghtest.Commit{{Message: text(n) + "\n\n" + text(n+1), Files: files}}
	if words && n%4 == 3 {
		for i := range 249 / lightness() {
			commits = append(commits, ghtest.Commit{Message: fmt.Sprint(i, text(n+i)),
				Files: map[string]ghtest.File{"Lib/a.py": ghtest.Text(fmt.Sprint(n, i))}})
		}
	}
	_, err := s.cpython.Push(head, commits...)
	s.check(err)
	title := "gh-140000: " + strings.Repeat("(ABI break) [3.14] gh-1, ", 9)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: "mallory", Association: "NONE", Head: head, Body: text(n)})
	s.check(err)
	if !words {
		return number
	}
	for range 100 / lightness() { // JSON takes six bytes for each character
		_, err := s.cpython.Comment(number, "mallory", "@concorde "+strings.Repeat("<", textOfOne))
		s.check(err)
	}
	for i := range 20 / lightness() {
		_, err := s.cpython.Comment(number, "mallory", "@concorde "+text(n+i))
		s.check(err)
		_, err = s.cpython.Review(number, "trudy", "COMMENTED", text(n+i))
		s.check(err)
	}
	return number
}

// TestCrowd: up to sixteen hostile pull requests at once, with the worst files that were found
// in each, and with as many texts besides: another pull request of the repository and they
// all get their statuses, the bot's memory stays small, and it ends when it's told to.
func TestCrowd(t *testing.T) {
	t.Parallel()
	t.Run("files", func(t *testing.T) { playCrowd(t, false) })
	t.Run("files and texts", func(t *testing.T) { playCrowd(t, true) })
}

func playCrowd(t *testing.T, words bool) {
	s := newStage(t)
	s.environment["GOGC"] = "100" // as in production
	s.start()
	s.github.Pause()
	_, err := s.cpython.Push("eric:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"Lib/fixed.py": ghtest.Text("fixed")}})
	s.check(err)
	var crowd []int
	size := crowdSize()
	for n := range size {
		crowd = append(crowd, s.hostileOne(n, words))
	}
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil }) // one webhook each is enough
	began := time.Now()
	for _, number := range crowd {
		s.check(s.cpython.EditTitle(number, "gh-140000: "+strings.Repeat("(ABI break) [3.13] gh-2, ", 9)))
	}
	other, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fix it", Author: "eric", Head: "eric:fix"})
	s.check(err)
	s.github.Resume() // its webhook is the last
	eventually(t, "all statuses", func() bool { return s.done(append(crowd, other)) == size+1 })
	before := s.before(other)
	t.Logf("%d of %d hostile pull requests have their status before another one", before, size)
	if before > size/2 { // its author isn't theirs
		t.Errorf("another pull request waited for %d of %d hostile ones", before, size)
	}
	eventually(t, "the bot to be at rest", func() bool { return s.bot.metric("concorde_queue_running") == 0 })
	t.Logf("all have theirs after %s", time.Since(began).Round(time.Millisecond))
	for _, number := range crowd { // once more, all at once
		s.check(s.cpython.EditTitle(number, "gh-140001: "+strings.Repeat("a", 200)))
	}
	flush(t, s.github)
	if runtime.GOOS == "linux" {
		peak := s.bot.memory(t, "VmHWM")
		t.Logf("the peak of memory is %.0f MB", peak)
		if peak > mostMemory && !suite.Raced { // the race detector takes memory by itself
			t.Errorf("the bot took %.0f MB, more than %.0f", peak, mostMemory)
		}
	}
	told := time.Now()
	s.bot.stop(t)
	t.Logf("it ended %s after SIGTERM", time.Since(told).Round(time.Millisecond))
	of := s.bot.cmd.ProcessState
	t.Logf("it took %s of processor time", (of.UserTime() + of.SystemTime()).Round(time.Millisecond))
	if log := s.bot.log.String(); strings.Contains(log, "panic") {
		t.Errorf("the log: %s", log)
	}
}

// before counts the other pull requests that got their status before one.
func (s *stage) before(number int) int {
	s.Helper()
	state, err := s.cpython.PR(number)
	s.check(err)
	earlier := map[string]bool{}
	for _, w := range s.cpython.Writes() {
		switch {
		case w.Kind != "status" || w.Key != newsContext:
		case w.SHA == state.HeadSHA:
			return len(earlier)
		default:
			earlier[w.SHA] = true
		}
	}
	return len(earlier)
}

// done counts the pull requests that have their status.
func (s *stage) done(numbers []int) (n int) {
	for _, number := range numbers {
		if s.hasStatus(s.cpython, number) {
			n++
		}
	}
	return n
}
