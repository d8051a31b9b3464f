package git

import (
	"context"
	"fmt"
	"strings"
)

// trial makes the commits of Job.Trial.
func (w *work) trial(ctx context.Context) {
	for i := range w.picked {
		if w.picked[i].Outcome == Failed {
			continue
		}
		if err := w.trialOnto(ctx, i); err != nil {
			w.picked[i].fail(fmt.Errorf("making a commit on %s: %w", w.picked[i].Branch, err))
		}
	}
}

func (w *work) trialOnto(ctx context.Context, i int) error {
	blob, err := w.run(ctx, command{args: []string{"hash-object", "-w", "--stdin"}, stdin: []byte(w.job.Trial)})
	if err != nil {
		return err
	}
	entry := "100644 blob " + strings.TrimSpace(string(blob.out)) + "\ttrial.txt\n"
	tree, err := w.run(ctx, command{args: []string{"mktree"}, stdin: []byte(entry)})
	if err != nil {
		return err
	}
	at := w.tips[i]
	who := fmt.Sprintf("%s <%s> 0 +0000", w.job.Committer.Name, w.job.Committer.Email)
	commit := fmt.Sprintf("tree %s\nparent %s\nauthor %s\ncommitter %s\n\nTrial\n", strings.TrimSpace(string(tree.out)), at.id, who, who)
	if w.picked[i].Commit, err = w.write([]byte(commit)); err != nil {
		return err
	}
	w.picked[i].Outcome = Clean
	return nil
}
