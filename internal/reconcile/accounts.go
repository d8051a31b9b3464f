package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// rememberedAccounts bounds what is known about accounts, including ignored ones: anyone
// can install a public App.
const rememberedAccounts = 1000

// accounts are where the App is installed, and how the work there goes, as far as this
// process knows.
type accounts struct {
	changed chan struct{} // holds one: the installations should be listed again

	mu       sync.Mutex
	work     *simplelru.LRU[string, progress] // by login in lower case
	listed   bool                             // GitHub has said where the App is installed
	ours     []gh.Installation                // suspended ones too
	ignored  map[string]string                // logins that the settings don't name, by the same in lower case
	told     *simplelru.LRU[string, bool]     // named in the log already
	unlisted failing                          // how listing goes
}

// progress of the work on an account.
type progress struct {
	worked time.Time // when GitHub last let a run do its work
	shared time.Time // the last of these times that other replicas know
	failing
}

// shareEvery is how often other replicas are told that work goes on.
const shareEvery = time.Minute

// failing is since when the bot couldn't do anything because of GitHub, when GitHub last
// refused, and why. It's zero while all is well.
type failing struct {
	since, last time.Time
	why         error
}

func (f *failing) note(err error, now time.Time) {
	switch {
	case err == nil:
		*f = failing{}
	case f.since.IsZero():
		*f = failing{now, now, err}
	default:
		f.last, f.why = now, err
	}
}

// lasts reports whether it has failed for longer than within and still does. Another
// replica may have succeeded since.
func (f *failing) lasts(now time.Time, within time.Duration) bool {
	return f.why != nil && now.Sub(f.since) > within && now.Sub(f.last) <= within
}

func newAccounts() *accounts {
	work, _ := simplelru.NewLRU[string, progress](rememberedAccounts, nil) // errs only on a size below 1
	told, _ := simplelru.NewLRU[string, bool](rememberedAccounts, nil)
	return &accounts{changed: make(chan struct{}, 1), work: work, told: told, ignored: map[string]string{}}
}

// Relist makes Sweep list the installations again, since there may be new ones.
func (r *Reconciler) Relist() {
	select {
	case r.accounts.changed <- struct{}{}:
	default:
	}
}

// Relists receives a value when Sweep should list the installations again right away.
func (r *Reconciler) Relists() <-chan struct{} { return r.accounts.changed }

// Serves reports whether the bot acts on an account's installation. The log and Health
// mention each ignored account once.
func (r *Reconciler) Serves(account string) bool {
	if r.Settings.Serves(account) {
		return true
	}
	if strings.EqualFold(account, r.Settings.Backport.PushTo) { // the bot's fork
		return false
	}
	a, login := r.accounts, strings.ToLower(account)
	a.mu.Lock()
	if len(a.ignored) < rememberedAccounts {
		a.ignored[login] = account
	}
	told, _ := a.told.Get(login)
	a.told.Add(login, true)
	a.mu.Unlock()
	if !told {
		r.Log.Warn().Str("account", account).Msg("ignoring an account where the App is installed: \"accounts\" in the settings doesn't name it")
	}
	return false
}

// ServesInstallation reports whether the bot acts on an installation, or might: nothing may
// be known about installations yet.
func (r *Reconciler) ServesInstallation(id int64) bool {
	r.accounts.mu.Lock()
	defer r.accounts.mu.Unlock()
	return !r.accounts.listed || slices.ContainsFunc(r.accounts.ours, func(i gh.Installation) bool { return i.ID == id })
}

// installations lists those that the bot acts on, without suspended ones.
func (r *Reconciler) installations(ctx context.Context) ([]gh.Installation, error) {
	all, err := r.GitHub.Installations(ctx)
	if err != nil {
		return nil, err
	}
	r.accounts.mu.Lock()
	clear(r.accounts.ignored)
	r.accounts.mu.Unlock()
	ours := slices.DeleteFunc(all, func(i gh.Installation) bool { return !r.Serves(i.Account) })
	active := slices.DeleteFunc(slices.Clone(ours), func(i gh.Installation) bool { return i.Suspended })
	r.accounts.mu.Lock()
	r.accounts.listed, r.accounts.ours = true, ours
	r.accounts.mu.Unlock()
	r.alerts.keep(func(owner string) bool {
		return slices.ContainsFunc(active, func(i gh.Installation) bool { return strings.EqualFold(i.Account, owner) })
	})
	return active, nil
}

// ran records how a run on an account ended.
func (r *Reconciler) ran(ctx context.Context, owner string, ended ending) {
	a, login, now := r.accounts, strings.ToLower(owner), r.Now()
	if lost(ended.err) {
		r.Relist()
	}
	if share := a.note(login, ended, now); !share {
		return
	}
	if err := r.keep(ctx, workedNote, pull.Key{Owner: login}, now); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("reporting progress to other replicas")
	}
}

// note reports whether other replicas should know.
func (a *accounts) note(login string, ended ending, now time.Time) (share bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, _ := a.work.Get(login)
	switch {
	case outage(ended.err, ended.job):
		known.note(ended.err, now)
	case ended.answered && expected(ended.err):
		if share = now.Sub(known.shared) >= shareEvery; share {
			known.shared = now
		}
		known = progress{worked: now, shared: known.shared}
	default:
		return false
	}
	a.work.Add(login, known)
	return share
}

// ending is how a run ended, and whether GitHub answered it.
type ending struct {
	job      queue.Job
	answered bool
	err      error
}

// hear learns what other replicas did on accounts.
func (r *Reconciler) hear(ctx context.Context, logins []string) {
	for _, login := range logins {
		worked, err := recall[time.Time](ctx, r, workedNote, pull.Key{Owner: login})
		if err != nil { // the database has an alert of its own
			r.Log.Warn().Err(err).Msg("reading other replicas' progress")
			return
		}
		r.accounts.mu.Lock()
		if p, _ := r.accounts.work.Peek(login); worked.After(p.worked) {
			p.worked = worked
			if worked.After(p.last) {
				p.failing = failing{}
			}
			r.accounts.work.Add(login, p)
		}
		r.accounts.mu.Unlock()
	}
}

// outage reports errors after which the bot can do nothing on GitHub for now. Waiting so
// that others go first isn't one.
func outage(err error, job queue.Job) bool {
	var (
		limited      *gh.Limited
		temporary    *gh.Temporary
		unauthorized *gh.Unauthorized
		denied       *gh.Denied
	)
	if errors.As(err, &limited) {
		return !limited.Spared || !unawaited(job.Cause)
	}
	return errors.As(err, &temporary) || errors.As(err, &unauthorized) || errors.As(err, &denied) || lost(err) ||
		errors.Is(err, context.DeadlineExceeded)
}

// lost reports that the App is suspended or was removed there.
func lost(err error) bool {
	var gone *gh.Gone
	return errors.As(err, &gone) && gone.Installation()
}

// expected reports errors that don't mean that something is wrong with GitHub.
func expected(err error) bool {
	var (
		later    *queue.Later
		limited  *gh.Limited
		gone     *gh.Gone
		rejected *gh.Rejected
	)
	return err == nil || errors.As(err, &later) || errors.As(err, &limited) || errors.As(err, &gone) || errors.As(err, &rejected)
}

// listing records whether the repositories to sweep could be listed.
func (r *Reconciler) listing(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	r.accounts.mu.Lock()
	defer r.accounts.mu.Unlock()
	r.accounts.unlisted.note(err, r.Now())
}

// find returns the installation on an account. The caller holds the lock.
func (a *accounts) find(login string) (gh.Installation, bool) {
	i := slices.IndexFunc(a.ours, func(i gh.Installation) bool { return strings.EqualFold(i.Account, login) })
	if i < 0 {
		return gh.Installation{}, false
	}
	return a.ours[i], true
}
