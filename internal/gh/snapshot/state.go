package snapshot

import (
	"errors"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Loader loads what GitHub has. Its methods are safe for concurrent use. It remembers what
// makes the next load cheaper; losing that only costs time.
type Loader struct {
	app      *gh.App
	files    *lru.Cache[fileAt, knownFile]
	blobs    *blobs
	reads    *lru.Cache[pull.Key, []string]   // files that the rules read the last time
	looked   *lru.Cache[pull.Key, pull.Looks] // what rules looked at the last time
	latest   *lru.Cache[pull.Key, glimpse]    // of pull requests
	pasts    *pasts
	people   people
	releases releases
	// threads are other issues' comments, and spoken the newest comment that an issue's own
	// load saw.
	threads *lru.Cache[pull.Key, knownThread]
	spoken  *lru.Cache[pull.Key, glimpse]

	checked *lru.Cache[checkedAt, knownChecks]
	doubts  *lru.Cache[doubtAt, []pull.CheckRun]

	missing   *lru.Cache[fileAt, struct{}] // changed files that don't exist
	queueless atomic.Bool                  // this GitHub has no merge queues
}

// New makes a Loader that uses app.
func New(app *gh.App) (*Loader, error) {
	l := &Loader{app: app, pasts: newPasts()}
	var faults [10]error
	l.files, faults[0] = lru.New[fileAt, knownFile](rememberedFiles)
	l.blobs, faults[1] = newBlobs()
	l.reads, faults[2] = lru.New[pull.Key, []string](rememberedReads)
	l.looked, faults[3] = lru.New[pull.Key, pull.Looks](20_000)
	l.latest, faults[4] = lru.New[pull.Key, glimpse](rememberedGlimpses)
	l.missing, faults[5] = lru.New[fileAt, struct{}](rememberedFiles)
	l.checked, faults[6] = lru.New[checkedAt, knownChecks](rememberedChecked)
	l.doubts, faults[7] = lru.New[doubtAt, []pull.CheckRun](rememberedDoubts)
	l.threads, faults[8] = lru.New[pull.Key, knownThread](rememberedThreads)
	l.spoken, faults[9] = lru.New[pull.Key, glimpse](rememberedThreads)
	l.people.forget()
	return l, errors.Join(faults[:]...)
}

// ForgetPeople has teams and roles read again after a change.
func (l *Loader) ForgetPeople() { l.people.forget() }

// Answered forgets a history's comments: GitHub doesn't count reactions as edits.
func (l *Loader) Answered(key pull.Key) { l.pasts.answered(key) }

// Query says what to load.
type Query struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Needs        pull.Facts
	Memo         *pull.Memo // becomes pull.Request.Memo
	// Reads picks the changed files whose contents are loaded, Looks what is loaded from
	// outside of the pull request; nil: none. They see the rest of the request.
	Reads        func(r *pull.Request, path string) bool
	Looks        func(*pull.Request) pull.Looks
	SettingsPath string // ".github/concorde.yml"; "": Settings stay nil
	// LabelRulesPath is ".github/labeler.yml"; "": LabelRules stay nil.
	LabelRulesPath string
	// Pointers becomes pull.Request.Pointers.
	Pointers []int
	// Listed becomes pull.Request.Listed.
	Listed []int
	// Team is the core developers' team, as SLUG or ORGANIZATION/SLUG; "": no one is one.
	Team string
	// Source says what of a branch's checks counts, for Looks.Checked.
	Source pull.CheckSource
}

// maxCommits is how many commits GitHub lists for a pull request (REST API, "List commits
// on a pull request"). It lists 3,000 files.
const maxCommits = 250

// loading is the load of one pull request.
type loading struct {
	*gh.Client
	from *Loader
	Query
	*gh.Size
	out     *pull.Request
	slug    string    // the App's login without "[bot]"
	asked   time.Time // when the query of the current answer was sent
	changed int       // files, as GitHub counts them
	looks   pull.Looks
	left    allowance
	moved   bool // a changed file isn't in the head commit

	stamps  map[int]stamp // of the threads that rules look at
	crowded map[int]stamp // of other pull requests with more comments than their summaries take

	prefetched pull.Looks // requested by the first query
	brought    gh.Fields  // its answer

	asksFor []string             // files whose hashes the first query requests
	entries map[string]knownFile // from its answer
	history reading
}

// repositoryLoad is one load of a repository.
type repositoryLoad struct {
	*Loader
	*gh.Client
	RepositoryQuery
	*gh.Size
}

// RepositoryQuery says what to load of a repository.
type RepositoryQuery struct {
	Key          pull.Key
	Installation int64  // 0: look it up
	SettingsPath string // ".github/concorde.yml"
	// LabelRulesPath is ".github/labeler.yml"; "": LabelRules stay nil.
	LabelRulesPath string
	// Queues are the branches whose merge queues are read; "" is the default branch.
	Queues []string
}

func blank[V any, K comparable](keys []K) map[K]V {
	if len(keys) == 0 {
		return nil
	}
	all := map[K]V{}
	for _, key := range keys {
		var zero V
		all[key] = zero
	}
	return all
}

func first[T any](of []T, n int) []T { return of[:min(len(of), n)] }

type labelData struct {
	ID string
	pull.LabelStyle
}
