package git

import (
	"context"
	"fmt"
	"strings"
)

// push pushes all picks at once; each branch succeeds or fails by itself.
func (w *work) push(ctx context.Context) {
	var due []int
	for i := range w.picked {
		if w.due(i) {
			due = append(due, i)
		}
	}
	if len(due) == 0 {
		return
	}
	if err := w.auth(ctx); err != nil {
		for _, i := range due {
			w.picked[i].fail(fmt.Errorf("pushing: %w", err))
		}
		return
	}
	again := w.pushSome(ctx, due)
	for _, i := range again {
		w.pushSome(ctx, []int{i})
	}
}

// due reports whether a pick should be pushed. An existing branch must be where the
// caller expects it, and the engine's own work.
func (w *work) due(i int) bool {
	p, head := &w.picked[i], w.heads[i]
	if p.Commit == "" || p.Outcome == Failed || head.id == p.Commit {
		return false
	}
	switch {
	case head.id == "" && w.job.Fork != "" && p.Have == "": // the lease will show it
	case head.id != "" && email(head.committer) != w.job.Committer.Email:
		p.fail(&Failure{Kind: ForeignBranch, Err: fmt.Errorf("the branch %s is at %s, which %q committed", p.Head, head.id,
			email(head.committer))})
	case head.id != p.Have:
		p.fail(&Failure{BranchMoved, true, fmt.Errorf("the branch %s is at %q, not at %q", p.Head, head.id, p.Have)})
	}
	return p.Outcome != Failed
}

// pushSome makes one push. A hook, a ruleset or push protection may reject all of it
// because of one branch, so rejected branches are pushed again one by one.
func (w *work) pushSome(ctx context.Context, due []int) (again []int) {
	args := []string{"push", "--porcelain", "--no-verify", "--no-signed"}
	to := "origin"
	if w.job.Fork != "" {
		to = "fork"
	}
	for _, i := range due {
		args = append(args, "--force-with-lease=refs/heads/"+w.picked[i].Head+":"+w.picked[i].Have)
	}
	args = append(args, to)
	for _, i := range due {
		args = append(args, w.picked[i].Commit+":refs/heads/"+w.picked[i].Head)
	}
	p, err := w.run(ctx, command{args: args})
	reports := parsePush(string(p.out))
	for _, i := range due {
		report, told := reports["refs/heads/"+w.picked[i].Head]
		switch {
		case told && report.ok:
		case told && len(due) > 1 && declined(report.text):
			again = append(again, i)
		case told:
			w.picked[i].fail(refused(report.text, p.errors))
		case err == nil:
			w.picked[i].fail(fmt.Errorf("pushing: git doesn't mention %s", w.picked[i].Head))
		default:
			w.picked[i].fail(&Failure{asFailure(err).Kind, asFailure(err).Temporary, fmt.Errorf("pushing: %w", asFailure(err).Err)})
		}
	}
	return again
}

// report is what git says about one pushed branch.
type report struct {
	ok   bool
	text string
}

// parsePush reads "git push --porcelain": a flag, FROM:TO and a summary, separated by
// tabs. "!" marks a rejected branch.
func parsePush(out string) map[string]report {
	reports := map[string]report{}
	for line := range strings.Lines(out) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(fields) != 3 || len(fields[0]) != 1 {
			continue
		}
		_, name, _ := strings.Cut(fields[1], ":")
		reports[name] = report{ok: fields[0] != "!", text: fields[2]}
	}
	return reports
}

// refused makes a Failure from the reason why a branch was rejected, or from the
// server's other output.
func refused(reason, stderr string) *Failure {
	var there strings.Builder
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "remote: ") {
			there.WriteString(line)
		}
	}
	err := fmt.Errorf("pushing: git push%s", tidy(reason+" "+there.String()))
	texts := []string{reason, there.String() + reason}
	if declined(reason) { // the server's other output says by what
		texts = texts[1:]
	}
	for _, text := range texts {
		for _, s := range remote {
			if s.pattern.MatchString(text) {
				return &Failure{s.kind, s.temporary, err}
			}
		}
	}
	return &Failure{Kind: Broken, Err: err}
}

// declined reports reasons that name no cause: "pre-receive hook declined", "protected
// branch hook declined" (GH006), and "push declined due to repository rule violations"
// (GH013), which GitHub uses for both rules and secrets.
func declined(reason string) bool { return strings.Contains(reason, "declined") }
