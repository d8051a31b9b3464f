package gh

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// text is a GraphQL query that is put together from what is needed. GitHub
// refuses variables that are declared and not used.
type text struct {
	repository, request []string // selections
	fragments           []string
	viewer              bool
	variables           map[string]any
}

var types = map[string]string{
	"owner": "String!", "name": "String!", "number": "Int!", "app": "Int!", "settings": "String!", "head": "GitObjectID!",
	"labels": "String", "commits": "String", "comments": "String", "deletions": "String", "events": "String",
}

func (q text) body() string {
	var b strings.Builder
	if q.viewer {
		b.WriteString("viewer{login} ")
	}
	b.WriteString("repository(owner:$owner,name:$name,followRenames:false){" + strings.Join(q.repository, " "))
	if len(q.request) > 0 {
		b.WriteString(" pullRequest(number:$number){" + strings.Join(q.request, " ") + "}")
	}
	b.WriteString("}}" + strings.Join(q.fragments, ""))
	return b.String()
}

func (q text) uses(variable string) bool { return strings.Contains(q.body(), variable) }

// String is the query as it is sent.
func (q text) String() string {
	body := q.body()
	var declared []string
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if strings.Contains(body, "$"+name) {
			declared = append(declared, "$"+name+":"+types[name])
		}
	}
	return "query(" + strings.Join(declared, ",") + "){" + body
}

const (
	blobFields = `__typename ...on Blob{oid byteSize isTruncated text}`
	pageFields = `pageInfo{hasNextPage endCursor}`
	scalars    = `number title body state isDraft createdAt updatedAt author{__typename login} authorAssociation baseRefName headRefOid changedFiles ` +
		`headRefName headRepository{owner{__typename login}} closedAt mergedAt mergedBy{__typename login} mergeCommit{oid message parents(first:1){totalCount nodes{associatedPullRequests(first:5){nodes{number}}}} author{name email}}`
	noteFields = `fullDatabaseId viewerDidAuthor body`
)

// connections are the lists of a pull request that may have several pages.
// Labels are always loaded: every rule looks at them.
var connections = []struct {
	name      string
	needs     pull.Facts // any of them; 0: always
	selection string
}{
	{"labels", 0, `labels(first:100,after:$labels){nodes{name} ` + pageFields + `}`},
	{"commits", pull.Commits | pull.Statuses, `commits(first:100,after:$commits){totalCount nodes{commit{oid message parents(first:1){totalCount} status{contexts{context}}}} ` + pageFields + `}`},
	{"comments", pull.Notes, `comments(first:100,after:$comments){nodes{` + noteFields + `} ` + pageFields + `}`},
	{"deletions", pull.Notes, `deletions:timelineItems(first:100,after:$deletions,itemTypes:[COMMENT_DELETED_EVENT]){nodes{__typename ...on CommentDeletedEvent{deletedCommentAuthor{__typename login}}} ` + pageFields + `}`},
	{"events", pull.Events, `events:timelineItems(first:100,after:$events,itemTypes:[LABELED_EVENT,UNLABELED_EVENT,REVIEW_REQUESTED_EVENT,ASSIGNED_EVENT]){nodes{` + eventFields + `} ` + pageFields + `}`},
}

// overview asks for everything, and the first page of each list.
func overview(q Query) text {
	t := text{viewer: true, repository: []string{"defaultBranchRef{name}"}, request: []string{scalars}, variables: map[string]any{}}
	if q.SettingsPath != "" {
		t.repository = append(t.repository, "settings:object(expression:$settings){"+blobFields+"}")
		t.variables["settings"] = "HEAD:" + q.SettingsPath
	}
	if q.Needs&pull.Files != 0 {
		t.request = append(t.request, "files(first:100){nodes{path changeType}}")
	}
	if q.Needs&pull.Reviews != 0 {
		t.request = append(t.request, reviewFields)
	}
	if q.Needs&pull.Merging != 0 {
		t.request = append(t.request, "mergeStateStatus autoMergeRequest{enabledBy{__typename login}}")
	}
	if tip := tipFields(q.Needs); tip != "" {
		t.request = append(t.request, "tip:commits(last:1){nodes{commit{...Tip}}}")
		t.fragments = append(t.fragments, tip)
	}
	for _, c := range connections {
		if c.needs == 0 || q.Needs&c.needs != 0 {
			t.request = append(t.request, c.selection)
		}
	}
	return t
}

// furtherPages asks for the next page of the lists that pages has cursors of.
func furtherPages(q Query, pages map[string]string) text {
	t := text{variables: map[string]any{}}
	for _, c := range connections {
		if cursor, ok := pages[c.name]; ok {
			t.request = append(t.request, c.selection)
			t.variables[c.name] = cursor
		}
	}
	return t
}

// tipOf asks for the statuses and check runs of one commit.
func tipOf(q Query, head string) text {
	return text{
		repository: []string{"tip:object(oid:$head){...Tip}"},
		fragments:  []string{tipFields(q.Needs)},
		variables:  map[string]any{"head": head},
	}
}

func tipFields(needs pull.Facts) string {
	fields := ""
	if needs&pull.Statuses != 0 {
		fields += " status{contexts{context state description targetUrl}}"
	}
	if needs&pull.Checks != 0 {
		fields += " checkSuites(first:10,filterBy:{appId:$app}){nodes{checkRuns(first:100,filterBy:{checkType:LATEST}){nodes{databaseId name conclusion externalId}}}}"
	}
	if fields == "" {
		return ""
	}
	return "fragment Tip on Commit{oid" + fields + "}"
}

type overviewData struct {
	Viewer     struct{ Login string }
	Repository *struct {
		DefaultBranchRef *struct{ Name string }
		Settings         *blobData
		Tip              *tipData
		PullRequest      *pullData
	}
}

type pullData struct {
	summaryData
	historyData
	CreatedAt, UpdatedAt time.Time
	HeadRepository       *struct{ Owner *actorData }
	MergeCommit          *tipData
	ChangedFiles         int
	reviewData
	MergeStateStatus string
	AutoMergeRequest *struct{ EnabledBy *actorData }
	Files            list[fileData]
	Commits          list[struct{ Commit tipData }]
	Tip              list[struct{ Commit tipData }]
	Deletions        list[struct{ DeletedCommentAuthor *actorData }]
}

type list[T any] struct {
	Nodes      []T
	PageInfo   pageInfo
	TotalCount int
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
	Status      *statusData
	CheckSuites list[struct {
		CheckRuns list[struct {
			DatabaseID       int64 `json:"databaseId"`
			Name, Conclusion string
			ExternalID       string `json:"externalId"`
		}]
	}]
}

type statusData struct {
	Contexts []struct{ Context, State, Description, TargetURL string }
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
