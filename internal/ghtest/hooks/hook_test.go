package hooks_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

// Everything that people do is told, in order, and go-github reads it.
func TestEvents(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	trial.Must(repo.Push("main", ghtest.Commit{}))(t)
	if err := srv.Flush(context.Background()); err == nil {
		t.Error("Flush without a URL is content although a push waits")
	}
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	srv.Ping()
	number := trial.OpenPR(t, repo)
	trial.OK(t, repo.EditTitle(number, "gh-2: Fix it"))
	trial.OK(t, repo.EditBody(number, "Better"))
	trial.OK(t, repo.EditBase(number, "3.14"))
	trial.OK(t, repo.EditBase(number, "main"))
	trial.OK(t, repo.Label(number, "barry", "docs", "docs"))
	trial.OK(t, repo.Unlabel(number, "barry", "DOCS"))
	id := trial.Must(repo.Comment(number, "alice", "hello"))(t)
	trial.OK(t, repo.DeleteComment(number, "alice", id))
	trial.OK(t, repo.SetDraft(number, true))
	trial.OK(t, repo.SetDraft(number, false))
	trial.Must(repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import abc\n")}}))(t)
	trial.Must(repo.ForcePush("alice:fix", "main", ghtest.Commit{Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import re\n")}}))(t)
	trial.OK(t, repo.Close(number, "alice"))
	trial.OK(t, repo.Reopen(number, "alice"))
	sha := trial.Must(repo.Merge(number, "barry"))(t)
	srv.Uninstall("python")
	trial.OK(t, repo.SetDraft(trial.Must(repo.OpenPR(ghtest.PR{Title: "Unseen", Head: "alice:fix"}))(t), true)) // the App hears nothing
	srv.Install("python")
	trial.Flush(t, srv)
	want := []string{
		"ping", "pull_request.opened", "pull_request.edited", "pull_request.edited", "pull_request.edited", "pull_request.edited",
		"pull_request.labeled", "pull_request.unlabeled", "issue_comment.created", "issue_comment.deleted", "pull_request.converted_to_draft",
		"pull_request.ready_for_review", "pull_request.synchronize", "pull_request.synchronize", "pull_request.closed", "pull_request.reopened",
		"pull_request.closed", "push", "installation.deleted", "installation.created",
	}
	if d := cmp.Diff(want, rec.Events); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	guid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	for i, payload := range rec.Payloads {
		event, err := github.ParseWebHook(rec.Headers[i].Get("X-GitHub-Event"), payload)
		trial.OK(t, err)
		if !guid.MatchString(rec.Headers[i].Get("X-GitHub-Delivery")) || rec.Headers[i].Get("Content-Type") != "application/json" {
			t.Errorf("headers are %v", rec.Headers[i])
		}
		if e, is := event.(*github.PullRequestEvent); is {
			checkPullRequestEvent(t, e)
		}
	}
	edited := trial.Must(github.ParseWebHook("pull_request", rec.Payloads[2]))(t).(*github.PullRequestEvent)
	if edited.GetChanges().GetTitle().GetFrom() != "gh-1: Fix it" {
		t.Errorf("changes are %v", edited.GetChanges())
	}
	pushed := trial.Must(github.ParseWebHook("push", rec.Payloads[17]))(t).(*github.PushEvent)
	if pushed.GetRef() != "refs/heads/main" || pushed.GetAfter() != sha || pushed.GetHeadCommit().GetMessage() != "gh-2: Fix it (#1)" || pushed.GetForced() {
		t.Errorf("push is %v", pushed)
	}
	if c := pushed.Commits[0]; len(c.Added)+len(c.Modified) != 1 || len(c.Removed) != 0 { // GitHub lists the files of each commit
		t.Errorf("files of the commit: added %v, modified %v, removed %v", c.Added, c.Modified, c.Removed)
	}
	sync := trial.Must(github.ParseWebHook("pull_request", rec.Payloads[13]))(t).(*github.PullRequestEvent)
	if sync.GetAfter() != sync.GetPullRequest().GetHead().GetSHA() || sync.GetBefore() == sync.GetAfter() {
		t.Errorf("synchronize is from %s to %s", sync.GetBefore(), sync.GetAfter())
	}
	out := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){state merged
		timelineItems(first:100,itemTypes:[RENAMED_TITLE_EVENT,UNLABELED_EVENT,COMMENT_DELETED_EVENT,HEAD_REF_FORCE_PUSHED_EVENT]){nodes{__typename ...on UnlabeledEvent{label{name} actor{login}} ...on CommentDeletedEvent{deletedCommentAuthor{login}}}}}}}`, nil)
	items := trial.At(out, "data", "repository", "pullRequest", "timelineItems", "nodes")
	wantItems := []any{
		map[string]any{"__typename": "RenamedTitleEvent"},
		map[string]any{"__typename": "UnlabeledEvent", "label": map[string]any{"name": "docs"}, "actor": map[string]any{"login": "barry"}},
		map[string]any{"__typename": "CommentDeletedEvent", "deletedCommentAuthor": map[string]any{"login": "alice"}},
		map[string]any{"__typename": "HeadRefForcePushedEvent"},
	}
	if d := cmp.Diff(wantItems, items); d != "" || trial.At(out, "data", "repository", "pullRequest", "state") != "MERGED" {
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
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	send := func(n int) {
		for i := range n {
			srv.Send("ping", trial.Must(json.Marshal(map[string]any{"action": string(rune('a' + i))}))(t))
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
	trial.Flush(t, srv)
	if d := cmp.Diff([]string{"ping.a", "ping.c", "ping.d", "ping.e", "ping.a"}, rec.Events); d != "" {
		t.Errorf("rearranged (-want +got):\n%s", d)
	}
	if first, last := rec.Headers[0].Get("X-GitHub-Delivery"), rec.Headers[4].Get("X-GitHub-Delivery"); first != last {
		t.Errorf("the doubled delivery has two ids: %s, %s", first, last)
	}
	orders := map[uint64][]string{}
	for _, seed := range []uint64{1, 1, 2} {
		rec.Events = nil
		srv.Pause()
		send(20)
		srv.Shuffle(seed)
		srv.Resume()
		trial.Flush(t, srv)
		if orders[seed] != nil && !slices.Equal(orders[seed], rec.Events) {
			t.Errorf("seed %d gives two orders", seed)
		}
		orders[seed] = rec.Events
	}
	if slices.Equal(orders[1], orders[2]) {
		t.Error("two seeds give one order")
	}

	srv.SetHook(ghtest.Hook{Secret: "another"}) // no URL
	srv.SetHook(ghtest.Hook{URL: rec.URL, Secret: "another"})
	send(1)
	trial.Flush(t, srv)
	all := srv.Deliveries()
	last := all[len(all)-1]
	if last.Status != http.StatusAccepted || srv.WebhookSecret() != "another" {
		t.Errorf("with the new secret: %d %s", last.Status, last.Err)
	}
	trial.OK(t, srv.Redeliver(last.GUID))
	trial.Flush(t, srv)
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
	trial.Flush(t, srv)
	refuse.Close()
	send(1)
	trial.Flush(t, srv)
	all = srv.Deliveries()
	if refused, lost := all[len(all)-2], all[len(all)-1]; refused.Status != 503 || calls != 1 || lost.Status != 0 || lost.Err == "" {
		t.Errorf("refused: %+v after %d calls, lost: %+v", refused, calls, lost)
	}
	app := trial.AppClient(t, srv)
	list, resp, err := app.Apps.ListHookDeliveries(context.Background(), &github.ListCursorOptions{PerPage: 2})
	trial.OK(t, err)
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
