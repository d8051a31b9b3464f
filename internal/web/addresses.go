package web

import (
	"net/http"
	"strings"
)

// address is where a page is.
type address struct {
	path  string // as http.ServeMux has it
	also  string // its path with an ending for a format, if path has no last word
	about string // what it shows, for the documentation
	shape any    // the type of its JSON
	show  func(*Pages, *asked) (page, error)
}

// addresses are all pages.
var addresses = []address{
	{path: "/{$}", also: "/overview", shape: overview{}, show: (*Pages).overview,
		about: "problems with their cures, repositories with their last sweep and what is left of GitHub's limits, the queue, what was " +
			"given up, charts of the last day and week, of GitHub's limits too, and who runs which version"},
	{path: "/{owner}/{repo}", shape: ofRepository{}, show: (*Pages).repository,
		about: "the open pull requests; filter by title, author, label or branch"},
	{path: "/{owner}/{repo}/pull/{number}", shape: onePull{}, show: (*Pages).pull,
		about: "a pull request or issue: its backports, each label and status with who set it, when and why, what each rule wants, what the " +
			"bot would do now, and what it did"},
	{path: "/{owner}/{repo}/backports", shape: ofBackports{}, show: (*Pages).backports,
		about: "merged pull requests and what became of them on each maintained branch, with what a branch lacks; filter by branch, state, " +
			"age and person"},
	{path: "/{owner}/{repo}/stages", shape: ofStages{}, show: (*Pages).stages,
		about: "open pull requests by stage, whose turn it is, and how long they have waited; filter by stage and by whom they wait for; the " +
			"same with `.atom` is a feed of what has started waiting"},
	{path: "/{owner}/{repo}/life-cycle", shape: ofLifeCycle{}, show: (*Pages).lifeCycle,
		about: "the phase of each branch, what may go where now, next releases, release managers, and the chart"},
	{path: "/{owner}/{repo}/releases", shape: ofReleases{}, show: (*Pages).releases,
		about: "for each version whether its next release is ready, why not, and what waits for the release manager, as the last run on its " +
			"tracking issue found it (as `bot readiness`)"},
	{path: "/{owner}/{repo}/news", shape: ofVersion{}, show: (*Pages).news,
		about: "what the changelog of a version's next release will say, and entries that would break it or be lost, as the last run on its " +
			"tracking issue found them (as `bot news`); choose a version"},
	{path: "/{owner}/{repo}/abi", shape: ofVersion{}, show: (*Pages).abi,
		about: "what has broken the full ABI since a version's last release, the next release, and a text for its announcement (as `bot abi`); " +
			"choose a version"},
	{path: "/{owner}/{repo}/regressions", shape: ofRegressions{}, show: (*Pages).regressions,
		about: "which checks fail on a branch after the merge, since which commit, what may be the cause, open reverts, the nightly build, and " +
			"failures that are over (as `bot regressions`); filter by branch"},
	{path: "/{owner}/{repo}/settings", shape: ofSettings{}, show: (*Pages).settings,
		about: "the settings in force and where each comes from, faults of files, the label rules in words, and a form that tries them"},
	{path: "/{owner}/{repo}/shadow", shape: ofShadow{}, show: (*Pages).shadow,
		about: "how rules in shadow agree with what other bots and people did, and every difference; filter by rule and age " +
			"(as `bot shadow-report`)"},
	{path: "/docs", shape: docs{}, show: (*Pages).docs, about: "rules and commands"},
}

// route has the mux answer at all addresses, in all formats.
func (p *Pages) route() {
	for _, a := range addresses {
		show := p.shows(func(r *asked) (page, error) { return a.show(p, r) })
		p.mux.Handle("GET "+a.path, show)
		path := a.path
		if a.also != "" {
			path = a.also
		}
		if !strings.HasSuffix(path, "}") { // a wildcard takes the ending, too
			for ending := range formats {
				p.mux.Handle("GET "+path+ending, show)
			}
		}
	}
	p.mux.HandleFunc("GET /{owner}/{repo}/stages.atom", p.stagesFeed)
	p.mux.HandleFunc("GET /schema.json", func(w http.ResponseWriter, _ *http.Request) { serve(w, "application/schema+json", schema) })
	if p.SignIn != nil {
		p.mux.HandleFunc("GET "+signInPath, p.leave)
		p.mux.HandleFunc("GET "+CallbackPath, p.arrive)
		p.mux.Handle("GET "+myFeedPath, p.shows(p.myFeed))
		p.mux.Handle("POST "+myFeedPath, p.does(p.renewFeed))
		p.mux.Handle("POST "+myFeedPath+"/end", p.does(p.endFeed))
		p.mux.HandleFunc("GET "+myFeedPath+"/{secret}", p.readFeed)
		p.mux.Handle("POST "+signOutPath, p.does(p.signOut))
		p.mux.Handle("POST /{owner}/{repo}/pull/{number}/check", p.does(p.check))
		p.mux.Handle("POST /{owner}/{repo}/pull/{number}/replay", p.does(p.replay))
		p.mux.Handle("POST /{owner}/{repo}/pull/{number}/hold", p.does(p.hold))
		p.mux.Handle("POST /{owner}/{repo}/pull/{number}/resume", p.does(p.resume))
	}
	p.mux.Handle("/", p.shows(func(*asked) (page, error) { return page{}, errNoPage }))
}
