package pulltest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// yamlRelease is what GitHub shows about a version's next release.
type yamlRelease struct {
	Tip        string        `yaml:"tip"`
	Tagged     string        `yaml:"tagged"`
	Blockers   []yamlBlocker `yaml:"blockers"`
	More       bool          `yaml:"more-blockers"`
	Commits    []yamlCommit  `yaml:"commits"` // the newest first
	Open       []yamlOpen    `yaml:"open"`
	Merged     []yamlPull    `yaml:"merged"`
	Into       []yamlPull    `yaml:"into"`
	Incomplete bool          `yaml:"incomplete"`
	// Later are the messages of commits since the last release, the newest first, and
	// Entries NEWS entries by path; without them, they weren't read.
	Later   []string          `yaml:"later"`
	Entries map[string]string `yaml:"entries"`
}

type yamlBlocker struct {
	Number    int       `yaml:"number"`
	Pull      bool      `yaml:"pull"`
	Title     string    `yaml:"title"`
	Deferred  bool      `yaml:"deferred"`
	Labels    []string  `yaml:"labels"`
	Milestone string    `yaml:"milestone"`
	Base      string    `yaml:"base"`
	Created   time.Time `yaml:"created"`
}

type yamlCommit struct {
	SHA     string      `yaml:"sha"`
	Subject string      `yaml:"subject"`
	Pull    int         `yaml:"pull"`
	At      time.Time   `yaml:"at"`
	Checks  pull.Rollup `yaml:"checks"`
}

type yamlOpen struct {
	yamlPull `yaml:",inline"`
	Created  time.Time `yaml:"created"`
	Approved time.Time `yaml:"approved"`
}

// release makes the facts of a case.
func (y yamlRequest) release(of yamlRelease) pull.Release {
	all := func(pulls []yamlPull) []pull.Summary {
		return yamlRequest{PR: y.PR, yamlHistory: yamlHistory{Pulls: pulls}}.pulls(func(yamlPull) bool { return true })
	}
	r := pull.Release{Tip: of.Tip, Tagged: of.Tagged, MoreBlockers: of.More, Merged: all(of.Merged), Into: all(of.Into),
		Incomplete: of.Incomplete}
	for _, b := range of.Blockers {
		r.Blockers = append(r.Blockers, pull.Blocker(b))
	}
	for _, c := range of.Commits {
		r.Commits = append(r.Commits, pull.BranchCommit(c))
	}
	for _, o := range of.Open {
		r.Open = append(r.Open, pull.Incoming{Summary: all([]yamlPull{o.yamlPull})[0], Created: o.Created, Approved: o.Approved})
	}
	r.LaterRead, r.EntriesRead = of.Later != nil, of.Entries != nil
	for i, message := range of.Later {
		r.Later = append(r.Later, pull.Commit{SHA: fmt.Sprintf("%040x", i+1), Message: message})
	}
	for _, path := range slices.Sorted(maps.Keys(of.Entries)) {
		text := []byte(of.Entries[path])
		r.Entries = append(r.Entries, pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: text}})
	}
	return r
}
