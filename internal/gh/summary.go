package gh

import (
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// person is an actor, with the id of one who may be asked for a review or assigned.
const person = `{__typename login ...on User{id}}`

// summaryFragment has no labels: a nested list for each of many pull requests makes a
// query heavy, and of most nobody reads them.
const summaryFragment = `fragment Summary on PullRequest{number title body state isDraft updatedAt headRepositoryOwner{__typename login} author` + person + ` authorAssociation ` +
	`baseRefName headRefName headRefOid closedAt mergedBy` + person + `}`

const summaryLabels = ` labels(first:100){nodes{name}} `

// summaryData is what is loaded of every pull request, its own and others.
type summaryData struct {
	Number                               int
	Title, Body, State                   string
	IsDraft                              bool
	Author                               *actorData
	AuthorAssociation                    string
	BaseRefName, HeadRefName, HeadRefOid string
	ClosedAt, MergedAt, UpdatedAt        time.Time
	MergedBy, HeadRepositoryOwner        *actorData
	Labels                               list[struct{ ID, Name string }]
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
		Number: d.Number, Title: d.Title, Body: d.Body, State: d.state(), Draft: d.IsDraft, Own: d.Author.is(slug), Author: d.Author.login(), Association: d.AuthorAssociation,
		Base: d.BaseRefName, Head: d.HeadRefOid, HeadBranch: d.HeadRefName, MergedBy: d.merger(), ClosedAt: d.ClosedAt, Labels: d.labels(),
	}
	if d.HeadRepositoryOwner != nil {
		s.HeadOwner = d.HeadRepositoryOwner.login()
	}
	return s
}

// credit names the author as trailers do.
func (c *tipData) credit() string {
	name, email := strings.TrimSpace(c.Author.Name), strings.TrimSpace(c.Author.Email)
	if name == "" || email == "" || strings.ContainsAny(name+email, "<>\n\r") {
		return ""
	}
	return name + " <" + email + ">"
}

// merge is nil where GitHub does not name the commit (yet).
func (p *pullData) merge() *pull.Merge {
	if p.state() != pull.Merged || p.MergeCommit == nil || !commitID.MatchString(p.MergeCommit.Oid) {
		return nil
	}
	c := p.MergeCommit
	m := &pull.Merge{SHA: c.Oid, Message: c.Message, Parents: c.Parents.TotalCount, Author: c.credit(), By: p.merger(), At: p.MergedAt}
	for _, parent := range c.Parents.Nodes {
		for _, of := range parent.AssociatedPullRequests.Nodes {
			m.Rebased = m.Rebased || of.Number == p.Number
		}
	}
	return m
}

// summarized is an open pull request as the REST API has it; slug is the App's.
func summarized(p *github.PullRequest, slug string) pull.Summary {
	s := pull.Summary{
		Number: p.GetNumber(), Title: p.GetTitle(), Body: p.GetBody(), State: pull.State(p.GetState()), Draft: p.GetDraft(),
		Own: p.GetUser().GetLogin() == slug+"[bot]", Author: p.GetUser().GetLogin(), Association: p.GetAuthorAssociation(), // no person's login has brackets
		Base: p.GetBase().GetRef(), Head: p.GetHead().GetSHA(), HeadBranch: p.GetHead().GetRef(), HeadOwner: p.GetHead().GetRepo().GetOwner().GetLogin(),
	}
	for _, l := range p.Labels {
		s.Labels = append(s.Labels, l.GetName())
	}
	return s
}
