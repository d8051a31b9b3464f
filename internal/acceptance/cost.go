package acceptance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	dearest = 3                // points of the dearest query (docs/performance.md)
	giveUp  = 10 * time.Second // after which GitHub doesn't answer a query ("Query resource limits")
)

// meter adds up what the queries of a context cost, and keeps the worst of each.
type meter struct {
	queries, points, dearest, nodes int
	longest                         time.Duration
}

type metered struct{}

func (m *meter) add(points, nodes int, took time.Duration) {
	m.queries++
	m.points += points
	m.nodes = max(m.nodes, nodes)
	m.dearest, m.longest = max(m.dearest, points), max(m.longest, took)
}

func (m *meter) String() string {
	return fmt.Sprintf("%d queries, %d points, %d nodes at most, %.1f s at most", m.queries, m.points, m.nodes, m.longest.Seconds())
}

// asked has the loads of the bot made one after the other, and measures each.
func (s *session) asked(ctx context.Context, about pull.Key) (string, error) {
	loads, err := snapshot.New(s.app)
	if err != nil {
		return "", err
	}
	installation, err := s.app.Installation(ctx, s.cfg.Repository)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, load := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"pull request", func(ctx context.Context) error {
			_, err := loads.Load(ctx, snapshot.Query{Key: about, Installation: installation, Needs: everything, Reads: all})
			return err
		}},
		{"repository", func(ctx context.Context) error {
			q := snapshot.RepositoryQuery{Key: about.Repository(), Installation: installation, SettingsPath: "README", LabelRulesPath: "README"}
			_, err := loads.Repository(ctx, q)
			return err
		}},
		{"list", func(ctx context.Context) error {
			_, _, err := loads.Pulls(ctx, snapshot.List{Key: about.Repository(), Installation: installation, Pages: 1})
			return err
		}},
		{"mergeability", func(ctx context.Context) error {
			_, err := loads.Mergeable(ctx, snapshot.List{Key: about.Repository(), Installation: installation, Pages: 1})
			return err
		}},
	} {
		m := &meter{}
		measured := context.WithValue(ctx, metered{}, m)
		if err := s.patiently(ctx, func() error { return load.do(measured) }); err != nil {
			return "", fmt.Errorf("%s: %w", load.what, err)
		}
		lines = append(lines, load.what+": "+m.String())
		if m.dearest > dearest || m.longest > giveUp {
			return "", differs("%s: one query costs %d points, one takes %s", load.what, m.dearest, m.longest)
		}
	}
	return strings.Join(lines, "; "), nil
}

func (s *session) cost(ctx context.Context) (string, error) { return s.asked(ctx, s.pull.key) }

func (s *session) largeCost(ctx context.Context) (string, error) {
	if s.cfg.Large.Number == 0 {
		return "", &skip{"no pull request of a large repository is given"}
	}
	text, err := s.asked(ofLarge(ctx), s.cfg.Large)
	var gone *gh.Gone
	if errors.As(err, &gone) {
		return "", &skip{fmt.Sprintf("%s isn't there", s.cfg.Large)}
	}
	return text, err
}
