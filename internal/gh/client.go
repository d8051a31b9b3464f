package gh

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Lag is how long GitHub may show something as it was before a write.
const Lag = 30 * time.Second

// Client makes requests about one repository, as the App's installation there.
type Client struct {
	*site
	About pull.Key
	REST  *github.Client // pass its errors to Settle
}

// For returns a client for another key of the same repository.
func (c *Client) For(key pull.Key) *Client { return &Client{c.site, key, c.REST} }

// Now returns the time by the App's clock.
func (c *Client) Now() time.Time { return c.cfg.Now() }

// Log returns the App's logger.
func (c *Client) Log() *zerolog.Logger { return &c.cfg.Log }

// AppID returns the App's number.
func (c *Client) AppID() int64 { return c.cfg.AppID }

// Ask sends one GraphQL query about the repository, fills in $owner and $name, and
// decodes the data into answer.
func (c *Client) Ask(ctx context.Context, text string, variables map[string]any, answer any) error {
	variables["owner"], variables["name"] = c.About.Owner, c.About.Repo
	return c.send(ctx, priced(text), variables, answer)
}

// Mutate sends n GraphQL mutations in one request, which counts as n writes.
func (c *Client) Mutate(ctx context.Context, n int, text string, variables map[string]any, answer any) error {
	return c.send(context.WithValue(ctx, mutation{}, n), text, variables, answer)
}

func (c *Client) send(ctx context.Context, text string, variables map[string]any, answer any) error {
	req, err := c.REST.NewRequest("POST", c.graphql, map[string]any{"query": text, "variables": variables})
	if err != nil {
		return fmt.Errorf("writing the query: %w", err)
	}
	said := struct {
		Data   any
		Errors []graphqlFault // holes: anything else is an error
	}{Data: answer}
	if _, err = c.REST.Do(ctx, req, &said); err != nil {
		return Settle(err)
	}
	c.missed(said.Errors)
	return nil
}

// priced adds the query's own cost and size to what it asks for, which is free.
func priced(query string) string {
	return strings.Replace(query, "{", "{rateLimit{cost nodeCount} ", 1)
}

// Asking calls ask with the size that worked the last time, and remembers the one that
// works now.
func (c *Client) Asking(kind string, ask func(*Size) error) error {
	q := question{c.About, kind}
	var s Size
	if known, found := c.sizes.Get(q); found && c.Now().Before(known.until) {
		s = known.size
	}
	before := s
	err := ask(&s)
	if err == nil && s > before {
		c.sizes.Add(q, sized{s, c.Now().Add(sizeAge)})
		c.Log().Info().Str("of", q.key.String()).Str("question",
			q.kind).Msg("GitHub can't answer this query at once: splitting it for a day")
	}
	return err
}

// missed counts the holes in an answer, and logs each place once.
func (c *Client) missed(holes []graphqlFault) {
	for _, f := range holes {
		place := holeIn{c.About.Repository(), f.field()}
		c.metrics.holes.WithLabelValues(place.field).Inc()
		if told, _ := c.holes.ContainsOrAdd(place, struct{}{}); !told {
			c.cfg.Log.Warn().Str("repository", place.repository.String()).Str("field", place.field).Str("cause", Tidy(f.text())).
				Msg("GitHub leaves something out of its answers: continuing without it")
		}
	}
}
