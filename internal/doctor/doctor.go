// Package doctor checks whether the bot can do its work: the App on GitHub, its
// webhook, permissions and installations, the repositories, and the machine. Each
// finding says what is wrong in one sentence, and how to fix it. The setup page and
// `bot doctor` show the same checks.
//
// It changes nothing, and must not know who asks.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// State of a finding.
type State string

// The states, from good to bad. Unknown may be either good or a problem, so it comes
// between them.
const (
	OK      State = "ok"
	Note    State = "note"    // works, but worth knowing
	Unknown State = "unknown" // couldn't be checked
	Problem State = "problem" // an operator or owner must act
)

// Finding is what a check found about one subject.
type Finding struct {
	Check   string `json:"check"`
	Subject string `json:"subject,omitempty"` // an account or a repository; "": the App or the machine
	State   State  `json:"state"`
	Text    string `json:"text"`           // one sentence
	Cure    string `json:"cure,omitempty"` // what to do, if anything
}

// Report has the findings of all checks, in the order of the checks.
type Report struct {
	State    State     `json:"state"` // OK, Unknown or Problem
	At       time.Time `json:"at"`
	Findings []Finding `json:"findings"`
}

// Config of an examination. Settings, Labels, Calendar, Database, Progress and Now are
// required.
type Config struct {
	// GitHub is nil if no App is set up; NoApp says why.
	GitHub *gh.App
	NoApp  error
	// ServerURL is where GitHub's pages are, "https://github.com".
	ServerURL string
	// WebhookURL is where GitHub should send webhooks; "": unknown.
	WebhookURL string

	Settings *config.Config
	// Labels returns the edits that a repository's labels need.
	Labels func(config.Rules, pull.Repository, time.Time) []pull.LabelEdit
	// Calendar returns the release data in force, and why newer data can't be read.
	Calendar func(context.Context) (*lifecycle.Calendar, error)
	// Database opens the database for reading.
	Database func(context.Context) (*queue.Reader, error)
	// Progress describes background work that isn't done, a sentence each.
	Progress func(context.Context, *queue.Reader) ([]string, error)
	// Secrets are files that others shouldn't read.
	Secrets []Secret
	// Dirs are directories with the free space that each needs, in bytes.
	Dirs []Dir

	Limit time.Duration // of one check; 0: 10 s. Heavy checks may take three times as long
	Now   func() time.Time

	limits map[string]time.Duration // of single checks
}

// Dir is a directory that needs free space.
type Dir struct {
	Path, Use string
	Needs     int64 // bytes
}

// check is an entry of the table. It sees what the checks that it needs have learned.
type check struct {
	name  string
	about string // for people, in `bot doctor --help`
	needs []string
	heavy bool // asks GitHub several times
	run   func(*visit, context.Context) result
}

// result of a check. blind: checks that need it can't be made.
type result struct {
	findings []Finding
	blind    bool
}

// one is the result of a check with a single finding. Unless that's good, checks that need
// it can't be made.
func one(f Finding) result {
	return result{[]Finding{f}, f.State == Problem || f.State == Unknown}
}

// Examine makes all checks, at the same time if they don't need each other. It ends in
// time even if GitHub hangs, which is a finding.
func Examine(ctx context.Context, c Config) Report {
	if c.Limit == 0 {
		c.Limit = 10 * time.Second
	}
	v := &visit{Config: c}
	if c.GitHub != nil {
		if v.loads, v.NoApp = snapshot.New(c.GitHub); v.NoApp != nil {
			v.GitHub = nil
		}
	}
	results := map[string]*pending{}
	for _, k := range checks {
		results[k.name] = &pending{done: make(chan struct{})}
	}
	var all sync.WaitGroup
	for _, k := range checks {
		all.Go(func() {
			p := results[k.name]
			defer close(p.done)
			p.result = v.examine(ctx, k, results)
		})
	}
	all.Wait()
	report := Report{State: OK, At: c.Now().UTC().Truncate(time.Second), Findings: []Finding{}}
	for _, k := range checks {
		for _, f := range results[k.name].findings {
			f.Check = k.name
			report.Findings = append(report.Findings, f)
			report.State = worse(report.State, f.State)
		}
	}
	return report
}

func worse(a, b State) State {
	if a == Problem || b == Problem {
		return Problem
	}
	if a == Unknown || b == Unknown {
		return Unknown
	}
	return OK
}

// pending is a result to come.
type pending struct {
	done chan struct{}
	result
}

// examine waits for the results that a check needs, then makes it within its limit, even
// if it ignores its context.
func (v *visit) examine(ctx context.Context, k check, results map[string]*pending) result {
	for _, name := range k.needs {
		<-results[name].done
		if results[name].blind {
			return result{[]Finding{{State: Unknown, Text: fmt.Sprintf("Not checked, because of %q.", name)}}, true}
		}
	}
	limit := v.Limit
	if k.heavy {
		limit *= 3
	}
	if own := v.limits[k.name]; own > 0 {
		limit = own
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	made := make(chan result, 1)
	go func() { made <- k.run(v, ctx) }()
	select {
	case r := <-made:
		return r
	case <-time.After(limit + time.Second):
		return one(Finding{State: Unknown, Text: fmt.Sprintf("The check didn't end within %s.", limit),
			Cure: "Run it again with a higher --limit, and find out what is slow."})
	}
}

// unanswered is the finding for an error from GitHub.
func unanswered(what string, err error) Finding {
	f := Finding{State: Unknown, Text: fmt.Sprintf("%s: %s.", what, err),
		Cure: "Check the network, the proxy and https://www.githubstatus.com, and try again."}
	var (
		unauthorized *gh.Unauthorized
		denied       *gh.Denied
		limited      *gh.Limited
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f.Text = what + ": GitHub didn't answer in time."
	case errors.As(err, &limited):
		f.Cure = "Wait until then, as the bot does."
	case errors.As(err, &unauthorized):
		f.State, f.Cure = Problem, keyCure
	case errors.As(err, &denied):
		f.State, f.Cure = Problem, "Grant the permission in the App's settings, and accept it in the installation."
	}
	return f
}

const keyCure = "Check that the App's id and private key belong together, and that this machine's clock is right. A new key is made on " +
	"the App's settings page."
