package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// prepared are the numbers of pull requests that people made before the run, 0 for none.
type prepared struct {
	fork     int // from a fork
	orphan   int // from a fork that is deleted
	reviewed int
}

func (s *session) prepared(ctx context.Context) (p prepared, err error) {
	var found struct {
		PullRequests struct {
			Nodes []struct {
				Number            int
				IsCrossRepository bool
				HeadRepository    *struct{ ID string }
				Reviews           struct{ TotalCount int }
			}
		}
	}
	answer, err := s.ask(ctx, "pullRequests(first:50,states:OPEN){nodes{number isCrossRepository headRepository{id} "+
		"reviews(first:1){totalCount}}}", nil)
	if err == nil {
		err = answer.repository(&found)
	}
	for _, n := range found.PullRequests.Nodes {
		if n.Reviews.TotalCount > 0 {
			p.reviewed = n.Number
		}
		switch {
		case n.HeadRepository == nil:
			p.orphan = n.Number
		case n.IsCrossRepository:
			p.fork = n.Number
		}
	}
	return p, err
}

// orGuest is a prepared number, or where there's none that of the second account's pull
// request.
func (s *session) orGuest(ctx context.Context, number int, otherwise string) (key pull.Key, err error) {
	key = s.cfg.Repository
	if key.Number = number; number != 0 {
		return key, nil
	}
	if s.cfg.Second == "" {
		return key, &skip{otherwise}
	}
	g, err := s.guest(ctx)
	if err == nil {
		key = g.key
	}
	return key, err
}

// headData is who a pull request is from, in the REST API.
type headData struct {
	State string
	Head  struct {
		Ref, SHA string
		Repo     *struct{ Owner struct{ Login string } }
	}
	User struct{ Login, Type string }
}

// heads compares where a pull request is from, as GraphQL and the REST API have it.
func (s *session) heads(ctx context.Context, key pull.Key) (same bool, text string, rest headData, err error) {
	r, err := s.load(ctx, key)
	if err == nil {
		err = s.want(ctx, "GET", fmt.Sprintf("pulls/%d", key.Number), nil, &rest)
	}
	if err != nil {
		return false, "", rest, err
	}
	owner := ""
	if rest.Head.Repo != nil {
		owner = rest.Head.Repo.Owner.Login
	}
	want, got := []string{owner, rest.Head.Ref, rest.Head.SHA, rest.User.Login}, []string{r.HeadOwner, r.HeadBranch, r.Head, r.Author}
	return slices.Equal(got, want), fmt.Sprintf("GraphQL has head and author as %q, the REST API as %q", got, want), rest, nil
}

func (s *session) fromFork(ctx context.Context) (string, error) {
	p, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	key, err := s.orGuest(ctx, p.fork, "no pull request from a fork is open, and "+needsSecond)
	if err != nil {
		return "", err
	}
	same, text, rest, err := s.heads(ctx, key)
	if err == nil && (!same || rest.Head.Repo == nil) {
		err = differs("%s", text)
	}
	return "", err
}

// orphaned checks a pull request whose fork was deleted. If there's none, the second
// account makes one.
func (s *session) orphaned(ctx context.Context) (string, error) {
	p, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	key, err := s.orGuest(ctx, p.orphan, "no pull request from a deleted fork is open, and "+needsSecond)
	if err == nil && p.orphan == 0 {
		err = s.deleteFork(ctx)
	}
	if err != nil {
		return "", err
	}
	var rest headData
	took, err := s.within(ctx, patience{"a deleted fork", forkTime, deliveryPause}, func() (bool, error) {
		var same bool
		same, _, rest, err = s.heads(ctx, key)
		return same && rest.Head.Repo == nil, err
	})
	if err != nil {
		return "", err
	}
	if g := s.second; p.orphan == 0 && (rest.Head.SHA != g.head || rest.Head.Ref != g.branch || rest.User.Login != g.login) {
		return "", differs("the head is %s at %s by %s now", rest.Head.Ref, rest.Head.SHA, rest.User.Login)
	}
	return fmt.Sprintf("%s; the pull request is %s", after(took), rest.State), nil
}

func (s *session) deleteFork(ctx context.Context) error {
	if s.second.gone {
		return nil
	}
	err := s.wantOfSecond(ctx, request{"DELETE", "/repos/" + s.second.fork, nil}, nil)
	s.second.gone = err == nil
	return err
}

// reviewData is one in the REST API.
type reviewData struct {
	ID          int64
	State       string
	CommitID    string `json:"commit_id"`
	Association string `json:"author_association"`
	User        struct{ Login string }
}

func (s *session) reviews(ctx context.Context, key pull.Key) (all []reviewData, err error) {
	err = s.want(ctx, "GET", fmt.Sprintf("pulls/%d/reviews", key.Number), nil, &all)
	return all, err
}

// approve has the second account approve the shared pull request, once.
func (s *session) approve(ctx context.Context) (v reviewData, err error) {
	if s.approval.ID != 0 {
		return s.approval, nil
	}
	body := map[string]string{"event": "APPROVE", "body": "It looks good.", "commit_id": s.pull.head}
	err = s.wantOfSecond(ctx, request{"POST", s.own(fmt.Sprintf("pulls/%d/reviews", s.pull.key.Number)), body}, &v)
	s.approval = v
	return v, err
}

func (s *session) review(ctx context.Context) (string, error) {
	p, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	key := s.pull.key
	switch {
	case s.cfg.Second != "":
		_, err = s.approve(ctx)
	case p.reviewed != 0:
		key.Number = p.reviewed
	default:
		err = &skip{"no open pull request has a review, and " + needsSecond}
	}
	if err != nil {
		return "", err
	}
	text := ""
	took, err := s.shows(ctx, "a review", func() (bool, error) {
		want, got, err := s.opinions(ctx, key)
		text = fmt.Sprintf("GraphQL has the reviews %q, the REST API %q", got, want)
		return len(want) > 0 && slices.Equal(got, want), err
	})
	return s.told(took, text, err)
}

// told is how long a step waited, or why in vain.
func (s *session) told(took time.Duration, why string, err error) (string, error) {
	var none *difference
	if errors.As(err, &none) {
		return "", differs("%s", why)
	}
	return after(took), err
}

// opinions are the approvals and the requests for changes in the REST API, and in GraphQL
// as the bot reads them.
func (s *session) opinions(ctx context.Context, key pull.Key) (want, got []string, err error) {
	r, err := s.load(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	rest, err := s.reviews(ctx, key)
	for _, v := range rest {
		if v.State == "APPROVED" || v.State == "CHANGES_REQUESTED" {
			want = append(want, fmt.Sprint(v.User.Login, v.State == "APPROVED", v.CommitID))
		}
	}
	for _, o := range r.Opinions {
		got = append(got, fmt.Sprint(o.By, o.Review == pull.Approved, o.Commit))
	}
	return want, got, err
}

// dismissal has the App dismiss an approval by the second account.
func (s *session) dismissal(ctx context.Context) (string, error) {
	if s.cfg.Second == "" {
		return "", &skip{needsSecond}
	}
	v, err := s.approve(ctx)
	if err != nil {
		return "", err
	}
	path := fmt.Sprintf("pulls/%d/reviews/%d/dismissals", s.pull.key.Number, v.ID)
	if err := s.want(ctx, "PUT", path, map[string]string{"message": "It was only a trial.", "event": "DISMISS"}, nil); err != nil {
		return "", err
	}
	text := ""
	took, err := s.shows(ctx, "a dismissal", func() (bool, error) {
		r, err := s.load(ctx, s.pull.key)
		if err != nil {
			return false, err
		}
		rest, err := s.reviews(ctx, s.pull.key)
		at := slices.IndexFunc(rest, func(x reviewData) bool { return x.ID == v.ID })
		event := slices.ContainsFunc(r.Events, func(e pull.Event) bool { return e.Kind == pull.Dismissed && e.Subject == v.User.Login })
		still := slices.ContainsFunc(r.Opinions, func(o pull.Opinion) bool { return o.By == v.User.Login })
		text = fmt.Sprintf("an event tells of it: %v, the approval still counts: %v", event, still)
		return event && !still && at >= 0 && rest[at].State == "DISMISSED", err
	})
	return s.told(took, text, err)
}
