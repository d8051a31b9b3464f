package ghtest

import (
	"errors"
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// AutoMerge enables auto-merge by a method (squash, merge, rebase), or with "" disables it, by a person.
func (r *Repo) AutoMerge(number int, by, method string) error {
	return r.actPull(number, "setting auto-merge of", func(i *world.Issue) error {
		if method == "" {
			return r.repo.DisableAutoMerge(i, r.account(by), "Disabled by "+by)
		}
		return r.repo.EnableAutoMerge(i, world.AutoMerge{By: r.account(by), Method: method})
	})
}

// Merge squashes a pull request into its base branch, "Title (#N)", and returns the commit.
func (r *Repo) Merge(number int, by string) (string, error) {
	return r.MergeWith(number, MergeOptions{By: by})
}

// MergeBy merges by a method: squash, merge (a commit with two parents) or rebase (each commit again; the last one is returned).
func (r *Repo) MergeBy(number int, by, method string) (string, error) {
	return r.MergeWith(number, MergeOptions{By: by, Method: method})
}

// MergeWith merges with a message of choice, as people who may bypass protections do, and returns the commit.
func (r *Repo) MergeWith(number int, o MergeOptions) (string, error) {
	sha := ""
	err := r.actPull(number, "merging", func(i *world.Issue) (err error) {
		sha, err = r.repo.MergeAt(i, o)
		return err
	})
	return sha, err
}

// Queue is QueueBy by the owner of the repository.
func (r *Repo) Queue(number int) (string, error) { return r.QueueBy(number, r.repo.Owner.Login) }

// QueueBy puts a pull request that may be merged into the merge queue of its base branch, which has one from then on, and returns the
// head of its group. It is merged when what the branch requires is successful on that head; where nothing is, by MergeQueued.
func (r *Repo) QueueBy(number int, by string) (string, error) {
	head := ""
	err := r.actPull(number, "queueing", func(i *world.Issue) (err error) {
		head, err = r.repo.Enqueue(i, r.account(by))
		return err
	})
	return head, err
}

// Dequeue takes a pull request out of the merge queue; the groups after it are made again.
func (r *Repo) Dequeue(number int) error {
	return r.actPull(number, "dequeueing", func(i *world.Issue) error {
		if r.repo.QueueEntry(i) == nil {
			return errors.New("it is not queued")
		}
		return errors.Join(r.repo.Dequeue(i, "MANUAL"), r.repo.Settle())
	})
}

// MergeQueued merges the first of a queue whatever its checks say, as the queue does where none are required, and returns the commit.
func (r *Repo) MergeQueued(number int) (string, error) {
	sha := ""
	err := r.actPull(number, "merging from the queue", func(i *world.Issue) error {
		q := r.repo.QueueEntry(i)
		if q == nil || r.repo.Queues[i.Pull.BaseRef][0] != q {
			return errors.New("it is not the first of a queue")
		}
		sha = q.Head()
		return r.repo.MergeQueued(q)
	})
	return sha, err
}

// CheckRun makes, or changes, a check run of another App on a commit, as CI does: by its slug ("github-actions") and the run's name. No
// conclusion is one in progress. GitHub reports it with check_suite once all of that App's runs on the commit are completed.
func (r *Repo) CheckRun(sha, app, name, conclusion string) error {
	defer r.lock()()
	if err := r.repo.OtherCheck(sha, app, name, conclusion); err != nil {
		return fmt.Errorf("making the check run %s of %s on %s: %w", name, app, sha, err)
	}
	return r.repo.Settle()
}

// SetStatus sets a status on a commit as CI does.
func (r *Repo) SetStatus(sha, by string, in Status) error {
	defer r.lock()()
	err := r.repo.AddStatus(sha, &world.Status{Context: in.Context, State: in.State, Description: in.Description, TargetURL: in.TargetURL, Creator: r.account(by)})
	if err != nil {
		return fmt.Errorf("setting status %s on %s: %w", in.Context, sha, err)
	}
	return nil
}
