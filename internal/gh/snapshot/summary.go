package snapshot

import (
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// summaryFragment has no labels: a nested list for each of many pull requests makes a
// query heavy, and of most nobody reads them.
const summaryFragment = `fragment Summary on PullRequest{number title body state isDraft updatedAt headRepositoryOwner{__typename ` +
	`login} author` + person + ` authorAssociation ` +
	`baseRefName headRefName headRefOid closedAt mergedBy` + person + `}`

const summaryLabels = ` labels(first:100){nodes{name}} `

// summaryData is what is loaded of every pull request, its own and others.
type summaryData struct {
	Number                               int
	Mergeable                            string // in lists alone
	Title, Body, State                   string
	IsDraft                              bool
	Author                               *actorData
	AuthorAssociation                    string
	BaseRefName, HeadRefName, HeadRefOid string
	ClosedAt, MergedAt, UpdatedAt        time.Time
	Opened                               time.Time // in lists for a release
	freshData                                      // likewise
	moveData                                       // likewise
	MergedBy, HeadRepositoryOwner        *actorData
	Labels                               gh.Connection[struct{ ID, Name string }]
	Tip                                  gh.Connection[struct{ Commit struct{ Status *statusData } }] // in lists alone
}

func (d *summaryData) state() pull.State { return pull.State(strings.ToLower(d.State)) }

func (d *summaryData) merger() string {
	if d.state() != pull.Merged {
		return ""
	}
	return d.MergedBy.login()
}

func (d *summaryData) labels() []string {
	var all []string
	for _, n := range d.Labels.Nodes {
		all = append(all, n.Name)
	}
	return all
}

// summary is for the App of that slug.
func (d *summaryData) summary(slug string) pull.Summary {
	s := pull.Summary{
		Number: d.Number, Title: d.Title, Body: d.Body, State: d.state(), Draft: d.IsDraft, Own: d.Author.is(slug), Author: d.Author.login(),
		Association: d.AuthorAssociation,
		Base:        d.BaseRefName, Head: d.HeadRefOid, HeadBranch: d.HeadRefName, MergedBy: d.merger(), ClosedAt: d.ClosedAt, Labels: d.labels(),
	}
	if d.HeadRepositoryOwner != nil {
		s.HeadOwner = d.HeadRepositoryOwner.login()
	}
	return s
}
