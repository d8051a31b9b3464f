package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// myFeedPath is the page of somebody's own feed. Below it, the feed has a secret address,
// since feed readers can't sign in.
const myFeedPath = "/my-feed"

// Feeds keeps whose feed has which address, by a digest of it. It's a queue.Queue; the
// pages read it from their Store.
type Feeds interface {
	PutFeed(ctx context.Context, person int64, id string, value []byte) error
	DropFeed(ctx context.Context, person int64) error
}

// myFeed is the page.
type myFeed struct {
	Made    time.Time `json:"made,omitzero"` // zero: there's none
	Until   time.Time `json:"until,omitzero"`
	Address string    `json:"-"` // right after it was made
}

var errNoFeed = &fault{http.StatusNotFound, "This feed doesn't exist",
	"Its address was renewed, ended, or is older than a year. Make another one at " + myFeedPath + "."}

func (p *Pages) myFeed(a *asked) (page, error) {
	if !a.session.signedIn() {
		return page{}, errSignIn
	}
	kept, err := p.Store.FeedOf(a.Context(), a.session.ID)
	if err != nil {
		return page{}, err
	}
	return feedPage(kept, ""), nil
}

func feedPage(kept queue.Feed, address string) page {
	m := myFeed{Made: kept.Made, Address: address}
	sentence := "You have no feed. A feed reader can show you pull requests when they start waiting for you."
	if !m.Made.IsZero() {
		m.Until = m.Made.Add(queue.KeepFeeds)
		sentence = "A feed reader can show you pull requests when they start waiting for you, until " + day(m.Until) + "."
	}
	return page{name: "myfeed", Title: "Your feed", Sentence: sentence, Data: m}
}

// renewFeed makes an address, which ends the one before. Only this answer shows it.
func (p *Pages) renewFeed(w http.ResponseWriter, a *asked) error {
	if !p.pace.AllowN(p.Now(), 1) {
		return errTooMuch
	}
	value, err := json.Marshal(a.session.Person)
	if err != nil {
		return fmt.Errorf("storing a feed: %w", err)
	}
	secret := session{secret: rand.Text() + rand.Text()}
	if err := p.SignIn.Feeds.PutFeed(a.Context(), a.session.ID, secret.stored(), value); err != nil {
		return err
	}
	p.Log.Info().Str("login", a.session.Login).Msg("somebody made an address of a feed")
	address := strings.TrimRight(p.SignIn.URL, "/") + myFeedPath + "/" + secret.secret
	p.write(w, a, http.StatusOK, feedPage(queue.Feed{Made: p.Now()}, address))
	return nil
}

// endFeed ends the address.
func (p *Pages) endFeed(w http.ResponseWriter, a *asked) error {
	if err := p.SignIn.Feeds.DropFeed(a.Context(), a.session.ID); err != nil {
		return err
	}
	http.Redirect(w, a.Request, myFeedPath, http.StatusSeeOther)
	return nil
}

// readFeed answers with what newly waits for whose address it is, in all repositories that
// they may read now.
func (p *Pages) readFeed(w http.ResponseWriter, r *http.Request) {
	a := &asked{Request: r, format: "html"}
	all, err := p.waitingFor(a)
	if err != nil {
		p.fault(w, &asked{Request: r, format: "html"}, err) // to nobody
		return
	}
	p.serveFeed(w, a, all)
}

func (p *Pages) waitingFor(a *asked) (feed, error) {
	kept, err := p.Store.Feed(a.Context(), session{secret: a.PathValue("secret")}.stored())
	if err != nil {
		return feed{}, err
	}
	if kept.Made.IsZero() || p.Now().Sub(kept.Made) >= queue.KeepFeeds {
		return feed{}, errNoFeed
	}
	if err := json.Unmarshal(kept.Value, &a.session.Person); err != nil {
		return feed{}, fmt.Errorf("reading whose feed it is: %w", err)
	}
	login := a.session.Login
	all := feed{ID: p.tag(login, "waits"), Title: "What waits for " + login, Links: []feedLink{{"alternate", "text/html", "/"}}}
	waiting, err := p.waiting(a, login)
	if err != nil {
		return feed{}, err
	}
	// Readers come once in an hour, say, and GitHub is asked about few repositories each
	// time: those that it was asked about last come last.
	asked := func(repository string) int64 {
		last, _ := p.judge.known.Peek(rightsOf{strings.ToLower(repository), a.session.ID})
		return last.at.UnixNano()
	}
	names := slices.Sorted(maps.Keys(waiting))
	slices.SortStableFunc(names, func(x, y string) int { return cmp.Compare(asked(x), asked(y)) })
	for _, name := range names {
		if p.mayList(a, name) {
			all.Entries = append(all.Entries, waiting[name]...)
		}
	}
	return all, nil
}

// waiting is what waits for somebody, by repository, whether or not they may read it.
func (p *Pages) waiting(a *asked, login string) (map[string][]entry, error) {
	repositories, err := p.served(a)
	if err != nil {
		return nil, err
	}
	all := map[string][]entry{}
	for _, r := range repositories {
		owner, name, _ := strings.Cut(r.Name, "/")
		key := pull.Key{Owner: owner, Repo: name}
		labels, err := p.Stages(a.Context(), key)
		if err != nil {
			return nil, err
		}
		open, err := p.briefs(a, key, string(pull.Open))
		if err != nil {
			return nil, err
		}
		for _, b := range open {
			if w := stageOf(labels, b); w.waitsFor(login) {
				e := p.entry(r.Name, w)
				e.Title = r.Name + e.Title
				all[r.Name] = append(all[r.Name], e)
			}
		}
	}
	return all, nil
}
