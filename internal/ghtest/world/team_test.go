package world_test

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

// Teams are read by both APIs, and tell who comes and goes.
func TestTeams(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.Repo(t, srv, "python/cpython")
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	trial.OK(t, srv.Team("python", "core", "Barry", "hugovk", "zware"))
	trial.OK(t, srv.Team("python", "core", "hugovk", "barry")) // zware leaves
	trial.OK(t, srv.JoinTeam("python", "core", "hugovk", "carol"))
	trial.OK(t, srv.LeaveTeam("python", "core", "carol"))
	trial.OK(t, srv.InviteToTeam("python", "core", "dave", "hugovk"))
	trial.OK(t, srv.Team("elsewhere", "core", "x")) // the App is not installed there
	trial.Flush(t, srv)
	var got []string
	for i, payload := range rec.Payloads {
		event := trial.Must(github.ParseWebHook(rec.Headers[i].Get("X-GitHub-Event"), payload))(t)
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

	token := trial.AppToken(t, srv, "")
	first := trial.Send(t, srv, token, "GET /orgs/python/teams/core/members?per_page=1", "")
	next := trial.Send(t, srv, token, "GET /orgs/PYTHON/teams/core/members?per_page=1&page=2", "")
	if trial.At(first.Body, 0, "login") != "Barry" || trial.At(next.Body, 0, "login") != "hugovk" || first.Header.Get("Link") == "" {
		t.Errorf("members are %v and %v, %s", first.Body, next.Body, first.Header)
	}
	for login, want := range map[string]string{"hugovk": "active", "BARRY": "active", "dave": "pending"} {
		if out := trial.Send(t, srv, token, "GET /orgs/python/teams/core/memberships/"+login, ""); trial.At(out.Body, "state") != want {
			t.Errorf("%s is %+v", login, out)
		}
	}
	for what, want := range map[string]string{
		"teams/core/memberships/carol": "404 Not Found", "teams/core/memberships/nobody": "404 Not Found", "teams/nope/members": "404 Not Found",
	} {
		trial.WantProblem(t, srv, token, "GET /orgs/python/"+what, "", want)
	}
	narrow := trial.AppToken(t, srv, `{"permissions":{"issues":"write"}}`)
	for _, what := range []string{"orgs/python/teams/core/members", "orgs/python/teams/core/memberships/barry"} {
		trial.WantProblem(t, srv, narrow, "GET /"+what, "", "403 Resource not accessible by integration")
	}
	trial.WantProblem(t, srv, token, "GET /orgs/elsewhere/teams/core/members", "", "403 Resource not accessible by integration")
	if resp, _ := trial.Get(t, srv.APIURL()+"orgs/python/teams/core/members", nil); resp.StatusCode != 401 {
		t.Errorf("without a token: %d", resp.StatusCode)
	}

	const query = `query($after:String){organization(login:"python"){team(slug:"core"){slug members(first:1,after:$after){totalCount nodes{login} pageInfo{hasNextPage endCursor}}} none:team(slug:"nope"){slug}} x:organization(login:"alice"){id}}`
	out := trial.GraphQL(t, srv, token, query, nil)
	members := trial.At(out, "data", "organization", "team", "members")
	if fmt.Sprint(trial.At(members, "totalCount"), trial.At(members, "nodes", 0, "login"), trial.At(members, "pageInfo", "hasNextPage"), trial.At(out, "data", "organization", "none")) != "2Barrytrue <nil>" ||
		trial.At(out, "errors", 0, "type") != "NOT_FOUND" || trial.At(out, "errors", 0, "path", 0) != "x" {
		t.Errorf("team is %v", out)
	}
	out = trial.GraphQL(t, srv, token, query, map[string]any{"after": trial.At(members, "pageInfo", "endCursor")})
	if trial.At(out, "data", "organization", "team", "members", "nodes", 0, "login") != "hugovk" {
		t.Errorf("the second page is %v", out)
	}
	out = trial.GraphQL(t, srv, narrow, query, nil)
	if trial.At(out, "data", "organization", "team") != nil || trial.At(out, "errors", 0, "type") != "FORBIDDEN" {
		t.Errorf("without the permission: %v", out)
	}

	trial.OK(t, srv.DeleteTeam("python", "core"))
	trial.WantProblem(t, srv, token, "GET /orgs/python/teams/core/members", "", "404 Not Found")
	for name, err := range map[string]error{
		"join": srv.JoinTeam("python", "core", "x"), "leave": srv.LeaveTeam("elsewhere", "core", "y"), "slug": srv.Team("python", "Core Team"), "delete": srv.DeleteTeam("python", "core"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
