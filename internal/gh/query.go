package gh

import (
	"maps"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// text is a GraphQL query that is put together from what is needed. GitHub
// refuses variables that are declared and not used.
type text struct {
	repository, request, issue []string // selections
	fragments                  []string
	viewer                     bool
	variables                  map[string]any
	declared                   []string // of variables that types does not have: "$a1:String!"
}

var types = map[string]string{
	"owner": "String!", "name": "String!", "number": "Int!", "app": "Int!", "settings": "String!", "labelRules": "String!", "head": "GitObjectID!", "compareTo": "String!",
	"first": "Int!", "labels": "String", "commits": "String", "comments": "String", "deletions": "String", "events": "String", "reviews": "String", "mentions": "String",
}

// issueOrPull is the pull request or issue itself, by its name in answers.
const issueOrPull = "issueOrPullRequest"

func (q text) body() string {
	var b strings.Builder
	if q.viewer {
		b.WriteString("viewer{login} ")
	}
	b.WriteString("repository(owner:$owner,name:$name,followRenames:false){" + strings.Join(q.repository, " "))
	if len(q.request)+len(q.issue) > 0 {
		b.WriteString(" " + issueOrPull + "(number:$number){__typename")
		if len(q.request) > 0 {
			b.WriteString(" ...on PullRequest{" + strings.Join(q.request, " ") + "}")
		}
		if len(q.issue) > 0 {
			b.WriteString(" ...on Issue{" + strings.Join(q.issue, " ") + "}")
		}
		b.WriteString("}")
	}
	b.WriteString("}}" + strings.Join(q.fragments, ""))
	return b.String()
}

func (q text) uses(variable string) bool { return strings.Contains(q.body(), variable) }

// String is the query as it is sent.
func (q text) String() string {
	body := q.body()
	declared := slices.Clone(q.declared)
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
	growing    = pageFields + ` totalCount`
	common     = `id number title body createdAt updatedAt author` + person + ` authorAssociation closedAt `
	scalars    = common + `state isDraft baseRefName headRefOid changedFiles ` +
		`headRefName headRepository{owner{__typename login}} mergedAt mergedBy` + person + ` mergeCommit{oid message parents(first:1){totalCount nodes{associatedPullRequests(first:5){nodes{number}}}} author{name email}}`
	issueScalars = common + `issueState:state`
	noteFields   = `id fullDatabaseId viewerDidAuthor author` + person + ` body createdAt updatedAt`
	// commentFields are for rules that read what people wrote.
	commentFields = noteFields + ` editor` + person + ` reactionGroups{viewerHasReacted}`
)

// connection is a list that may have several pages.
type connection struct {
	name      string
	needs     pull.Facts // any of them; 0: always
	selection string
	issues    string // of issues; "": they have no such list
}

// connections are the lists of a pull request or issue. Labels are always
// loaded: every rule looks at them.
func connections(needs pull.Facts) []connection {
	comments := `comments(first:$first,after:$comments){nodes{` + noteFields + `} ` + growing + `}`
	if needs&pull.Comments != 0 {
		comments = strings.Replace(comments, noteFields, commentFields, 1)
	}
	labels := `labels(first:$first,after:$labels){nodes{id name} ` + pageFields + `}`
	deletions := `deletions:timelineItems(first:$first,after:$deletions,itemTypes:[COMMENT_DELETED_EVENT]){nodes{__typename ...on CommentDeletedEvent{deletedCommentAuthor{__typename login}}} ` + growing + `}`
	return slices.DeleteFunc([]connection{
		{"labels", 0, labels, labels},
		{"commits", pull.Commits | pull.Statuses, `commits(first:$first,after:$commits){totalCount nodes{commit{oid message author{name email} parents(first:1){totalCount} status{contexts{context}}}} ` + pageFields + `}`, ""},
		{"comments", pull.Notes | pull.Comments, comments, comments},
		{"deletions", pull.Notes, deletions, deletions},
		{"events", pull.Events, `events:timelineItems(first:$first,after:$events,itemTypes:[` + issueEvents + `,` + pullEvents + `]){nodes{` + eventFields + pullEventFields + `} ` + growing + `}`,
			`events:timelineItems(first:$first,after:$events,itemTypes:[` + issueEvents + `]){nodes{` + eventFields + `} ` + growing + `}`},
		{"reviews", pull.Opinions, `reviews(first:$first,after:$reviews,states:[APPROVED,CHANGES_REQUESTED]){nodes{author` + person + ` state submittedAt commit{oid}} ` + growing + `}`, ""},
		{"mentions", pull.Mentions, "", `mentions:timelineItems(first:$first,after:$mentions,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{__typename ...on CrossReferencedEvent{source{__typename ...on PullRequest{` +
			`number title body state isDraft author{__typename login} baseRefName repository{nameWithOwner} ` + closesFields + `}}}} ` + pageFields + `}`},
	}, func(c connection) bool { return c.needs != 0 && needs&c.needs == 0 })
}

// overview asks for everything, and the first page of each list; where lists are
// asked for apart, they and the statuses of the head are left out.
func overview(q Query, s size) text {
	t := text{viewer: true, repository: []string{"id defaultBranchRef{name}"}, request: []string{scalars}, issue: []string{issueScalars}, variables: map[string]any{}}
	for name, path := range map[string]string{"settings": q.SettingsPath, "labelRules": q.LabelRulesPath} {
		if path != "" {
			t.repository = append(t.repository, name+":object(expression:$"+name+"){"+blobFields+"}")
			t.variables[name] = "HEAD:" + path
		}
	}
	slices.Sort(t.repository)
	if q.Needs&pull.Merging != 0 {
		t.request = append(t.request, "mergeStateStatus autoMergeRequest{enabledBy{__typename login}}")
	}
	if s == apart {
		return t
	}
	t.request = append(t.request, onePage(q.Needs)...)
	if tip := tipFields(q.Needs); tip != "" {
		t.request = append(t.request, "tip:commits(last:1){nodes{commit{...Tip}}}")
		t.fragments = append(t.fragments, tip)
	}
	for _, c := range connections(q.Needs) {
		t.list(c)
	}
	t.variables["first"] = s.page()
	return t
}

// onePage are the lists of a pull request of which one page does.
func onePage(needs pull.Facts) []string {
	var lists []string
	if needs&pull.Files != 0 {
		lists = append(lists, "added:additions removed:deletions files(first:100){nodes{path changeType}}")
	}
	if needs&pull.Reviews != 0 {
		lists = append(lists, reviewFields)
	}
	if needs&pull.Mentions != 0 {
		lists = append(lists, closesFields)
	}
	return lists
}

// add puts another query of the repository into this one.
func (t *text) add(other text) {
	t.repository = append(t.repository, other.repository...)
	t.fragments = append(t.fragments, other.fragments...)
	t.declared = append(t.declared, other.declared...)
	maps.Copy(t.variables, other.variables)
}

// list adds a list to the query.
func (t *text) list(c connection) {
	if c.selection != "" {
		t.request = append(t.request, c.selection)
	}
	if c.issues != "" {
		t.issue = append(t.issue, c.issues)
	}
}

// furtherPages asks for the next page of the lists that pages has cursors of, ""
// for the first page.
func furtherPages(q Query, pages map[string]string, s size) text {
	t := text{variables: map[string]any{"first": s.page()}}
	for _, c := range connections(q.Needs) {
		if cursor, ok := pages[c.name]; ok {
			t.list(c)
			if cursor != "" {
				t.variables[c.name] = cursor
			}
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

// tipFields are the statuses and check runs of a commit, with Events what shows when
// it came, and with Merging who reported on it: more than this App does by itself.
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
		fields += " checkSuites(first:5,filterBy:{appId:$app}){nodes{checkRuns(first:50,filterBy:{checkType:LATEST}){nodes{databaseId name conclusion externalId" + run + "}}}}"
	}
	if needs&pull.Merging != 0 {
		fields += " statusCheckRollup{contexts(first:30){nodes{__typename ...on StatusContext{creator{__typename login}} ...on CheckRun{checkSuite{app{databaseId}}}}}}"
	}
	if fields == "" {
		return ""
	}
	return "fragment Tip on Commit{oid" + fields + "}"
}
