package pulltest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/pull"
)

// yamlRelease is what GitHub shows about a version's next release.
type yamlRelease struct {
	Uncut      bool             `yaml:"uncut"` // the version still lives on the default branch
	Tip        string           `yaml:"tip"`
	Tag        string           `yaml:"tag"` // of the last release; "": none
	Tagged     string           `yaml:"tagged"`
	Blockers   []yamlBlocker    `yaml:"blockers"`
	More       bool             `yaml:"more-blockers"`
	Commits    []yamlCommit     `yaml:"commits"` // the newest first
	Open       []yamlOpen       `yaml:"open"`
	Said       map[int]yamlSaid `yaml:"said"` // on pull requests, by number
	Merged     []yamlPull       `yaml:"merged"`
	Into       []yamlPull       `yaml:"into"`
	Incomplete bool             `yaml:"incomplete"`
	// Later are the commits since the last release, the newest first, and
	// Entries NEWS entries by path; without them, they weren't read. Before are files that
	// the last release had.
	Later   []yamlLanded      `yaml:"later"`
	Before  []string          `yaml:"before"`
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

type yamlLanded struct {
	Message string   `yaml:"message"`
	Pull    int      `yaml:"pull"`
	Files   []string `yaml:"files"`
}

// UnmarshalYAML also reads a message alone.
func (l *yamlLanded) UnmarshalYAML(node *yaml.Node) error {
	type whole yamlLanded
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&l.Message)
	}
	return node.Decode((*whole)(l))
}

// yamlSaid is what people said on a pull request.
type yamlSaid struct {
	Comments []yamlComment          `yaml:"comments"`
	Reviews  map[string]pull.Review `yaml:"reviews"`
	Moved    time.Time              `yaml:"moved"`
}

// UnmarshalYAML also reads comments alone.
func (s *yamlSaid) UnmarshalYAML(node *yaml.Node) error {
	type whole yamlSaid
	if node.Kind == yaml.SequenceNode {
		return node.Decode(&s.Comments)
	}
	return node.Decode((*whole)(s))
}

type yamlOpen struct {
	yamlPull `yaml:",inline"`
	Stale    []string  `yaml:"stale"` // whose reviews aren't of the head, or were requested again
	Created  time.Time `yaml:"created"`
	Approved time.Time `yaml:"approved"`
	Moved    time.Time `yaml:"moved"`
}

// release makes the facts of a case.
func (y yamlRequest) release(of yamlRelease) pull.Release {
	all := func(pulls []yamlPull) []pull.Summary {
		return yamlRequest{PR: y.PR, yamlHistory: yamlHistory{Pulls: pulls}}.pulls(func(yamlPull) bool { return true })
	}
	r := pull.Release{Tip: of.Tip, Tag: of.Tag, Tagged: of.Tagged, MoreBlockers: of.More, Merged: all(of.Merged), Into: all(of.Into),
		Incomplete: of.Incomplete}
	for _, b := range of.Blockers {
		r.Blockers = append(r.Blockers, pull.Blocker(b))
	}
	for _, c := range of.Commits {
		r.Commits = append(r.Commits, pull.BranchCommit(c))
	}
	for _, o := range of.Open {
		of := pull.Incoming{Summary: all([]yamlPull{o.yamlPull})[0], Created: o.Created, Approved: o.Approved, Moved: o.Moved}
		of.Fresh = maps.Clone(of.Reviews)
		for _, login := range o.Stale {
			delete(of.Fresh, login)
		}
		r.Open = append(r.Open, of)
	}
	r.Me, r.Said = cmp.Or(y.Me, "concorde"), map[int]pull.Said{}
	for number, said := range of.Said {
		r.Said[number] = pull.Said{Comments: y.said(said.Comments), Reviews: said.Reviews, Moved: said.Moved}
	}
	r.Later = pull.Landed{Tagged: of.Tagged != "", Branch: of.Tip != "", Reached: of.Later != nil, Complete: of.Later != nil,
		Before: map[string][]byte{}}
	for i, l := range slices.Backward(of.Later) {
		sha := fmt.Sprintf("%040x", i+1)
		r.Later.Commits = append(r.Later.Commits, pull.LandedCommit{SHA: sha, Message: l.Message, Pull: l.Pull, Files: l.Files})
	}
	for _, path := range of.Before {
		r.Later.Before[path] = nil
	}
	r.EntriesRead = of.Entries != nil
	for _, path := range slices.Sorted(maps.Keys(of.Entries)) {
		text := []byte(of.Entries[path])
		r.Entries = append(r.Entries, pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: text}})
	}
	return r
}
