package acceptance

import (
	"context"
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// prepared finds what people made before the run: a pull request from a fork, and one
// with a review.
func (s *session) prepared(ctx context.Context) (fork, reviewed int, err error) {
	var found struct {
		PullRequests struct {
			Nodes []struct {
				Number            int
				IsCrossRepository bool
				Reviews           struct{ TotalCount int }
			}
		}
	}
	answer, err := s.ask(ctx, "pullRequests(first:50,states:OPEN){nodes{number isCrossRepository reviews(first:1){totalCount}}}", nil)
	if err == nil {
		err = answer.repository(&found)
	}
	for _, n := range found.PullRequests.Nodes {
		if n.IsCrossRepository {
			fork = n.Number
		}
		if n.Reviews.TotalCount > 0 {
			reviewed = n.Number
		}
	}
	return fork, reviewed, err
}

func (s *session) fromFork(ctx context.Context) (string, error) {
	number, _, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	if number == 0 {
		return "", &skip{"no pull request from a fork is open"}
	}
	key := s.cfg.Repository
	key.Number = number
	r, err := s.load(ctx, key)
	if err != nil {
		return "", err
	}
	var rest struct {
		Head struct {
			Ref, SHA string
			Repo     *struct{ Owner struct{ Login string } }
		}
		User struct{ Login, Type string }
	}
	if err := s.want(ctx, "GET", fmt.Sprintf("pulls/%d", number), nil, &rest); err != nil {
		return "", err
	}
	owner := ""
	if rest.Head.Repo != nil {
		owner = rest.Head.Repo.Owner.Login
	}
	want := []string{owner, rest.Head.Ref, rest.Head.SHA, rest.User.Login}
	if got := []string{r.HeadOwner, r.HeadBranch, r.Head, r.Author}; !slices.Equal(got, want) {
		return "", differs("GraphQL has head and author as %q, the REST API as %q", got, want)
	}
	return "", nil
}

func (s *session) review(ctx context.Context) (string, error) {
	_, number, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	if number == 0 {
		return "", &skip{"no open pull request has a review by a second account"}
	}
	key := s.cfg.Repository
	key.Number = number
	r, err := s.load(ctx, key)
	if err != nil {
		return "", err
	}
	var rest []struct {
		State    string
		CommitID string `json:"commit_id"`
		User     struct{ Login string }
	}
	if err := s.want(ctx, "GET", fmt.Sprintf("pulls/%d/reviews", number), nil, &rest); err != nil {
		return "", err
	}
	var want, got []string
	for _, v := range rest {
		if v.State == "APPROVED" || v.State == "CHANGES_REQUESTED" {
			want = append(want, fmt.Sprint(v.User.Login, v.State == "APPROVED", v.CommitID))
		}
	}
	for _, o := range r.Opinions {
		got = append(got, fmt.Sprint(o.By, o.Review == pull.Approved, o.Commit))
	}
	if !slices.Equal(got, want) {
		return "", differs("GraphQL has the reviews %q, the REST API %q", got, want)
	}
	return fmt.Sprintf("%d reviews", len(got)), nil
}
