package graphql

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Every field that a query can reach here is one of GitHub's, with a value of its type.
func TestFieldsAreGitHubs(t *testing.T) {
	schema := octokit.GraphQL(t)
	v := everyNode(t)
	w := walker{t: t, schema: schema, seen: map[string]int{}, known: map[string]bool{}}
	w.node(v.query(), nil)
	for name, input := range inputs(v) {
		arguments[name] = []map[string]any{{"input": input}}
	}
	w.node(v.mutation(), nil)
	for _, kind := range []string{
		"Repository", "PullRequest", "Issue", "CommitComment", "Label", "IssueComment", "Commit", "Blob", "Tree", "TreeEntry", "Submodule", "Ref", "Tag", "Status", "StatusContext",
		"CheckSuite", "CheckRun", "PullRequestChangedFile", "LabeledEvent", "CommentDeletedEvent", "RenamedTitleEvent", "ClosedEvent", "ReopenedEvent", "HeadRefForcePushedEvent",
		"PullRequestReview", "ReviewRequest", "ReviewRequestedEvent", "ReviewDismissedEvent", "AssignedEvent", "UnassignedEvent", "HeadRefDeletedEvent", "HeadRefRestoredEvent",
		"AutoMergeRequest", "AutoSquashEnabledEvent", "AutoMergeDisabledEvent", "StatusCheckRollup", "RefConnection", "CommitHistoryConnection", "MergedEvent",
		"DisablePullRequestAutoMergePayload", "EnablePullRequestAutoMergePayload", "ConvertPullRequestToDraftPayload", "MarkPullRequestReadyForReviewPayload",
		"AddCommentPayload", "AddLabelsToLabelablePayload", "AddReactionPayload", "ClosePullRequestPayload", "RemoveLabelsFromLabelablePayload", "UpdateIssuePayload",
		"UpdatePullRequestPayload", "RequestReviewsPayload", "AddAssigneesToAssignablePayload", "UpdateIssueCommentPayload", "EnqueuePullRequestPayload", "DequeuePullRequestPayload", "Reaction", "ReactionGroup", "LockedEvent", "UnlockedEvent", "CrossReferencedEvent", "PullRequestCommit", "Organization", "Team", "TeamMemberConnection", "IssueConnection", "Comparison", "MergeQueue", "MergeQueueEntry", "AddedToMergeQueueEvent", "RemovedFromMergeQueueEvent", "TransferredEvent",
	} {
		if w.seen[kind] == 0 {
			t.Errorf("no %s was reached", kind)
		}
	}
}

// inputs are those of all mutations.
func inputs(v view) map[string]map[string]any {
	r := v.w.Repo("python/cpython")
	issue, pull, other := r.Issues[1], r.Issues[2], map[string]any{"pullRequestId": world.NodeID("PR", r.Issues[4].ID)}
	id, label := world.NodeID("PR", pull.ID), []any{world.NodeID("LA", r.Label("docs").ID)}
	byTitle := func(title string) string {
		for _, i := range r.Issues {
			if i.Title == title {
				return i.NodeID()
			}
		}
		return ""
	}
	people := []any{world.NodeID("U", v.w.Account("carol").ID)}
	all := map[string]map[string]any{
		"addComment": {"subjectId": id, "body": "hello"}, "addLabelsToLabelable": {"labelableId": id, "labelIds": label},
		"addReaction":               {"subjectId": world.NodeID("IC", pull.Comments[0].ID), "content": "EYES"},
		"convertPullRequestToDraft": other, "markPullRequestReadyForReview": other,
		"removeLabelsFromLabelable": {"labelableId": world.NodeID("I", issue.ID), "labelIds": label}, "updateIssue": {"id": world.NodeID("I", issue.ID), "body": "x"},
		"updatePullRequest": {"pullRequestId": id, "body": "x"}, "closePullRequest": {"pullRequestId": world.NodeID("PR", r.Issues[3].ID)},
		"enqueuePullRequest": {"pullRequestId": byTitle("Next")}, "dequeuePullRequest": {"id": byTitle("Queued")},
		"requestReviews":           {"pullRequestId": id, "union": true, "userIds": people},
		"addAssigneesToAssignable": {"assignableId": id, "assigneeIds": people},
		"updateIssueComment":       {"id": world.NodeID("IC", pull.Comments[0].ID), "body": "hello again"},
	}
	for name := range mutations {
		if all[name] == nil {
			all[name] = map[string]any{"pullRequestId": id, "mergeMethod": "SQUASH"}
		}
	}
	return all
}

// maker makes a world that has one of everything.
type maker struct {
	t *testing.T
	w *world.World
	r *world.Repo
}

// everyNode is alice's view of a world that has one of everything.
func everyNode(t *testing.T) view {
	t.Helper()
	w, err := world.New(world.Config{Dir: t.TempDir(), Now: time.Now, Slug: "concorde"})
	m := maker{t: t, w: w}
	m.do(err)
	t.Cleanup(func() { m.do(w.Close()) })
	w.URL = "http://127.0.0.1:1"
	m.r = must(w.NewRepo("python/cpython", world.RepoOptions{Files: map[string]gitstore.File{"README.rst": {}, "Lib/os.py": {}}}))(t)
	must(m.r.Push("3.14", "main", nil))(t)
	must(m.r.OpenIssue(world.NewIssue{Title: "Bug", Labels: []string{"docs"}}))(t)
	m.fix()
	m.merged()
	m.queued()
	must(m.r.Push("upon", "", []gitstore.Draft{{From: "gone", Files: map[string]gitstore.File{"upon": {}}}}))(t)
	must(m.r.OpenPR(world.NewPull{Title: "Upon", Head: "upon", Base: "gone"}))(t)
	m.do(m.r.DeleteBranch("gone"))
	c := &api.Call{Actor: world.Actor{Token: &world.Token{User: m.who("alice")}}}
	return view{w: w, front: api.New(w, api.Config{}), c: c, sight: &sight{}}
}

func (m maker) do(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (m maker) who(login string) *world.User { return m.w.Account(login) }

// fix is a pull request to which everything happened.
func (m maker) fix() {
	t, r := m.t, m.r
	submodule := gitstore.File{Content: gitstore.ZeroSHA, Mode: "160000"}
	must(r.Push("alice:fix", "", []gitstore.Draft{{Files: map[string]gitstore.File{"sub": submodule, "Lib/os.py": {Content: "x\n"}}}}))(t)
	i := must(r.OpenPR(world.NewPull{Title: "Fix", Body: "See #1", Head: "alice:fix", Labels: []string{"docs"}}))(t)
	sha := must(r.Push("alice:fix", "main", []gitstore.Draft{{Files: map[string]gitstore.File{"sub": submodule, "Lib/os.py": {Content: "y\n"}}}}))(t)
	tag := must(r.Store.WriteObject("tag", []byte("object "+sha+"\ntype commit\ntag v1\ntagger x <x@example.com> 0 +0000\n\nOne\n")))(t)
	m.do(r.SetRef("refs/tags/v1", tag))
	bob, alice := m.who("bob"), m.who("alice")
	first := r.AddComment(i, bob, "first")
	r.AddComment(i, m.w.App.Bot, "second")
	r.DeleteComment(i, first, bob)
	r.RemoveLabel(i, "docs", bob)
	r.AddLabel(i, "docs", bob)
	for _, base := range []string{"3.14", "main"} {
		title := "Into " + base
		r.Edit(i, alice, world.Edit{Title: &title, Base: &base})
	}
	m.do(r.SetDraft(i, alice, true))
	m.do(r.SetDraft(i, alice, false))
	m.do(r.Lock(i, bob, "too heated"))
	m.do(r.Unlock(i, bob))
	r.Close(i, bob)
	m.do(r.Reopen(i, bob))
	m.do(r.AddStatus(sha, &world.Status{Context: "ci", State: "success", Creator: m.who("ci")}))
	m.do(r.CommentOnCommit(sha, bob, "The buildbot **x** has failed"))
	m.do(r.Protect("main", world.Protection{RequiredReviews: 2}))
	m.do(r.RequireReview("main", world.RequiredReview{Required: 1}))
	m.do(r.OtherCheck(sha, "github-actions", "build", "success"))
	m.do(r.Collaborator("bob", "write"))
	m.do(r.Collaborator("carol", "write"))
	must(r.RequestReviews(i, alice, []string{"bob", "carol"}))(t)
	id := must(r.Review(i, bob, "APPROVED", ""))(t)
	m.do(r.DismissReview(i, alice, id, "stale"))
	r.Assign(i, bob, []string{"bob", "carol"})
	r.Unassign(i, r.Owner, []string{"carol"})
	squash := world.AutoMerge{By: alice, Method: "squash"}
	m.do(r.EnableAutoMerge(i, squash))
	m.do(r.DisableAutoMerge(i, alice, "Disabled by alice"))
	m.do(r.EnableAutoMerge(i, squash))
	title := "T"
	r.Checks = append(r.Checks, &world.Check{
		ID: 1, Name: "N", SHA: sha, Status: "completed", Conclusion: "neutral", Title: &title, Summary: &title,
		Annotations: []world.Annotation{{Path: "a", StartLine: 1, EndLine: 1, AnnotationLevel: "warning", Message: "m"}},
	})
}

// merged is a pull request whose branch was deleted, put back and merged, and one that is open.
func (m maker) merged() {
	t, r := m.t, m.r
	must(r.Push("gone", "", []gitstore.Draft{{Files: map[string]gitstore.File{"gone": {}}}}))(t)
	i := must(r.OpenPR(world.NewPull{Title: "Gone", Head: "gone"}))(t)
	m.do(r.DeleteBranch("gone"))
	m.do(r.RestoreBranch(i))
	m.do(r.Reopen(i, m.who("alice")))
	must(r.Merge(i, world.MergeOptions{By: "bob"}))(t)
	must(r.Push("other", "", []gitstore.Draft{{Files: map[string]gitstore.File{"other": {}}}}))(t)
	must(r.OpenPR(world.NewPull{Title: "Other", Head: "other"}))(t)
}

// queued is a team, an issue that came from elsewhere, and a pull request in the merge queue.
func (m maker) queued() {
	t, r := m.t, m.r
	m.do(m.w.SetTeam("python", "core", []string{"bob"}))
	devguide := must(m.w.NewRepo("python/devguide", world.RepoOptions{}))(t)
	guide := must(devguide.OpenIssue(world.NewIssue{Title: "Guide"}))(t)
	m.do(devguide.Transfer(guide, m.who("bob"), r))
	must(r.Push("queued", "", []gitstore.Draft{{From: "3.14", Files: map[string]gitstore.File{"queued": {}}}}))(t)
	i := must(r.OpenPR(world.NewPull{Title: "Queued", Head: "queued", Base: "3.14"}))(t)
	must(r.Enqueue(i, r.Owner))(t)
	m.do(r.Dequeue(i, "MANUAL"))
	must(r.Enqueue(i, r.Owner))(t)
	must(r.Push("next", "", []gitstore.Draft{{From: "3.14", Files: map[string]gitstore.File{"next": {}}}}))(t)
	must(r.OpenPR(world.NewPull{Title: "Next", Head: "next", Base: "3.14"}))(t)
}
