package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

func (s *session) openTwice(ctx context.Context) (string, error) {
	m, err := s.newPull(ctx, "twice", files{"acceptance/twice.txt": {Content: "x\n"}})
	if err != nil {
		return "", err
	}
	var again pull.Summary
	err = s.patiently(ctx, func() (err error) {
		again, err = s.writes.OpenPull(ctx, 0, s.cfg.Repository, pull.OpenPull{Head: m.branch, Base: s.base, Title: "Again"})
		return err
	})
	switch {
	case err != nil:
		return "", differs("opening it again: %v", err)
	case again.Number != m.key.Number || !again.Own:
		return "", differs("opening it again gives #%d, not #%d", again.Number, m.key.Number)
	}
	return "", nil
}

// newDraft opens a draft, which private repositories of a free plan don't have.
func (s *session) newDraft(ctx context.Context, name string) (made, error) {
	sha, err := s.commit(ctx, draft{parent: s.tip, message: "Draft", files: files{"acceptance/" + name + ".txt": {Content: "x\n"}}})
	if err != nil {
		return made{}, err
	}
	o := s.opening(name)
	o.Draft = true
	m, err := s.openPull(ctx, o, sha)
	if err != nil && strings.Contains(strings.ToLower(err.Error()), "draft pull requests are not supported") {
		err = &skip{"the repository's plan has no drafts: use a public one"}
	}
	return m, err
}

func (s *session) draft(ctx context.Context) (string, error) {
	m, err := s.newDraft(ctx, "draft")
	if err != nil {
		return "", err
	}
	r, err := s.load(ctx, m.key)
	if err != nil {
		return "", err
	}
	if !r.Draft {
		return "", differs("it isn't opened as a draft")
	}
	if err := s.apply(ctx, m.key, pull.Ready{}); err != nil {
		return "", differs("making it ready: %v", err)
	}
	took, err := s.shows(ctx, "a draft that is ready", func() (bool, error) {
		r, err := s.load(ctx, m.key)
		return err == nil && !r.Draft && slices.ContainsFunc(r.Events, func(e pull.Event) bool { return e.Kind == pull.Readied && e.Own }), err
	})
	return after(took), err
}

func (s *session) staleMerge(ctx context.Context) (string, error) {
	raw, err := s.rest(ctx, "PUT", fmt.Sprintf("pulls/%d/merge", s.pull.key.Number), map[string]string{"sha": s.tip, "merge_method": "squash"})
	if err == nil && raw.status != 409 {
		err = differs("it is answered %d: %s", raw.status, raw.body)
	}
	return "", err
}

func (s *session) squash(ctx context.Context) (string, error) {
	m, err := s.newPull(ctx, "squash", files{"acceptance/squash.txt": {Content: "x\n"}})
	if err != nil {
		return "", err
	}
	title := fmt.Sprintf("Squash (GH-%d)", m.key.Number)
	if err := s.apply(ctx, m.key, pull.MergePull{SHA: m.head, Title: title, Body: "The body"}); err != nil {
		return "", differs("merging it: %v", err)
	}
	var merge *pull.Merge
	took, err := s.shows(ctx, "a merge", func() (bool, error) {
		r, err := s.load(ctx, m.key)
		if err == nil {
			merge = r.Merge
		}
		return merge != nil, err
	})
	if err != nil {
		return "", err
	}
	var rest struct {
		MergeCommitSHA string `json:"merge_commit_sha"`
	}
	if err := s.want(ctx, "GET", fmt.Sprintf("pulls/%d", m.key.Number), nil, &rest); err != nil {
		return "", err
	}
	switch {
	case merge.Parents != 1 || merge.Rebased:
		return "", differs("the commit has %d parents, rebased %v", merge.Parents, merge.Rebased)
	case !strings.HasPrefix(merge.Message, title+"\n\nThe body"):
		return "", differs("its message is %q", merge.Message)
	case rest.MergeCommitSHA != merge.SHA:
		return "", differs("merge_commit_sha is %q, mergeCommit is %q", rest.MergeCommitSHA, merge.SHA)
	}
	return after(took), nil
}

func (s *session) deleteBranch(ctx context.Context) (string, error) {
	m, err := s.newPull(ctx, "deleted", files{"acceptance/deleted.txt": {Content: "x\n"}})
	if err != nil {
		return "", err
	}
	path := "git/refs/heads/" + m.branch
	if raw, err := s.rest(ctx, "DELETE", path, nil); err != nil || raw.status != 204 {
		return "", fmt.Errorf("deleting the branch: %d: %w", raw.status, err)
	}
	took, err := s.shows(ctx, "a pull request that closes with its branch", func() (bool, error) {
		r, err := s.load(ctx, m.key)
		return err == nil && r.State == pull.Closed, err
	})
	if err != nil {
		return "", err
	}
	raw, err := s.rest(ctx, "DELETE", path, nil)
	if err == nil && (raw.status != 422 || !strings.Contains(strings.ToLower(string(raw.body)), "does not exist")) {
		err = differs("deleting it again is answered %d: %s", raw.status, raw.body)
	}
	return after(took), err
}

// annotations writes a check run in two parts.
func (s *session) annotations(ctx context.Context) (string, error) {
	check := pull.Check{Name: "concorde/acceptance annotations", Conclusion: pull.Neutral, Title: "Many", Summary: "Many"}
	for i := range 51 {
		note := pull.Annotation{Path: "acceptance/shared.txt", Line: 1, Level: pull.NoticeLevel, Message: fmt.Sprint("Note ", i)}
		check.Annotations = append(check.Annotations, note)
	}
	if err := s.apply(ctx, s.pull.key, pull.SetCheck{SHA: s.pull.head, Check: check}); err != nil {
		return "", differs("it is refused: %v", err)
	}
	took, err := s.shows(ctx, "a check run", func() (bool, error) {
		r, err := s.load(ctx, s.pull.key)
		return err == nil && r.Checks[check.Name].Digest == check.Digest(), err
	})
	return after(took), err
}
