package acceptance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// dated is a pull request of two commits: the first is dated tomorrow, the second
// yesterday. Whoever commits chooses the dates.
type dated struct {
	made
	commits [2]string
}

// odd returns the pull request with odd dates that several steps share.
func (s *session) odd(ctx context.Context) (dated, error) {
	if s.dated.key.Number != 0 {
		return s.dated, nil
	}
	var d dated
	now := s.cfg.GitHub.Now()
	parent := s.tip
	for i, at := range []time.Time{now.Add(24 * time.Hour), now.Add(-24 * time.Hour)} {
		of := files{fmt.Sprint("acceptance/dated-", i): {Content: "x\n"}}
		sha, err := s.commit(ctx, draft{parent: parent, message: fmt.Sprint("Commit ", i), dated: at, files: of})
		if err != nil {
			return d, err
		}
		d.commits[i], parent = sha, sha
	}
	var err error
	d.made, err = s.openPull(ctx, s.opening("dated"), parent)
	if err == nil {
		s.dated = d
	}
	return d, err
}

func (s *session) branch(name string) string { return branchPrefix + s.names + "/" + name }

func (s *session) commitOrder(ctx context.Context) (string, error) {
	d, err := s.odd(ctx)
	if err != nil {
		return "", err
	}
	r, err := s.load(ctx, d.key)
	if err != nil {
		return "", err
	}
	var got []string
	for _, c := range r.Commits {
		got = append(got, c.SHA)
	}
	if !slices.Equal(got, d.commits[:]) {
		return "", differs("the commits are listed as %q, made as %q", got, d.commits)
	}
	return "", nil
}

// item is an entry of a timeline.
type item struct {
	Typename string `json:"__typename"`
	Commit   struct{ Oid string }
	Label    struct{ Name string }
}

func (s *session) timeline(ctx context.Context, of pull.Key, types string) ([]item, error) {
	var found struct {
		PullRequest struct{ TimelineItems struct{ Nodes []item } }
	}
	fields := "pullRequest(number:$number){timelineItems(first:50,itemTypes:[" + types + "]){nodes{__typename " +
		"...on PullRequestCommit{commit{oid}} ...on LabeledEvent{label{name}} ...on UnlabeledEvent{label{name}}}}}"
	answer, err := s.ask(ctx, fields, map[string]any{"number:Int!": of.Number})
	if err == nil {
		err = answer.repository(&found)
	}
	return found.PullRequest.TimelineItems.Nodes, err
}

// futureCommit labels the pull request now: where do the commits of tomorrow and of
// yesterday stand?
func (s *session) futureCommit(ctx context.Context) (string, error) {
	d, err := s.odd(ctx)
	if err != nil {
		return "", err
	}
	label := labelPrefix + "dated " + s.names
	if _, err := s.newLabel(ctx, label); err != nil {
		return "", err
	}
	if err := s.apply(ctx, d.key, pull.AddLabel{Name: label, Existing: true}); err != nil {
		return "", err
	}
	var items []item
	_, err = s.shows(ctx, "a labeled event", func() (bool, error) {
		items, err = s.timeline(ctx, d.key, "PULL_REQUEST_COMMIT,LABELED_EVENT")
		return slices.ContainsFunc(items, func(i item) bool { return i.Label.Name == label }), err
	})
	if err != nil {
		return "", err
	}
	var got []string
	for _, i := range items {
		got = append(got, i.Commit.Oid+i.Label.Name)
	}
	if want := []string{d.commits[1], label, d.commits[0]}; !slices.Equal(got, want) {
		return "", differs("the timeline is %q, by the commits' own dates it would be %q", got, want)
	}
	return "", nil
}

// eventOrder sets, removes and sets a label within a second.
func (s *session) eventOrder(ctx context.Context) (string, error) {
	name := labelPrefix + "order " + s.names
	id, err := s.newLabel(ctx, name)
	if err != nil {
		return "", err
	}
	subject, err := s.node(ctx, s.pull.key)
	if err != nil {
		return "", err
	}
	input := map[string]any{"labelableId": subject, "labelIds": []string{id}}
	answer, err := s.mutate(ctx, 3, "mutation($a:AddLabelsToLabelableInput!,$b:RemoveLabelsFromLabelableInput!){"+
		"change0:addLabelsToLabelable(input:$a){clientMutationId} change1:removeLabelsFromLabelable(input:$b){clientMutationId} "+
		"change2:addLabelsToLabelable(input:$a){clientMutationId}}", map[string]any{"a": input, "b": input})
	if err == nil && len(answer.Errors) > 0 {
		err = differs("%q", answer.problems())
	}
	if err != nil {
		return "", err
	}
	var got []string
	_, err = s.shows(ctx, "a label's history", func() (bool, error) {
		items, err := s.timeline(ctx, s.pull.key, "LABELED_EVENT,UNLABELED_EVENT")
		got = nil
		for _, i := range items {
			if i.Label.Name == name {
				got = append(got, i.Typename)
			}
		}
		return len(got) >= 3, err
	})
	if want := []string{"LabeledEvent", "UnlabeledEvent", "LabeledEvent"}; err == nil && !slices.Equal(got, want) {
		err = differs("the events are %q, made as %q", got, want)
	}
	return "", err
}

// skew is how far the clocks of GitHub and of this machine may be apart.
const skew = 5 * time.Minute

func (s *session) forcePush(ctx context.Context) (string, error) {
	m, err := s.newPull(ctx, "forced", files{"acceptance/forced.txt": {Content: "before\n"}})
	if err != nil {
		return "", err
	}
	sha, err := s.commit(ctx, draft{
		parent: s.tip, message: "Instead", files: files{"acceptance/forced.txt": {Content: "after\n"}},
		dated: s.cfg.GitHub.Now().Add(-48 * time.Hour),
	})
	if err != nil {
		return "", err
	}
	at := s.cfg.GitHub.Now()
	if err := s.moveBranch(ctx, m.branch, sha); err != nil {
		return "", err
	}
	var pushed pull.Event
	took, err := s.shows(ctx, "a force push", func() (bool, error) {
		r, err := s.load(ctx, m.key)
		if err != nil {
			return false, err
		}
		for _, e := range r.Events {
			if e.Kind == pull.ForcePushed {
				pushed = e
			}
		}
		return pushed.Kind != "" && r.Head == sha, nil
	})
	switch {
	case err != nil:
		return "", err
	case pushed.Subject != sha:
		return "", differs("afterCommit is %q, not %q", pushed.Subject, sha)
	case pushed.At.Sub(at).Abs() > skew:
		return "", differs("it is dated %s, and was made at %s", pushed.At, at)
	}
	return after(took), nil
}

// mentions opens a pull request whose text names the issue with a closing keyword.
func (s *session) mentions(ctx context.Context) (string, error) {
	sha, err := s.commit(ctx, draft{parent: s.tip, message: "Mention", files: files{"acceptance/mention.txt": {Content: "x\n"}}})
	if err != nil {
		return "", err
	}
	o := s.opening("mention")
	o.Body = fmt.Sprintf("Fixes #%d", s.issue.Number)
	m, err := s.openPull(ctx, o, sha)
	if err != nil {
		return "", err
	}
	var closes []int
	took, err := s.shows(ctx, "a cross-reference", func() (bool, error) {
		r, err := s.load(ctx, s.issue)
		if err != nil {
			return false, err
		}
		at := slices.IndexFunc(r.Mentions, func(p pull.Summary) bool { return p.Number == m.key.Number })
		if at >= 0 {
			closes = r.Mentions[at].Closes
		}
		return at >= 0, nil
	})
	if err == nil && len(closes) > 0 {
		err = differs("it would close the issue, though it doesn't go into the default branch")
	}
	return after(took), err
}

func (s *session) deletedComment(ctx context.Context) (string, error) {
	note, err := s.comment(ctx, s.pull.key, "acceptance-deleted")
	if err != nil {
		return "", err
	}
	before, err := s.load(ctx, s.pull.key)
	if err != nil {
		return "", err
	}
	raw, err := s.rest(ctx, "DELETE", fmt.Sprintf("issues/comments/%d", note.ID), nil)
	if err := removed(raw, err); err != nil {
		return "", err
	}
	took, err := s.shows(ctx, "a deleted comment", func() (bool, error) {
		r, err := s.load(ctx, s.pull.key)
		return err == nil && r.NotesDeleted == before.NotesDeleted+1, err
	})
	return after(took), err
}
