//go:build unix

package git_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/suite"
)

// contest is the repository, its server in a process of its own, and both
// ways to pick.
type contest struct {
	*testing.B
	bare, url string
	before    string
	picks     []string
	engine    *git.Engine
}

// cost is what a way took: CPU is user and system time of the client's side,
// processes of git and the engine itself.
type cost struct {
	wall, cpu time.Duration
	bytes     int64
}

func (c *cost) add(d cost) { c.wall, c.cpu, c.bytes = c.wall+d.wall, c.cpu+d.cpu, c.bytes+d.bytes }

func newContest(b *testing.B) *contest {
	root := b.TempDir()
	c := &contest{B: b, bare: filepath.Join(root, "cpython.git")}
	c.before, c.picks = writeHistory(b, c.bare)
	b.Logf("repository: %d MB, %s commits, %d files", size(c.bare)>>20, c.git(c.bare, "rev-list", "--all", "--count"),
		c.count("ls-tree", "-r", "--name-only", "main"))
	for branch := range strings.FieldsSeq(historyBranches) {
		b.Logf("%s differs from main in %d files", branch, c.count("diff", "--name-only", "--no-renames", branch, "main"))
	}
	alone := exec.Command(os.Args[0])
	alone.Env, alone.Stderr = append(os.Environ(), "GIT_TEST_ROLE=server", "GIT_TEST_ROOT="+root), os.Stderr
	in, err := alone.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := alone.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := alone.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = in.Close(), alone.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	c.url = strings.TrimSpace(line)
	if c.engine, err = git.NewEngine(git.EngineConfig{Dir: filepath.Join(root, "jobs")}); err != nil {
		b.Fatal(err)
	}
	return c
}

func (c *contest) git(dir string, args ...string) string { return c.gitWith("", dir, args...) }

func (c *contest) gitWith(input, dir string, args ...string) string {
	c.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=M",
		"GIT_AUTHOR_EMAIL=m@example.com",
		"GIT_COMMITTER_NAME=M", "GIT_COMMITTER_EMAIL=m@example.com")
	out, err := cmd.Output()
	if err != nil {
		c.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// count is how many lines git prints.
func (c *contest) count(args ...string) int {
	return len(strings.Split(c.git(c.bare, args...), "\n"))
}

// measure takes the time of a way, and no time of the server's processes.
func (c *contest) measure(way func()) cost {
	from, cpu, start := c.carried(), spent(c.B), time.Now()
	way()
	wall := time.Since(start)
	return cost{wall, spent(c.B) - cpu, c.carried() - from}
}

func (c *contest) carried() int64 {
	r, err := http.Get(c.url + "/-/bytes")
	if err != nil {
		c.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		c.Fatal(err)
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		c.Fatal(err)
	}
	return n
}

func spent(b *testing.B) (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	return sum
}

// merge puts main of the server to a commit: what a merge at GitHub does.
func (c *contest) merge(commit string) { c.git(c.bare, "update-ref", "refs/heads/main", commit) }

func (c *contest) clone(dir string) string {
	c.git(c.bare, "clone", "-q", c.url+"/cpython.git", dir)
	c.git(dir, "remote", "add", "upstream", c.url+"/cpython.git")
	c.git(dir, "fetch", "-q", "upstream", "--no-tags")
	return dir
}

// flow is what miss-islington does with cherry-picker for one merge: the branches
// one after the other, each with the commands of a run of cherry-picker. Python's
// own time is left out, and some of the commands that only keep state.
func (c *contest) flow(dir, commit string) {
	for branch := range strings.FieldsSeq(historyBranches) {
		head := "backport-" + commit[:7] + "-" + branch
		c.git(dir, "reset", "--hard")
		c.git(dir, "clean", "-fxd")
		c.git(dir, "log", "-r", "-n1", c.before)
		c.git(dir, "config", "--local", "cherry-picker.state", "FETCHING_UPSTREAM")
		c.git(dir, "remote", "get-url", "upstream")
		c.git(dir, "fetch", "upstream", "--no-tags")
		c.git(dir, "rev-parse", "--abbrev-ref", "HEAD")
		c.git(dir, "config", "--local", "cherry-picker.previous-branch", "main")
		c.git(dir, "checkout", "-b", head, "upstream/"+branch)
		c.git(dir, "branch", "--unset-upstream", head)
		c.git(dir, "cherry-pick", "-x", commit)
		message := c.git(dir, "show", "-s", "--format=%B", commit)
		author := c.git(dir, "log", "-1", "--format=%aN <%ae>", commit)
		message = c.gitWith(message, dir, "interpret-trailers", "--where", "start", "--trailer", "Co-authored-by: "+author)
		c.git(dir, "commit", "--amend", "-m", message)
		c.git(dir, "config", "--local", "cherry-picker.state", "PUSHING_TO_REMOTE")
		c.git(dir, "push", "--force-with-lease", "origin", head+":"+head)
		c.git(dir, "config", "--get", "cherry-picker.previous-branch")
		c.git(dir, "checkout", "main")
		c.git(dir, "branch", "-D", head)
	}
}

func (c *contest) pick(commit string) {
	job := git.Job{Remote: c.url + "/cpython.git", Commit: commit, Committer: git.Person{Name: "Concorde", Email: "concorde@example.com"}}
	for branch := range strings.FieldsSeq(historyBranches) {
		job.Targets = append(job.Targets, git.Target{Branch: branch, Head: "concorde-" + commit[:7] + "-" + branch})
	}
	picked, err := c.engine.Pick(c.Context(), job)
	if err != nil {
		c.Fatal(err)
	}
	for _, p := range picked {
		if p.Outcome != git.Clean {
			c.Fatalf("%+v", p)
		}
	}
}

// same compares what both ways pushed, and takes it away again.
func (c *contest) same(commit string) {
	for branch := range strings.FieldsSeq(historyBranches) {
		theirs, ours := "refs/heads/backport-"+commit[:7]+"-"+branch, "refs/heads/concorde-"+commit[:7]+"-"+branch
		if a, b := c.git(c.bare, "rev-parse", theirs+"^{tree}"), c.git(c.bare, "rev-parse", ours+"^{tree}"); a != b {
			c.Errorf("%s onto %s: the tree is %s, with cherry-picker's flow it is %s", commit, branch, b, a)
		}
		c.git(c.bare, "update-ref", "-d", theirs)
		c.git(c.bare, "update-ref", "-d", ours)
	}
}

// BenchmarkPick picks one merge onto five branches, by the engine and by
// cherry-picker's flow in turn: with a clone that is there already, and from
// nothing.
func BenchmarkPick(b *testing.B) {
	if !(suite.Sizes[bool]{Full: true}).Size() {
		b.Skip("it makes a large repository, which takes three minutes: CONCORDE_TEST=full")
	}
	c := newContest(b)
	c.merge(c.before)
	warm := c.clone(b.TempDir())
	var engine, flow, cold cost
	rounds := len(c.picks) - 2
	for i, commit := range c.picks {
		c.merge(commit)
		ways := []func(){func() { engine.add(c.measure(func() { c.pick(commit) })) }}
		if i < rounds {
			ways = append(ways, func() { flow.add(c.measure(func() { c.flow(warm, commit) })) })
		} else {
			ways = append(ways, func() { cold.add(c.measure(func() { c.flow(c.clone(b.TempDir()), commit) })) })
		}
		if i%2 == 1 {
			ways[0], ways[1] = ways[1], ways[0]
		}
		for _, way := range ways {
			way()
		}
		c.same(commit)
	}
	mean := func(sum cost, n int) cost {
		return cost{sum.wall / time.Duration(n), sum.cpu / time.Duration(n), sum.bytes / int64(n)}
	}
	e, f, n := mean(engine, len(c.picks)), mean(flow, rounds), mean(cold, len(c.picks)-rounds)
	for _, row := range []struct {
		name string
		cost
	}{{"engine", e}, {"flow, warm", f}, {"flow, from nothing", n}} {
		b.Logf("%-20s %6d ms wall, %6d ms CPU, %9d bytes", row.name, row.wall.Milliseconds(), row.cpu.Milliseconds(), row.bytes)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(e.wall), "ms/engine")
	b.ReportMetric(float64(f.wall)/float64(e.wall), "warm-wall-ratio")
	b.ReportMetric(float64(f.cpu)/float64(e.cpu), "warm-CPU-ratio")
	b.ReportMetric(float64(n.wall)/float64(e.wall), "cold-wall-ratio")
	b.ReportMetric(float64(n.bytes)/float64(e.bytes), "cold-bytes-ratio")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
