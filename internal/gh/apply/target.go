package apply

import (
	"context"
	"errors"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Writer makes the bot's writes. Its methods may be called at the same time.
type Writer struct {
	app     *gh.App
	bodies  *bodies
	reacted func(pull.Key)
}

// New makes a Writer that uses app. It calls reacted with the keys whose comments are
// about to get reactions.
func New(app *gh.App, reacted func(pull.Key)) (*Writer, error) {
	b, err := newBodies()
	return &Writer{app, b, reacted}, err
}

// target is what a write changes: a pull request, an issue or a repository.
type target struct {
	*gh.Client
	app    *gh.App
	bodies *bodies
}

func (w *Writer) target(ctx context.Context, key pull.Key, installation int64) (*target, error) {
	c, err := w.app.Client(ctx, key, installation)
	return &target{c, w.app, w.bodies}, err
}

// unlessGone ignores the error that the thing itself doesn't exist.
func unlessGone(err error, endpoint string) error {
	if gone, ok := errors.AsType[*gh.Gone](err); ok && gone.Endpoint == endpoint {
		return nil
	}
	return err
}

// refusedFor reports whether GitHub refused with these words.
func refusedFor(err error, words string) bool {
	refused, ok := errors.AsType[*gh.Rejected](err)
	return ok && strings.Contains(strings.ToLower(refused.Message), words)
}
