package snapshot

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

type overviewData struct {
	Viewer     struct{ Login string }
	Repository *repositoryData
}

type repositoryData struct {
	repositoryFields
	all gh.Fields // by name, those of numbered fields too
}

type repositoryFields struct {
	ID               string
	IsPrivate        *bool // also true of what's internal to an enterprise
	DefaultBranchRef *struct{ Name string }
	Settings         *blobData
	LabelRules       *blobData
	Tip              *tipData
	Subject          *pullData `json:"issueOrPullRequest"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *repositoryData) UnmarshalJSON(text []byte) error {
	return errors.Join(json.Unmarshal(text, &d.repositoryFields), json.Unmarshal(text, &d.all))
}

type pullData struct {
	Typename string `json:"__typename"`
	ID       string
	// IssueState is the state of an issue, which has another type than that of a
	// pull request.
	IssueState string
	summaryData
	historyData
	CreatedAt      time.Time
	HeadRepository *struct{ Owner *actorData }
	MergeCommit    *tipData
	ChangedFiles   int
	Added, Removed int // lines
	reviewData
	MergeStateStatus string
	AutoMergeRequest *struct{ EnabledBy *actorData }
	Files            gh.Connection[fileData]
	Commits          gh.Connection[struct{ Commit tipData }]
	Tip              gh.Connection[struct{ Commit tipData }]
	Deletions        gh.Connection[struct{ DeletedCommentAuthor *actorData }]
	Read             gh.Connection[struct{ Commit map[string]json.RawMessage }] // of the newest commit, what prefetchFiles asks for
	Touched          gh.Connection[commentData]
	Closes           *gh.Connection[closedData]
}

type fileData struct {
	Path       string
	ChangeType changeType
}

// changeType is GraphQL's ADDED or the REST API's added, and so on.
type changeType string

func (c changeType) change() pull.Change {
	switch strings.ToLower(string(c)) {
	case "added", "copied":
		return pull.Added
	case "deleted", "removed":
		return pull.Removed
	case "renamed":
		return pull.Renamed
	}
	return pull.Modified // also the mere change of a mode
}

// merge is nil where GitHub does not name the commit (yet).
func (p *pullData) merge() *pull.Merge {
	if p.state() != pull.Merged || p.MergeCommit == nil || !gh.IsCommit(p.MergeCommit.Oid) {
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
