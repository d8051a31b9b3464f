package acceptance

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// read are what the bot asks first: a pull request, the repository, and the list that a
// sweep goes through. Each has what came or why nothing did.
type read struct {
	of    string
	value any
	err   error
}

// permissions are those of the App's installation.
func (s *session) permissions(ctx context.Context) (map[string]string, error) {
	var err error
	if s.granted == nil {
		s.granted, err = s.app.Granted(ctx, s.cfg.Repository)
	}
	return s.granted, err
}

// reads asks as the App without a permission, "" for all that it has.
func (s *session) reads(ctx context.Context, without string) ([]read, error) {
	granted, err := s.permissions(ctx)
	if err != nil {
		return nil, err
	}
	if without != "" && granted[without] == "" {
		return nil, &skip{"the installation doesn't have this permission"}
	}
	app, err := s.narrowed(granted, without)
	if err != nil {
		return nil, err
	}
	loads, err := snapshot.New(app)
	if err != nil {
		return nil, err
	}
	var asked []read
	for _, question := range []struct {
		of  string
		ask func() (any, error)
	}{
		{"a pull request", func() (any, error) {
			return timeless(loads.Load(ctx, snapshot.Query{Key: s.pull.key, Needs: everything}))
		}},
		{"an issue", func() (any, error) { return timeless(loads.Load(ctx, snapshot.Query{Key: s.issue, Needs: everything})) }},
		{"the repository", func() (any, error) {
			return loads.Repository(ctx, snapshot.RepositoryQuery{Key: s.cfg.Repository, SettingsPath: "README", LabelRulesPath: "README"})
		}},
		{"the list of pull requests", func() (any, error) {
			found, _, err := loads.Pulls(ctx, snapshot.List{Key: s.cfg.Repository, States: []pull.State{pull.Open}, Pages: 1})
			return found, err
		}},
	} {
		r := read{of: question.of}
		r.err = s.patiently(ctx, func() (err error) {
			r.value, err = question.ask()
			return err
		})
		asked = append(asked, r)
	}
	return asked, nil
}

// timeless leaves out what differs from one load to the next: when it was, and what
// GitHub finds out meanwhile.
func timeless(r *pull.Request, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	r.Now, r.BodyAt, r.MergeState = time.Time{}, time.Time{}, ""
	return r, nil
}

// without asks the same questions with and without a permission. What the bot can't read
// must be an error that names a permission: a snapshot that is silently poorer would have
// it write as if nothing were there.
func without(permission string) func(*session, context.Context) (string, error) {
	return func(s *session, ctx context.Context) (string, error) {
		measured, err := s.compare(ctx, permission)
		var other *difference
		if errors.As(err, &other) { // one of the answers may be an older one
			if err := s.cfg.GitHub.Wait(ctx, gh.Lag); err != nil {
				return "", err
			}
			measured, err = s.compare(ctx, permission)
		}
		return measured, err
	}
}

func (s *session) compare(ctx context.Context, permission string) (string, error) {
	less, err := s.reads(ctx, permission)
	if err != nil {
		return "", err
	}
	whole, err := s.reads(ctx, "")
	if err != nil {
		return "", err
	}
	var refused []string
	for i, r := range less {
		var denied *gh.Denied
		switch {
		case whole[i].err != nil:
			return "", whole[i].err
		case errors.As(r.err, &denied):
			refused = append(refused, r.of)
		case r.err != nil:
			return "", differs("%s is refused otherwise: %v", r.of, r.err)
		case !reflect.DeepEqual(r.value, whole[i].value):
			return "", differs("%s comes without an error, and lacks something", r.of)
		}
	}
	if refused == nil {
		return "nothing is refused, and nothing is lacking", nil
	}
	return "refused: " + strings.Join(refused, ", "), nil
}
