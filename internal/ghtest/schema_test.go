package ghtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// Where CONCORDE_OCTOKIT names the directory of npm's @octokit packages, every field that a query can reach here is one of GitHub's
// (@octokit/graphql-schema), with a value of its type.
func TestFieldsAreGitHubs(t *testing.T) {
	dir := os.Getenv("CONCORDE_OCTOKIT")
	if dir == "" {
		t.Skip("CONCORDE_OCTOKIT is not set")
	}
	path := filepath.Join(dir, "graphql-schema", "schema.graphql")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: path, Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for _, def := range doc.Definitions { // the published schema defines some fields twice
		seen := map[string]bool{}
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		t.Fatal(err)
	}
	srv, root := everyNode(t)
	srv.mu.Lock()
	defer srv.mu.Unlock()
	w := walker{t: t, schema: schema, seen: map[string]int{}, known: map[string]bool{}}
	w.node(root, nil)
	issue, pull, other := srv.repoList[0].issues[1], srv.repoList[0].issues[2], map[string]any{"pullRequestId": nodeID("PR", srv.repoList[0].issues[4].id)}
	id, label := nodeID("PR", pull.id), []any{nodeID("LA", srv.repoList[0].label("docs").id)}
	inputs := map[string]map[string]any{
		"addComment": {"subjectId": id, "body": "hello"}, "addLabelsToLabelable": {"labelableId": id, "labelIds": label},
		"addReaction":               {"subjectId": nodeID("IC", pull.comments[0].id), "content": "EYES"},
		"convertPullRequestToDraft": other, "markPullRequestReadyForReview": other,
		"removeLabelsFromLabelable": {"labelableId": nodeID("I", issue.id), "labelIds": label}, "updateIssue": {"id": nodeID("I", issue.id), "body": "x"},
		"updatePullRequest": {"pullRequestId": id, "body": "x"}, "closePullRequest": {"pullRequestId": nodeID("PR", srv.repoList[0].issues[3].id)},
	}
	people := []any{nodeID("U", srv.account("carol").id)}
	inputs["requestReviews"] = map[string]any{"pullRequestId": id, "union": true, "userIds": people}
	inputs["addAssigneesToAssignable"] = map[string]any{"assignableId": id, "assigneeIds": people}
	inputs["updateIssueComment"] = map[string]any{"id": nodeID("IC", pull.comments[0].id), "body": "hello again"}
	for name := range mutations {
		input := inputs[name]
		if input == nil {
			input = map[string]any{"pullRequestId": id, "mergeMethod": "SQUASH"}
		}
		arguments[name] = []map[string]any{{"input": input}}
	}
	w.node(srv.gqlMutation(&call{actor: actor{token: &token{user: srv.account("alice")}}}), nil)
	for _, kind := range []string{
		"Repository", "PullRequest", "Issue", "Label", "IssueComment", "Commit", "Blob", "Tree", "TreeEntry", "Submodule", "Ref", "Tag", "Status", "StatusContext",
		"CheckSuite", "CheckRun", "PullRequestChangedFile", "LabeledEvent", "CommentDeletedEvent", "RenamedTitleEvent", "ClosedEvent", "ReopenedEvent", "HeadRefForcePushedEvent",
		"PullRequestReview", "ReviewRequest", "ReviewRequestedEvent", "ReviewDismissedEvent", "AssignedEvent", "UnassignedEvent", "HeadRefDeletedEvent", "HeadRefRestoredEvent",
		"AutoMergeRequest", "AutoSquashEnabledEvent", "AutoMergeDisabledEvent", "StatusCheckRollup", "RefConnection", "CommitHistoryConnection", "MergedEvent",
		"DisablePullRequestAutoMergePayload", "EnablePullRequestAutoMergePayload", "ConvertPullRequestToDraftPayload", "MarkPullRequestReadyForReviewPayload",
		"AddCommentPayload", "AddLabelsToLabelablePayload", "AddReactionPayload", "ClosePullRequestPayload", "RemoveLabelsFromLabelablePayload", "UpdateIssuePayload",
		"UpdatePullRequestPayload", "RequestReviewsPayload", "AddAssigneesToAssignablePayload", "UpdateIssueCommentPayload", "Reaction", "ReactionGroup", "LockedEvent", "UnlockedEvent", "CrossReferencedEvent", "PullRequestCommit", "Organization", "Team", "TeamMemberConnection", "IssueConnection", "Comparison", "MergeQueue", "MergeQueueEntry", "AddedToMergeQueueEvent", "RemovedFromMergeQueueEvent", "TransferredEvent",
	} {
		if w.seen[kind] == 0 {
			t.Errorf("no %s was reached", kind)
		}
	}
}

// everyNode is the root of a server that has one of everything.
func everyNode(t *testing.T) (*Server, node) {
	t.Helper()
	srv, err := New(Config{Dir: t.TempDir()})
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(err)
	t.Cleanup(func() { do(srv.Close()) })
	repo, err := NewCPython(srv)
	do(err)
	_, err = repo.OpenIssue(Issue{Title: "Bug", Labels: []string{"docs"}})
	do(err)
	_, err = repo.Push("alice:fix", Commit{Files: map[string]File{"sub": {Content: zeroSHA, Mode: "160000"}, "Lib/os.py": Text("x\n")}})
	do(err)
	number, err := repo.OpenPR(PR{Title: "Fix", Body: "See #1", Head: "alice:fix", Labels: []string{"docs"}})
	do(err)
	sha, err := repo.ForcePush("alice:fix", "main", Commit{Files: map[string]File{"sub": {Content: zeroSHA, Mode: "160000"}, "Lib/os.py": Text("y\n")}})
	do(err)
	tag, err := repo.store.write("tag", []byte("object "+sha+"\ntype commit\ntag v1\ntagger x <x@example.com> 0 +0000\n\nOne\n"))
	do(err)
	do(repo.setRef("refs/tags/v1", tag))
	first, err := repo.Comment(number, "bob", "first")
	do(err)
	_, err = repo.Comment(number, srv.BotLogin(), "second")
	do(err)
	do(repo.DeleteComment(number, "bob", first))
	do(repo.Unlabel(number, "bob", "docs"))
	do(repo.Label(number, "bob", "docs"))
	do(repo.EditTitle(number, "Better"))
	do(repo.EditBase(number, "3.14"))
	do(repo.EditBase(number, "main"))
	do(repo.SetDraft(number, true))
	do(repo.SetDraft(number, false))
	do(repo.Lock(number, "bob", "too heated"))
	do(repo.Unlock(number, "bob"))
	do(repo.Close(number, "bob"))
	do(repo.Reopen(number, "bob"))
	do(repo.SetStatus(sha, "ci", Status{Context: "ci", State: "success"}))
	do(repo.Protect("main", Protection{RequiredReviews: 2}))
	do(repo.RequireReview("main", RequiredReview{Required: 1}))
	do(repo.CheckRun(sha, "github-actions", "build", "success"))
	do(repo.Collaborator("bob", "write"))
	do(repo.Collaborator("carol", "write"))
	do(repo.RequestReview(number, "alice", "bob", "carol"))
	id, err := repo.Review(number, "bob", "APPROVED", "")
	do(err)
	do(repo.DismissReview(number, "alice", id, "stale"))
	do(repo.Assign(number, "bob", "bob", "carol"))
	repo.unassign(repo.issues[number], repo.owner, []string{"carol"})
	do(repo.AutoMerge(number, "alice", "squash"))
	do(repo.AutoMerge(number, "alice", ""))
	do(repo.AutoMerge(number, "alice", "squash"))
	_, err = repo.Push("gone", Commit{Files: map[string]File{"gone": {}}})
	do(err)
	gone, err := repo.OpenPR(PR{Title: "Gone", Head: "gone"})
	do(err)
	do(repo.DeleteBranch("gone"))
	do(repo.RestoreBranch(gone))
	do(repo.Reopen(gone, "alice"))
	_, err = repo.Merge(gone, "bob")
	do(err)
	_, err = repo.Push("other", Commit{Files: map[string]File{"other": {}}})
	do(err)
	_, err = repo.OpenPR(PR{Title: "Other", Head: "other"})
	do(err)
	do(srv.Team("python", "core", "bob"))
	devguide, err := srv.Repo("python/devguide", RepoOptions{})
	do(err)
	guide, err := devguide.OpenIssue(Issue{Title: "Guide"})
	do(err)
	_, err = devguide.TransferIssue(guide, "bob", repo)
	do(err)
	_, err = repo.Push("queued", Commit{From: "3.14", Files: map[string]File{"queued": {}}})
	do(err)
	queued, err := repo.OpenPR(PR{Title: "Queued", Head: "queued", Base: "3.14"})
	do(err)
	_, err = repo.Queue(queued)
	do(err)
	do(repo.Dequeue(queued))
	_, err = repo.Queue(queued)
	do(err)
	_, err = repo.Push("upon", Commit{From: "gone", Files: map[string]File{"upon": {}}})
	do(err)
	_, err = repo.OpenPR(PR{Title: "Upon", Head: "upon", Base: "gone"})
	do(err)
	do(repo.DeleteBranch("gone"))
	title := "T"
	repo.checks = append(repo.checks, &check{
		id: 1, name: "N", sha: sha, status: "completed", conclusion: "neutral", title: &title, summary: &title,
		annotations: []annotation{{Path: "a", StartLine: 1, EndLine: 1, AnnotationLevel: "warning", Message: "m"}},
	})
	return srv, srv.gqlQuery(&call{actor: actor{token: &token{user: srv.account("alice")}}})
}

// arguments are those that lead somewhere, by field.
var arguments = map[string][]map[string]any{
	"repository": {{"owner": "python", "name": "cpython"}}, "label": {{"name": "docs"}}, "organization": {{"login": "python"}}, "team": {{"slug": "core"}}, "ref": {{"qualifiedName": "main"}, {"qualifiedName": "refs/tags/v1"}},
	"pullRequest": {{"number": int64(2)}}, "issue": {{"number": int64(1)}, {"number": int64(5)}}, "issueOrPullRequest": {{"number": int64(1)}, {"number": int64(2)}},
	"object": {{"expression": "HEAD"}, {"expression": "HEAD:"}, {"expression": "HEAD:README.rst"}}, "file": {{"path": "sub"}, {"path": "Lib/os.py"}},
	"context": {{"name": "ci"}}, "mergeQueue": {{"branch": "3.14", "first": int64(9)}}, "compare": {{"headRef": "3.14"}}, "refs": {{"refPrefix": "refs/heads/", "first": int64(50)}},
}

type walker struct {
	t      *testing.T
	schema *ast.Schema
	seen   map[string]int
	known  map[string]bool
}

func (w walker) node(n node, path []string) {
	name, _ := n["__typename"].(string)
	kind := w.schema.Types[name]
	if kind == nil {
		w.t.Errorf("there is no type %q", name)
		return
	}
	w.seen[name]++
	if slices.Contains(path, name) {
		return
	}
	if id, ok := n["id"].(string); ok { // everything leads back to the repository
		key := fmt.Sprint(name, id, len(n)) // there are short ones
		if w.known[key] {
			return
		}
		w.known[key] = true
	}
	path = append(slices.Clone(path), name)
	for field, value := range n {
		if field == "__typename" || field == "__interfaces" {
			continue
		}
		def := kind.Fields.ForName(field)
		if def == nil {
			w.t.Errorf("%s has no field %q", name, field)
			continue
		}
		if n.never(field) != def.Type.NonNull || def.Type.Elem != nil && n.never(field+"[]") != def.Type.Elem.NonNull {
			w.t.Errorf("neverNull[%q] is wrong about %q, which is %s", name, field, def.Type)
		}
		resolve, ok := value.(resolver)
		if !ok {
			w.value(name+"."+field, value, def.Type, path)
			continue
		}
		tries := arguments[field]
		if tries == nil {
			tries = []map[string]any{{"first": int64(50)}}
		}
		for _, args := range tries {
			v, err := resolve(args)
			var known *graphqlError
			if err != nil && (!errors.As(err, &known) || known.kind != "NOT_FOUND") { // a fork has no issues
				w.t.Errorf("%s.%s: %v", name, field, err)
			}
			w.value(name+"."+field, v, def.Type, path)
		}
	}
}

func (w walker) value(where string, v any, want *ast.Type, path []string) {
	if n, ok := v.(node); v == nil || (ok && n == nil) {
		if want.NonNull {
			w.t.Errorf("%s is null, and must not be", where)
		}
		return
	}
	def := w.schema.Types[want.Name()]
	switch v := v.(type) {
	case []node:
		if want.Elem == nil {
			w.t.Errorf("%s is a list, want %s", where, want)
			return
		}
		for _, n := range v {
			w.value(where, n, want.Elem, path)
		}
	case node:
		possible := w.schema.GetPossibleTypes(def)
		if !slices.ContainsFunc(possible, func(d *ast.Definition) bool { return d.Name == v["__typename"] }) {
			w.t.Errorf("%s is a %v, want %s", where, v["__typename"], want)
			return
		}
		w.node(v, path)
	case string:
		if def.Kind == ast.Enum && def.EnumValues.ForName(v) == nil {
			w.t.Errorf("%s is %q, no value of %s", where, v, def.Name)
		}
		if def.Kind != ast.Enum && (def.Kind != ast.Scalar || def.Name == "Int" || def.Name == "Boolean") {
			w.t.Errorf("%s is a string, want %s", where, want)
		}
	case bool:
		if def.Name != "Boolean" {
			w.t.Errorf("%s is a bool, want %s", where, want)
		}
	case int, int64:
		if def.Name != "Int" {
			w.t.Errorf("%s is a number, want %s", where, want)
		}
	default:
		w.t.Errorf("%s is a %T", where, v)
	}
}
