package snapshot

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/suite"
)

// essential are the fields without which nothing can be decided about a pull
// request, an issue or a repository: what it is, its own lists, and who asks. An
// error at one of them, or at one of the branches and lists that rules look at, is
// tried again. It names all of a path but for the numbers of what rules look at.
var essential = regexp.MustCompile(`^(viewer(\.login)?|repository(\.(` + strings.Join([]string{
	`id|isPrivate|defaultBranchRef(\.name)?`, `(settings|labelRules|head)(\.(oid|byteSize|isTruncated))?`,
	`(tip|ref|label|r)\d+(\.(target|target\.oid|id|name|p\d+|p\d+\.nodes))?`, `(from|into)\d+(\.nodes)?`,
	`tip(\.(oid|committedDate|status|status\.contexts|checkSuites|checkSuites\.nodes|statusCheckRollup(\.contexts(\.nodes)?)?))?`,
	`maybe(Issue)?\d+\.(id|number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|` +
		`updatedAt|closedAt|newest(\.(totalCount|nodes))?|(comments|events|labels|opinions|timelineItems|moves|approving|asked)(\.nodes)?)`,
	`(all|refs|labels)(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	`(blockers|deferred|blockerPulls|deferredPulls)(\.(nodes|pageInfo(\.hasNextPage)?))?`,
	`ref\.target\.all(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	`ref(\.target(\.history(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?)?)?`,
	`(branch|tag\d*)(\.target(\.(oid|committedDate|history(\.nodes)?))?)?`, `[ab]\d+(\.oid)?`,
	`ref\.target\.h\d+(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	`queue\d*(\.entries(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?)?`,
	`issueOrPullRequest(\.(` + strings.Join([]string{
		`id|number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|changedFiles|` +
			`added|removed|createdAt|updatedAt|closedAt|mergedAt|mergeStateStatus|autoMergeRequest`,
		`mergeCommit(\.(oid|message|author|author\.(name|email)|parents(\.(totalCount|nodes))?))?`,
		`(labels|commits|comments|deletions|events|reviews|mentions|files|opinions|reviewRequests|assignees|tip|read)` +
			`(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	}, "|") + `))?`,
}, "|") + `))?)$`)

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
// Shorter runs spread the kinds over every second place.
func TestEveryErrorEverywhere(t *testing.T) {
	every := suite.Sizes[int]{Normal: 2 * len(ghtrial.Standing), Long: 1, Full: 1}.Size()
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
			trial.OK(t, err)
			places := seen.all()
			if len(places) < q.places {
				t.Errorf("%d places only, want %d: %v", len(places), q.places, places)
			}
			c := standingCase{full: f, inquiry: q, want: want, requests: f.Sent()}
			for at, path := range places {
				for kind, s := range ghtrial.Standing {
					if (at+kind)%every > 0 {
						continue
					}
					c.try(t, ghtest.Hole{Path: path, Type: s.Kind, Message: s.Message})
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
	expected := ghtrial.Outcome(h.Path, h.Type, h.Message)
	at := fmt.Sprintf("%s %.30q at %s", h.Type, h.Message, h.Path)
	c.forget()
	c.Srv.ClearFaults()
	place := h.Path
	h.Path = regexp.QuoteMeta(place)
	trial.OK(t, c.Srv.Hole(h))
	got, err := c.do(t.Context())
	if err != nil && strings.Contains(err.Error(), "is not in the head commit") { // it may have changed; the next time it has not
		got, err = c.do(t.Context())
	}
	o := ghtrial.OutcomeOf(err)
	if o != expected && !(expected == ghtrial.Again && o == ghtrial.Loaded) { // a smaller question may do without the place
		t.Errorf("%s: %s (%v), want %s", at, o, err, expected)
	}
	if o == ghtrial.Again && !essential.MatchString(place) {
		t.Errorf("%s is tried again for ever, and is not essential", at)
	}
	if n := c.Sent(); n > 3*c.requests+80 {
		t.Errorf("%s: %d requests, where %d do", at, n, c.requests)
	}
	if err == nil {
		lessThan(t, at, reflect.ValueOf(got), reflect.ValueOf(c.want))
	}
}

// forget has the next question asked as the first one was.
func (f full) forget() {
	app, err := newHub(f.Cfg)
	trial.OK(f.T, err)
	f.app = app
	f.Srv.ResetRequests()
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
