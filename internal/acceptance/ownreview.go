package acceptance

import (
	"context"
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// ownReview has the App comment in a review of its own pull request, and tries to approve
// it.
func (s *session) ownReview(ctx context.Context) (string, error) {
	path := fmt.Sprintf("pulls/%d/reviews", s.pull.key.Number)
	var v reviewData
	if err := s.want(ctx, "POST", path, map[string]string{"event": "COMMENT", "body": "A review of the acceptance run"}, &v); err != nil {
		return "", err
	}
	raw, err := s.rest(ctx, "POST", path, map[string]string{"event": "APPROVE"})
	switch {
	case err != nil:
		return "", err
	case raw.status != 422:
		return "", differs("an approval of its own is answered %d: %s", raw.status, raw.body)
	case v.State != "COMMENTED" || v.CommitID != s.pull.head:
		return "", differs("the review is %s of %s", v.State, v.CommitID)
	}
	r, err := s.load(ctx, s.pull.key)
	if err == nil && slices.ContainsFunc(r.Opinions, func(o pull.Opinion) bool { return o.By == s.slug || o.By == s.slug+"[bot]" }) {
		err = differs("a review that only comments counts as an opinion")
	}
	return "", err
}

// association compares how the authors of pull requests are associated with the
// repository: the App, and if there's one the second account.
func (s *session) association(ctx context.Context) (string, error) {
	keys := []pull.Key{s.pull.key}
	p, err := s.prepared(ctx)
	if err != nil {
		return "", err
	}
	if p.fork != 0 {
		key := s.cfg.Repository
		key.Number = p.fork
		keys = append(keys, key)
	}
	measured := ""
	for _, key := range keys {
		r, err := s.load(ctx, key)
		if err != nil {
			return "", err
		}
		var rest struct {
			Association string `json:"author_association"`
		}
		if err := s.want(ctx, "GET", fmt.Sprintf("pulls/%d", key.Number), nil, &rest); err != nil {
			return "", err
		}
		if rest.Association == "" || rest.Association != r.Association {
			return "", differs("of #%d it is %q in GraphQL, %q in the REST API", key.Number, r.Association, rest.Association)
		}
		measured += fmt.Sprintf("#%d: %s; ", key.Number, r.Association)
	}
	return measured + "teams and roles decide in the bot, this doesn't", nil
}
