package gh

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

type overviewData struct {
	Viewer     struct{ Login string }
	Repository *repositoryData
}

type repositoryData struct {
	repositoryFields
	all answers // by name, those of numbered fields too
}

type repositoryFields struct {
	ID               string
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
	Files            list[fileData]
	Commits          list[struct{ Commit tipData }]
	Tip              list[struct{ Commit tipData }]
	Deletions        list[struct{ DeletedCommentAuthor *actorData }]
	Read             list[struct{ Commit map[string]json.RawMessage }] // of the newest commit, what foreseeFiles asks for
	Touched          list[commentData]
	Closes           *list[closedData]
}

type list[T any] struct {
	Nodes      []T
	PageInfo   pageInfo
	TotalCount int
	entries    int // of this page, with those that GitHub leaves out
}

// UnmarshalJSON implements json.Unmarshaler. An entry that GitHub leaves out is
// null, and no entry here.
func (l *list[T]) UnmarshalJSON(text []byte) error {
	var there struct {
		Nodes      []*T
		PageInfo   pageInfo
		TotalCount int
	}
	if err := json.Unmarshal(text, &there); err != nil {
		return err
	}
	*l = list[T]{PageInfo: there.PageInfo, TotalCount: there.TotalCount, entries: len(there.Nodes)}
	for _, n := range there.Nodes {
		if n != nil {
			l.Nodes = append(l.Nodes, *n)
		}
	}
	return nil
}

type pageInfo struct {
	HasNextPage bool
	EndCursor   string
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

type tipData struct {
	Oid, Message string
	Author       struct{ Name, Email string }
	Parents      list[struct {
		AssociatedPullRequests list[struct{ Number int }]
	}]
	CommittedDate          time.Time
	AssociatedPullRequests list[struct{}]
	Status                 *statusData
	StatusCheckRollup      *struct{ Contexts list[contextData] }
	CheckSuites            list[struct {
		CheckRuns list[struct {
			DatabaseID       int64 `json:"databaseId"`
			Name, Conclusion string
			ExternalID       string `json:"externalId"`
			StartedAt        time.Time
		}]
	}]
}

// contextData is a status or a check run.
type contextData struct {
	Typename   string `json:"__typename"`
	Creator    *actorData
	CheckSuite struct {
		App *struct {
			DatabaseID int64 `json:"databaseId"`
		}
	}
}

// heard tells whether anybody else than an App reported on the commit.
func (t *tipData) heard(slug string, id int64) bool {
	return t.StatusCheckRollup != nil && slices.ContainsFunc(t.StatusCheckRollup.Contexts.Nodes, func(c contextData) bool {
		if c.Typename == "CheckRun" {
			return c.CheckSuite.App == nil || c.CheckSuite.App.DatabaseID != id
		}
		return !c.Creator.is(slug)
	})
}

type statusData struct {
	Contexts []struct {
		Context, State, Description, TargetURL string
		CreatedAt                              time.Time
		Creator                                *actorData
	}
}

func (s *statusData) statuses() map[string]pull.Status {
	all := map[string]pull.Status{}
	if s != nil {
		for _, c := range s.Contexts {
			all[c.Context] = pull.Status{
				Context: c.Context, State: pull.StatusState(strings.ToLower(c.State)), Description: c.Description, URL: c.TargetURL,
			}
		}
	}
	return all
}

// checks are the newest runs by name.
func (t *tipData) checks() map[string]pull.CheckState {
	all := map[string]pull.CheckState{}
	for _, suite := range t.CheckSuites.Nodes {
		for _, run := range suite.CheckRuns.Nodes {
			if run.DatabaseID >= all[run.Name].ID {
				all[run.Name] = pull.CheckState{ID: run.DatabaseID, Digest: run.ExternalID, Conclusion: pull.Conclusion(strings.ToLower(run.Conclusion))}
			}
		}
	}
	return all
}

// answers are those to fields of several kinds, by kind and place.
type answers map[string]json.RawMessage

func (a answers) read(kind string, i int, into any) error { return a.one(fmt.Sprint(kind, i), into) }

// one reads a field that has no number.
func (a answers) one(name string, into any) error {
	raw, there := a[name]
	if !there {
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer lacks what was asked for"}}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer has an unknown form: " + tidy(err.Error())}}
	}
	return nil
}
