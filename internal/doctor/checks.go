package doctor

import (
	"sync"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// checks are all checks, in the order of the report. Each comes after those it needs.
var checks = []check{
	{name: "app", about: "GitHub accepts the App's id and key", run: (*visit).app},
	{name: "clock", about: "this machine's clock agrees with GitHub's", run: (*visit).clock},
	{name: "webhook", about: "the App's webhook has the right address, a secret and JSON", needs: []string{"app"}, run: (*visit).webhook},
	{name: "deliveries", about: "the last webhooks arrived", needs: []string{"app"}, run: (*visit).deliveries},
	{name: "permissions", about: "the App asks for the permissions that the bot uses", needs: []string{"app"}, run: (*visit).permissions},
	{name: "events", about: "the App subscribes to the events that the bot uses", needs: []string{"app"}, run: (*visit).events},
	{name: "installations", about: "the App is installed, and its permissions are accepted there", needs: []string{"app"},
		run: (*visit).installations},
	{name: "rate", about: "GitHub has requests left for this hour", needs: []string{"installations"}, heavy: true, run: (*visit).rate},
	{name: "repositories", about: "the App can see repositories that the settings name", needs: []string{"installations"}, heavy: true,
		run: (*visit).repositories},
	{name: "settings", about: "the repositories' own settings files have no faults", needs: []string{"repositories"}, run: (*visit).settings},
	{name: "core-team", about: "the core team can be read", needs: []string{"repositories"}, heavy: true, run: (*visit).coreTeam},
	{name: "labels", about: "the labels that the settings name exist", needs: []string{"repositories"}, run: (*visit).labels},
	{name: "branches", about: "each version that isn't at its end of life has its branch", needs: []string{"repositories", "release-data"},
		run: (*visit).branches},
	{name: "database", about: "the database can be read, and the bot keeps up", run: (*visit).database},
	{name: "progress", about: "how far sweeps and other background work have come", needs: []string{"database"}, run: (*visit).progress},
	{name: "files", about: "nobody else can read the key, the secret and the database", run: (*visit).files},
	{name: "git", about: "git is new enough to pick commits", run: (*visit).git},
	{name: "disk", about: "there is free space", run: (*visit).disk},
	{name: "release-data", about: "the release data is fresh", run: (*visit).releaseData},
}

// Checks are the names of all checks with what each is about, in order.
func Checks() (all [][2]string) {
	for _, k := range checks {
		all = append(all, [2]string{k.name, k.about})
	}
	return all
}

// visit is one examination, with what its checks have learned. A check that took too
// long may still write to it.
type visit struct {
	Config
	loads *snapshot.Loader

	mu    sync.Mutex
	facts facts
}

type facts struct {
	registration gh.Registration
	grants       []gh.Grant // of accounts that the bot serves and that aren't suspended
	places       []place
	calendar     *lifecycle.Calendar
}

// place is a repository that the bot acts on, with the settings in force there.
type place struct {
	pull.Repository
	installation int64
	rules        config.Rules
	fault        error // of the settings
}

func (p place) key() pull.Key { return p.Repository.Key }

func (v *visit) learn(change func(*facts)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change(&v.facts)
}

func (v *visit) known() facts {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.facts
}
