package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// overview is the page about the bot itself.
type overview struct {
	At           time.Time `json:"at"`
	Version      string    `json:"version"`
	Health       Health    `json:"health"`
	Queue        waiting   `json:"queue"`
	Repositories []about   `json:"repositories,omitempty"`
	GivenUp      []givenUp `json:"given_up,omitempty"`
	Missed       Missed    `json:"missed_webhooks"`
	Hours        []hour    `json:"hours,omitempty"` // of the last week, oldest first
	Limits       []limits  `json:"github_limits,omitempty"`
	Replicas     []replica `json:"replicas,omitempty"` // those that began first at first

	Machines           bool     `json:"-"` // the one who asks may know of the bot's processes
	Unasked            bool     `json:"-"` // there may be more repositories
	Mixed              []string `json:"-"` // versions that run at once
	Activity, OfLimits []chart  `json:"-"`
}

// replica is a process that works, or did within a day.
type replica struct {
	Name    string    `json:"name"`
	Version string    `json:"version,omitempty"`
	Began   time.Time `json:"began,omitzero"`
	Seen    time.Time `json:"seen"`
	Alive   bool      `json:"alive"`
}

// waiting is the state of the queue.
type waiting struct {
	Waiting int `json:"waiting"` // due and not yet running
	Running int `json:"running"`
	Delayed int `json:"delayed"` // settling, retrying, or waiting for a limit
	GivenUp int `json:"given_up"`
	Oldest  int `json:"oldest_seconds"` // age of the oldest hint that no run has served
}

// about is how much the bot knows of a repository.
type about struct {
	Name   string `json:"name"`
	Open   int    `json:"open"` // pull requests
	Merged int    `json:"merged"`
	Closed int    `json:"closed"`
	State
}

// Missed is what is known of webhooks that didn't arrive.
type Missed struct {
	Until       time.Time `json:"all_until,omitzero"` // all that GitHub sent by then are stored
	Redelivered int       `json:"redelivered"`        // requested again, since the database was made
	Swept       int       `json:"swept"`              // left to a sweep
}

// State is how the work on a repository goes.
type State struct {
	Swept  time.Time `json:"swept,omitzero"`          // start of the last sweep that ended
	Left   int       `json:"sweep_left,omitempty"`    // pull requests that the running sweep still checks
	Budget int       `json:"budget_percent"`          // what is left of GitHub's limits for this hour
	Full   time.Time `json:"budget_full_at,omitzero"` // when all of it is there again
}

type givenUp struct {
	Key    string    `json:"key"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// hour is what came and what the bot wrote within an hour.
type hour struct {
	At       time.Time `json:"at"`
	Webhooks int       `json:"webhooks"`
	Writes   int       `json:"writes"`
}

// shownGivenUp limits the list of keys that were given up.
const shownGivenUp = 20

func (p *Pages) overview(a *asked) (page, error) {
	o := overview{At: p.Now().UTC(), Version: p.Version, Health: p.health(a)}
	stats, err := p.Store.Stats(a.Context())
	if err != nil {
		return page{}, err
	}
	o.Queue = waiting{stats.Waiting, stats.Running, stats.Delayed, stats.GivenUp, int(stats.Oldest().Seconds())}
	if o.Repositories, err = p.repositories(a); err != nil {
		return page{}, err
	}
	for i, r := range o.Repositories {
		owner, repository, _ := strings.Cut(r.Name, "/")
		if o.Repositories[i].State, err = p.State(a.Context(), pull.Key{Owner: owner, Repo: repository}); err != nil {
			return page{}, err
		}
	}
	if o.Missed, err = p.Missed(a.Context()); err != nil {
		return page{}, err
	}
	keys, err := p.Store.GivenUp(a.Context(), shownGivenUp)
	if err != nil {
		return page{}, err
	}
	for _, k := range keys {
		if repository, _, _ := strings.Cut(k.Key, "#"); p.operates(a.session) || p.mayList(a, repository) {
			o.GivenUp = append(o.GivenUp, givenUp(k))
		}
	}
	this := o.At.Truncate(time.Hour)
	activity, err := p.Store.Activity(a.Context(), this.Add(-7*24*time.Hour))
	if err != nil {
		return page{}, err
	}
	o.Hours = hours(activity, this)
	o.Activity = []chart{activityChart("The last 24 hours", o.Hours[len(o.Hours)-24:]), activityChart("The last 7 days", days(o.Hours))}
	if p.SignIn == nil || a.session.signedIn() {
		if err := p.machines(a, &o, this); err != nil {
			return page{}, err
		}
	}
	o.Unasked = a.unasked
	return page{name: "overview", Title: "Overview", Sentence: o.sentence(), Place: "overview", Data: o}, nil
}

// activityChart shows what came and what the bot wrote.
func activityChart(title string, hours []hour) chart {
	c := chart{Title: title, Names: [2]string{"webhooks", "writes"}}
	for _, h := range hours {
		c.Rows = append(c.Rows, step{h.At, [2]int{h.Webhooks, h.Writes}})
	}
	return bars(c, 0)
}

// machines adds what's about the bot's processes, and not for everybody.
func (p *Pages) machines(a *asked, o *overview, this time.Time) error {
	o.Machines = true
	spent, err := p.Store.Usage(a.Context(), this.Add(-7*24*time.Hour))
	if err != nil {
		return err
	}
	o.Limits = used(spent, this)
	if len(spent) > 0 {
		o.OfLimits = limitCharts(o.Limits)
	}
	replicas, err := p.Store.Replicas(a.Context())
	if len(replicas) == 0 { // SQLite's one process is this one
		replicas = []queue.Replica{{ID: "this process", Version: p.Version, Began: p.began, Seen: o.At}}
	}
	for _, r := range replicas {
		one := replica{r.ID[:min(len(r.ID), 12)], r.Version, r.Began, r.Seen, r.Alive(o.At)}
		o.Replicas = append(o.Replicas, one)
		if one.Alive && !slices.Contains(o.Mixed, one.Version) {
			o.Mixed = append(o.Mixed, one.Version)
		}
	}
	return err
}

// sentence says whether all is well.
func (o overview) sentence() string {
	switch n := len(o.Health.Alerts); {
	case n == 1:
		return "Something needs your attention: " + o.Health.Alerts[0] + "."
	case n > 1:
		return fmt.Sprintf("%d problems need your attention.", n)
	case len(o.Repositories) == 0:
		return "The bot works. It hasn't seen a pull request yet: once a webhook comes, or a sweep is done, its repository is listed here."
	case o.Queue.Waiting+o.Queue.Running == 0:
		return "All is well, and nothing is waiting."
	}
	running := plural(o.Queue.Running, "pull request") + isAre(o.Queue.Running)
	return fmt.Sprintf("All is well: %s being checked, and %d waiting.", running, o.Queue.Waiting)
}

func isAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// repositories are those that the one who asks may see.
func (p *Pages) repositories(a *asked) ([]about, error) {
	all, err := p.served(a)
	return slices.DeleteFunc(all, func(r about) bool { return !p.mayList(a, r.Name) }), err
}

// served are the repositories that the bot has seen and acts on.
func (p *Pages) served(a *asked) (all []about, err error) {
	groups, err := p.Store.Groups(a.Context())
	if err != nil {
		return nil, err
	}
	for name, classes := range groups {
		if owner, repository, found := strings.Cut(name, "/"); found && p.Acts(owner, repository) {
			all = append(all, about{Name: name, Open: classes["open"], Merged: classes["merged"], Closed: classes["closed"]})
		}
	}
	slices.SortFunc(all, func(x, y about) int { return strings.Compare(x.Name, y.Name) })
	return all, nil
}

// hours are the hours of a week, those without activity included.
func hours(a queue.Activity, last time.Time) (all []hour) {
	for at := last.Add(-(7*24 - 1) * time.Hour); !at.After(last); at = at.Add(time.Hour) {
		all = append(all, hour{at, a.Deliveries[at], a.Entries[at]})
	}
	return all
}

// days sums up 24 hours each.
func days(hours []hour) (all []hour) {
	for some := range slices.Chunk(hours, 24) {
		d := hour{At: some[0].At}
		for _, h := range some {
			d.Webhooks, d.Writes = d.Webhooks+h.Webhooks, d.Writes+h.Writes
		}
		all = append(all, d)
	}
	return all
}

// errNoRepository doesn't tell whether there is such a repository.
var errNoRepository = &fault{http.StatusNotFound, "The bot knows nothing of this repository",
	"Either its name is mistyped, or the settings don't list it, or the bot hasn't seen a pull request there yet."}
