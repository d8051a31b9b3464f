package web

import (
	"encoding/csv"
	"encoding/json"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// reported is the view of a tracking issue.
func reported(number int, r Readiness) pull.View {
	report, err := json.Marshal(r)
	if err != nil {
		panic(err) // texts alone
	}
	brief := pull.Brief{Number: number, Issue: true, State: pull.Open, Title: "Release", Seen: at.Add(-2 * time.Hour)}
	return pull.View{Brief: brief, Report: report}
}

func TestReleases(t *testing.T) {
	s := newSite(t)
	const path = "/python/cpython/releases"
	s.shows(path, 404, "knows nothing of this repository")
	s.see("python/cpython", backported(5, day1))
	s.shows(path, 200, "No version has a tracking issue yet", "The release data lists no supported version")
	today := at.Truncate(day1)
	s.releases = []Release{
		{Version: "3.15", Phase: "candidate", Managers: []Manager{{"Hugo", "hugovk"}}, Issue: 7,
			Readiness: Readiness{Next: "3.15.0 candidate 3", NextAt: today.Add(26 * day1)}}, // since today, by the release data
		{Version: "3.14", Phase: "bugfix", Issue: 8},
		{Version: "3.13", Phase: "bugfix"},
	}
	s.see("python/cpython", reported(7, Readiness{Verdict: "not ready", Headline: "3.15.0 candidate 2 isn't ready.",
		Next: "3.15.0 candidate 2", NextAt: today.Add(12 * day1),
		Reasons: []string{"It blocks."}, Unknown: []string{"Nobody knows."}, Tables: []ReleaseTable{
			{Title: "Release blockers: 1", Columns: []string{"", "title"}, Rows: [][]string{{"#11", "It hangs"}}, Note: "1 more."},
			{Title: "Faults", Columns: []string{"entry", "fault"}, Rows: [][]string{{"Misc/x.rst", "lost"}}},
			{Title: "Deferred blockers", Note: "No deferred blocker is open."}}}))
	s.shows(path, 200, "3.15.0 candidate 2 isn&#39;t ready. It&#39;s due in 12 days.", "✗ not ready", "<li>It blocks.</li>",
		"<li>Nobody knows.</li>",
		`<a href="https://github.example/python/cpython/issues/11">#11</a>`, "It hangs", "1 more.",
		`<th scope="col">Change or issue</th>`, "<code>Misc/x.rst</code>",
		"3.15.0 candidate 2, <time", "No deferred blocker is open.", "2 hours ago", "Hugo (hugovk)",
		"No verdict yet: the bot hasn't looked at", "https://github.example/python/cpython/issues/8",
		"The settings name no tracking issue for 3.13")
	var got ofReleases
	s.ok(json.Unmarshal(s.get(path+".json").Body.Bytes(), &got))
	if len(got.Releases) != 3 || got.Releases[0].Verdict != "not ready" || got.Releases[0].Tables[0].Rows[0][0] != "#11" ||
		got.Releases[1].Verdict != "" {
		t.Errorf("%+v", got)
	}
	rows, err := csv.NewReader(s.get(path + ".csv").Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][4] != "not ready" || rows[1][5] != "It blocks." || rows[2][7] != "" {
		t.Errorf("%q: %v", rows, err)
	}
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 8, Issue: true, State: pull.Closed, Seen: at}}) // which the rule leaves alone
	s.shows(path, 200, "unless the issue is closed")
	s.see("python/cpython", reported(7, Readiness{Verdict: "not known", Headline: "Late.", Next: "3.15.0 candidate 2", NextAt: today.Add(-day1)}))
	s.shows(path, 200, "Late. It was due on 29 November 2026.")
}
