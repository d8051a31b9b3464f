package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

type tipData struct {
	Oid, Message string
	Author       struct{ Name, Email string }
	Parents      gh.Connection[struct {
		AssociatedPullRequests gh.Connection[struct{ Number int }]
	}]
	CommittedDate          time.Time
	AssociatedPullRequests gh.Connection[struct{}]
	Status                 *statusData
	StatusCheckRollup      *struct{ Contexts gh.Connection[contextData] }
	CheckSuites            gh.Connection[struct {
		CheckRuns gh.Connection[struct {
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

// heard reports whether anyone but this App reported on the commit.
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

// checks returns the newest runs by name.
func (t *tipData) checks() map[string]pull.CheckState {
	all := map[string]pull.CheckState{}
	for _, suite := range t.CheckSuites.Nodes {
		for _, run := range suite.CheckRuns.Nodes {
			if run.DatabaseID >= all[run.Name].ID {
				all[run.Name] = pull.CheckState{ID: run.DatabaseID, Digest: run.ExternalID,
					Conclusion: pull.Conclusion(strings.ToLower(run.Conclusion))}
			}
		}
	}
	return all
}

// credit returns the author as trailers write it.
func (c *tipData) credit() string {
	name, email := strings.TrimSpace(c.Author.Name), strings.TrimSpace(c.Author.Email)
	if name == "" || email == "" || strings.ContainsAny(name+email, "<>\n\r") {
		return ""
	}
	return name + " <" + email + ">"
}

// seen is when the App first wrote something on the commit that has stayed since, so the
// commit was there by then; zero if it didn't. GitHub dates statuses and check runs
// itself. For a commit in several pull requests, no one knows where it came first.
func (t *tipData) seen(slug string) time.Time {
	var first time.Time
	earlier := func(at time.Time) {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if t.AssociatedPullRequests.TotalCount > 1 {
		return first
	}
	if t.Status != nil {
		for _, c := range t.Status.Contexts {
			if c.Creator.is(slug) {
				earlier(c.CreatedAt)
			}
		}
	}
	for _, suite := range t.CheckSuites.Nodes { // those of the App
		for _, run := range suite.CheckRuns.Nodes {
			earlier(run.StartedAt)
		}
	}
	return first
}

// tipFields select a commit's statuses and check runs; for Events, what shows when it
// arrived; for Merging, who reported on it, other than this App.
func tipFields(needs pull.Facts) string {
	fields, status, run := "", "", ""
	if needs&pull.Events != 0 {
		fields = " committedDate associatedPullRequests(first:1){totalCount}"
		status, run = " createdAt creator{__typename login}", " startedAt"
	}
	if needs&(pull.Statuses|pull.Events) != 0 {
		fields += " status{contexts{context state description targetUrl" + status + "}}"
	}
	if needs&(pull.Checks|pull.Events) != 0 {
		fields += " checkSuites(first:5,filterBy:{appId:$app}){nodes{checkRuns(first:50,filterBy:{checkType:LATEST}){nodes{databaseId name " +
			"conclusion externalId" + run + "}}}}"
	}
	if needs&pull.Merging != 0 {
		fields += " statusCheckRollup{contexts(first:30){nodes{__typename ...on StatusContext{creator{__typename login}} ...on " +
			"CheckRun{checkSuite{app{databaseId}}}}}}"
	}
	if fields == "" {
		return ""
	}
	return "fragment Tip on Commit{oid" + fields + "}"
}
