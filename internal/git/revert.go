package git

import (
	"context"
	"fmt"
)

// invert makes the pick a revert: it replaces the originals by one commit on top of the
// last that takes all of them back. Merging that is what "git revert" does, with its sides
// swapped.
func (w *work) invert(ctx context.Context) error {
	first, last := w.originals[0], w.originals[len(w.originals)-1]
	inverse := last
	inverse.tree, inverse.parents = emptyTree, []string{last.id}
	if base := first.base(); base != "" {
		c, err := w.objects.commit(ctx, base)
		if err != nil {
			return err
		}
		if c.id == "" {
			return fmt.Errorf("reading the parent %s of %s: it doesn't exist", base, first.id)
		}
		inverse.tree = c.tree
	}
	var err error
	if inverse.id, err = w.write(inverse.with(inverse.tree)); err != nil {
		return err
	}
	w.originals = []commit{inverse}
	return nil
}
