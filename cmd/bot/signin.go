package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/setup"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/web"
)

// signInFlags say who may see the pages. Their prefix is "pages-".
type signInFlags struct {
	On        bool     `name:"sign-in" env:"SIGN_IN" help:"Let people sign in with GitHub."`
	Public    bool     `env:"PUBLIC" help:"Show public repositories to anybody."`
	Operators []string `env:"OPERATORS" placeholder:"LOGIN" help:"Who sees all problems."`
}

// check checks where people sign in. The address is the bot's.
func (f signInFlags) check(address string) error {
	if err := web.CheckAddress(address); err != nil {
		return fmt.Errorf("reading --pages-sign-in: set --url (BOT_URL): %w", err)
	}
	return nil
}

// errNoClient: the App isn't ready for people who sign in.
var errNoClient = errors.New("reading --pages-sign-in: set GITHUB_APP_CLIENT_ID and GITHUB_APP_CLIENT_SECRET to those of the App's " +
	"settings page, and its callback URL to that of --url with " + web.CallbackPath)

// signIn is how people sign in to the pages; nil if they don't.
func (b *bot) signIn(app setup.Credentials) *web.SignIn {
	if !b.SignIn.On {
		return nil
	}
	return &web.SignIn{
		URL: b.URL, ClientID: app.Client.ID, Secret: app.Client.Secret, Sessions: b.queue, Feeds: b.queue, Public: b.SignIn.Public, Operators: b.SignIn.Operators,
		Rights: b.rights, Again: b.checkAgain, Replay: b.reconciler.Replay, Hold: b.hold, Resume: b.resume,
		Arrive: func(ctx context.Context, a web.Arrival) (web.Person, error) {
			who, err := gh.Arrive(ctx, gh.Arrival{
				APIURL: b.GitHub.APIURL, ServerURL: b.GitHub.ServerURL, ClientID: app.Client.ID, ClientSecret: app.Client.Secret,
				Code: a.Code, Verifier: a.Verifier, Callback: a.Callback, UserAgent: "concorde/" + version(),
			})
			return web.Person(who), arrivalFault(err)
		},
	}
}

// arrivalFault is what went wrong, in the pages' words.
func arrivalFault(err error) error {
	if _, gone := errors.AsType[*gh.Gone](err); gone {
		return web.ErrCode
	}
	_, unauthorized := errors.AsType[*gh.Unauthorized](err)
	if _, rejected := errors.AsType[*gh.Rejected](err); rejected || unauthorized {
		return fmt.Errorf("%w: %w", web.ErrClient, err)
	}
	return err
}

// rights asks GitHub what a visitor may do in a repository, by the App's own access there:
// as rules do for comments, and without a token of theirs.
func (b *bot) rights(ctx context.Context, repository pull.Key, who web.Person, only web.Only) (web.Rights, error) {
	r, err := b.granted(ctx, repository, who, only)
	if _, gone := errors.AsType[*gh.Gone](err); gone {
		b.github.Forget(repository, err)
		return web.Rights{}, nil
	}
	return r, err
}

func (b *bot) granted(ctx context.Context, repository pull.Key, who web.Person, only web.Only) (web.Rights, error) {
	client, err := b.github.Client(ctx, repository, 0)
	if err != nil {
		return web.Rights{}, err
	}
	if who.ID == 0 {
		public, err := client.Public(ctx)
		return web.Rights{Reads: public}, err
	}
	access, err := client.Access(ctx, who.Login)
	if err != nil || access.ID != who.ID || !access.Reads { // another account may have the login by now
		return web.Rights{}, err
	}
	if only == web.Reading {
		return web.Rights{Reads: true}, nil
	}
	set, _, err := b.reconciler.Kept(ctx, repository)
	if err != nil {
		return web.Rights{}, err
	}
	r := &pull.Request{People: map[string]pull.Role{strings.ToLower(who.Login): access.Role}}
	if access.Role < pull.Triage && set.Roles.CoreTeam != "" {
		in, err := b.github.loads.InCore(ctx, client, set.Roles.CoreTeam, who.Login)
		if err != nil {
			return web.Rights{}, err
		}
		r.Core = map[string]bool{strings.ToLower(who.Login): in}
	}
	acts := command.Config{Backport: set.Backport}.May(r, who.Login)
	return web.Rights{Reads: true, Acts: acts, Holds: acts && set.CommandsAct()}, nil
}

// peopleChanged has teams and roles read again.
func (b *bot) peopleChanged(ctx context.Context) {
	b.reconciler.PeopleChanged(ctx)
	if b.site != nil {
		b.site.Forget()
	}
}

// checkAgain enqueues a pull request or issue for somebody.
func (b *bot) checkAgain(ctx context.Context, key pull.Key, login string) error {
	return b.queue.Add(ctx, queue.Hint{Key: key.String(), Cause: "page, by " + login})
}

// hold has the bot stop on a pull request for somebody. The audit log tells the rule on
// commands, whose comment then holds it.
func (b *bot) hold(ctx context.Context, key pull.Key, h pull.Hold) error {
	return b.asked(ctx, key, command.PageHold(h))
}

func (b *bot) resume(ctx context.Context, key pull.Key, login string) error {
	return b.asked(ctx, key, command.PageResume(login, b.reconciler.Now()))
}

// asked stores what somebody asks for on a page, and has the pull request checked.
func (b *bot) asked(ctx context.Context, key pull.Key, entry pull.LogEntry) error {
	text, err := json.Marshal(entry)
	if err == nil {
		err = b.queue.Log(ctx, key.String(), text)
	}
	if err != nil {
		return fmt.Errorf("storing what somebody wants for %s: %w", key, err)
	}
	return b.queue.Add(ctx, queue.Hint{Key: key.String(), Cause: entry.Cause})
}
