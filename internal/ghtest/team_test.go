package ghtest_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// Teams are read by both APIs, and tell who comes and goes.
func TestTeams(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	newRepo(t, srv, "python/cpython")
	rec := newReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	ok(t, srv.Team("python", "core", "Barry", "hugovk", "zware"))
	ok(t, srv.Team("python", "core", "hugovk", "barry")) // zware leaves
	ok(t, srv.JoinTeam("python", "core", "hugovk", "carol"))
	ok(t, srv.LeaveTeam("python", "core", "carol"))
	ok(t, srv.InviteToTeam("python", "core", "dave", "hugovk"))
	ok(t, srv.Team("elsewhere", "core", "x")) // the App is not installed there
	flush(t, srv)
	var got []string
	for i, payload := range rec.payloads {
		event := must(github.ParseWebHook(rec.headers[i].Get("X-GitHub-Event"), payload))(t)
		switch e := event.(type) {
		case *github.MembershipEvent:
			got = append(got, e.GetAction()+" "+e.GetScope()+" "+e.GetMember().GetLogin()+" "+e.GetTeam().GetSlug()+" "+e.GetOrg().GetLogin())
			if e.GetInstallation().GetID() != srv.InstallationID("python") || e.GetTeam().GetID() == 0 || e.GetSender().GetLogin() == "" {
				t.Errorf("payload is %s", payload)
			}
		case *github.TeamEvent:
			got = append(got, e.GetAction()+" "+e.GetTeam().GetName())
		}
	}
	want := []string{"created core", "added team Barry core python", "added team hugovk core python", "added team zware core python", "removed team zware core python", "added team carol core python", "removed team carol core python"}
	if d := cmp.Diff(want, got); d != "" || srv.Deliveries()[1].Install != srv.InstallationID("python") {
		t.Errorf("events (-want +got):\n%s", d)
	}

	token := appToken(t, srv, "")
	first := send(t, srv, token, "GET /orgs/python/teams/core/members?per_page=1", "")
	next := send(t, srv, token, "GET /orgs/PYTHON/teams/core/members?per_page=1&page=2", "")
	if at(first.body, 0, "login") != "Barry" || at(next.body, 0, "login") != "hugovk" || first.header.Get("Link") == "" {
		t.Errorf("members are %v and %v, %s", first.body, next.body, first.header)
	}
	for login, want := range map[string]string{"hugovk": "active", "BARRY": "active", "dave": "pending"} {
		if out := send(t, srv, token, "GET /orgs/python/teams/core/memberships/"+login, ""); at(out.body, "state") != want {
			t.Errorf("%s is %+v", login, out)
		}
	}
	for what, want := range map[string]string{
		"teams/core/memberships/carol": "404 Not Found", "teams/core/memberships/nobody": "404 Not Found", "teams/nope/members": "404 Not Found",
	} {
		wantProblem(t, srv, token, "GET /orgs/python/"+what, "", want)
	}
	narrow := appToken(t, srv, `{"permissions":{"issues":"write"}}`)
	for _, what := range []string{"orgs/python/teams/core/members", "orgs/python/teams/core/memberships/barry"} {
		wantProblem(t, srv, narrow, "GET /"+what, "", "403 Resource not accessible by integration")
	}
	wantProblem(t, srv, token, "GET /orgs/elsewhere/teams/core/members", "", "403 Resource not accessible by integration")
	if resp, _ := get(t, srv.APIURL()+"orgs/python/teams/core/members", nil); resp.StatusCode != 401 {
		t.Errorf("without a token: %d", resp.StatusCode)
	}

	const query = `query($after:String){organization(login:"python"){team(slug:"core"){slug members(first:1,after:$after){totalCount nodes{login} pageInfo{hasNextPage endCursor}}} none:team(slug:"nope"){slug}} x:organization(login:"alice"){id}}`
	out := graphql(t, srv, token, query, nil)
	members := at(out, "data", "organization", "team", "members")
	if fmt.Sprint(at(members, "totalCount"), at(members, "nodes", 0, "login"), at(members, "pageInfo", "hasNextPage"), at(out, "data", "organization", "none")) != "2Barrytrue <nil>" ||
		at(out, "errors", 0, "type") != "NOT_FOUND" || at(out, "errors", 0, "path", 0) != "x" {
		t.Errorf("team is %v", out)
	}
	out = graphql(t, srv, token, query, map[string]any{"after": at(members, "pageInfo", "endCursor")})
	if at(out, "data", "organization", "team", "members", "nodes", 0, "login") != "hugovk" {
		t.Errorf("the second page is %v", out)
	}
	out = graphql(t, srv, narrow, query, nil)
	if at(out, "data", "organization", "team") != nil || at(out, "errors", 0, "type") != "FORBIDDEN" {
		t.Errorf("without the permission: %v", out)
	}

	ok(t, srv.DeleteTeam("python", "core"))
	wantProblem(t, srv, token, "GET /orgs/python/teams/core/members", "", "404 Not Found")
	for name, err := range map[string]error{
		"join": srv.JoinTeam("python", "core", "x"), "leave": srv.LeaveTeam("elsewhere", "core", "y"), "slug": srv.Team("python", "Core Team"), "delete": srv.DeleteTeam("python", "core"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
