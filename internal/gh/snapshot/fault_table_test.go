package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

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

// essential are the fields without which nothing can be decided about a pull
// request, an issue or a repository: what it is, its own lists, and who asks. An
// error at one of them, or at one of the branches and lists that rules look at, is
// tried again. It names all of a path but for the numbers of what rules look at.
var essential = regexp.MustCompile(`^(viewer(\.login)?|repository(\.(` + strings.Join([]string{
	`id|defaultBranchRef(\.name)?`, `(settings|labelRules|head)(\.(oid|byteSize|isTruncated))?`,
	`(tip|ref|label|r)\d+(\.(target|target\.oid|id|name|p\d+|p\d+\.nodes))?`, `(from|into)\d+(\.nodes)?`,
	`tip(\.(oid|committedDate|status|status\.contexts|checkSuites|checkSuites\.nodes|statusCheckRollup(\.contexts(\.nodes)?)?))?`,
	`maybe(Issue)?\d+\.(id|number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|updatedAt|closedAt|(comments|events|labels|opinions)(\.nodes)?)`,
	`(all|refs|labels)(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	`queue\d*(\.entries(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?)?`,
	`issueOrPullRequest(\.(` + strings.Join([]string{
		`id|number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|changedFiles|added|removed|createdAt|updatedAt|closedAt|mergedAt|mergeStateStatus|autoMergeRequest`,
		`mergeCommit(\.(oid|message|author|author\.(name|email)|parents(\.(totalCount|nodes))?))?`,
		`(labels|commits|comments|deletions|events|reviews|mentions|files|opinions|reviewRequests|assignees|tip|read)(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	}, "|") + `))?`,
}, "|") + `))?)$`)

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

// paths collects where an error can stand in the answers: at each field, and at
// one entry of each list.
type paths struct {
	mu    sync.Mutex
	found map[string]string // by the path without the numbers of entries
}

func (p *paths) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.found)
}

func (p *paths) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Values(p.found))
}

func (p *paths) observe(x ghtest.Exchange) {
	var said struct{ Data map[string]any }
	if strings.HasSuffix(x.Route, "/graphql") && json.Unmarshal(x.Body, &said) == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.walk("", "", said.Data)
	}
}

func (p *paths) walk(path, names string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			if name != "__typename" {
				p.walk(strings.TrimPrefix(path+"."+name, "."), names+"."+name, v)
			}
		}
		return
	case []any:
		for i, v := range value {
			at := fmt.Sprint(path, ".", i)
			if _, known := p.found[names+"[]"]; !known {
				p.found[names+"[]"] = at
			}
			p.walk(at, names, v)
		}
	}
	if _, known := p.found[names]; !known && path != "" {
		p.found[names] = path
	}
}

// Every question of the bot, with each kind of error at each place of its answers,
// for good: what is not essential is missing from the result, and nothing made up
// stands in its place; what the App may not see is named; the rest is tried again.
// Shorter runs spread the kinds over the places.
func TestEveryErrorEverywhere(t *testing.T) {
	every := suite.Sizes[int]{Normal: len(standing), Long: 1, Full: 1}.Size()
	for i, q := range (full{}).inquiries() {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			seen := &paths{found: map[string]string{}}
			f := newFull(newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.Observe, c.RateLimit = seen.observe, 1_000_000 }))
			f.queue("3.14", 2)
			q := f.inquiries()[i]
			f.forget()
			seen.forget()
			want, err := q.do(t.Context())
			must(t, err)
			places := seen.all()
			if len(places) < q.places {
				t.Errorf("%d places only, want %d: %v", len(places), q.places, places)
			}
			c := standingCase{full: f, inquiry: q, want: want, requests: f.sent()}
			for at, path := range places {
				for kind, s := range standing {
					if (at+kind)%every > 0 {
						continue
					}
					c.try(t, ghtest.Hole{Path: path, Type: s.kind, Message: s.message})
				}
			}
		})
	}
}

// standingCase is a question, and what comes of it when nothing is wrong.
type standingCase struct {
	full
	inquiry
	want     any
	requests int
}

// try asks with an error in the answer.
func (c standingCase) try(t *testing.T, h ghtest.Hole) {
	t.Helper()
	expected := outcome(h.Path, h.Type, h.Message)
	at := fmt.Sprintf("%s %.30q at %s", h.Type, h.Message, h.Path)
	c.forget()
	c.srv.ClearFaults()
	place := h.Path
	h.Path = regexp.QuoteMeta(place)
	must(t, c.srv.Hole(h))
	got, err := c.do(t.Context())
	if err != nil && strings.Contains(err.Error(), "is not in the head commit") { // it may have changed; the next time it has not
		got, err = c.do(t.Context())
	}
	o := outcomeOf(err)
	if o != expected && !(expected == again && o == loaded) { // a smaller question may do without the place
		t.Errorf("%s: %s (%v), want %s", at, o, err, expected)
	}
	if o == again && !essential.MatchString(place) {
		t.Errorf("%s is tried again for ever, and is not essential", at)
	}
	if n := c.sent(); n > 3*c.requests+80 {
		t.Errorf("%s: %d requests, where %d do", at, n, c.requests)
	}
	if err == nil {
		lessThan(t, at, reflect.ValueOf(got), reflect.ValueOf(c.want))
	}
}

// forget has the next question asked as the first one was.
func (f full) forget() {
	app, err := newHub(f.cfg)
	must(f.t, err)
	f.app = app
	f.srv.ResetRequests()
}

// lessThan compares a result that may have holes with the whole one: no list has
// more in it, and no entry is empty.
func lessThan(t *testing.T, at string, got, want reflect.Value) {
	t.Helper()
	for got.Kind() == reflect.Pointer || got.Kind() == reflect.Interface {
		if got.IsNil() || want.IsNil() {
			return
		}
		got, want = got.Elem(), want.Elem()
	}
	switch got.Kind() {
	case reflect.Slice:
		if got.Len() > want.Len() {
			t.Errorf("%s: %d entries, where there are %d: %v", at, got.Len(), want.Len(), got)
		}
		for i := range got.Len() {
			if got.Type().Elem().Kind() != reflect.Uint8 && got.Index(i).IsZero() {
				t.Errorf("%s: an empty entry among %v", at, got)
			}
		}
	case reflect.Struct:
		for i := range got.NumField() {
			if got.Type().Field(i).IsExported() {
				lessThan(t, at+" "+got.Type().Field(i).Name, got.Field(i), want.Field(i))
			}
		}
	case reflect.Map:
		if got.Len() > want.Len() {
			t.Errorf("%s: %d entries, where there are %d", at, got.Len(), want.Len())
		}
	}
}
