package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestAskPeople(t *testing.T) {
	w := newWorld(t)
	key, _ := w.openBackport("backport")
	trial.OK(t, w.Repo.Collaborator("guido", "write"))
	for range 2 {
		w.apply(key, pull.RequestReview{Login: "guido"})
		w.apply(key, pull.Assign{Login: "guido"})
	}
	ghtrial.Check(t, "no collaborator", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "stranger"}), ghtrial.Rejected,
		"422: Reviews may only be requested from collaborators")
	w.apply(key, pull.Assign{Login: "stranger"}) // GitHub says nothing
	if st := w.PR(key); !slices.Equal(st.Reviewers, []string{"guido"}) || !slices.Equal(st.Assignees, []string{"guido"}) {
		t.Errorf("reviewers %q, assignees %q", st.Reviewers, st.Assignees)
	}
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "write"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "guido"}), ghtrial.Denied, "pull")
	ghtrial.Check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.Assign{Login: "guido"}), ghtrial.Denied, "issues")
}

// The team is asked for once, until somebody joins or leaves, or some minutes are
// over.
func TestTeam(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	var core []string
	for i := range 101 {
		core = append(core, fmt.Sprintf("core-%03d", i))
	}
	trial.OK(t, w.Srv.Team("python", "python-core", append(core, "Dana")...))
	trial.OK(t, w.Srv.InviteToTeam("python", "python-core", "eve"))
	load := func(team string, requests int) *pull.Request {
		t.Helper()
		w.Srv.ResetRequests()
		r := w.load(Query{Key: key, Needs: pull.Team, Team: team})
		if w.Sent() != requests {
			t.Errorf("%d requests, want %d", w.Sent(), requests)
		}
		return r
	}
	if r := load("python-core", 3); len(r.Core) != 102 || !r.IsCore("dANA") || r.IsCore("eve") || r.CoreFault != "" {
		t.Errorf("%d members, dana %t, eve %t, %q", len(r.Core), r.IsCore("dana"), r.IsCore("eve"), r.CoreFault)
	}
	trial.OK(t, w.Srv.JoinTeam("python", "python-core", "eve"))
	if r := load("Python/python-core", 1); r.IsCore("eve") {
		t.Error("remembered members change")
	}
	w.app.ForgetPeople()
	if r := load("python-core", 3); !r.IsCore("eve") {
		t.Error("eve joined, and is not core")
	}
	trial.OK(t, w.Srv.LeaveTeam("python", "python-core", "eve"))
	now = now.Add(peopleAge)
	if r := load("python-core", 3); r.IsCore("eve") {
		t.Error("eve left, and is core")
	}
	if r := load("", 1); r.Core == nil || len(r.Core) != 0 {
		t.Errorf("without a team: %v", r.Core)
	}
	w.Srv.ResetRequests()
	if r := w.load(Query{Key: key, Needs: pull.Notes, Team: "python-core"}); r.Core != nil || w.Sent() != 1 {
		t.Errorf("nobody asked: %v, %d requests", r.Core, w.Sent())
	}
}

// A team that cannot be read is said, and does not keep the rest from being
// looked at; what may pass does.
func TestTeamFaults(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	query := Query{Key: key, Needs: pull.Team, Team: "python-core"}
	if r := w.load(query); r.Core != nil || r.CoreFault == "" {
		t.Errorf("no such team: %v, %q", r.Core, r.CoreFault)
	}
	trial.OK(t, w.Srv.Team("python", "python-core", "dana"))
	now = now.Add(faultAge)
	if r := w.load(query); !r.IsCore("dana") || r.CoreFault != "" {
		t.Errorf("the team is there now: %v, %q", r.Core, r.CoreFault)
	}
	trial.OK(t, w.Srv.Team("python", "empty"))
	if r := w.load(Query{Key: key, Needs: pull.Team, Team: "empty"}); r.Core != nil ||
		r.CoreFault != "the team python/empty has no members that the App can see: set roles.core-team" {
		t.Errorf("an empty team: %v, %q", r.Core, r.CoreFault)
	}
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "read"}))
	w.Srv.RevokeTokens()
	w.app.ForgetPeople()
	r := w.load(query)
	if want := `the App isn't allowed to read the team python/python-core (Resource not accessible by integration): give it the ` +
		`organization permission "Members: read", and accept that in the installation`; r.CoreFault != want {
		t.Errorf("%q, want %q", r.CoreFault, want)
	}
	w.app.ForgetPeople()
	w.Fault(ghtest.Fault{Path: "/members", Status: 502})
	_, err := w.app.Load(t.Context(), query)
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "reading the team python/python-core: GET /orgs/{org}/teams/{team}/members: 502")
	if r := w.load(Query{Key: key, Needs: pull.Team, Team: "nowhere/team"}); r.CoreFault == "" {
		t.Error("a team of an organisation without the App is read")
	}
}

// What somebody may do comes from the repository, not from what GitHub calls them.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	want := map[string]pull.Role{"eric": pull.Anyone, "nobody-at-all": pull.Anyone, "ghost": pull.Anyone, "x[bot]": pull.Anyone}
	for role, name := range []string{"read", "triage", "write", "maintain", "admin"} {
		trial.OK(t, w.Repo.Collaborator("is-"+name, name))
		want["is-"+name] = pull.Role(role)
	}
	var logins []string
	for login := range want {
		logins = append(logins, login)
	}
	look := looksAt(pull.Looks{People: logins})
	if diff := cmp.Diff(want, w.load(Query{Key: key, Looks: look}).People); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	trial.OK(t, w.Repo.Collaborator("is-admin", "triage"))
	w.Srv.ResetRequests()
	if r := w.load(Query{Key: key, Looks: look}); r.People["is-admin"] != pull.Admin || w.Sent() != 1 {
		t.Errorf("%v, %d requests", r.People, w.Sent())
	}
	w.app.ForgetPeople()
	if r := w.load(Query{Key: key, Looks: look}); r.People["is-admin"] != pull.Triage {
		t.Errorf("%v", r.People)
	}
}

// A query that holds what was looked at the last time may be too much for
// GitHub: after an error it is asked for by itself.
func TestPrefetchedLooksThatFail(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	query := Query{Key: key, Looks: looksAt(pull.Looks{Issues: []int{key.Number}})}
	load := func(requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		if r := w.load(query); !r.Issues[key.Number].Pull || w.Sent() != requests {
			t.Errorf("%d requests, want %d; %v", w.Sent(), requests, r.Issues)
		}
	}
	load(2)
	load(1)
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	_, err := w.app.Load(t.Context(), query)
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "502")
	load(2)
	load(1)
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502})
	load(3) // the same load leaves it out
	load(2) // and so do others, for a day
}

// One person's membership takes one request, or none once the members are known.
func TestInCore(t *testing.T) {
	w := newWorld(t)
	trial.OK(t, w.Srv.Team("python", "python-core", "dana"))
	trial.OK(t, w.Srv.InviteToTeam("python", "python-core", "eve"))
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.load(Query{Key: key, Needs: pull.Notes})
	client, err := w.app.Client(t.Context(), key, 0)
	trial.OK(t, err)
	in := func(team, login string, want bool, requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		if got, err := w.app.InCore(t.Context(), client, team, login); err != nil || got != want || w.Sent() != requests {
			t.Errorf("%s in %s: %v %v, %d requests", login, team, got, err, w.Sent())
		}
	}
	in("python-core", "DANA", true, 1)
	in("python-core", "eve", false, 1)
	in("python/python-core", "mallory", false, 1)
	in("nothing", "dana", false, 1)
	w.load(Query{Key: key, Needs: pull.Team, Team: "python-core"})
	in("python-core", "Dana", true, 0)
	in("python-core", "eve", false, 0)
	w.app.ForgetPeople()
	w.Fault(ghtest.Fault{Path: "/memberships", Status: 502})
	_, err = w.app.InCore(t.Context(), client, "python-core", "dana")
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "asking whether somebody is in the team python/python-core")
}
