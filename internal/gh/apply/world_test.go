package apply

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

const everything = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes | pull.Events | pull.Reviews | pull.Merging |
	pull.Comments | pull.Opinions | pull.Mentions

// world is a GitHub with one repository, and an App that speaks to it.
type world struct {
	t    *testing.T
	srv  *ghtest.Server
	repo *ghtest.Repo
	app  hub
	cfg  gh.Config
}

// hub loads and writes as an App.
type hub struct {
	*gh.App
	*snapshot.Loader
	*Writer
}

func newHub(cfg gh.Config) (hub, error) {
	app, err := gh.New(cfg)
	if err != nil {
		return hub{}, err
	}
	loads, err := snapshot.New(app)
	if err != nil {
		return hub{}, err
	}
	writes, err := New(app, loads.Answered)
	return hub{app, loads, writes}, err
}

func newWorld(t *testing.T, change ...func(*ghtest.Config, *gh.Config)) *world {
	t.Helper()
	sc, cfg := ghtest.Config{Dir: t.TempDir()}, gh.Config{Timeout: time.Minute}
	for _, c := range change {
		c(&sc, &cfg)
	}
	srv, err := ghtest.New(sc)
	must(t, err)
	t.Cleanup(func() { must(t, srv.Close()) })
	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"README.rst": ghtest.Text("Python\n")}})
	must(t, err)
	cfg.AppID, cfg.PrivateKey, cfg.APIURL = srv.AppID(), srv.PrivateKeyPEM(), srv.APIURL()
	app, err := newHub(cfg)
	must(t, err)
	return &world{t: t, srv: srv, repo: repo, app: app, cfg: cfg}
}

// open makes a pull request of one commit from alice's fork.
func (w *world) open(files map[string]ghtest.File) pull.Key {
	w.t.Helper()
	_, err := w.repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Author: "alice", Files: files})
	must(w.t, err)
	n, err := w.repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Body: "Body", Author: "alice", Head: "alice:fix"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}
}

func (w *world) load(q snapshot.Query) *pull.Request {
	w.t.Helper()
	r, err := w.app.Load(w.t.Context(), q)
	must(w.t, err)
	return r
}

func (w *world) apply(key pull.Key, a pull.Action) {
	w.t.Helper()
	must(w.t, w.app.Apply(w.t.Context(), 0, key, a))
}

func (w *world) pr(key pull.Key) ghtest.PRState {
	w.t.Helper()
	st, err := w.repo.PR(key.Number)
	must(w.t, err)
	return st
}

func (w *world) fault(f ghtest.Fault) {
	w.t.Helper()
	must(w.t, w.srv.Fault(f))
}

// sent counts the requests but for those of authentication.
func (w *world) sent() int {
	n := 0
	for _, r := range w.srv.Requests() {
		if !strings.HasSuffix(r.Path, "/access_tokens") && !strings.HasSuffix(r.Path, "/installation") {
			n++
		}
	}
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is err as one of the types of this package, or the end of the test.
func as[E error](t testing.TB, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("want %T, got %T: %v", e, err, err)
	}
	return e
}

var (
	gone      = reflect.TypeFor[*gh.Gone]()
	limited   = reflect.TypeFor[*gh.Limited]()
	denied    = reflect.TypeFor[*gh.Denied]()
	rejected  = reflect.TypeFor[*gh.Rejected]()
	temporary = reflect.TypeFor[*gh.Temporary]()
)

func check(t *testing.T, name string, err error, want reflect.Type, says string) {
	t.Helper()
	known, ok := typed(err)
	if !ok || reflect.TypeOf(known) != want {
		t.Errorf("%s: want %v, got %T: %v", name, want, known, err)
		return
	}
	if text := err.Error(); !strings.Contains(text, says) || strings.Contains(text, "\n") || len(text) > 800 {
		t.Errorf("%s: text %q", name, text)
	}
}

// typed finds one of the errors that say what GitHub's answer means.
func typed(err error) (found error, is bool) {
	for _, as := range []func() bool{
		func() (ok bool) { found, ok = errors.AsType[*gh.Gone](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Limited](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Denied](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Unauthorized](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Rejected](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Temporary](err); return ok },
	} {
		if as() {
			return found, true
		}
	}
	return nil, false
}

// standing are errors that stand at a place of the answers for good.
var standing = []struct{ kind, message string }{
	{"FORBIDDEN", "Although you appear to have the correct authorization credentials, the `example` organization has an IP allow list " +
		"enabled, and your IP address is not permitted to access this resource."},
	{"FORBIDDEN", "Resource not accessible by integration"},
	{"NOT_FOUND", "Could not resolve to a node with the global id of 'x'."},
	{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded."},
	{"SOMETHING_NEW", "Nobody knows this."},
}

// Outcomes of a question with an error in its answer.
const (
	loaded = "loaded, with a hole"
	grant  = "grant"
	isGone = "gone"
	again  = "tried again"
)

// outside are the fields that lead out of the repository, or show what guards a branch.
var outside = regexp.MustCompile(`(^|\.)(author|editor|actor|assignee|source|headRepository|mergedBy|enabledBy|requestedReviewer|` +
	`deletedCommentAuthor|rateLimit|closes|headRepositoryOwner|enqueuer|branchProtectionRule|rules)(\.|$)`)

// missable are those of the repository itself that may be missing.
var missable = regexp.MustCompile(`\.(\d+|f\d+|compare|text|associatedPullRequests)(\.|$)|\.maybe[A-Za-z]*\d+$|` +
	`^repository\.issueOrPullRequest\.mergeCommit\.parents\.nodes\.0\.`)

// queues are asked for with a repository, which is of use without.
var queues = regexp.MustCompile(`^repository\.queue\d+(\.|$)`)

// outcome is what has to come of an error at a path.
func outcome(path, kind, message string) string {
	spared := outside.MatchString(path) || missable.MatchString(path)
	entry := regexp.MustCompile(`\.\d+$`).MatchString(path)
	switch {
	case kind == "FORBIDDEN" && queues.MatchString(path):
		return loaded // the log says that merge queues do not show
	case kind == "FORBIDDEN" && strings.Contains(message, "integration") && !entry && !outside.MatchString(path):
		return grant // the App lacks a permission
	case spared:
		return loaded
	case kind == "FORBIDDEN":
		return grant
	case kind == "NOT_FOUND" && (path == "repository" || path == "repository.issueOrPullRequest" || path == "change0"):
		return isGone
	}
	return again
}

func outcomeOf(err error) string {
	denied, isDenied := errors.AsType[*gh.Denied](err)
	_, gone := errors.AsType[*gh.Gone](err)
	_, temporary := errors.AsType[*gh.Temporary](err)
	switch {
	case err == nil:
		return loaded
	case isDenied && denied.Permission != "" && strings.Contains(err.Error(), "grant the App the permission"):
		return grant
	case gone:
		return isGone
	case temporary:
		return again
	}
	return err.Error()
}

const settingsPath = ".github/concorde.yml"

var (
	someSHA    = strings.Repeat("ab", 20)
	someStatus = pull.SetStatus{SHA: someSHA, Status: pull.Status{Context: "c", State: pull.StatusSuccess, Description: "d"}}
)
