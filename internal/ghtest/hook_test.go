package ghtest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// Everything that people do is told, in order, and go-github reads it.
func TestEvents(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := must(ghtest.NewCPython(srv))(t)
	rec := newReceiver(t, srv.WebhookSecret)
	must(repo.Push("main", ghtest.Commit{}))(t)
	if err := srv.Flush(context.Background()); err == nil {
		t.Error("Flush without a URL is content although a push waits")
	}
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	srv.Ping()
	number := openPR(t, repo)
	ok(t, repo.EditTitle(number, "gh-2: Fix it"))
	ok(t, repo.EditBody(number, "Better"))
	ok(t, repo.EditBase(number, "3.14"))
	ok(t, repo.EditBase(number, "main"))
	ok(t, repo.Label(number, "barry", "docs", "docs"))
	ok(t, repo.Unlabel(number, "barry", "DOCS"))
	id := must(repo.Comment(number, "alice", "hello"))(t)
	ok(t, repo.DeleteComment(number, "alice", id))
	ok(t, repo.SetDraft(number, true))
	ok(t, repo.SetDraft(number, false))
	must(repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import abc\n")}}))(t)
	must(repo.ForcePush("alice:fix", "main", ghtest.Commit{Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import re\n")}}))(t)
	ok(t, repo.Close(number, "alice"))
	ok(t, repo.Reopen(number, "alice"))
	sha := must(repo.Merge(number, "barry"))(t)
	srv.Uninstall("python")
	ok(t, repo.SetDraft(must(repo.OpenPR(ghtest.PR{Title: "Unseen", Head: "alice:fix"}))(t), true)) // the App hears nothing
	srv.Install("python")
	flush(t, srv)
	want := []string{
		"ping", "pull_request.opened", "pull_request.edited", "pull_request.edited", "pull_request.edited", "pull_request.edited",
		"pull_request.labeled", "pull_request.unlabeled", "issue_comment.created", "issue_comment.deleted", "pull_request.converted_to_draft",
		"pull_request.ready_for_review", "pull_request.synchronize", "pull_request.synchronize", "pull_request.closed", "pull_request.reopened",
		"pull_request.closed", "push", "installation.deleted", "installation.created",
	}
	if d := cmp.Diff(want, rec.events); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	guid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	for i, payload := range rec.payloads {
		event, err := github.ParseWebHook(rec.headers[i].Get("X-GitHub-Event"), payload)
		ok(t, err)
		if !guid.MatchString(rec.headers[i].Get("X-GitHub-Delivery")) || rec.headers[i].Get("Content-Type") != "application/json" {
			t.Errorf("headers are %v", rec.headers[i])
		}
		if e, is := event.(*github.PullRequestEvent); is {
			checkPullRequestEvent(t, e)
		}
	}
	edited := must(github.ParseWebHook("pull_request", rec.payloads[2]))(t).(*github.PullRequestEvent)
	if edited.GetChanges().GetTitle().GetFrom() != "gh-1: Fix it" {
		t.Errorf("changes are %v", edited.GetChanges())
	}
	pushed := must(github.ParseWebHook("push", rec.payloads[17]))(t).(*github.PushEvent)
	if pushed.GetRef() != "refs/heads/main" || pushed.GetAfter() != sha || pushed.GetHeadCommit().GetMessage() != "gh-2: Fix it (#1)" || pushed.GetForced() {
		t.Errorf("push is %v", pushed)
	}
	if c := pushed.Commits[0]; len(c.Added)+len(c.Modified) != 1 || len(c.Removed) != 0 { // GitHub lists the files of each commit
		t.Errorf("files of the commit: added %v, modified %v, removed %v", c.Added, c.Modified, c.Removed)
	}
	sync := must(github.ParseWebHook("pull_request", rec.payloads[13]))(t).(*github.PullRequestEvent)
	if sync.GetAfter() != sync.GetPullRequest().GetHead().GetSHA() || sync.GetBefore() == sync.GetAfter() {
		t.Errorf("synchronize is from %s to %s", sync.GetBefore(), sync.GetAfter())
	}
	out := graphql(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){state merged
		timelineItems(first:100,itemTypes:[RENAMED_TITLE_EVENT,UNLABELED_EVENT,COMMENT_DELETED_EVENT,HEAD_REF_FORCE_PUSHED_EVENT]){nodes{__typename ...on UnlabeledEvent{label{name} actor{login}} ...on CommentDeletedEvent{deletedCommentAuthor{login}}}}}}}`, nil)
	items := at(out, "data", "repository", "pullRequest", "timelineItems", "nodes")
	wantItems := []any{
		map[string]any{"__typename": "RenamedTitleEvent"},
		map[string]any{"__typename": "UnlabeledEvent", "label": map[string]any{"name": "docs"}, "actor": map[string]any{"login": "barry"}},
		map[string]any{"__typename": "CommentDeletedEvent", "deletedCommentAuthor": map[string]any{"login": "alice"}},
		map[string]any{"__typename": "HeadRefForcePushedEvent"},
	}
	if d := cmp.Diff(wantItems, items); d != "" || at(out, "data", "repository", "pullRequest", "state") != "MERGED" {
		t.Errorf("history (-want +got):\n%s", d)
	}
}

func checkPullRequestEvent(t *testing.T, e *github.PullRequestEvent) {
	t.Helper()
	p := e.GetPullRequest()
	if e.GetNumber() != 1 || e.GetInstallation().GetID() == 0 || e.GetRepo().GetFullName() != "python/cpython" || e.GetSender().GetLogin() == "" ||
		p.GetHead().GetRepo().GetFullName() != "alice/cpython" || p.GetBase().GetRepo().GetID() != e.GetRepo().GetID() || p.GetUpdatedAt().IsZero() ||
		p.GetUser().GetLogin() != "alice" || (p.GetBase().GetRef() == "main") != (p.GetChangedFiles() == 1) {
		t.Errorf("%s is %.1000v", e.GetAction(), e)
	}
}

// Deliveries can be kept back, dropped, doubled, shuffled and sent again; a refusal is recorded and not repeated.
func TestDisorder(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	rec := newReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	send := func(n int) {
		for i := range n {
			srv.Send("ping", must(json.Marshal(map[string]any{"action": string(rune('a' + i))}))(t))
		}
	}
	srv.Pause()
	send(5)
	if err := srv.Flush(context.Background()); err == nil {
		t.Error("Flush is content while deliveries are paused")
	}
	srv.Rearrange(func(p []ghtest.Delivery) []ghtest.Delivery {
		return append(slices.Delete(p, 1, 2), p[0]) // b is lost, a comes twice
	})
	srv.Resume()
	flush(t, srv)
	if d := cmp.Diff([]string{"ping.a", "ping.c", "ping.d", "ping.e", "ping.a"}, rec.events); d != "" {
		t.Errorf("rearranged (-want +got):\n%s", d)
	}
	if first, last := rec.headers[0].Get("X-GitHub-Delivery"), rec.headers[4].Get("X-GitHub-Delivery"); first != last {
		t.Errorf("the doubled delivery has two ids: %s, %s", first, last)
	}
	orders := map[uint64][]string{}
	for _, seed := range []uint64{1, 1, 2} {
		rec.events = nil
		srv.Pause()
		send(20)
		srv.Shuffle(seed)
		srv.Resume()
		flush(t, srv)
		if orders[seed] != nil && !slices.Equal(orders[seed], rec.events) {
			t.Errorf("seed %d gives two orders", seed)
		}
		orders[seed] = rec.events
	}
	if slices.Equal(orders[1], orders[2]) {
		t.Error("two seeds give one order")
	}

	srv.SetHook(ghtest.Hook{Secret: "another"}) // no URL
	srv.SetHook(ghtest.Hook{URL: rec.URL, Secret: "another"})
	send(1)
	flush(t, srv)
	all := srv.Deliveries()
	last := all[len(all)-1]
	if last.Status != http.StatusAccepted || srv.WebhookSecret() != "another" {
		t.Errorf("with the new secret: %d %s", last.Status, last.Err)
	}
	ok(t, srv.Redeliver(last.GUID))
	flush(t, srv)
	all = srv.Deliveries()
	if again := all[len(all)-1]; again.GUID != last.GUID || !again.Redelivery || again.ID == last.ID {
		t.Errorf("redelivered as %+v", again)
	}
	if err := srv.Redeliver("x"); err == nil {
		t.Error("an unknown delivery was sent again")
	}

	calls := 0
	refuse := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { calls++; w.WriteHeader(http.StatusServiceUnavailable) }))
	defer refuse.Close()
	srv.SetHook(ghtest.Hook{URL: refuse.URL})
	send(1)
	flush(t, srv)
	refuse.Close()
	send(1)
	flush(t, srv)
	all = srv.Deliveries()
	if refused, lost := all[len(all)-2], all[len(all)-1]; refused.Status != 503 || calls != 1 || lost.Status != 0 || lost.Err == "" {
		t.Errorf("refused: %+v after %d calls, lost: %+v", refused, calls, lost)
	}
	app := appClient(t, srv)
	list, resp, err := app.Apps.ListHookDeliveries(context.Background(), &github.ListCursorOptions{PerPage: 2})
	ok(t, err)
	if len(list) != 2 || list[0].GetStatus() == "OK" || list[1].GetStatusCode() != 503 || resp.Cursor == "" {
		t.Errorf("deliveries are %v", list)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	<-ctx.Done()
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	if err := srv.Flush(ctx); err != nil {
		t.Errorf("nothing waits: %v", err)
	}
}
