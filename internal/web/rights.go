package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Rights is what somebody may do in a repository.
type Rights struct {
	Reads bool // may see it
	Acts  bool // may have the bot check things again, as by a comment
	Holds bool // may have the bot stop on a pull request, likewise
}

// Only says which rights are asked for: the whole of them, or less for fewer requests.
type Only int

const (
	All     Only = iota
	Reading      // Rights.Reads
)

// cost is how many requests a question takes at most.
func (o Only) cost() int {
	if o == Reading {
		return 1
	}
	return 2
}

const (
	// rightsTime is how long GitHub's answer counts, awayTime how long if it can't be asked
	// again.
	rightsTime = 2 * time.Minute
	awayTime   = 15 * time.Minute
	rightsKept = 10_000
	// askTime limits one question.
	askTime = 8 * time.Second
	// asksAPage limits the requests for one page.
	asksAPage = 2
	// These limit the questions for all, since the bot needs GitHub's 5,000 requests an hour;
	// and those for one person, so that nobody uses up what others need.
	asksEvery, asksAtOnce = 4 * time.Second, 100
	askEvery, askAtOnce   = 6 * time.Second, 20
)

// rightsOf names a person in a repository.
type rightsOf struct {
	repository string // lower case
	person     int64
}

type answered struct {
	Rights
	only Only
	at   time.Time
}

// judge knows what people may do, as GitHub said lately.
type judge struct {
	known *lru.Cache[rightsOf, answered]
	pace  *rate.Limiter
	paces *lru.Cache[int64, *rate.Limiter] // by person
}

func newJudge() (*judge, error) {
	known, err := lru.New[rightsOf, answered](rightsKept)
	if err != nil {
		return nil, err
	}
	paces, err := lru.New[int64, *rate.Limiter](rightsKept)
	return &judge{known, rate.NewLimiter(rate.Every(asksEvery), asksAtOnce), paces}, err
}

// may reports whether GitHub may be asked for a person now.
func (j *judge) may(person int64, now time.Time) bool {
	own := rate.NewLimiter(rate.Every(askEvery), askAtOnce)
	if kept, found, _ := j.paces.PeekOrAdd(person, own); found {
		own = kept
	}
	return own.AllowN(now, 1) && j.pace.AllowN(now, 1)
}

// Forget has GitHub asked again what people may do, since that changed.
func (p *Pages) Forget() {
	if p.SignIn != nil {
		p.judge.known.Purge()
	}
}

var (
	errUnasked = &fault{http.StatusServiceUnavailable, "The bot can't ask GitHub what you may see",
		"What it said last was too long ago. Try again in a minute. The bot's log says why."}
	errSignIn = &fault{http.StatusUnauthorized, "Sign in to see this page", "GitHub tells the bot who you are, and what you may see."}
)

// rights is what the one who asks may do in a repository.
func (p *Pages) rights(a *asked, key pull.Key) (Rights, error) { return p.some(a, key, All) }

// some are rights of the one who asks, or all that are known.
func (p *Pages) some(a *asked, key pull.Key, only Only) (Rights, error) {
	if p.SignIn == nil {
		return Rights{Reads: true}, nil
	}
	of := rightsOf{strings.ToLower(key.Repository().String()), a.session.ID}
	last, found := p.judge.known.Get(of)
	found = found && (last.only == All || last.only == only)
	age := p.Now().Sub(last.at)
	if found && age < rightsTime {
		return last.Rights, nil
	}
	if a.asks += only.cost(); a.asks <= asksAPage && p.judge.may(a.session.ID, p.Now()) {
		ctx, cancel := context.WithTimeout(a.Context(), askTime)
		defer cancel()
		now, err := p.SignIn.Rights(ctx, key.Repository(), a.session.Person, only)
		if err == nil {
			p.judge.known.Add(of, answered{now, only, p.Now()})
			return now, nil
		}
		if a.Context().Err() == nil {
			p.Log.Warn().Err(err).Msg("asking GitHub what somebody may see")
		}
	}
	if found && age < awayTime {
		return last.Rights, nil
	}
	return Rights{}, errUnasked
}

// admit lets in who may see a page. Whether a repository is unknown, foreign or somebody
// else's, the answer is the same.
func (p *Pages) admit(a *asked) error {
	if p.SignIn == nil {
		return nil
	}
	var err error
	if a.session, err = p.session(a.Request); err != nil {
		return err
	}
	if !a.session.signedIn() && !p.SignIn.Public {
		return errSignIn
	}
	if a.PathValue("owner") == "" {
		return nil
	}
	none := errNoRepository
	if !a.session.signedIn() {
		none = errSignIn // it may be private
	}
	key, err := p.named(a)
	if err != nil && err != errNoRepository {
		return err
	}
	// An unknown repository is asked for, too, or the time would tell it from a private one.
	missing := err != nil
	if missing && !p.Acts(a.value("owner"), a.value("repo")) {
		return none
	}
	rights, err := p.rights(a, key)
	if err == nil && (missing || !rights.Reads) {
		return none
	}
	a.admitted, a.key = err == nil, key
	return err
}

// mayList reports whether a repository, by its name, is one that the one who asks may see.
// What can't be asked isn't shown, and the page says so.
func (p *Pages) mayList(a *asked, name string) bool {
	owner, repository, found := strings.Cut(name, "/")
	if !found {
		return false
	}
	rights, err := p.some(a, pull.Key{Owner: owner, Repo: repository}, Reading)
	a.unasked = a.unasked || err != nil
	return err == nil && rights.Reads
}

// health is what the one who asks may know of the bot's health: problems may name
// private repositories.
func (p *Pages) health(a *asked) Health {
	h := p.Health()
	if p.operates(a.session) {
		return h
	}
	if len(h.Alerts) > 0 {
		h.Alerts = []string{"the bot's operators can see what"}
	}
	h.Notes = nil
	return h
}
