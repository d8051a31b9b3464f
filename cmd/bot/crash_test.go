package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// storm is a load of webhooks about a number of pull requests.
type storm struct {
	pulls, deliveries, kills int
	weather                  ghtest.Weather
	end                      map[int]ending // that bad weather must come to; nil: not known
}

func stormSize() storm {
	return suite.Sizes[storm]{
		Normal: storm{pulls: 12, deliveries: 100, kills: 3},
		Long:   storm{pulls: 30, deliveries: 500, kills: 6},
		Full:   storm{pulls: 150, deliveries: 5000, kills: 20},
	}.Size()
}

// TestKilledAtRandomMoments kills the bot with SIGKILL again and again while
// webhooks come in. What it had acknowledged must be worked without being sent
// again; what it had not is sent once more, as an operator would. The sweep is
// kept from mending anything. The end must be that of a run without kills.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	size := stormSize()
	databases(t, func(t *testing.T, database string) {
		calm := weather(t, storm{pulls: size.pulls, deliveries: size.deliveries}, t.TempDir()+"/calm.db")
		rough := weather(t, size, database)
		if diff := cmp.Diff(calm, rough); diff != "" {
			t.Errorf("the end differs from that of an undisturbed run (-undisturbed +killed):\n%s", diff)
		}
	})
}

// ending is what one can see of a pull request in the end.
type ending struct {
	Statuses map[string]string
	Check    string
	Comments int
}

// sweepsFindNothing has GitHub's lists be empty.
func sweepsFindNothing(t *testing.T, github *ghtest.Server) {
	t.Helper()
	for _, list := range []ghtest.Fault{
		{Method: http.MethodGet, Path: "/pulls$", Body: "[]"},
		{Path: "^/graphql$", Contains: "all:issues", Body: `{"data":{"repository":{"all":{"nodes":[],"pageInfo":{"hasNextPage":false}}}}}`},
		{Path: "^/graphql$", Contains: "all:pullRequests", Body: `{"data":{"repository":{"all":{"nodes":[],"pageInfo":{"hasNextPage":false}}}}}`},
	} {
		list.Times, list.Status, list.Header = -1, http.StatusOK, http.Header{"Content-Type": {"application/json"}}
		if err := github.Fault(list); err != nil {
			t.Fatal(err)
		}
	}
}

func weather(t *testing.T, size storm, database string) map[int]ending {
	github, cpython := newGitHub(t, ghtest.Config{RateLimit: 1 << 30})
	sweepsFindNothing(t, github)
	environment := identity(github)
	environment["DATABASE_URL"], environment["BOT_SETTLE"] = database, "20ms"
	bot := serve(t, environment)
	github.SetHook(ghtest.Hook{URL: bot.URL + "/webhook"})
	github.SetWeather(size.weather)
	start, random := time.Now(), rand.New(rand.NewPCG(1, 2))
	numbers := openMany(t, cpython, size.pulls)
	killAt := moments(size)
	for i := size.pulls; i < size.deliveries; i++ {
		stir(t, cpython, random, numbers)
		eventually(t, "webhooks to be sent", func() bool { return len(github.Deliveries()) > i-20 })
		if killAt[i] {
			bot.kill()
			bot = serve(t, environment)
			github.SetHook(ghtest.Hook{URL: bot.URL + "/webhook"})
		}
	}
	flush(t, github)
	lost := sendAgain(t, github)
	limit := patience
	if size.weather.Failing > 0 {
		limit = 10 * time.Minute // a second write that GitHub refuses in a row has all others wait for minutes
	}
	within(t, limit, "the queue to be worked", bot.idle)
	if size.end != nil { // what changed twice within a second is looked at once more, a little later
		t.Cleanup(func() {
			if t.Failed() && !cmp.Equal(size.end, endings(t, cpython, numbers)) {
				t.Logf("the end differs from that of a fair day (-fair +bad):\n%s", cmp.Diff(size.end, endings(t, cpython, numbers)))
			}
		})
		within(t, limit, "the end of a fair day", func() bool { return t.Failed() || cmp.Equal(size.end, endings(t, cpython, numbers)) })
	}
	t.Logf("%d deliveries, %d kills, %d of them unacknowledged and sent again, %s", size.deliveries, size.kills, lost,
		time.Since(start).Round(time.Millisecond))
	if failed := failures(github); size.weather.Failing > 0 && failed < size.deliveries/100 {
		t.Errorf("%d requests failed: then this test shows nothing", failed)
	}
	if looked := bot.metric("concorde_sweep_checked_total"); looked != 0 {
		t.Errorf("sweeps looked at %v pull requests: then this test shows nothing", looked)
	}
	bot.kill()
	allStored(t, database, github)
	return endings(t, cpython, numbers)
}

// moments are the deliveries at which to kill.
func moments(size storm) map[int]bool {
	at := map[int]bool{}
	for len(at) < size.kills {
		at[size.pulls+rand.IntN(size.deliveries-size.pulls)] = true
	}
	return at
}

// allStored checks that every acknowledged delivery is in the database.
func allStored(t *testing.T, database string, github *ghtest.Server) {
	t.Helper()
	stored := storedDeliveries(t, database)
	for _, delivery := range github.Deliveries() {
		if delivery.Status/100 == 2 && !stored[delivery.GUID] {
			t.Errorf("delivery %s was acknowledged and is not stored", delivery.GUID)
		}
	}
}

// storedDeliveries are the IDs of the deliveries in a database.
func storedDeliveries(t testing.TB, database string) map[string]bool {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(database, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id FROM deliveries")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	stored := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		stored[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return stored
}

// sendAgain redelivers what was not acknowledged.
func sendAgain(t *testing.T, github *ghtest.Server) (lost int) {
	t.Helper()
	for _, delivery := range github.Deliveries() {
		if delivery.Status/100 != 2 {
			lost++
			if err := github.Redeliver(delivery.GUID); err != nil {
				t.Fatal(err)
			}
		}
	}
	flush(t, github)
	return lost
}

func openMany(t *testing.T, cpython *ghtest.Repo, count int) []int {
	t.Helper()
	var numbers []int
	for i := range count {
		// Each has a commit of its own: statuses belong to commits.
		pr := ghtest.PR{Title: fmt.Sprintf("gh-%d: Work", 140000+i), Author: "eric", Head: fmt.Sprintf("eric:work-%d", i), Association: "MEMBER"}
		files := map[string]ghtest.File{"Lib/work.py": ghtest.Text(pr.Title)}
		switch i % 3 {
		case 0:
			files["Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst"] = ghtest.Text("Work well.\n")
		case 1: // gets the help comment, whatever comes later: stir leaves its labels alone
			pr.Association = "NONE"
		}
		if _, err := cpython.Push(pr.Head, ghtest.Commit{Message: pr.Title, Files: files}); err != nil {
			t.Fatal(err)
		}
		number, err := cpython.OpenPR(pr)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

// stir changes something about a pull request, which sends one webhook.
func stir(t *testing.T, cpython *ghtest.Repo, random *rand.Rand, numbers []int) {
	t.Helper()
	i := random.IntN(len(numbers))
	number := numbers[i]
	state, err := cpython.PR(number)
	if err != nil {
		t.Fatal(err)
	}
	title := "gh-" + strconv.Itoa(140000+random.IntN(1000)) + ": Work"
	switch random.IntN(3) {
	case 0:
		err = cpython.EditTitle(number, title)
	case 1:
		err = cpython.EditTitle(number, title+" (ABI break)") // a near miss
	case 2:
		switch {
		case i%3 == 1:
			err = cpython.EditTitle(number, "(ABI break) "+title)
		case !slices.Contains(state.Labels, "skip news"):
			err = cpython.Label(number, "carol", "skip news")
		default:
			err = cpython.Unlabel(number, "carol", "skip news")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func endings(t *testing.T, cpython *ghtest.Repo, numbers []int) map[int]ending {
	t.Helper()
	all := map[int]ending{}
	for _, number := range numbers {
		state, err := cpython.PR(number)
		if err != nil {
			t.Fatal(err)
		}
		e := ending{Statuses: map[string]string{}, Comments: len(state.Comments)}
		for context, status := range state.Statuses {
			if status.Description == "No ABI markers" {
				continue // set only if the bot came to look while there were some
			}
			e.Statuses[context] = status.State + " " + status.Description
		}
		// Whether there is one that says that all is well depends on the history, too.
		if n := len(state.CheckRuns); n > 0 && state.CheckRuns[n-1].Conclusion != "success" {
			// The same history decides whether the check run speaks of markers.
			e.Check = state.CheckRuns[n-1].Conclusion + " " + strings.TrimPrefix(state.CheckRuns[n-1].Title, "No ABI markers; ")
		}
		if e.Comments > 1 {
			t.Errorf("#%d has %d comments of the bot", number, e.Comments)
		}
		all[number] = e
	}
	return all
}
