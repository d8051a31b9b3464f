package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestAskPeople(t *testing.T) {
	w := newWorld(t)
	key, _ := w.openBackport("backport")
	must(t, w.repo.Collaborator("guido", "write"))
	for range 2 {
		w.apply(key, pull.RequestReview{Login: "guido"})
		w.apply(key, pull.Assign{Login: "guido"})
	}
	check(t, "no collaborator", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "stranger"}), rejected,
		"422: Reviews may only be requested from collaborators")
	w.apply(key, pull.Assign{Login: "stranger"}) // GitHub says nothing
	if st := w.pr(key); !slices.Equal(st.Reviewers, []string{"guido"}) || !slices.Equal(st.Assignees, []string{"guido"}) {
		t.Errorf("reviewers %q, assignees %q", st.Reviewers, st.Assignees)
	}
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "write"}))
	w.srv.RevokeTokens()
	check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "guido"}), denied, "pull")
	check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.Assign{Login: "guido"}), denied, "issues")
}

// The team is asked for once, until somebody joins or leaves, or some minutes are
// over.
func TestTeam(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	var core []string
	for i := range 101 {
		core = append(core, fmt.Sprintf("core-%03d", i))
	}
	must(t, w.srv.Team("python", "python-core", append(core, "Dana")...))
	must(t, w.srv.InviteToTeam("python", "python-core", "eve"))
	load := func(team string, requests int) *pull.Request {
		t.Helper()
		w.srv.ResetRequests()
		r := w.load(Query{Key: key, Needs: pull.Team, Team: team})
		if w.sent() != requests {
			t.Errorf("%d requests, want %d", w.sent(), requests)
		}
		return r
	}
	if r := load("python-core", 3); len(r.Core) != 102 || !r.IsCore("dANA") || r.IsCore("eve") || r.CoreFault != "" {
		t.Errorf("%d members, dana %t, eve %t, %q", len(r.Core), r.IsCore("dana"), r.IsCore("eve"), r.CoreFault)
	}
	must(t, w.srv.JoinTeam("python", "python-core", "eve"))
	if r := load("Python/python-core", 1); r.IsCore("eve") {
		t.Error("remembered members change")
	}
	w.app.ForgetPeople()
	if r := load("python-core", 3); !r.IsCore("eve") {
		t.Error("eve joined, and is not core")
	}
	must(t, w.srv.LeaveTeam("python", "python-core", "eve"))
	now = now.Add(peopleAge)
	if r := load("python-core", 3); r.IsCore("eve") {
		t.Error("eve left, and is core")
	}
	if r := load("", 1); r.Core == nil || len(r.Core) != 0 {
		t.Errorf("without a team: %v", r.Core)
	}
	w.srv.ResetRequests()
	if r := w.load(Query{Key: key, Needs: pull.Notes, Team: "python-core"}); r.Core != nil || w.sent() != 1 {
		t.Errorf("nobody asked: %v, %d requests", r.Core, w.sent())
	}
}

// A team that cannot be read is said, and does not keep the rest from being
// looked at; what may pass does.
func TestTeamFaults(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	query := Query{Key: key, Needs: pull.Team, Team: "python-core"}
	if r := w.load(query); r.Core != nil || r.CoreFault == "" {
		t.Errorf("no such team: %v, %q", r.Core, r.CoreFault)
	}
	must(t, w.srv.Team("python", "python-core", "dana"))
	now = now.Add(faultAge)
	if r := w.load(query); !r.IsCore("dana") || r.CoreFault != "" {
		t.Errorf("the team is there now: %v, %q", r.Core, r.CoreFault)
	}
	must(t, w.srv.Team("python", "empty"))
	if r := w.load(Query{Key: key, Needs: pull.Team, Team: "empty"}); r.Core != nil ||
		r.CoreFault != "the team python/empty has no members that the App can see: set roles.core-team" {
		t.Errorf("an empty team: %v, %q", r.Core, r.CoreFault)
	}
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "read"}))
	w.srv.RevokeTokens()
	w.app.ForgetPeople()
	r := w.load(query)
	if want := `the App isn't allowed to read the team python/python-core (Resource not accessible by integration): give it the ` +
		`organization permission "Members: read", and accept that in the installation`; r.CoreFault != want {
		t.Errorf("%q, want %q", r.CoreFault, want)
	}
	w.app.ForgetPeople()
	w.fault(ghtest.Fault{Path: "/members", Status: 502})
	_, err := w.app.Load(t.Context(), query)
	check(t, "502", err, temporary, "reading the team python/python-core: GET /orgs/{org}/teams/{team}/members: 502")
	if r := w.load(Query{Key: key, Needs: pull.Team, Team: "nowhere/team"}); r.CoreFault == "" {
		t.Error("a team of an organisation without the App is read")
	}
}

// What somebody may do comes from the repository, not from what GitHub calls them.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	want := map[string]pull.Role{"eric": pull.Anyone, "nobody-at-all": pull.Anyone, "ghost": pull.Anyone, "x[bot]": pull.Anyone}
	for role, name := range []string{"read", "triage", "write", "maintain", "admin"} {
		must(t, w.repo.Collaborator("is-"+name, name))
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
	must(t, w.repo.Collaborator("is-admin", "triage"))
	w.srv.ResetRequests()
	if r := w.load(Query{Key: key, Looks: look}); r.People["is-admin"] != pull.Admin || w.sent() != 1 {
		t.Errorf("%v, %d requests", r.People, w.sent())
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
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	query := Query{Key: key, Looks: looksAt(pull.Looks{Issues: []int{key.Number}})}
	load := func(requests int) {
		t.Helper()
		w.srv.ResetRequests()
		if r := w.load(query); !r.Issues[key.Number].Pull || w.sent() != requests {
			t.Errorf("%d requests, want %d; %v", w.sent(), requests, r.Issues)
		}
	}
	load(2)
	load(1)
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	_, err := w.app.Load(t.Context(), query)
	check(t, "502", err, temporary, "502")
	load(2)
	load(1)
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502})
	load(3) // the same load leaves it out
	load(2) // and so do others, for a day
}
