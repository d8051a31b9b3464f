package acceptance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// beyond is a character that takes four bytes in UTF-8.
const beyond = "\U0001F41B"

// statusContext is that of the run's statuses.
const statusContext = "concorde/acceptance"

// after is how long something took, in words.
func after(took time.Duration) string {
	return fmt.Sprintf("after %.1f s", took.Seconds())
}

// deadID comments and reacts in one request, between them with an id that is none.
func (s *session) deadID(ctx context.Context) (string, error) {
	note, err := s.comment(ctx, s.issue, "acceptance-dead-id")
	if err != nil {
		return "", err
	}
	answer, err := s.mutate(ctx, 3, `mutation($change0:AddReactionInput!,$change1:AddReactionInput!,$change2:AddReactionInput!){`+
		`change0:addReaction(input:$change0){clientMutationId reaction{content}} `+
		`change1:addReaction(input:$change1){clientMutationId reaction{content}} `+
		`change2:addReaction(input:$change2){clientMutationId reaction{content}}}`, map[string]any{
		"change0": map[string]any{"subjectId": note.Node, "content": "HEART"},
		"change1": map[string]any{"subjectId": "IC_kwDOAAAAAM4AAAAA", "content": "HEART"},
		"change2": map[string]any{"subjectId": note.Node, "content": "ROCKET"},
	})
	if err != nil {
		return "", err
	}
	for name, done := range map[string]bool{"change0": true, "change1": false, "change2": true} {
		if got := string(answer.Data[name]); (got != "null" && got != "") != done {
			return "", differs("%s is %q, errors %q", name, got, answer.problems())
		}
	}
	if len(answer.Errors) != 1 || answer.Errors[0].Type != "NOT_FOUND" || fmt.Sprint(answer.Errors[0].Path) != "[change1]" {
		return "", differs("the errors are %q, not one NOT_FOUND at change1", answer.problems())
	}
	return "", nil
}

func (s *session) fourByteLabel(ctx context.Context) (string, error) {
	name, described := labelPrefix+beyond+" "+s.names, labelPrefix+"described "+s.names
	for _, label := range []struct {
		what string
		body map[string]string
		want int
	}{
		{"name", map[string]string{"name": name}, 201},
		{"description", map[string]string{"name": described, "description": beyond}, 422},
	} {
		s.ownsLabel(label.body["name"])
		raw, err := s.rest(ctx, "POST", "labels", label.body)
		if err != nil {
			return "", err
		}
		if raw.status != label.want {
			return "", differs("a %s with it is answered %d: %s", label.what, raw.status, raw.body)
		}
	}
	return "", nil
}

// status posts a commit status on the shared pull request, and returns the HTTP status.
func (s *session) status(ctx context.Context, description string) (int, error) {
	status := map[string]string{"state": "success", "context": statusContext, "description": description}
	raw, err := s.rest(ctx, "POST", "statuses/"+s.pull.head, status)
	return raw.status, err
}

func (s *session) fourByteStatus(ctx context.Context) (string, error) {
	got, err := s.status(ctx, "Found "+beyond)
	if err == nil && got != 422 {
		err = differs("it is answered %d", got)
	}
	return "", err
}

func (s *session) statusLength(ctx context.Context) (string, error) {
	for n, want := range map[int]int{140: 201, 141: 422} {
		got, err := s.status(ctx, strings.Repeat("ä", n))
		if err != nil {
			return "", err
		}
		if got != want {
			return "", differs("%d characters of two bytes each are answered %d", n, got)
		}
	}
	return "", nil
}

func (s *session) fourByteCheck(ctx context.Context) (string, error) {
	check := pull.Check{Name: "concorde/acceptance " + beyond, Conclusion: pull.Success, Title: beyond, Summary: beyond}
	if err := s.apply(ctx, s.pull.key, pull.SetCheck{SHA: s.pull.head, Check: check}); err != nil {
		return "", differs("it is refused: %v", err)
	}
	took, err := s.shows(ctx, "a check run", func() (bool, error) {
		r, err := s.load(ctx, s.pull.key)
		if err != nil {
			return false, err
		}
		return r.Checks[check.Name].Digest == check.Digest(), nil
	})
	return after(took), err
}
