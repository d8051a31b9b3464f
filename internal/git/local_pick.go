package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// LocalPick is a commit, and what to pick it onto.
type LocalPick struct {
	Commit string   // full id; a merge is compared with its first parent
	Onto   string   // full id
	Leave  []string // as in Target
	// Message and Instead are as in Job.
	Message func(Source) string
	Instead *Source
}

// LocalCommit is what people see of a commit.
type LocalCommit struct {
	Source
	Tree    string
	Parents []string
}

// Commit reads a commit by its full id.
func (l *Local) Commit(ctx context.Context, id string) (LocalCommit, error) {
	c, err := l.read(ctx, id)
	if err != nil {
		return LocalCommit{}, err
	}
	return LocalCommit{Source: c.source(), Tree: c.tree, Parents: c.parents}, nil
}

// Merged returns the commits that a merge brought, oldest first and up to 250, if
// they're here: none in a shallow repository.
func (l *Local) Merged(ctx context.Context, id string) ([]pull.Commit, error) {
	p, err := l.do(ctx, "", "log", "--reverse", "--no-merges", "--max-count=250", "-z", "--no-show-signature", "--encoding=UTF-8",
		"--format=%H %an <%ae>%n%B", id+"^1.."+id)
	if p.code > 0 {
		return nil, nil
	}
	var all []pull.Commit
	for record := range strings.SplitSeq(string(p.out), "\x00") {
		head, message, _ := strings.Cut(record, "\n")
		id, author, found := strings.Cut(head, " ")
		if found {
			all = append(all, pull.Commit{SHA: id, Message: message, Author: credit(author)})
		}
	}
	return all, err
}

func (l *Local) read(ctx context.Context, id string) (commit, error) {
	c, err := l.work.objects.commit(ctx, id)
	if err == nil && c.id == "" {
		err = fmt.Errorf("the commit %s doesn't exist here", id)
	}
	return c, err
}

// Contents reads a file of a commit, up to a limit in bytes. It's false if there's no
// such file.
func (l *Local) Contents(ctx context.Context, id, path string, limit int64) ([]byte, bool, error) {
	found, err := l.work.objects.read(ctx, id+":"+path, limit)
	return found.data, found.kind == "blob", err
}

// Whole reports whether the parent that a commit is compared with is here. In a shallow
// repository it may not be.
func (l *Local) Whole(ctx context.Context, id string) (bool, error) {
	c, err := l.read(ctx, id)
	if err != nil || c.base() == "" {
		return err == nil, err
	}
	p, err := l.do(ctx, "", "rev-parse", "--verify", "--quiet", id+"^1^{commit}")
	if p.code > 0 {
		err = nil
	}
	return strings.TrimSpace(string(p.out)) == c.base(), err
}

// Changed returns the paths that a commit changes, sorted; a merge is compared with its
// first parent.
func (l *Local) Changed(ctx context.Context, id string) ([]string, error) {
	c, err := l.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return l.work.changed(ctx, c)
}

// Without writes a commit without its changes to some files, and returns its id; it's the
// commit itself if that changes none of them.
func (l *Local) Without(ctx context.Context, id string, files []string) (string, error) {
	c, err := l.read(ctx, id)
	if err != nil || len(files) == 0 {
		return id, err
	}
	tree, err := l.work.without(ctx, c, files)
	if err != nil || tree == c.tree {
		return id, err
	}
	return l.write(ctx, c.with(tree))
}

// Pick picks in memory. It writes objects, and changes no branch. Target stays empty,
// and so does Commit unless the pick is clean.
func (l *Local) Pick(ctx context.Context, p LocalPick) (Picked, error) {
	picked := Picked{Tip: p.Onto}
	original, err := l.read(ctx, p.Commit)
	if err != nil {
		return picked, err
	}
	at, err := l.read(ctx, p.Onto)
	if err != nil {
		return picked, err
	}
	trimmed := original
	if trimmed.id, err = l.Without(ctx, p.Commit, p.Leave); err != nil {
		return picked, err
	}
	m, err := l.merge(ctx, at.tree, trimmed)
	switch {
	case err != nil:
		if t, ok := errors.AsType[*Failure](err); ok {
			err = t.Err
		}
	case !m.clean:
		picked.Outcome = Conflicted
		picked.Conflicts, err = l.work.conflicts(ctx, m.conflicts, m.tree)
	case m.tree == at.tree:
		picked.Outcome = Present
	default:
		picked.Outcome = Clean
		picked.Commit, err = l.commitTree(ctx, m.tree, original, p)
	}
	return picked, err
}

func (l *Local) merge(ctx context.Context, tree string, original commit) (merged, error) {
	found, err := l.work.list(ctx, tree, nil)
	if err != nil {
		return merged{}, err
	}
	attributes, err := l.work.attributes(ctx, 0, found.attributes)
	if err != nil {
		return merged{}, err
	}
	id, err := l.write(ctx, side(tree, original))
	if err != nil {
		return merged{}, err
	}
	return l.work.mergeTree(ctx, attributes, id, original)
}

// CommitTree makes a pick's commit from a tree that was made by other means.
func (l *Local) CommitTree(ctx context.Context, tree string, p LocalPick) (string, error) {
	original, err := l.read(ctx, p.Commit)
	if err != nil {
		return "", err
	}
	return l.commitTree(ctx, tree, original, p)
}

func (l *Local) commitTree(ctx context.Context, tree string, original commit, p LocalPick) (string, error) {
	committer, err := l.Committer(ctx)
	if err != nil {
		return "", err
	}
	return l.write(ctx, original.instead(p.Instead).reword(tree, p.Onto, committer, p.Message))
}

// Sign makes the same commit with a signature, if the person's configuration wants one
// (commit.gpgSign). Otherwise it returns the commit itself.
func (l *Local) Sign(ctx context.Context, id string) (string, error) {
	if p, err := l.do(ctx, "", "config", "--type=bool", "--get", "commit.gpgSign"); err != nil || string(p.out) != "true\n" {
		return id, ctx.Err()
	}
	c, err := l.read(ctx, id)
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(c.author, "<")
	s := *l.work.space
	s.env = append(slices.Clone(s.env), "GIT_AUTHOR_NAME="+strings.TrimSpace(name), "GIT_AUTHOR_EMAIL="+email(c.author),
		"GIT_AUTHOR_DATE=@"+date(c.author))
	args := []string{"-c", "i18n.commitEncoding=" + cmp.Or(c.encoding, "UTF-8"), "commit-tree", "-S", c.tree, "-p", c.base()}
	p, err := s.run(ctx, command{args: args, stdin: []byte(c.message)})
	if err != nil && p.code > 0 {
		err = fmt.Errorf("signing the commit (commit.gpgSign is set): %w", told("commit-tree", p))
	}
	return strings.TrimSpace(string(p.out)), err
}

// Committer is the person with the date, as git knows them. It stays the same until
// Close.
func (l *Local) Committer(ctx context.Context) (string, error) {
	if l.committer != "" {
		return l.committer, nil
	}
	p, err := l.do(ctx, "", "var", "GIT_COMMITTER_IDENT")
	if err != nil {
		return "", fmt.Errorf("finding the committer's name (set it with git config user.name and user.email): %w", err)
	}
	l.committer = strings.TrimSuffix(string(p.out), "\n")
	return l.committer, nil
}

// write adds a commit to the repository, as its configuration wants it.
func (l *Local) write(ctx context.Context, object []byte) (string, error) {
	p, err := l.work.run(ctx, command{args: []string{"hash-object", "-t", "commit", "-w", "--stdin", "--literally"}, stdin: object})
	return strings.TrimSpace(string(p.out)), err
}
