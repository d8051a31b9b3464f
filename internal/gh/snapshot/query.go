package snapshot

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// connection is a list that may have several pages.
type connection struct {
	name      string
	needs     pull.Facts // any of them; 0: always
	selection string
	issues    string // of issues; "": they have no such list
}

// connections returns the lists of a pull request or issue. Labels are always loaded,
// since every rule looks at them.
func connections(needs pull.Facts) []connection {
	comments := `comments(first:$first,after:$comments){nodes{` + noteFields + `} ` + growing + `}`
	if needs&pull.Comments != 0 {
		comments = strings.Replace(comments, noteFields, commentFields, 1)
	}
	labels := `labels(first:$first,after:$labels){nodes{id name} ` + pageFields + `}`
	deletions := `deletions:timelineItems(first:$first,after:$deletions,itemTypes:[COMMENT_DELETED_EVENT]){nodes{__typename ...on ` +
		`CommentDeletedEvent{deletedCommentAuthor{__typename login}}} ` + growing + `}`
	return slices.DeleteFunc([]connection{
		{"labels", 0, labels, labels},
		{"commits", pull.Commits | pull.Statuses, `commits(first:$first,after:$commits){totalCount nodes{commit{oid message author{name ` +
			`email} parents(first:1){totalCount} status{contexts{context}}}} ` + pageFields + `}`, ""},
		{"comments", pull.Notes | pull.Comments, comments, comments},
		{"deletions", pull.Notes, deletions, deletions},
		{"events", pull.Events, `events:timelineItems(first:$first,after:$events,itemTypes:[` + issueEvents + `,` + pullEvents + `]){nodes{` +
			eventFields + pullEventFields + `} ` + growing + `}`,
			`events:timelineItems(first:$first,after:$events,itemTypes:[` + issueEvents + `]){nodes{` + eventFields + `} ` + growing + `}`},
		{"reviews", pull.Opinions, `reviews(first:$first,after:$reviews,states:[APPROVED,CHANGES_REQUESTED]){nodes{author` + person +
			` state submittedAt commit{oid}} ` + growing + `}`, ""},
		{"mentions", pull.Mentions, "", `mentions:timelineItems(first:$first,after:$mentions,` +
			`itemTypes:[CROSS_REFERENCED_EVENT]){nodes{__typename ...on CrossReferencedEvent{source{__typename ...on PullRequest{` +
			`number title body state isDraft author{__typename login} baseRefName repository{nameWithOwner} ` + closesFields + `}}}} ` +
			pageFields + `}`},
	}, func(c connection) bool { return c.needs != 0 && needs&c.needs == 0 })
}

// overview requests everything, with the first page of each list. If the size is Apart, it
// leaves out lists and the head's statuses.
func overview(q Query, s gh.Size) gh.Query {
	t := gh.Query{Viewer: true, Repository: []string{"id isPrivate defaultBranchRef{name}"},
		Pull: []string{scalars}, Issue: []string{issueScalars},
		Variables: map[string]any{}}
	for name, path := range map[string]string{"settings": q.SettingsPath, "labelRules": q.LabelRulesPath} {
		if path != "" {
			t.Repository = append(t.Repository, name+":object(expression:$"+name+"){"+blobFields+"}")
			t.Variables[name] = "HEAD:" + path
		}
	}
	slices.Sort(t.Repository)
	if q.Needs&pull.Merging != 0 {
		t.Pull = append(t.Pull, "mergeStateStatus autoMergeRequest{enabledBy{__typename login}}")
	}
	if s == gh.Apart {
		return t
	}
	t.Pull = append(t.Pull, onePage(q.Needs)...)
	if tip := tipFields(q.Needs); tip != "" {
		t.Pull = append(t.Pull, "tip:commits(last:1){nodes{commit{...Tip}}}")
		t.Fragments = append(t.Fragments, tip)
	}
	for _, c := range connections(q.Needs) {
		c.addTo(&t)
	}
	t.Variables["first"] = s.Page()
	return t
}

// onePage returns the lists that need only one page.
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

// addTo adds the list to a query.
func (c connection) addTo(t *gh.Query) {
	if c.selection != "" {
		t.Pull = append(t.Pull, c.selection)
	}
	if c.issues != "" {
		t.Issue = append(t.Issue, c.issues)
	}
}

// furtherPages requests the next page of the lists in pages, by their cursors; "" is the
// first page.
func furtherPages(q Query, pages map[string]string, s gh.Size) gh.Query {
	t := gh.Query{Variables: map[string]any{"first": s.Page()}}
	for _, c := range connections(q.Needs) {
		if cursor, ok := pages[c.name]; ok {
			c.addTo(&t)
			if cursor != "" {
				t.Variables[c.name] = cursor
			}
		}
	}
	return t
}

// tipOf requests a commit's statuses and check runs.
func tipOf(q Query, head string) gh.Query {
	return gh.Query{
		Repository: []string{"tip:object(oid:$head){...Tip}"},
		Fragments:  []string{tipFields(q.Needs)},
		Variables:  map[string]any{"head": head},
	}
}
