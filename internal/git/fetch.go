package git

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// work is a job in progress.
type work struct {
	*space
	job       Job
	originals []commit // oldest first
	picked    []Picked
	tips      []tip
	heads     []commit // where each Head is, if it is there
	partial   bool     // the server leaves contents out
	maxMerge  int64    // bytes of a file
	objects   *objects
}

// auth requests a token and puts it into the environment of the commands that follow.
func (w *work) auth(ctx context.Context) error {
	token := ""
	if w.job.Token != nil {
		var err error
		if token, err = w.job.Token(ctx); err != nil {
			return &Failure{Kind: Denied, Temporary: true, Err: fmt.Errorf("requesting a token: %w", err)}
		}
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return &Failure{Kind: Denied, Err: errors.New("requesting a token: the answer isn't one")}
		}
	}
	w.env = w.login(w.job, token)
	return nil
}

// prepare fetches and reads all that the picks need. Objects stay open.
func (w *work) prepare(all context.Context, most time.Duration) (err error) {
	within(all, most, func(ctx context.Context) {
		if err = w.fetch(ctx); err != nil {
			return
		}
		if w.objects, err = w.open(all); err != nil {
			return
		}
		if err = w.survey(ctx); err != nil {
			w.objects.close()
		}
	})
	return err
}

// fetch fetches the commits with their trees, but without contents.
func (w *work) fetch(ctx context.Context) error {
	if err := w.auth(ctx); err != nil {
		return err
	}
	if _, err := w.run(ctx, command{args: []string{"init", "--bare", "--quiet", "--template="}}); err != nil {
		return err
	}
	w.picked = make([]Picked, len(w.job.Targets))
	for i, t := range w.job.Targets {
		w.picked[i].Target = t
	}
	p, err := w.fetchOnce(ctx)
	if is(err, BranchMissing) {
		if err = w.dropMissing(ctx); err == nil {
			p, err = w.fetchOnce(ctx)
		}
	}
	if id := missing(p.errors); err != nil && id != "" && id != w.job.Commit { // a branch has just moved
		return &Failure{BranchMoved, true, err}
	}
	if err != nil {
		return err
	}
	w.partial = !strings.Contains(p.errors, "filtering not recognized")
	return w.fetchFork(ctx)
}

func is(err error, kind FailureKind) bool {
	t, ok := errors.AsType[*Failure](err)
	return ok && t.Kind == kind
}

// fetchOnce fetches everything at once. Heads are requested by a pattern, which may
// match none.
func (w *work) fetchOnce(ctx context.Context) (printed, error) {
	args := append(w.fetchArgs(), "origin", w.job.Commit+":refs/picked")
	for i, p := range w.picked {
		if p.Outcome == Failed {
			continue
		}
		args = append(args, "+refs/heads/"+p.Branch+":"+tipRef(i))
		if w.job.Fork == "" {
			args = append(args, headPattern(i, p.Head))
		}
	}
	return w.run(ctx, command{args: args})
}

// fetchArgs are the same for each fetch: a smaller depth would cut off what an earlier
// one fetched.
func (w *work) fetchArgs() []string {
	return []string{"fetch", "--quiet", "--depth=" + strconv.Itoa(max(w.job.Commits, 1)+1), "--filter=blob:none", "--refmap=", "--no-tags",
		"--no-write-fetch-head"}
}

// fetchFork looks up the heads in a fork, if any of them should be there.
func (w *work) fetchFork(ctx context.Context) error {
	args := append(w.fetchArgs(), "fork")
	for i, p := range w.picked {
		if w.job.Fork != "" && p.Have != "" && p.Outcome != Failed {
			args = append(args, headPattern(i, p.Head))
		}
	}
	if args[len(args)-1] == "fork" {
		return nil
	}
	_, err := w.run(ctx, command{args: args})
	return err
}

func tipRef(i int) string { return "refs/tips/" + strconv.Itoa(i) }

func headRef(i int) string { return "refs/have/" + strconv.Itoa(i) + "/head" }

func headPattern(i int, head string) string { return "+refs/heads/" + head + "*:" + headRef(i) + "*" }

// dropMissing finds out which branches are missing, so that the others can still be
// picked onto.
func (w *work) dropMissing(ctx context.Context) error {
	args := []string{"ls-remote", "--quiet", "--heads", "origin"}
	for _, p := range w.picked {
		args = append(args, "refs/heads/"+p.Branch)
	}
	out, err := w.run(ctx, command{args: args})
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for line := range strings.Lines(string(out.out)) {
		_, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		there[name] = true
	}
	for i, p := range w.picked {
		if !there["refs/heads/"+p.Branch] {
			w.picked[i].fail(&Failure{Kind: BranchMissing, Err: fmt.Errorf("the branch %s doesn't exist", p.Branch)})
		}
	}
	return nil
}

func (p *Picked) fail(err error) {
	p.Outcome, p.Err, p.Commit, p.Conflicts = Failed, asFailure(err), "", nil
}
